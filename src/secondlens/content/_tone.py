"""The rules of the wording check, from tone.toml."""

from functools import cache

from secondlens.content._reading import bad, read_toml
from secondlens.domain.phrases import UnreadablePhrase
from secondlens.domain.tone import MESSAGE_KINDS, SENTENCE_KINDS, Tone


@cache
def tone() -> Tone:
    """The rules, read once. Raises BadContent."""
    rules = read_toml("tone.toml", Tone)
    kinds = {*SENTENCE_KINDS, *MESSAGE_KINDS}
    if set(rules.kinds) != kinds or set(rules.present) != set(MESSAGE_KINDS):
        raise bad("tone.toml", "its kinds are not those of the wording check")
    if unknown := {rule.kind for rule in rules.rules} - kinds:
        raise bad("tone.toml", f"it has rules of no known kind: {', '.join(sorted(unknown))}")
    try:
        _ = rules.compiled, rules.looked_for  # compiling them is the check
    except UnreadablePhrase as error:
        raise bad("tone.toml", str(error)) from error
    return rules
