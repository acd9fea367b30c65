"""How the numbers of a device are said: rounded as far as sense goes, with their unit, times in h and min."""

from dataclasses import dataclass
from typing import Literal

Best = Literal["sum", "range", "last", "time", "count"]
HOUR, MINUTE = 3600, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A metric in one unit: its plain `name`, how a day of it is put in one figure, and its `unit` in plain words.

    A value times `factor` is what people read: 0.97 of "%" is 97 %.
    """

    name: str
    best: Best
    unit: str
    factor: float = 1

    def number(self, value: float) -> str:
        """A figure without its unit, rounded; of a time, with hours and minutes."""
        return plain_time(value) if self.best == "time" else plain_number(value * self.factor)

    def amount(self, value: float) -> str:
        """A figure with its unit, rounded."""
        return self._with_unit(self.number(value))

    def exactly(self, value: float) -> str:
        """A single reading, with its unit, as exact as it is kept."""
        return self._with_unit(f"{value * self.factor:,.10g}")

    def level(self, value: float) -> str:
        """A round value at the side of a chart, without its unit."""
        return plain_time(value) if self.best == "time" and value else f"{value * self.factor:,.10g}"

    def between(self, low: float, high: float) -> str:
        """From the lowest to the highest; one amount when both are said alike."""
        first, last = self.number(low), self.number(high)
        return self._with_unit(first if first == last else f"{first} to {last}")

    def _with_unit(self, text: str) -> str:
        return text if self.best == "time" or not self.unit else f"{text} {self.unit}"


def plain_number(value: float) -> str:
    """Give a number with three figures, or all of those before the point: "8,412", "57.6", "0.0123"."""
    size = abs(value)
    decimals = 0 if size >= 100 else 1 if size >= 10 else 2
    if 0 < size < 0.1:
        return f"{value:.3g}"
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if decimals else text


def plain_time(seconds: float) -> str:
    """Give a time as one says it: "7 h 12 min", "12 min", "20 s"."""
    minutes = round(seconds / MINUTE)
    if minutes >= 60:
        hours, minutes = divmod(minutes, 60)
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min" if round(seconds) >= MINUTE else f"{round(seconds)} s"
