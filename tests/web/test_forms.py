"""Forms: read whole into memory, mistakes as values, dates as vague as people write them."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from secondlens.errors import BadInput
from secondlens.web.forms import MOST_PARTS, NO_MISTAKES, Form, read_form
from tests.web.asking import BOUNDARY, in_new_loop, multipart


def form_of(body: bytes, content_type: str, piece: int = 7) -> Form:
    pieces = [body[at : at + piece] for at in range(0, len(body), piece)] or [b""]

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    scope = {"type": "http", "method": "POST", "headers": [(b"content-type", content_type.encode())]}
    return in_new_loop(read_form(Request(scope, receive)))


def multipart_form(body: bytes, piece: int = 7) -> Form:
    return form_of(body, f"multipart/form-data; boundary={BOUNDARY}", piece)


# Peak memory of a process that reads one file of 128 MB, less what it had before, bytes.
_UPLOAD = """
import asyncio, resource, sys
from starlette.requests import Request
from secondlens.web.forms import MOST_PARTS, NO_MISTAKES, Form, read_form
def peak():
    if sys.platform == "darwin":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return next(int(line.split()[1]) * 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))
head = b'--b\\r\\nContent-Disposition: form-data; name="files"; filename="a"\\r\\n\\r\\n'
end = b"\\r\\n--b--\\r\\n"
pieces = iter([head, *[b"x" * 65536] * 2048, end])
async def receive():
    body = next(pieces)
    return {"type": "http.request", "body": body, "more_body": body is not end}
kind = (b"content-type", b"multipart/form-data; boundary=b")
before = peak()
form = asyncio.run(read_form(Request({"type": "http", "method": "POST", "headers": [kind]}, receive)))
assert [len(file.content) for file in form.files] == [2048 * 65536]
print(peak() - before)
"""
URLENCODED = "application/x-www-form-urlencoded"


def test_an_urlencoded_form_keeps_its_letters() -> None:
    form = form_of(b"title=Sj%C3%B6gren%27s+%3F&box=a&box=b&empty=", URLENCODED)
    assert form.text("title") == "Sjögren's ?"
    assert form.many("box") == ("a", "b")
    assert form.text("empty") == form.text("not there") == ""
    assert form.optional("empty") is None


def test_a_passphrase_is_taken_exactly_as_typed() -> None:
    assert form_of(b"passphrase=+two++spaces+", URLENCODED).exact("passphrase") == " two  spaces "


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.one_of(st.none(), st.just("x.bin")), st.binary(max_size=300)),
        max_size=6,
    ),
    st.integers(1, 200),
)
def test_every_byte_of_every_file_arrives(parts: list[tuple[str, str | None, bytes]], piece: int) -> None:
    safe = [part for part in parts if BOUNDARY.encode() not in part[2]]
    form = multipart_form(multipart(safe), piece)
    assert [file.content for file in form.files] == [content for _, name, content in safe if name]
    assert len(form.fields) == sum(name is None for _, name, _ in safe)


def test_a_file_name_loses_its_folders_and_keeps_its_letters() -> None:
    names = ["C:\\Users\\me\\Ä rest.xml", "../../etc/passwd", "two\u0007bells.pdf"]
    form = multipart_form(multipart([("files", name, b"x") for name in names]))
    assert [file.name for file in form.files] == ["Ä rest.xml", "passwd", "twobells.pdf"]


def test_no_file_chosen_is_no_file() -> None:
    assert multipart_form(multipart([("files", "", b"")])).files == ()


def test_an_empty_file_is_still_a_file() -> None:
    assert [file.name for file in multipart_form(multipart([("files", "empty.xml", b"")])).files] == ["empty.xml"]


@pytest.mark.parametrize(
    "body",
    [
        multipart([("a", "b.xml", b"cut off here")])[:-10],
        b"no boundary at all",
        f"--{BOUNDARY}\r\n".encode() + b"x" * 9000,
        f"--{BOUNDARY}\r\nbad header\x00\r\n\r\nx".encode(),
        b"",
    ],
)
def test_a_broken_form_is_refused_in_words(body: bytes) -> None:
    with pytest.raises(BadInput, match="send it again"):
        multipart_form(body)


def test_more_parts_than_a_person_would_choose_are_refused() -> None:
    assert len(multipart_form(multipart([("a", "b", b"")] * MOST_PARTS), 65536).files) == MOST_PARTS
    with pytest.raises(BadInput, match="fewer files"):
        multipart_form(multipart([("a", "b", b"")] * (MOST_PARTS + 1)), 65536)
    with pytest.raises(BadInput):
        form_of(b"a=1&" * (MOST_PARTS + 1), URLENCODED, 65536)


def test_an_answer_that_is_too_long_is_refused() -> None:
    with pytest.raises(BadInput, match="too long"):
        multipart_form(multipart([("a", None, b"x" * 200_000)]), 65536)
    with pytest.raises(BadInput, match="too long"):
        form_of(b"a=" + b"x" * 200_000, URLENCODED, 65536)


def test_any_other_kind_of_body_is_refused() -> None:
    with pytest.raises(BadInput):
        form_of(b'{"a": 1}', "application/json")
    with pytest.raises(BadInput):
        form_of(b"a=\xff", URLENCODED)


def test_mistakes_are_shown_in_order_and_at_their_field() -> None:
    form = Form(fields=(("since", "last spring"), ("title", " ")))
    mistakes = NO_MISTAKES.missing(form, "title", "Write it.").date(form, "since").date(form, "not there")
    assert [name for name, _ in mistakes.found] == ["title", "since"]
    assert mistakes.at("title") == "Write it."
    assert mistakes.at("not there") is None
    assert not NO_MISTAKES


def test_a_large_file_is_held_in_memory_once() -> None:
    size = 128 * 1024 * 1024
    ran = subprocess.run([sys.executable, "-c", _UPLOAD], capture_output=True, check=True, timeout=120)
    grown = int(ran.stdout)
    sys.stdout.write(f"{grown / size:.2f} copies\n")
    assert size <= grown <= size * 1.3
