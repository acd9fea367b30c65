"""The whole site map, and the app made of it."""

import socket
from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount

from secondlens.web import process, serving
from secondlens.web._answering import get, post
from secondlens.web.door import Door, WrongTries
from secondlens.web.keeping import new_keeping
from secondlens.web.pages import (
    columns,
    differences,
    help_now,
    home,
    imports,
    patterns,
    readings,
    records,
    settings,
    start,
    unlock,
    words,
)
from secondlens.web.pages.case import (
    ask,
    compare,
    decide,
    follow_through,
    gather,
    meet,
    notice,
    opinion,
    overview,
    prepare,
)
from secondlens.web.pages.importing import choosing, previewing, receipts
from secondlens.web.pages.safekeeping import (
    backups,
    code,
    mending,
    older,
    removing,
    replacing,
    restoring,
    seen,
    ways,
    working,
)
from secondlens.web.rendering import STATIC, Visit, render_problem
from secondlens.web.security import Guard, Refusal

ROUTES: tuple[BaseRoute, ...] = (
    Mount("/static", serving.StaticFolder(directory=STATIC)),
    # Before the lock
    get("/", unlock.show),
    post("/unlock", unlock.unlock),
    get("/recover", unlock.show_recover),
    post("/recover", unlock.recover),
    get("/person", unlock.show_person),
    post("/person", unlock.come_as_person),
    get("/enter/{launch}", unlock.enter),
    get("/help", help_now.show),
    get("/blank", unlock.show_blank),
    get("/forget", unlock.forget),
    get("/patterns", patterns.show),
    # Starting
    get("in:/", home.show),
    get("in:/start", start.show),
    get("in:/new", start.show_new),
    post("in:/new", start.make_new),
    post("in:/open", start.choose),
    post("in:/sample", start.open_sample),
    # My case
    get("in:/case", overview.show_cases),
    get("in:/case/new", overview.show_new),
    post("in:/case/new", overview.make_new),
    get("in:/case/{case}", overview.show_case),
    get("in:/case/{case}/question", overview.show_question),
    post("in:/case/{case}/question", overview.change_question),
    get("in:/case/{case}/notice", notice.show),
    post("in:/case/{case}/notice", notice.save),
    get("in:/case/{case}/decide", decide.show),
    post("in:/case/{case}/decide", decide.save),
    get("in:/case/{case}/opinion/{order}", opinion.show),
    post("in:/case/{case}/opinion/{order}", opinion.save),
    get("in:/case/{case}/ask", ask.show),
    get("in:/case/{case}/ask/{frame}/{channel}", ask.show_words),
    post("in:/case/{case}/ask/{frame}/{channel}", ask.save_words),
    get("in:/case/{case}/gather", gather.show),
    post("in:/case/{case}/gather", gather.save),
    get("in:/case/{case}/prepare", prepare.show),
    post("in:/case/{case}/prepare", prepare.change_questions),
    get("in:/case/{case}/packet", prepare.show_packet),
    post("in:/case/{case}/packet", prepare.make_packet),
    get("in:/case/{case}/packet/{print}", prepare.download_packet),
    get("in:/case/{case}/meet", meet.show),
    post("in:/case/{case}/meet", meet.save),
    get("in:/case/{case}/compare", compare.show),
    get("in:/case/{case}/follow-through", follow_through.show),
    post("in:/case/{case}/follow-through", follow_through.save),
    # Words
    get("in:/words", words.show),
    get("in:/words/{number}", words.show_one),
    post("in:/words/{number}", words.show_one),
    get("in:/words/{number}/card", words.show_card),
    post("in:/words/{number}/card", words.show_card),
    # My records
    get("in:/records", records.show_list),
    post("in:/records/search", records.search),
    get("in:/records/found/{key}", records.show_found),
    get("in:/records/readings", readings.show_all),
    get("in:/records/readings/{number}", readings.show_metric),
    get("in:/records/readings/{number}/{day}", readings.show_day),
    get("in:/records/readings/{number}/{day}/original/{sha256}", readings.download_original),
    get("in:/records/differences", differences.show),
    get("in:/records/{id}", records.show_one),
    get("in:/records/{id}/original", records.download_original),
    get("in:/records/{id}/place", records.show_place),
    # Bringing files in
    get("in:/importing", choosing.show),
    post("in:/importing", choosing.read),
    get("in:/importing/{key}", previewing.show),
    post("in:/importing/{key}", previewing.answer),
    get("in:/importing/done/{key}", receipts.show),
    get("in:/importing/done/{key}/{file}", receipts.show_records),
    get("in:/importing/done/{key}/{file}/original", receipts.download_original),
    get("in:/importing/done/{key}/{file}/{part}", receipts.show_place),
    get("in:/importing/{key}/columns/{number}", columns.show),
    post("in:/importing/{key}/columns/{number}", columns.say),
    get("in:/importing/{key}/{file}/{part}", previewing.show_place),
    get("in:/imports", imports.show),
    get("in:/imports/taken/{key}", imports.show_taken),
    get("in:/imports/{run}", imports.show_one),
    post("in:/imports/{run}", imports.take_back),
    # Safekeeping
    get("in:/code/{key}", code.show),
    post("in:/code/{key}/sheet", code.download_sheet),
    get("in:/code/{key}/type", code.show_typing),
    post("in:/code/{key}/type", code.take_typed),
    get("in:/ways", ways.show),
    get("in:/ways/passphrase", ways.show_adding),
    post("in:/ways/passphrase", ways.add_passphrase),
    get("in:/ways/person", ways.show_person),
    post("in:/ways/person", ways.add_person),
    get("in:/ways/code", code.show_beginning),
    post("in:/ways/code", code.begin),
    get("in:/ways/check", code.show_check),
    post("in:/ways/check", code.check),
    get("in:/ways/replace", replacing.show),
    post("in:/ways/replace", replacing.replace_key),
    get("in:/ways/replaced", replacing.show_replaced),
    post("in:/ways/rewrap", replacing.rewrap),
    get("in:/ways/{way}/passphrase", ways.show_changing),
    post("in:/ways/{way}/passphrase", ways.change_passphrase),
    get("in:/ways/{way}/remove", removing.show),
    post("in:/ways/{way}/remove", removing.remove),
    get("in:/seen", seen.show),
    get("in:/backups", backups.show),
    post("in:/backups/make", backups.make),
    post("in:/backups/prove", backups.prove),
    post("in:/backups/place", backups.choose_place),
    get("in:/restore", restoring.show),
    post("in:/restore", restoring.restore),
    get("in:/restore/go-in", restoring.go_into),
    get("in:/older", older.show),
    post("in:/older", older.go_on),
    get("in:/working", working.show),
    post("in:/more/checked/{key}", mending.mend),
    get("in:/mended", mending.go_into),
    get("in:/mended/{key}", mending.show_mended),
    # Always there
    get("in:/help", help_now.show),
    get("in:/more", settings.show),
    post("in:/more/theme", settings.choose_theme),
    post("in:/more/check", mending.begin_check),
    get("in:/more/checked/{key}", mending.show_checked),
    post("in:/more/lock", settings.choose_lock),
    post("in:/here", unlock.stay),
    post("in:/lock", unlock.lock),
    post("in:/hide", unlock.hide),
)


def create_app(door: Door) -> Starlette:
    """The app for one door."""
    app = Starlette(
        routes=ROUTES,
        middleware=[Middleware(Guard, door=door, refuse=_refuse)],
        exception_handlers={HTTPException: _not_a_page},
    )
    app.router.redirect_slashes = False
    app.state.door = door
    app.state.keeping = new_keeping(door)
    return app


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a locked process tells the one that takes its place. Nothing of it is secret."""

    port: int
    folder: str
    sample: bool
    wrong_tries: WrongTries


def serve(door: Door, on_ready: Callable[[str], None], *, listening: socket.socket | None = None) -> None:
    """Serve on 127.0.0.1 until stopped; `on_ready` gets the address of the front door, once pages can be opened.

    Port 0 means any free one; the door then knows which. At a lock the process is replaced and this never returns.
    Raises PortTaken.
    """
    with listening or serving.listen(door.port) as held:
        door.port = held.getsockname()[1]

        def end(stopped: bool) -> None:  # noqa: FBT001  (called in one place)
            door.lock()
            if door.ended and not stopped:
                process.replace(held, _told(door))

        app = create_app(door)
        app.state.keeping.keeper.start()
        serving.run(app, held, on_ready=lambda: on_ready(door.address), is_over=door.keep_time, on_end=end)


def _told(door: Door) -> bytes:
    told = Told(port=door.port, folder=str(door.folder), sample=door.sample, wrong_tries=door.tries_so_far())
    return msgspec.json.encode(told)


def _not_a_page(request: Request, error: Exception) -> Response:
    visit = Visit(door=request.app.state.door, request=request)
    status = error.status_code if isinstance(error, HTTPException) else 500
    return render_problem(
        visit,
        status,
        "This page is not here",
        "The address may be old, or a part of it is missing. Nothing is lost.",
    )


def _refuse(request: Request, refusal: Refusal) -> Response:
    visit = Visit(door=request.app.state.door, request=request, refused=True)
    return render_problem(visit, refusal.status, refusal.title, refusal.sentence)
