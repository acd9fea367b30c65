"""Who may ask: this host only, changes from our own pages only, the token for everything behind the lock."""

import re
from collections.abc import Awaitable, Callable

import pytest
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import Message

from secondlens.web.app import ROUTES, create_app
from secondlens.web.door import Door
from secondlens.web.security import HEADERS, LARGE_FORM, SMALL_FORM, Guard
from secondlens.web.serving import KEPT_BY_BROWSER
from tests.web.asking import HOST, Answer, Browser, in_new_loop

Browse = Callable[[Door], Browser]
SECRETS = ("Raynaud", "Ferritin", "Nora Sample", "portal.json", "Could one illness", "Papers")


def filled(path: str, session: str) -> str:
    """A route's address with parts that could be real."""
    return re.sub(r"\{\w+\}", "x", path.replace("{token}", session))


ALL = [
    (route.path, method) for route in ROUTES if isinstance(route, Route) for method in sorted(route.methods or ())
]
CHANGES = [path for path, method in ALL if method == "POST"]


def leaks_nothing(answer: Answer, door: Door) -> None:
    assert not any(secret in answer.text for secret in SECRETS)
    assert door.session is None or door.session not in answer.text + str(answer.headers)


@pytest.mark.parametrize(
    "host",
    [
        "evil.com",
        "127.0.0.1.evil.com:8765",
        "127.0.0.1",
        "127.0.0.1:8766",
        "localhost",
        "[::1]:8765",
        "127.0.0.1.:8765",
        "localhost.:8765",
        "0.0.0.0:8765",
        "127.0.0.1:8765@evil.com",
        "",
    ],
)
def test_any_other_host_is_refused(host: str, shared: Door, browse: Browse) -> None:
    answer = browse(shared).get(f"/s/{shared.session}/", {"host": host})
    assert answer.status == 400
    leaks_nothing(answer, shared)


def test_a_missing_or_second_host_is_refused(shared: Door, browse: Browse) -> None:
    assert browse(shared).get("/", {"host": None}).status == 400
    twice = browse(shared).ask("GET", "/", raw_headers=[(b"host", HOST.encode())])
    assert twice.status == 400


def test_both_names_of_this_computer_are_fine(shared: Door, browse: Browse) -> None:
    assert browse(shared).get("/", {"host": "localhost:8765"}).status == 200
    assert browse(shared).get("/").status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.com", "sec-fetch-site": None},
        {"origin": "http://127.0.0.1:8766", "sec-fetch-site": None},
        {"origin": "http://127.0.0.1:87650", "sec-fetch-site": None},
        {"origin": "http://127.0.0.1", "sec-fetch-site": None},
        {"origin": "https://127.0.0.1:8765", "sec-fetch-site": None},
        {"origin": "http://localhost:8765", "sec-fetch-site": None},
        {"origin": "null", "sec-fetch-site": None},
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {"origin": None, "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "http://evil.com"},
    ],
)
def test_no_change_comes_from_somewhere_else(headers: dict[str, str | None], shared: Door, browse: Browse) -> None:
    assert shared.session is not None
    before = (shared.session, shared.vault, shared.settings.theme, shared.open_vault().counts())
    for path in CHANGES:
        answer = browse(shared).post(filled(path, shared.session), {"theme": "dark", "answer": "keep"}, headers)
        assert (path, answer.status, answer.pulled) == (path, 403, 0)
        leaks_nothing(answer, shared)
    assert (shared.session, shared.vault, shared.settings.theme, shared.open_vault().counts()) == before


PAGE = {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
FROM_ELSEWHERE: list[dict[str, str | None]] = [
    {"sec-fetch-site": site, **more}
    for site in ("cross-site", "same-site", "none", "nonsense", "")
    for more in (
        {},
        {"sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"},
        {"sec-fetch-mode": "cors", "sec-fetch-dest": "empty"},
        {"sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
        {"sec-fetch-mode": "navigate", "sec-fetch-dest": "object"},
        {"sec-fetch-mode": "websocket", "sec-fetch-dest": "websocket"},
    )
]


@pytest.mark.parametrize("headers", FROM_ELSEWHERE, ids=lambda headers: "-".join(map(str, headers.values())))
def test_nothing_is_fetched_from_elsewhere(headers: dict[str, str | None], shared: Door, browse: Browse) -> None:
    for path in (
        "/",
        "/enter/x",
        "/help",
        "/static/here.js",
        f"/s/{shared.session}/",
        f"/s/{shared.session}/records",
    ):
        answer = browse(shared).get(path, headers)
        assert (path, answer.status) == (path, 403)
        leaks_nothing(answer, shared)


def test_a_link_from_elsewhere_leads_to_the_front_door_alone(shared: Door, browse: Browse) -> None:
    browser, link = browse(shared), {"sec-fetch-site": "cross-site", **PAGE}
    assert browser.get("/", link).status == 200
    assert "works once" in browser.get("/enter/x", link).text
    for path in ("/help", "/recover", "/blank", "/static/here.js", f"/s/{shared.session}/", "/s/wrong/"):
        assert (path, browser.get(path, link).status) == (path, 403)
    assert browser.get("/", link | {"sec-fetch-site": "same-site"}).status == 403
    assert browser.ask("GET", "/", headers=link, raw_headers=[(b"sec-fetch-site", b"none")]).status == 403


def test_the_persons_own_hand_opens_every_page(shared: Door, browse: Browse) -> None:
    for path in ("/", "/help", f"/s/{shared.session}/records"):
        assert browse(shared).get(path, {"sec-fetch-site": "none", **PAGE}).status == 200


def test_our_own_forms_pass_with_the_headers_browsers_send_under_no_referrer(shared: Door, browse: Browse) -> None:
    headers: dict[str, str | None] = {"origin": "null", "sec-fetch-site": "same-origin"}
    assert browse(shared).post(f"/s/{shared.session}/more/theme", {"theme": "dark"}, headers).status == 303
    assert shared.settings.theme == "dark"


def test_without_either_header_the_token_decides(shared: Door, browse: Browse) -> None:
    bare: dict[str, str | None] = {"origin": None, "sec-fetch-site": None}
    assert browse(shared).post(f"/s/{shared.session}/more/theme", {"theme": "sepia"}, bare).status == 303
    assert browse(shared).post("/unlock", {"passphrase": "x"}, bare).status == 403
    assert browse(shared).post("/s/wrong/more/theme", {"theme": "dark"}, bare).status == 403
    assert shared.settings.theme == "sepia"


@pytest.mark.parametrize(("path", "method"), [one for one in ALL if one[0].startswith("/s/")])
def test_without_the_right_token_nothing_shows_and_nothing_is_read(
    path: str, method: str, shared: Door, browse: Browse
) -> None:
    assert shared.session is not None
    for token in ("wrong", shared.session[:-1], shared.session + "x", shared.session.swapcase()):
        answer = browse(shared).ask(method, filled(path, token), body=[b"answer=keep"])
        assert (answer.status, answer.pulled) == (403, 0)
        leaks_nothing(answer, shared)


def test_an_unknown_page_looks_the_same_as_a_known_one_without_the_token(shared: Door, browse: Browse) -> None:
    known, unknown = browse(shared).get("/s/wrong/records"), browse(shared).get("/s/wrong/nothing-here")
    assert (known.status, known.body) == (unknown.status, unknown.body)


def test_pages_outside_the_lock_never_show_the_token(shared: Door, browse: Browse) -> None:
    for path in ("/", "/recover", "/help", "/enter/x", "/nothing", "/static/nothing", "/static/base.css"):
        answer = browse(shared).get(path)
        leaks_nothing(answer, shared)
        assert 'class="bar"' not in answer.text, f"{path} shows the navigation of an open vault"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_methods_we_do_not_use_do_nothing(method: str, shared: Door, browse: Browse) -> None:
    before = shared.open_vault().counts()
    assert browse(shared).ask(method, f"/s/{shared.session}/records").status in (404, 405)
    assert browse(shared).post(f"/s/{shared.session}/records", {"_method": "DELETE"}).status in (404, 405)
    assert shared.open_vault().counts() == before


@pytest.mark.parametrize(
    "path",
    [
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static/..%5capp.py",
        "/static/../app.py",
        "/static/./base.css",
        "/static//base.css",
        "/static/%252e%252e/app.py",
        "//static/base.css",
        "/static\\base.css",
        "/static/base.css%00",
        "/s/TOKEN/..",
        "/s/TOKEN/records/..%2f..%2fhelp",
        "/s/TOKEN//records",
        "http://127.0.0.1:8765/",
        "*",
    ],
)
def test_addresses_made_to_slip_past_are_not_here(path: str, shared: Door, browse: Browse) -> None:
    answer = browse(shared).get(path.replace("TOKEN", shared.session or ""))
    assert answer.status == 404
    leaks_nothing(answer, shared)


def headers_hold(answer: Answer) -> None:
    for name, value in HEADERS:
        found = answer.header(name.decode()) or ""
        stricter = name == b"content-security-policy" and "sandbox" in found
        style = (answer.header("content-type") or "").startswith("text/css")
        kept = style and name == b"cache-control" and found == KEPT_BY_BROWSER
        assert value.decode() == found or stricter or kept, name
    assert answer.header("set-cookie") is None
    assert answer.header("access-control-allow-origin") is None
    assert answer.header("server") is None


@pytest.mark.parametrize(("path", "method"), [*ALL, ("/static/base.css", "GET"), ("/static/none.css", "GET")])
def test_every_answer_carries_the_headers(path: str, method: str, shared: Door, browse: Browse) -> None:
    assert shared.session is not None
    headers: dict[str, str | None] = {"content-type": "application/x-www-form-urlencoded"}
    for asked, own in (
        (filled(path, shared.session), headers if method == "GET" else headers | {"sec-fetch-site": "cross-site"}),
        (filled(path, "wrong"), headers),
        (filled(path, shared.session) + "/nothing", headers),
        (filled(path, shared.session), headers | {"host": "evil.com"}),
    ):
        headers_hold(browse(shared).ask(method, asked, headers=own))


def test_a_change_carries_the_headers_too(shared: Door, browse: Browse) -> None:
    answer = browse(shared).post(f"/s/{shared.session}/more/theme", {"theme": "light"})
    assert answer.status == 303
    headers_hold(answer)


def test_the_policy_allows_no_script_but_ours_and_no_frame() -> None:
    policy = dict(HEADERS)[b"content-security-policy"].decode()
    assert "default-src 'none'" in policy
    assert re.findall(r"(?:script|connect)-src [^;]*", policy) == ["script-src 'self'", "connect-src 'self'"]
    assert "require-trusted-types-for 'script'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(("path", "cap"), [("/unlock", SMALL_FORM), ("/s/TOKEN/more/theme", LARGE_FORM)])
def test_too_much_is_refused_before_it_is_read(path: str, cap: int, shared: Door, browse: Browse) -> None:
    asked = path.replace("TOKEN", shared.session or "")
    answer = browse(shared).post(asked, {"theme": "x" * cap})
    assert (answer.status, answer.pulled) == (413, 0)


def test_files_of_no_said_length_are_cut_off_early(shared: Door, browse: Browse) -> None:
    head = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n'
    headers: dict[str, str | None] = {"content-type": "multipart/form-data; boundary=b"}
    pieces = [head, *[b"x" * 65536] * 100]
    answer = browse(shared).ask("POST", f"/s/{shared.session}/importing", headers=headers, body=pieces)
    assert answer.status == 413
    assert answer.pulled <= LARGE_FORM + 65536 + len(head)


def test_a_fault_of_ours_says_nothing_and_carries_the_headers(
    shared: Door, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> Response:
        raise RuntimeError("Raynaud")

    app = Guard(Router([Route("/broken", broken)]), door=shared, refuse=broken)
    for path, host in (("/broken", HOST), ("/", "evil.com")):
        answer = Browser(app).get(path, {"host": host})
        assert answer.status == 500
        headers_hold(answer)
        leaks_nothing(answer, shared)
    told = capsys.readouterr().err
    assert ("RuntimeError at" in told, "Raynaud" in told) == (True, False)


def test_too_much_without_a_length_is_cut_off(shared: Door, browse: Browse) -> None:
    pieces = [b"theme=" + b"x" * 65536] * 100
    headers: dict[str, str | None] = {"content-type": "application/x-www-form-urlencoded"}
    answer = browse(shared).ask("POST", f"/s/{shared.session}/more/theme", headers=headers, body=pieces)
    assert answer.status == 413
    assert answer.pulled <= LARGE_FORM + 65536 + 6


@pytest.mark.parametrize("length", ["-1", "1e3", "0x10", "", " 5", "9" * 40])
def test_a_length_that_is_no_length_is_refused(length: str, shared: Door, browse: Browse) -> None:
    answer = browse(shared).ask("POST", "/unlock", headers={"content-length": length}, body=[b"x"])
    assert answer.status in (400, 413)
    assert answer.pulled == 0


def test_files_may_be_large_only_where_files_are_brought_in(shared: Door, browse: Browse) -> None:
    for path, size, status in (("importing", 400, 400), ("records/search", 400, 413), ("importing", 600, 413)):
        headers: dict[str, str | None] = {"content-length": str(size * 1024 * 1024)}
        answer = browse(shared).ask("POST", f"/s/{shared.session}/{path}", headers=headers, body=[b"x"])
        assert answer.status == status


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=b", "application/x-www-form-urlencoded"])
def test_an_upload_that_is_dropped_is_no_fault(
    kind: str, shared: Door, capsys: pytest.CaptureFixture[str]
) -> None:
    path = f"/s/{shared.session}/importing"
    headers = [(b"host", HOST.encode()), (b"sec-fetch-site", b"same-origin"), (b"content-type", kind.encode())]
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers}
    pieces: list[Message] = [
        {"type": "http.request", "body": b"--b", "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return pieces.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    in_new_loop(_asked(create_app(shared)(scope, receive, send)))
    assert sent[0]["status"] == 400
    assert capsys.readouterr().err == ""


async def _asked(answering: Awaitable[None]) -> None:
    await answering
