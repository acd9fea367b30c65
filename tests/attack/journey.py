"""The program as a person starts it, and a browser as a person uses it, for attacks that watch from outside."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.attack.children import ROOT
from tests.system_packages import CHROMIUM, find_or_install

PASSPHRASE = "four calm words here"
_ADDRESS = re.compile(r"http://\S+")
_FLAGS = ("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync")


def environment(home: Path) -> dict[str, str]:
    """The variables of a person who starts the program for the first time: an empty home of their own."""
    for name in ("tmp", "state", "config", "cache", "data"):
        (home / name).mkdir(parents=True, exist_ok=True)
    own = {
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_DATA_HOME": str(home / "data"),
    }
    return os.environ | own


def secondlens(home: Path, *words: str | Path, before: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """Run one command; `before` goes in front of it, such as strace."""
    command = [*before, sys.executable, "-m", "secondlens", *map(str, words)]
    return subprocess.run(
        command, cwd=ROOT, env=environment(home), capture_output=True, text=True, check=False, timeout=300
    )


@contextmanager
def served(
    home: Path, vault: Path, before: Sequence[str] = (), end: signal.Signals = signal.SIGINT
) -> Iterator[str]:
    """The app over a vault; gives the address that it prints. Ends it as Ctrl+C does, or with another signal."""
    command = [*before, sys.executable, "-u", "-m", "secondlens", "open", str(vault), "--no-open"]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout
        try:
            found = next((match for line in process.stdout if (match := _ADDRESS.search(line))), None)
            if found is None:
                raise RuntimeError("the program ended before it printed an address")
            yield found[0]
        finally:
            program = _child_of(process.pid) if before else process.pid
            if program:
                os.kill(program, end)
            process.stdout.read()


def _child_of(process: int) -> int | None:
    """The program that strace follows."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    return int(children[0]) if children else None


@contextmanager
def browsing(profile: Path) -> Iterator[BrowserContext]:
    """A browser whose profile is kept on disk, as a person's is."""
    root = os.geteuid() == 0
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=find_or_install(CHROMIUM),
            headless=True,
            # Chromium refuses to run as root inside its own sandbox.
            args=[*_FLAGS, *(["--no-sandbox"] if root else [])],
        )
        try:
            yield context
        finally:
            context.close()


def unlock(page: Page, address: str, passphrase: str = PASSPHRASE) -> None:
    """Open the vault with its passphrase."""
    page.goto(address)
    if not page.get_by_label("Passphrase").is_visible():
        page.goto(re.sub(r"(:\d+)/.*", r"\1/", address))
    page.get_by_label("Passphrase").fill(passphrase)
    _press(page, "Unlock")
    page.get_by_role("button", name="Lock", exact=True).wait_for()


def bring_in(page: Page, file: Path) -> None:
    """Import a file: choose it, look at what it holds, keep it."""
    page.get_by_role("link", name=re.compile("import|bring", re.IGNORECASE)).first.click()
    page.locator("input[type=file]").first.set_input_files(file)
    with page.expect_navigation(wait_until="load"):
        page.locator("main form button").first.click()
    _press(page, re.compile("Keep"))
    page.get_by_role("heading", name=re.compile("Kept in your vault|Nothing new")).wait_for()


def search(page: Page, words: str) -> None:
    """Search the records."""
    page.get_by_role("link", name="Records", exact=True).first.click()
    page.locator("main input[type=search], main input[name=words]").first.fill(words)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def open_case(page: Page, question: str) -> None:
    """Begin a case with a question."""
    page.get_by_role("link", name=re.compile("case", re.IGNORECASE)).first.click()
    page.get_by_role("link", name="Start my case").click()
    page.get_by_label("The question I want answered").fill(question)
    _press(page, "Keep this")


def lock(page: Page) -> None:
    """Press the lock button."""
    _press(page, "Lock")


def _press(page: Page, name: str | re.Pattern[str]) -> None:
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name=name, exact=isinstance(name, str)).first.click()
