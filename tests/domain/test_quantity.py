from decimal import Decimal

import pytest

from secondlens.domain.quantity import Quantity


@pytest.mark.parametrize(("text", "number"), [("5.40", "5.40"), ("-3", "-3"), ("1e3", "1E+3"), (" 7 ", "7")])
def test_a_plain_number_is_a_number_with_its_digits(text: str, number: str) -> None:
    assert Quantity(text).number == Decimal(number)


@pytest.mark.parametrize("text", ["<0.41", ">60", "1:640 speckled", "positive", "3-5", "", "NaN", "1e9999999"])
def test_what_is_not_exactly_one_number_is_kept_as_words(text: str) -> None:
    assert Quantity(text).number is None
    assert Quantity(text, "mg/L").plain() == f"{text} mg/L"


def test_the_unit_one_of_ucum_is_not_printed() -> None:
    assert Quantity("0.8", "1").plain() == "0.8"
