import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondlens.domain.when import When, read_hl7, read_iso


@pytest.mark.parametrize(
    "text", ["2024", "2024-03", "2024-03-02", "2024-03-02T14:05", "2024-03-02T14:05:33.25+01:00"]
)
def test_an_iso_date_keeps_the_precision_of_its_source(text: str) -> None:
    assert read_iso(text) == When(text)


@pytest.mark.parametrize(
    "text", ["", None, "03/02/2024", "2024-13", "2024-02-30", "24", "0000", "2024-03-02T25:00"]
)
def test_what_is_no_date_stays_unknown(text: str | None) -> None:
    assert read_iso(text) is None


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("2024", "2024"),
        ("202403", "2024-03"),
        ("20240302", "2024-03-02"),
        ("2024030214", "2024-03-02"),
        ("202403021405", "2024-03-02T14:05"),
        ("20240302140533.123-0500", "2024-03-02T14:05:33.123-05:00"),
        ("20240302140533+0100", "2024-03-02T14:05:33+01:00"),
        ("20240302140533Z", "2024-03-02T14:05:33Z"),
    ],
)
def test_an_hl7_time_becomes_the_same_time_in_iso(given_text: str, expected: str) -> None:
    assert read_hl7(given_text) == When(expected)


@pytest.mark.parametrize(
    "text", ["", None, "20241", "20241301", "20240230", "yesterday", "00000000", "2024030299"]
)
def test_an_impossible_hl7_time_stays_unknown(text: str | None) -> None:
    assert read_hl7(text) is None


@given(st.text(max_size=40))
def test_no_text_breaks_the_readers(text: str) -> None:
    for read in (read_iso, read_hl7):
        when = read(text)
        assert when is None or read_iso(when.text) == when


@given(st.datetimes())
def test_a_full_time_survives_both_ways_of_writing_it(moment: object) -> None:
    text = f"{moment:%Y-%m-%dT%H:%M:%S}".rjust(19, "0")
    assert read_iso(text) == read_hl7(text.translate({ord(sign): None for sign in "-:T"}))


def test_a_date_reads_as_a_person_says_it() -> None:
    assert [When(text).plain() for text in ("2024", "2024-03", "2024-03-02", "2024-03-02T10:00Z")] == [
        "2024",
        "March 2024",
        "2 March 2024",
        "2 March 2024",
    ]
