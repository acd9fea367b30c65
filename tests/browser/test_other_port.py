"""Somebody else's program on another port of 127.0.0.1, visited by the same browser: it learns and moves nothing.

Browsers treat the ports of one host as one site, and send cookies to all of them; a control shows that in this
very browser, another that what is tried here works on a server that lets it. All of it is tried with the
address of the session unknown, then known.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from secondlens.domain.clinical import Condition
from tests.attack.http_battery import state_of
from tests.browser.conftest import keep_inside
from tests.web.running import Running, make_vault, serving_vault

WORD = "Zanzibarosis"

# Everything a page can try on another origin. Gives what it could read, as words.
_TRY = """async ({door, paths}) => {
  const got = [];
  const note = (what, value) => got.push(`${what}: ${value}`);
  const later = (ms) => new Promise((done) => setTimeout(done, ms));
  for (const path of paths) {
    const url = door + path;
    for (const mode of ["cors", "no-cors", "same-origin"])
      for (const method of ["GET", "POST"])
        await fetch(url, {mode, method, credentials: "include", body: method === "POST" ? "theme=dark" : null})
          .then(async (r) => note(`fetch ${mode} ${method} ${path}`, `${r.type} ${await r.text()}`), () => 0);
    navigator.sendBeacon(url, "theme=dark");
    for (const tag of ["iframe", "img", "script", "embed", "object", "video"]) {
      const element = document.createElement(tag);
      element[tag === "object" ? "data" : "src"] = url;
      element.onload = () => ["img", "script"].includes(tag) && note(tag, `loaded ${path}`);
      document.body.append(element);
      await later(150);
      try { note(tag, element.contentDocument.body.innerText); } catch {}
      try { note(tag, element.contentWindow.location.href); } catch {}
    }
    const style = Object.assign(document.createElement("link"), {rel: "stylesheet", href: url});
    style.onload = () => note("style", `loaded ${path}`);
    document.head.append(style);
    const opened = window.open(url, "vault");
    await later(500);
    try { note("window", opened.document.body.innerText); } catch {}
    try { note("window", opened.location.href); } catch {}
    try { opened.postMessage("hello", "*"); note("frames", opened.length > 0 ? opened.length : ""); } catch {}
    opened?.close();
    const form = Object.assign(document.createElement("form"), {method: "post", action: url, target: "_blank"});
    form.append(Object.assign(document.createElement("input"), {name: "theme", value: "dark"}));
    document.body.append(form);
    form.submit();
    await later(300);
    await new Promise((done) => {
      const socket = new WebSocket(url.replace("http", "ws"));
      socket.onopen = () => { note("socket", "open"); done(); };
      socket.onerror = done;
    });
  }
  await navigator.serviceWorker.register("/worker.js", {scope: "/"}).catch((error) => note("worker", error));
  await navigator.serviceWorker.register(door + "/static/here.js").then(() => note("worker", "theirs"), () => 0);
  note("cookie", document.cookie);
  note("local", JSON.stringify({...localStorage}));
  note("session", JSON.stringify({...sessionStorage}));
  note("databases", JSON.stringify(await indexedDB.databases()));
  note("caches", JSON.stringify(await caches.keys()));
  note("referrer", document.referrer);
  note("opener", window.opener ?? "");
  note("name", window.name);
  return got.filter((line) => !/: (about:blank|\\{\\}|\\[\\]|opaque )?$/.test(line));
}"""


@dataclass(slots=True)
class Stranger:
    """A server that writes down every request, and sets a cookie when asked to."""

    address: str
    seen: list[str] = field(default_factory=list)


@contextmanager
def stranger() -> Iterator[Stranger]:
    """Somebody else's server on another port."""
    found = Stranger(address="")

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            found.seen.append(f"{self.requestline}\n{self.headers}\n{body!r}")
            script = self.path == "/worker.js"
            self.send_response(200)
            self.send_header("content-type", "text/javascript" if script else "text/html")
            if self.path == "/cookie":
                self.send_header("set-cookie", "token=of-the-cookie-server; HttpOnly; SameSite=Strict; Path=/")
            if self.path == "/careless":
                self.send_header("access-control-allow-origin", self.headers.get("origin") or "*")
                self.send_header("access-control-allow-credentials", "true")
            self.end_headers()
            self.wfile.write(
                b"onfetch = () => {};" if script else b"<!doctype html><title>Elsewhere</title><p>Hello"
            )

        do_GET = do_POST = answer  # noqa: N815  (names of the library)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A profile of its own, in which service workers may run."""
    made = browser.new_context()
    refused = keep_inside(made)
    yield made
    made.close()
    assert refused == []


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Running]:
    folder = tmp_path / "Papers.vault"
    with make_vault(folder) as vault:
        vault.add(Condition(title=WORD))
    with serving_vault(folder, tmp_path) as it:
        yield it


def test_a_cookie_would_leak_to_the_other_port(context: BrowserContext) -> None:
    page = context.new_page()
    with stranger() as careless, stranger() as other:
        page.goto(f"{careless.address}/cookie")
        page.goto(f"{other.address}/")
        assert "of-the-cookie-server" in other.seen[-1]


def test_what_is_tried_works_where_a_server_lets_it(context: BrowserContext) -> None:
    page = context.new_page()
    with stranger() as careless, stranger() as other:
        page.goto(f"{other.address}/")
        got = page.evaluate(_TRY, {"door": careless.address, "paths": ["/careless"]})
        assert any(line.startswith("fetch cors POST /careless: cors") and "Else" in line for line in got)
        assert any("theme=dark" in one for one in careless.seen)


def test_nothing_of_ours_reaches_the_other_port(context: BrowserContext, door: Running, tmp_path: Path) -> None:
    page = context.new_page()
    folder, home = tmp_path / "Papers.vault", f"http://127.0.0.1:{door.port}"
    page.goto(door.address)
    page.wait_for_url("**/s/*/")
    session = page.url.split("/")[4]
    page.goto(f"{home}/s/{session}/records?kind=Condition")
    assert WORD in page.content()
    before, known = state_of(folder), f"/s/{session}"
    with stranger() as other:
        for leave in (f"location.href = '{other.address}/link'", f"window.open('{other.address}/opened')"):
            with page.context.expect_event("response", lambda answer: other.address in answer.url):
                page.evaluate(f"() => void setTimeout(() => {{ {leave} }}, 200)")
            page.wait_for_function("document.title === 'Elsewhere'")  # the answer is there before the page is
        tries = {"door": home, "paths": ["/", "/static/here.js", "/unlock"]}
        unknown = page.evaluate(_TRY, tries)
        tries["paths"] = [known + path for path in ("/records?kind=Condition", "/more/theme", "/hide")]
        with_the_address = page.evaluate(_TRY, tries)
        page.goto(f"{other.address}/again")
        assert len(other.seen) >= 4
        assert [one for one in other.seen if session in one or WORD in one or "ookie" in one] == []
        assert [one for one in other.seen if "referer" in one.lower() and str(door.port) in one] == []
    assert (unknown, with_the_address) == ([], [])
    assert state_of(folder) == before
    assert not (tmp_path / "settings.json").exists()
    assert WORD.encode() in door.ask("GET", f"{known}/records?kind=Condition").body, "still open: nobody locked it"
