"""What a person sent with a form, read into memory only, and what is wrong with it.

The usual upload objects write larger files in clear to the temporary folder; health files must not touch the
disk outside the vault, so the parts are collected here by hand.
"""

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from io import BytesIO
from urllib.parse import parse_qsl

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from secondlens.domain.said_when import read_when
from secondlens.domain.when import When
from secondlens.errors import BadInput

MOST_PARTS = 1000
LARGEST_FIELD = 128 * 1024
# Line breaks and tabs are kept; other control characters come from no keyboard and break files later.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class FormUnreadable(BadInput):
    """A form arrived broken. Go back and send it again."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A chosen file. `name` is for people only, without folders."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What was sent. A field that was not sent reads as empty: a browser may leave any field out."""

    fields: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # a passphrase may be among them
    files: tuple[SentFile, ...] = ()

    def text(self, name: str) -> str:
        """One answer, without spaces around it; "" when there is none."""
        return next((value for value in reversed(self.many(name))), "").strip()

    def optional(self, name: str) -> str | None:
        """One answer, None when it was left empty."""
        return self.text(name) or None

    def exact(self, name: str) -> str:
        """One answer exactly as typed: for passphrases."""
        return next((value for key, value in reversed(self.fields) if key == name), "")

    def many(self, name: str) -> tuple[str, ...]:
        """All answers of one name, such as ticked boxes."""
        return tuple(_CONTROL.sub("", value.replace("\r\n", "\n")) for key, value in self.fields if key == name)

    def choice(self, name: str, allowed: tuple[str, ...]) -> str | None:
        """One answer out of those offered; None for any other."""
        answer = self.text(name)
        return answer if answer in allowed else None

    def when(self, name: str) -> When | None:
        """A date as vague as typed; None when it was left empty or is not a date (see `Mistakes.date`)."""
        return read_when(self.text(name))


@dataclass(frozen=True, slots=True)
class Mistakes:
    """What is wrong with a form, as (field, sentence): the same words in the summary and at the field."""

    found: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.found)

    def at(self, name: str) -> str | None:
        """The sentence for one field."""
        return next((sentence for field_name, sentence in self.found if field_name == name), None)

    def plus(self, name: str, sentence: str) -> "Mistakes":
        """These mistakes and one more."""
        return Mistakes((*self.found, (name, sentence)))

    def missing(self, form: Form, name: str, sentence: str) -> "Mistakes":
        """One more when this field was left empty."""
        return self if form.text(name) else self.plus(name, sentence)

    def date(self, form: Form, name: str) -> "Mistakes":
        """One more when this field holds something that is not a date."""
        if form.text(name) and not form.when(name):
            return self.plus(name, "Write a date such as 2024, March 2024 or 2 March 2024.")
        return self


NO_MISTAKES = Mistakes()


async def read_form(request: Request) -> Form:
    """Read a sent form of either encoding. Raises FormUnreadable; the size of the whole is capped before."""
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind == b"multipart/form-data" and options.get(b"boundary"):
        return await _read_parts(request.stream(), options[b"boundary"])
    if kind == b"application/x-www-form-urlencoded":
        return _read_urlencoded(await request.body())
    if not await request.body():
        return Form()
    raise FormUnreadable("This form arrived in a shape Secondlens does not read. Go back and send it again.")


def _read_urlencoded(body: bytes) -> Form:
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_PARTS, errors="strict")
    except ValueError as error:  # bytes that are not UTF-8, or too many fields
        raise _broken() from error
    if any(len(value) > LARGEST_FIELD for _, value in pairs):
        raise _too_long()
    return Form(fields=tuple(pairs))


async def _read_parts(stream: AsyncIterator[bytes], boundary: bytes) -> Form:
    parts = _Parts()
    try:
        parser = MultipartParser(boundary, parts.callbacks())  # type: ignore[arg-type]  # its names are plain strings
        async for piece in stream:
            parser.write(piece)
        parser.finalize()
    except (FormParserError, ValueError) as error:
        raise _broken() from error
    if not parts.ended:
        raise _broken()
    return Form(fields=tuple(parts.fields), files=tuple(parts.files))


@dataclass(slots=True)
class _Parts:
    """Collects the parts of a multipart form while the parser reads on.

    A file may be half a gigabyte, so it is held once: BytesIO gives its bytes away without copying them.
    """

    fields: list[tuple[str, str]] = field(default_factory=list)
    files: list[SentFile] = field(default_factory=list)
    ended: bool = False
    _header: bytearray = field(default_factory=bytearray)
    _value: bytearray = field(default_factory=bytearray)
    _content: BytesIO = field(default_factory=BytesIO)
    _disposition: dict[bytes, bytes] = field(default_factory=dict)

    def callbacks(self) -> dict[str, Callable[..., None]]:
        """What the parser calls."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._header.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
            "on_header_end": self._end_header,
            "on_part_data": self._add,
            "on_part_end": self._end,
            "on_end": self._finish,
        }

    def _begin(self) -> None:
        if len(self.fields) + len(self.files) >= MOST_PARTS:
            raise FormUnreadable(f"These are more than {MOST_PARTS} parts at once. Choose fewer files.")
        self._content, self._disposition = BytesIO(), {}

    def _end_header(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = parse_options_header(self._value.decode("latin-1"))[1]
        self._header, self._value = bytearray(), bytearray()

    def _add(self, data: bytes, start: int, end: int) -> None:
        self._content.write(memoryview(data)[start:end])
        if b"filename" not in self._disposition and self._content.tell() > LARGEST_FIELD:
            raise _too_long()

    def _end(self) -> None:
        name = self._disposition.get(b"name", b"").decode("utf-8", "replace")
        content, self._content = self._content.getvalue(), BytesIO()
        if b"filename" not in self._disposition:
            self.fields.append((name, content.decode("utf-8", "replace")))
        elif self._disposition[b"filename"] or content:
            self.files.append(SentFile(_file_name(self._disposition[b"filename"]), content))

    def _finish(self) -> None:
        self.ended = True


def _file_name(sent: bytes) -> str:
    """The last part of the name alone, printable."""
    name = sent.decode("utf-8", "replace").replace("%22", '"').replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in name if letter.isprintable())[:200] or "file without a name"


def _broken() -> FormUnreadable:
    return FormUnreadable("What you sent arrived broken, so nothing was changed. Go back and send it again.")


def _too_long() -> FormUnreadable:
    return FormUnreadable("One answer is too long to keep. Go back, shorten it, and send it again.")
