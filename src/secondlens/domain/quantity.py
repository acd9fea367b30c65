"""A measured value that keeps the exact text of its source."""

import re
from dataclasses import dataclass
from decimal import Decimal

_NUMBER = re.compile(r"(<=|>=|<|>)?\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?)")


@dataclass(frozen=True, slots=True)
class Quantity:
    """`text` is what the source printed ("<0.41", "1:640 speckled", "positive"); `unit` UCUM or as written."""

    text: str
    unit: str | None = None

    @property
    def number(self) -> Decimal | None:
        """The value as a number where it is exactly one; None for "<0.41", ranges, titres and words."""
        match = _NUMBER.fullmatch(self.text.strip())
        return Decimal(match[2]) if match and not match[1] else None

    def plain(self) -> str:
        """Value and unit as printed: "5.4 mmol/L"."""
        return f"{self.text} {self.unit}" if self.unit and self.unit != "1" else self.text
