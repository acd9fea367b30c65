"""Get help now: the same signs for everyone, open to anyone, also while the vault is locked."""

from dataclasses import dataclass

from markupsafe import Markup
from starlette.responses import Response

from secondlens.content import emergency_numbers, red_flags, sources, to_html
from secondlens.web.rendering import Visit, plain_day, render


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One card: its signs, the one action, and what to know beside them, as HTML."""

    title: str
    summary: str
    signs: tuple[str, ...]
    do: str
    advice: Markup
    sources: tuple[str, ...]
    reviewed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpNow:
    """The cards, general first, and (place, emergency number, crisis line) of each country we checked."""

    cards: tuple[Card, ...]
    numbers: tuple[tuple[str, str, str], ...]


def show(visit: Visit) -> Response:
    """The red-flag cards."""
    cards = tuple(
        Card(
            title=card.title,
            summary=card.summary,
            signs=card.signs,
            do=card.do,
            advice=Markup(to_html(card.advice)),  # noqa: S704  (our own content, checked, raw HTML off)
            sources=tuple(sources()[key].title for key in card.sources),
            reviewed=plain_day(card.reviewed.isoformat()),
        )
        for card in red_flags()
    )
    numbers = tuple(
        (number.place, number.emergency, number.crisis or "Use the emergency number")
        for number in emergency_numbers()
    )
    return render(visit, "help.html", HelpNow(cards=cards, numbers=numbers))
