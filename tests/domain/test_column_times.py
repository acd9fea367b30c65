from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondlens.domain.column_times import (
    decimals_in,
    looks_like_time,
    moment_text,
    orders_in,
    read_number,
    read_time,
)
from secondlens.domain.columns import Decimals, Order

YMD, DMY, MDY = Order


@pytest.mark.parametrize(
    ("text", "order", "said"),
    [
        ("2026-03-01T08:05:09", YMD, "2026-03-01 08:05"),
        ("2026-03-01 8:05", YMD, "2026-03-01 08:05"),
        ("2026/03/01", YMD, "2026-03-01 00:00"),
        ("01-03-2026 08:05 AM", DMY, "2026-03-01 08:05"),
        ("01-03-2026 12:05 AM", MDY, "2026-01-03 00:05"),
        ("01-03-2026 12:05 p.m.", MDY, "2026-01-03 12:05"),
        ("2026-03-01 11:05PM", YMD, "2026-03-01 23:05"),
        ("1.3.2026, 08:05", DMY, "2026-03-01 08:05"),
        ("03/01/26 07:00:07", MDY, "2026-03-01 07:00"),
        ("Mar 1 2026 08:12", YMD, "2026-03-01 08:12"),
        ("March 1, 2026", DMY, "2026-03-01 00:00"),
        ("1. März 2026 08:12", MDY, "2026-03-01 08:12"),
        ("2026-03-01T08:05:09.250+01:00", YMD, "2026-03-01 08:05"),
        ("1772352309", YMD, "2026-03-01 08:05"),
        ("1772352309250", YMD, "2026-03-01 08:05"),
    ],
)
def test_a_time_is_read_as_it_is_written(text: str, order: Order, said: str) -> None:
    moment = read_time(text, order, utc=False)
    assert moment is not None
    assert moment_text(moment.seconds, moment.offset) == said


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "2026-02-30", "13:00", "2026-03-01 25:00", "2026-03-01 13:05 PM", "2026-03-01 00:05 AM"),
        *(
            "99-99-2026",
            "0001-01-01",
            "9999-12-31",
            "3.5",
            "1,234",
            "2026-03-01T08:05+99:00",
            "1 Foo 2026",
            "-1772352309",
        ),
    ],
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert not looks_like_time(text)


def test_a_zone_that_is_written_counts_and_one_that_is_not_is_marked() -> None:
    zoned = read_time("2026-03-01T08:00:00+01:00", YMD, utc=False)
    local = read_time("2026-03-01T08:00:00", YMD, utc=False)
    utc = read_time("2026-03-01T08:00:00", YMD, utc=True)
    assert zoned
    assert local
    assert utc
    assert (zoned.seconds, zoned.offset, zoned.zoned) == (local.seconds - 3600, 60, True)
    assert (local.seconds, local.zoned) == (utc.seconds, False)
    assert utc.zoned


def test_a_thirteen_settles_the_order_of_a_column_and_nothing_else_does() -> None:
    assert orders_in(["03/04/2026", "13/04/2026"]) == (DMY,)
    assert orders_in(["03/04/2026 10:00", "04/13/2026 10:00"]) == (MDY,)
    assert orders_in(["03/04/2026", "05/04/2026"]) == (DMY, MDY)
    assert len(orders_in(["03/04/05"])) == 3
    assert orders_in(["2026-03-04", "2026-05-04"]) == (YMD,)


def test_dates_that_mean_the_same_in_both_orders_leave_nothing_open() -> None:
    assert len(orders_in(["05/05/2026", "07/07/2026"])) == 1
    assert len(orders_in(["Mar 4 2026", "", "soon"])) == 1


@pytest.mark.parametrize(
    ("texts", "left"),
    [
        (["5,8", "1,234"], (Decimals.COMMA,)),
        (["1,234.5"], (Decimals.POINT,)),
        (["1.234,5"], (Decimals.COMMA,)),
        (["1,234,567"], (Decimals.POINT,)),
        (["1,234", "2,500"], tuple(Decimals)),
        (["1.234"], tuple(Decimals)),
        (["0.123"], (Decimals.POINT,)),
        (["12", "Low", ""], ()),
    ],
)
def test_how_numbers_are_written_is_told_by_the_column_or_left_open(
    texts: list[str], left: tuple[Decimals, ...]
) -> None:
    assert decimals_in(texts) == left


@pytest.mark.parametrize("text", ["Low", "<40", "5,8,1", "1_000", "nan", "inf", "=1+1", "0x10", "12 mg", "", "٣"])
def test_what_is_no_number_stays_as_it_is_written(text: str) -> None:
    assert read_number(text, Decimals.POINT) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**6), max_value=10**6))
def test_a_number_prints_back_equal(value: Decimal) -> None:
    assert Decimal(repr(read_number(f"{value:f}", Decimals.POINT))) == value
    comma = f"{value:,.3f}".translate({ord(","): ".", ord("."): ","})
    assert Decimal(repr(read_number(comma, Decimals.COMMA))) == value


def test_a_number_that_would_be_rounded_stays_text() -> None:
    assert read_number("0.12345678901234567891", Decimals.POINT) == "0.12345678901234567891"


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_none_and_a_number_or_itself(text: str) -> None:
    for order in Order:
        read_time(text, order, utc=False)
    for decimals in Decimals:
        assert isinstance(read_number(text, decimals), float) or read_number(text, decimals) == text
    orders_in([text])
    decimals_in([text])
