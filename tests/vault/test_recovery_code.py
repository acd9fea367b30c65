import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondlens.vault.recovery_code import (
    SYMBOLS,
    MistypedRecoveryCode,
    new_recovery_code,
    read_recovery_code,
    spell_recovery_code,
)

secrets = st.binary(min_size=20, max_size=20)


@given(secrets)
def test_what_is_written_reads_back(secret: bytes) -> None:
    code = spell_recovery_code(secret)
    assert [len(group) for group in code.split("-")] == [4] * 9
    assert read_recovery_code(code) == secret


@given(secrets, st.integers(0, 35), st.sampled_from(SYMBOLS))
def test_every_single_wrong_symbol_is_found(secret: bytes, where: int, instead: str) -> None:
    symbols = spell_recovery_code(secret).replace("-", "")
    wrong = symbols[:where] + instead + symbols[where + 1 :]
    if wrong != symbols:
        with pytest.raises(MistypedRecoveryCode):
            read_recovery_code(wrong)


@given(secrets, st.integers(0, 30))
def test_two_neighbours_swapped_within_a_pair_of_groups_are_found(secret: bytes, where: int) -> None:
    symbols = spell_recovery_code(secret).replace("-", "")
    swapped = symbols[:where] + symbols[where + 1] + symbols[where] + symbols[where + 2 :]
    if swapped != symbols and where % 8 != 7:
        with pytest.raises(MistypedRecoveryCode):
            read_recovery_code(swapped)


def test_the_message_names_the_groups_to_look_at() -> None:
    groups = spell_recovery_code(bytes(range(20))).split("-")
    groups[4] = "ZZZZ"
    with pytest.raises(MistypedRecoveryCode, match="groups 5 and 6"):
        read_recovery_code("-".join(groups))


def test_case_dashes_spaces_and_look_alike_letters_do_not_matter() -> None:
    secret = b"\x00\x44" + bytes(18)
    code = spell_recovery_code(secret)
    typed = code.lower().replace("-", " \u2013 ").replace("0", "o").replace("1", "l")
    assert read_recovery_code(f" {typed}\n") == secret


@pytest.mark.parametrize(
    ("typed", "said"), [("", "You typed 0"), ("ABCD", "You typed 4"), ("U" * 36, "never a U"), ("é" * 36, "never")]
)
def test_what_cannot_be_a_code_is_said_plainly(typed: str, said: str) -> None:
    with pytest.raises(MistypedRecoveryCode, match=said):
        read_recovery_code(typed)


def test_new_codes_differ() -> None:
    assert len({new_recovery_code() for _ in range(100)}) == 100
