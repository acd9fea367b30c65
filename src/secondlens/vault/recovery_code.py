"""The recovery code: 160 random bits a person can write on paper, read aloud and type back.

Nine groups of four, in Crockford's base 32 (no I, L, O, U). Eight groups carry the secret; the ninth holds
four check symbols, one for each pair of groups, so a slip is found, and its place named, before any key work.
"""

import secrets
from base64 import b32encode

from secondlens.errors import Locked

SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FROM_RFC_4648 = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", SYMBOLS.encode())
_SECRET_BYTES = 20
_GROUP = 4
_SECRET_SYMBOLS = 32
# Whatever a keyboard or a letter puts between the groups: hyphens and dashes of every width.
_READ_AS = str.maketrans("ILO", "110", "- \t\r\n\u00a0\u2010\u2011\u2012\u2013\u2014")


class MistypedRecoveryCode(Locked):
    """The recovery code cannot be right as it was typed; the message says where to look."""


def new_recovery_code() -> str:
    """Make a fresh code, written in groups: "0123-4567-..."."""
    return spell_recovery_code(secrets.token_bytes(_SECRET_BYTES))


def spell_recovery_code(secret: bytes) -> str:
    """Write 20 bytes as a recovery code."""
    symbols = spell_base32(secret)
    pairs = _parts(symbols, 2 * _GROUP)
    return "-".join(_parts(symbols + "".join(map(_check_symbol, pairs)), _GROUP))


def read_recovery_code(text: str) -> bytes:
    """Give the 20 secret bytes of a typed code. Raises MistypedRecoveryCode.

    Case, spaces and dashes do not matter; I and L read as 1, O as 0. One wrong symbol, or two swapped
    within a pair of groups, is always found.
    """
    symbols = text.upper().translate(_READ_AS)
    strange = sorted({symbol for symbol in symbols if symbol not in SYMBOLS})
    if strange:
        raise MistypedRecoveryCode(
            "A recovery code has only digits and letters, and never a U. "
            "Check the characters you typed against your recovery sheet.",
        )
    if len(symbols) != _SECRET_SYMBOLS + _GROUP:
        raise MistypedRecoveryCode(
            f"A recovery code has 36 letters and digits. You typed {len(symbols)}. "
            "Check it against your recovery sheet.",
        )
    secret, checks = symbols[:_SECRET_SYMBOLS], symbols[_SECRET_SYMBOLS:]
    for place, (pair, check) in enumerate(zip(_parts(secret, 2 * _GROUP), checks, strict=True)):
        if _check_symbol(pair) != check:
            raise MistypedRecoveryCode(
                f"There is a typing slip in the recovery code. Look again at groups {2 * place + 1} "
                f"and {2 * place + 2}, and at the last group.",
            )
    number = 0
    for symbol in secret:
        number = number * 32 + SYMBOLS.index(symbol)
    return number.to_bytes(_SECRET_BYTES, "big")


def same_code(typed: str, code: str) -> bool:
    """Tell whether a code was typed as it is. Raises MistypedRecoveryCode for a slip, with the place of it."""
    return secrets.compare_digest(read_recovery_code(typed), read_recovery_code(code))


def spell_base32(value: bytes) -> str:
    """Write bytes, a multiple of 5 of them, in Crockford's base 32."""
    return b32encode(value).translate(_FROM_RFC_4648).decode()


def _check_symbol(pair: str) -> str:
    """Weigh eight symbols by eight different powers of one element of the field with 32 elements.

    Different non-zero weights are why a single wrong symbol or a swap of two always shows.
    """
    total = 0
    for symbol in pair:
        total = _times_two(total ^ SYMBOLS.index(symbol))
    return SYMBOLS[total]


def _times_two(value: int) -> int:
    """Multiply by x in GF(2)[x] / (x^5 + x^2 + 1), which is primitive."""
    return value << 1 ^ (0b100101 if value & 0b10000 else 0)


def _parts(text: str, size: int) -> tuple[str, ...]:
    return tuple(text[start : start + size] for start in range(0, len(text), size))
