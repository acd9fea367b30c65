"""The front door: unlocking with a passphrase, a code or a key, coming in from the program, and locking."""

from dataclasses import dataclass
from typing import Literal

from starlette.responses import RedirectResponse, Response

from secondlens.errors import BadInput, Damaged, Locked, NotFound
from secondlens.sample.journey import PASSPHRASE
from secondlens.web.forms import NO_MISTAKES, Mistakes
from secondlens.web.rendering import Visit, go_in, render

USED = "This way in works once, within a minute. Unlock with your passphrase, or start Secondlens again."
# The connection ends too, because the process does.
_EVERYTHING = '"cache", "storage"'
_FORGET = {"Clear-Site-Data": _EVERYTHING, "Connection": "close"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlock:
    """`known` tells whether there is a vault to unlock; its name is not shown to whoever passes by.

    `sample` is the passphrase of the made-up person, which is public. `way` is what is asked for.
    """

    known: bool
    sample: str | None = None
    way: Literal["passphrase", "code", "key"] = "passphrase"
    sentence: str | None = None
    mistakes: Mistakes = NO_MISTAKES


@dataclass(frozen=True, slots=True, kw_only=True)
class Enter:
    """Where the way in leads."""

    href: str


def show(visit: Visit) -> Response:
    """The passphrase field, or how to start when this process knows no vault."""
    return _page(visit)


def unlock(visit: Visit) -> Response:
    """Open the vault with the passphrase, exactly as typed."""
    passphrase = visit.form.exact("passphrase")
    if not passphrase:
        return _page(visit, mistakes=NO_MISTAKES.plus("passphrase", "Type your passphrase."))
    try:
        session = visit.door.unlock(passphrase=passphrase)
    except (Locked, BadInput, Damaged, NotFound) as error:
        return _page(visit, mistakes=NO_MISTAKES.plus("passphrase", str(error)))
    return go_in(session)


def show_recover(visit: Visit) -> Response:
    """The recovery code field."""
    return _page(visit, way="code")


def recover(visit: Visit) -> Response:
    """Open the vault with the recovery code."""
    code = visit.form.text("code")
    if not code:
        return _page(visit, way="code", mistakes=NO_MISTAKES.plus("code", "Type your recovery code."))
    try:
        session = visit.door.unlock(recovery_code=code)
    except (Locked, BadInput, Damaged, NotFound) as error:
        return _page(visit, way="code", mistakes=NO_MISTAKES.plus("code", str(error)))
    return go_in(session)


def show_person(visit: Visit) -> Response:
    """The field for a trusted person's own key."""
    return _page(visit, way="key")


def come_as_person(visit: Visit) -> Response:
    """Open the vault with the age key of a trusted person. What they read is listed."""
    key = visit.form.exact("key")
    if not key.strip():
        return _page(visit, way="key", mistakes=NO_MISTAKES.plus("key", "Paste the line of your key file."))
    try:
        session = visit.door.unlock(identity=key)
    except (Locked, BadInput, Damaged, NotFound) as error:
        return _page(visit, way="key", mistakes=NO_MISTAKES.plus("key", str(error)))
    return go_in(session)


def enter(visit: Visit) -> Response:
    """Come in with the one-use token of the program that started the server.

    The page moves on by itself instead of redirecting: so the next request comes from our own page, not from the
    file or program that led here.
    """
    session = visit.door.enter(visit.part("launch")) if visit.request.method == "GET" else None
    if session:
        return render(visit, "enter.html", Enter(href=f"/s/{session}/"))
    return render(visit, "unlock.html", Unlock(known=visit.door.folder is not None, sentence=USED), status=403)


def stay(visit: Visit) -> Response:  # noqa: ARG001  (the guard has noted that the person is there)
    """The person is still there: typing or reading, without asking for a page."""
    return Response(status_code=204)


def lock(visit: Visit) -> Response:
    """Close the vault and tell the browser to forget."""
    visit.door.lock()
    return RedirectResponse("/", status_code=303, headers=_FORGET)


def hide(visit: Visit) -> Response:
    """Lock, and show a page that tells nothing."""
    visit.door.lock()
    return RedirectResponse("/blank", status_code=303, headers=_FORGET)


def forget(visit: Visit) -> Response:  # noqa: ARG001  (every page takes it)
    """An empty style sheet for the page after a lock, so that the browser forgets once more.

    Chromium keeps the page one leaves whole, for going back, also when it must not be stored; and it does so only
    after it has followed what the answer to the lock said.
    """
    return Response(media_type="text/css", headers={"Clear-Site-Data": _EVERYTHING})


def show_blank(visit: Visit) -> Response:
    """A page that tells nothing, not even whose it is."""
    return render(visit, "blank.html", None)


def _page(
    visit: Visit, *, way: Literal["passphrase", "code", "key"] = "passphrase", mistakes: Mistakes = NO_MISTAKES
) -> Response:
    page = Unlock(
        known=visit.door.folder is not None,
        sample=PASSPHRASE if visit.door.sample else None,
        way=way,
        mistakes=mistakes,
    )
    return render(visit, "unlock.html", page, status=422 if mistakes else 200)
