"""Numbers with their nouns, as a sentence says them."""


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number of things: "1 file", "1,200 files"; "try" becomes "tries". `many` is for what bends otherwise."""
    if number != 1:
        one = many or (f"{one[:-1]}ies" if one.endswith(("ry", "py")) else f"{one}s")
    return f"{number:,} {one}"
