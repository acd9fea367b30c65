"""The colours of tokens.css, measured: words can be read and lines can be seen in every theme."""

import re
from pathlib import Path

import pytest

import secondlens.web

STATIC = Path(secondlens.web.__file__).parent / "static"

WORDS = (
    *((ink, ground) for ink in ("ink", "soft", "accent", "warm", "urgent") for ground in ("ground", "card")),
    *((ink, "tint") for ink in ("ink", "soft", "accent")),
    *((ink, "warm-tint") for ink in ("ink", "warm")),
    ("on-accent", "accent"),
    ("on-urgent", "urgent"),
)
LINES = tuple(
    (line, ground) for line in ("line", "accent", "warm", "urgent", "focus") for ground in ("ground", "card")
)
THEMES = ("light", "dark", "sepia")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "back"), WORDS)
def test_words_reach_4_5_to_1(theme: str, front: str, back: str) -> None:
    assert _contrast(theme, front, back) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "back"), LINES)
def test_lines_that_carry_meaning_reach_3_to_1(theme: str, front: str, back: str) -> None:
    assert _contrast(theme, front, back) >= 3.0


def test_black_on_white_measures_21_to_1() -> None:
    assert _ratio("#000000", "#ffffff") == pytest.approx(21)


def test_every_theme_names_the_same_colours() -> None:
    assert _colours("light").keys() == _colours("dark").keys() == _colours("sepia").keys()


def test_colours_stand_in_tokens_and_print_alone() -> None:
    elsewhere = [
        path.name
        for path in STATIC.rglob("*.css")
        if path.name not in ("tokens.css", "print.css")
        and re.search(r"#[0-9a-fA-F]{3,8}\b|rgba?\(", path.read_text())
    ]
    assert elsewhere == []


def test_every_custom_property_used_is_defined() -> None:
    css = {path.name: path.read_text() for path in STATIC.rglob("*.css")}
    used = {name for text in css.values() for name in re.findall(r"var\((--[a-z0-9-]+)", text)}
    assert used <= set(re.findall(r"(--[a-z0-9-]+):", css["tokens.css"]))


def _contrast(theme: str, front: str, back: str) -> float:
    colours = _colours(theme)
    return _ratio(colours[front], colours[back])


def _colours(theme: str) -> dict[str, str]:
    """Name and #rrggbb of each colour of a theme, read from the file the browser reads."""
    text = (STATIC / "tokens.css").read_text()
    if theme == "sepia":
        return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", text[text.index('"sepia"') :]))
    pairs = re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", text)
    return {name: light if theme == "light" else dark for name, light, dark in pairs}


def _ratio(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio, 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """WCAG 2.2 relative luminance of #rrggbb, 0 to 1."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
