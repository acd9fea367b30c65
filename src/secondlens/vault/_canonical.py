"""One spelling for every JSON value, so that it can be authenticated and compared as bytes."""

import json
from typing import Any

Json = dict[str, Any]


def canonical(value: Json) -> bytes:
    """Spell a JSON object: keys sorted, no spaces, ASCII only. Numbers are whole."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def parse_canonical(content: bytes) -> Json | None:
    """Read an object back; None unless the bytes are exactly its one spelling.

    This refuses doubled keys, other spacing and other escapes: nothing can hide in what is not compared.
    """
    try:
        value = json.loads(content, parse_float=_refuse, parse_constant=_refuse)
        return value if isinstance(value, dict) and canonical(value) == content else None
    except (ValueError, RecursionError):
        return None


def _refuse(number: str) -> None:
    message = f"not a whole number: {number}"
    raise ValueError(message)
