"""Things a page holds between two requests, in memory only."""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from threading import RLock
from typing import Any, TypeVar

from secondlens.errors import NotFound

_Thing = TypeVar("_Thing")


class Gone(NotFound):
    """What a page held in memory is no longer there."""


def _leave(_: Any) -> None:
    pass


class Shelf:
    """Holds things under keys that say nothing about them. `leaving` is called with each thing that leaves."""

    def __init__(self, room: int, leaving: Callable[[Any], None] = _leave) -> None:
        self._room = room
        self._leaving = leaving
        self._lock = RLock()
        self._things: OrderedDict[str, Any] = OrderedDict()

    def put(self, thing: object) -> str:
        """Hold a thing and give its key. The oldest thing leaves when there is no room."""
        key = secrets.token_urlsafe(16)
        with self._lock:
            self._things[key] = thing
            while len(self._things) > self._room:
                self._leaving(self._things.popitem(last=False)[1])
        return key

    def held(self, kind: type[_Thing]) -> tuple[tuple[str, _Thing], ...]:
        """Give everything of a kind with its key, oldest first."""
        with self._lock:
            return tuple((key, thing) for key, thing in self._things.items() if isinstance(thing, kind))

    def get(self, key: str, kind: type[_Thing]) -> _Thing:
        """Give back what is held under a key. Raises Gone."""
        with self._lock:
            thing = self._things.get(key)
        if thing is None or not isinstance(thing, kind):
            raise Gone("This page is no longer held. Nothing was lost from your vault. Start this part again.")
        return thing

    def drop(self, key: str) -> None:
        """Forget one thing."""
        with self._lock:
            thing = self._things.pop(key, None)
        if thing is not None:
            self._leaving(thing)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            things = tuple(self._things.values())
            self._things.clear()
        for thing in things:
            self._leaving(thing)
