"""How a request becomes an answer: the form is read, the page runs in a thread, every error is put into words."""

from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from secondlens.errors import SecondlensError
from secondlens.web.forms import read_form
from secondlens.web.rendering import Handler, Visit, render_error, render_problem
from secondlens.web.security import TooLarge, TooSlow, log


def get(path: str, handler: Handler) -> Route:
    """A page to look at. An address that begins with "in:" lies behind the lock."""
    return Route(path.replace("in:", "/s/{token}"), partial(_answer, handler), methods=["GET"])


def post(path: str, handler: Handler) -> Route:
    """A change. The form is read first, so handlers are plain functions."""
    return Route(path.replace("in:", "/s/{token}"), partial(_answer, handler), methods=["POST"])


async def _answer(handler: Handler, request: Request) -> Response:
    visit = Visit(door=request.app.state.door, request=request)
    try:
        if request.method == "POST":
            visit = Visit(door=visit.door, request=request, form=await read_form(request))
        return await run_in_threadpool(handler, visit)
    except TooLarge as error:
        return render_problem(visit, 413, "This is too much at once", str(error))
    except TooSlow as error:
        answer = render_problem(visit, 408, "This took too long", str(error))
        answer.headers["connection"] = "close"  # the place is for the next one
        return answer
    except ClientDisconnect:  # the browser left while sending: nobody reads this, and it is no fault
        return Response(status_code=400)
    except SecondlensError as error:
        return render_error(visit, error)
    except HTTPException:
        raise
    except Exception as error:  # noqa: BLE001  (the door: a fault of ours must not show or log what is in the vault)
        log(error)
        return render_problem(
            visit,
            500,
            "Something went wrong in Secondlens",
            "This is our fault, not yours. What you kept is safe. Go back and try once more.",
        )
