from dataclasses import replace

import pytest

from secondlens.domain.column_uses import ColumnFacts, Said, known_uses, mapping_of, missing_from
from secondlens.domain.columns import Decimals, Order, TableMapping, ValueColumn, best_fit, file_kind, is_sound

PULSE = TableMapping(
    name="pulse",
    columns=("Date", "Pulse"),
    time=("Date",),
    values=(ValueColumn(column="Pulse", metric="HKQuantityTypeIdentifierHeartRate", unit="count/min"),),
)
OPEN = (
    ColumnFacts(name="Day", looks="time", orders=(Order.DAY_FIRST, Order.MONTH_FIRST)),
    ColumnFacts(name="Weight", looks="number", decimals=tuple(Decimals)),
    ColumnFacts(name="Fat", looks="number"),
    ColumnFacts(name="Remark", looks="text"),
)
USES = {"Day": "time", "Weight": "HKQuantityTypeIdentifierBodyMass:kg", "Remark": "note"}


def fit(*mappings: TableMapping, names: tuple[str, ...] = ("date", " PULSE ", "Note"), name: str = "x.csv") -> str:
    found = best_fit(mappings, names, file_name=name, delimiter=",")
    return found.name if found else "none"


def test_a_mapping_fits_when_all_its_columns_are_there_whatever_their_capitals() -> None:
    assert fit(PULSE) == "pulse"
    assert fit(PULSE, names=("Date", "Puls")) == "none"


def test_an_exact_mapping_fits_no_other_header_and_comes_before_others() -> None:
    exact = replace(PULSE, name="mine", exact=True)
    assert fit(exact) == "none"
    assert fit(PULSE, exact, names=("Pulse", "Date")) == "mine"


def test_the_name_of_a_file_and_the_delimiter_only_narrow() -> None:
    assert fit(replace(PULSE, file_named="pulse")) == "none"
    assert fit(replace(PULSE, file_named="pulse"), name="a/Pulse-2026-03-01 (2).csv") == "pulse"
    assert fit(replace(PULSE, file_named="pulse"), names=("a", "b"), name="pulse.csv") == "none"
    assert fit(replace(PULSE, delimiter=";")) == "none"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Fitbit/heart_rate_2026-03-01.csv", "heart_rate"),
        ("heart_rate-2026-03-01.json", "heart_rate"),
        ("weight (1).csv", "weight"),
        ("Daily SpO2 - 2026-03-01-2026-06-08.csv", "daily spo2"),
        ("2026.csv", ""),
    ],
)
def test_dates_and_copies_are_no_part_of_what_a_file_is_named_for(name: str, kind: str) -> None:
    assert file_kind(name) == kind


@pytest.mark.parametrize(
    "broken",
    [
        replace(PULSE, time=()),
        replace(PULSE, values=()),
        replace(PULSE, time=("Elsewhere",)),
        replace(PULSE, columns=("Date",)),
        replace(PULSE, values=(ValueColumn(column="Pulse", metric=""),)),
        replace(PULSE, maker="x" * 501),
    ],
)
def test_a_mapping_that_cannot_be_used_is_told(broken: TableMapping) -> None:
    assert is_sound(PULSE)
    assert not is_sound(broken)


def test_what_is_missing_is_said_and_nothing_else_is_asked() -> None:
    assert [subject for subject, _ in missing_from(Said(uses={}), OPEN)] == ["time", "values"]
    assert [subject for subject, _ in missing_from(Said(uses=USES), OPEN)] == ["order", "decimals"]
    whole = Said(uses=USES, order=Order.DAY_FIRST, decimals=Decimals.COMMA)
    assert missing_from(whole, OPEN) == ()
    settled = replace(OPEN[2], decimals=(Decimals.POINT,))
    assert [subject for subject, _ in missing_from(Said(uses={**USES, "Fat": ":"}), (*OPEN[:2], settled))] == [
        "order"
    ]


def test_what_was_said_becomes_a_mapping_for_the_same_columns_alone() -> None:
    said = Said(uses=USES, order=Order.DAY_FIRST, decimals=Decimals.COMMA, device="My scale")
    mapping = mapping_of(said, OPEN, file_name="weights_2026.csv")
    assert is_sound(mapping)
    assert (mapping.exact, mapping.order, mapping.decimals) == (True, Order.DAY_FIRST, Decimals.COMMA)
    assert (mapping.maker, mapping.left, mapping.file_named) == ("My scale", ("Fat",), None)
    assert known_uses(mapping, OPEN) == {**USES, "Fat": "leave"}


def test_a_header_that_says_nothing_is_known_again_only_in_files_named_alike() -> None:
    columns = (ColumnFacts(name="timestamp", looks="time"), ColumnFacts(name="value", looks="number"))
    said = Said(uses={"timestamp": "time", "value": "HKQuantityTypeIdentifierStepCount:count"})
    mapping = mapping_of(said, columns, file_name="steps-2026-03-01.csv")
    assert fit(mapping, names=("timestamp", "value"), name="steps-2026-04-01.csv") == "steps"
    assert fit(mapping, names=("timestamp", "value"), name="distance-2026-04-01.csv") == "none"


def test_an_answer_to_what_a_known_table_left_open_keeps_the_rest() -> None:
    said = Said(uses=known_uses(PULSE, OPEN), order=Order.MONTH_FIRST)
    known = mapping_of(said, OPEN, file_name="pulse.csv", known=PULSE)
    assert (known.exact, known.columns, known.order) == (
        True,
        ("Day", "Weight", "Fat", "Remark"),
        Order.MONTH_FIRST,
    )
    assert known.values == PULSE.values
