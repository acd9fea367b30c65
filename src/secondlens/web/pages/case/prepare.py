"""Prepare: the questions in their order, and the packet."""

from collections.abc import Iterable
from dataclasses import dataclass

from starlette.responses import Response

from secondlens.actions.cases import rank_question
from secondlens.actions.handing_out import hand_out
from secondlens.actions.packets import print_packet
from secondlens.actions.today import today
from secondlens.content import questions, words
from secondlens.domain.case import CaseFile, PacketMade, Question, Step, gaps
from secondlens.errors import NotFound
from secondlens.web.forms import NO_MISTAKES, Mistakes
from secondlens.web.pages.case._frame import Frame, file_of, frame_of, path_of
from secondlens.web.rendering import Visit, go, render


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparePage:
    """`questions` holds (id, text), first asked first; `ideas` (pack, ((text, why), ...)) not yet taken."""

    frame: Frame
    here: str
    questions: tuple[tuple[str, str], ...]
    ideas: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]
    missing: tuple[str, ...]
    case_page: str
    packet: str
    mistakes: Mistakes


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketPage:
    """The packets made so far: (name, address, fingerprint), newest first."""

    question: str
    home: str
    here: str
    packets: tuple[tuple[str, str, str], ...]
    missing: tuple[str, ...]


def show(visit: Visit) -> Response:
    """The questions, ideas for more, and the way to the packet."""
    return _page(visit, file_of(visit))


def change_questions(visit: Visit) -> Response:
    """Add, take an idea, move up or down, or take away one question, by the button that was pressed."""
    file, form = file_of(visit), visit.form
    if form.text("up") or form.text("down"):
        rank_question(visit.vault, file, form.text("up") or form.text("down"), up=bool(form.text("up")))
    elif form.text("remove"):
        _remove(visit, file, form.text("remove"))
    elif ideas := form.many("idea"):
        _add(visit, file, ideas)
    elif text := form.text("question"):
        _add(visit, file, (text,))
    else:
        return _page(visit, file, NO_MISTAKES.plus("question", "Write a question, or choose one below."))
    return go(visit, path_of(file, Step.PREPARE))


def show_packet(visit: Visit) -> Response:
    """Make a packet, or take one made before."""
    file = file_of(visit)
    page = PacketPage(
        question=file.case.record.title,
        home=visit.url(path_of(file)),
        here=visit.url(path_of(file, "packet")),
        packets=tuple(
            (
                f"Packet of {made.start.plain() if made.start else 'an unknown day'}",
                visit.url(path_of(file, f"packet/{made.sha256[:16]}")),
                made.sha256[:16],
            )
            for made in reversed(file.of(PacketMade))
        ),
        missing=tuple(words().gap(gap).missing for gap in gaps(file)),
    )
    return render(visit, "case/packet.html", page)


def make_packet(visit: Visit) -> Response:
    """Print the packet as it is now and keep exactly these pages."""
    file = file_of(visit)
    print_packet(visit.vault, file.case.id, today(), sample=visit.door.sample)
    return go(visit, path_of(file, "packet"))


def download_packet(visit: Visit) -> Response:
    """The pages of one packet, as they were printed."""
    file = file_of(visit)
    made = next((made for made in file.of(PacketMade) if made.sha256.startswith(visit.part("print"))), None)
    if made is None:
        raise NotFound("This packet is not here. Make it again from your case.")
    return Response(
        hand_out(visit.vault, made.sha256),
        media_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{made.title}"'},
    )


def _add(visit: Visit, file: CaseFile, texts: Iterable[str]) -> None:
    for rank, text in enumerate(texts, start=len(file.questions()) + 1):
        visit.vault.add(Question(case=file.case.id, title=text, rank=rank))


def _remove(visit: Visit, file: CaseFile, question_id: str) -> None:
    if question_id in {file.id_of(question) for question in file.questions()}:
        visit.vault.remove(question_id)


def _page(visit: Visit, file: CaseFile, mistakes: Mistakes = NO_MISTAKES) -> Response:
    taken = {question.title for question in file.questions()}
    packs = {
        pack: tuple(
            (idea.text, idea.text, idea.why)
            for idea in questions()
            if idea.pack == pack and idea.text not in taken
        )
        for pack in words().packs
    }
    page = PreparePage(
        frame=frame_of(visit, file, Step.PREPARE),
        here=visit.url(path_of(file, Step.PREPARE)),
        questions=tuple((file.id_of(question), question.title) for question in file.questions()),
        ideas=tuple((words().packs[pack].name, ideas) for pack, ideas in packs.items() if ideas),
        missing=tuple(words().gap(gap).missing for gap in gaps(file)),
        case_page=visit.url(path_of(file)),
        packet=visit.url(path_of(file, "packet")),
        mistakes=mistakes,
    )
    return render(visit, "case/prepare.html", page, status=422 if mistakes else 200)
