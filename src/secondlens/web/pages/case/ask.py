"""Ask: words for the first doctor, in four frames and four channels, with blanks filled from the record."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from secondlens.content import Label, Reply, ScriptText, scripts, tone, words
from secondlens.domain.case import CaseFile, Decision, Reason, Script, Step
from secondlens.domain.people import Patient
from secondlens.domain.tone import check_wording
from secondlens.domain.wording import Filled, fill, seconds_to_say, word_count
from secondlens.errors import NotFound
from secondlens.vault import Vault
from secondlens.web.forms import NO_MISTAKES, Mistakes
from secondlens.web.pages.case._frame import Frame, file_of, frame_of, path_of
from secondlens.web.rendering import Visit, go, render

_LONGEST_PORTAL_MESSAGE = 1000  # characters; many portals take no more
_LONGEST_CHECKED = 20_000  # nobody says more than this, and a check takes time


@dataclass(frozen=True, slots=True, kw_only=True)
class Frames:
    """The ways to say it, and the words kept so far: (how, channel, text, seconds, address)."""

    frame: Frame
    kept: tuple[tuple[str, str, str, int, str], ...]
    frames: tuple[tuple[str, str, str], ...]
    opinion: str | None
    library: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What the wording check says of some words: its name, the words (none when something is missing), advice."""

    name: str
    text: str
    why: str
    instead: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One script. `asks` is the sentence the person must say is true before it is offered, when not said yet.

    `remarks` is what the wording check finds in `written`, None when that is too long to check.
    `checked` tells that the person asked for it.
    """

    frame: Frame
    here: str
    name: Label
    channels: tuple[tuple[str, str, bool], ...]
    asks: str | None
    filled: Filled | None
    labels: tuple[str, ...]
    count: int
    seconds: int
    replies: tuple[tuple[Label, Reply], ...]
    fill_in: str
    written: str
    remarks: tuple[Remark, ...] | None
    checked: bool
    mistakes: Mistakes


def show(visit: Visit) -> Response:
    """The four frames."""
    file = file_of(visit)
    page = Frames(
        frame=frame_of(visit, file, Step.ASK),
        kept=tuple(_kept(visit, file, script) for script in reversed(file.of(Script))),
        frames=tuple(
            (label.name, label.what, visit.url(path_of(file, f"ask/{code}/spoken")))
            for code, label in words().frames.items()
        ),
        opinion=None if file.opinion("first") else visit.url(path_of(file, "opinion/first")),
        library=visit.url("words") + f"?case={file.case.id}",
    )
    return render(visit, "case/ask.html", page)


def show_words(visit: Visit) -> Response:
    """One frame in one channel: ready to say, to change and to keep."""
    file = file_of(visit)
    return _words_page(visit, file, _script_of(visit))


def save_words(visit: Visit) -> Response:
    """Keep the words as the person left them, one text for each frame and channel; or only check them."""
    file, script = file_of(visit), _script_of(visit)
    text = visit.form.text("text")
    if text and visit.form.text("do") == "check":
        return _words_page(visit, file, script, typed=text)
    if not text:
        mistakes = NO_MISTAKES.plus("text", "There are no words here to keep. Write some, or choose another way.")
        return _words_page(visit, file, script, mistakes)
    before = next((kept for kept in file.of(Script) if (kept.frame, kept.channel) == _name(script)), None)
    part = Script(case=file.case.id, title=text, frame=script.frame, channel=script.channel)
    if before:
        visit.vault.revise(file.id_of(before), part)
    else:
        visit.vault.add(part)
    return go(visit, path_of(file, Step.ASK))


def values_for(vault: Vault, file: CaseFile) -> Mapping[str, str]:
    """What the record knows about the blanks of a script; what it does not know is left out."""
    opinion, decision, reason = file.opinion("first"), file.last(Decision), file.last(Reason)
    patient = next((kept.record for kept in vault.list(Patient.__name__)), None)
    known = {
        "doctor": opinion and opinion.doctor,
        "unexplained": opinion and opinion.unexplained,
        "since": reason and reason.start and reason.start.plain(),
        "specialty": decision and decision.specialty,
        "question": file.case.record.title,
        "person": patient and patient.title,
    }
    return {name: value for name, value in known.items() if value}


def _words_page(
    visit: Visit, file: CaseFile, script: ScriptText, mistakes: Mistakes = NO_MISTAKES, typed: str = ""
) -> Response:
    text = _offered(visit, script)
    filled = fill(text, values_for(visit.vault, file), script.labels) if text else None
    kept = next((kept for kept in file.of(Script) if (kept.frame, kept.channel) == _name(script)), None)
    written = typed or (kept.title if kept else (filled.text if filled else ""))
    page = Words(
        frame=frame_of(visit, file, Step.ASK),
        here=visit.url(path_of(file, f"ask/{script.frame}/{script.channel}")),
        name=words().frames[script.frame],
        channels=tuple(
            (label.name, visit.url(path_of(file, f"ask/{script.frame}/{code}")), code == script.channel)
            for code, label in words().channels.items()
        ),
        asks=script.only_if_true if filled is None else None,
        filled=filled,
        labels=tuple(script.labels[name] for name in filled.missing) if filled and not (kept or typed) else (),
        count=word_count(written),
        seconds=seconds_to_say(written),
        replies=tuple((words().replies[reply.code], reply) for reply in script.replies),
        fill_in=visit.url(path_of(file, "opinion/first")),
        written=written,
        remarks=_remarks(written, script.channel),
        checked=bool(typed),
        mistakes=mistakes,
    )
    return render(visit, "case/words.html", page, status=422 if mistakes else 200)


def _remarks(written: str, channel: str) -> tuple[Remark, ...] | None:
    if len(written) > _LONGEST_CHECKED:
        return None
    names = tone().kinds
    found = tuple(
        Remark(name=names[one.kind].name, text=one.text, why=one.why, instead=one.instead)
        for one in check_wording(written, tone(), message=True).findings
    )
    if channel != "portal" or len(written) <= _LONGEST_PORTAL_MESSAGE:
        return found
    more = f"It has {len(written)} characters. Many portals take no more than {_LONGEST_PORTAL_MESSAGE:,}."
    return (Remark(name="Long for a portal", text="", why=more, instead="Cut it, or send it as a letter."), *found)


def _offered(visit: Visit, script: ScriptText) -> str | None:
    """The text to offer; None while the person has not said whether what it claims is true."""
    if script.only_if_true is None:
        return script.text
    said = visit.query("true") or visit.form.text("true")
    return {"yes": script.text, "no": script.otherwise}.get(said)


def _script_of(visit: Visit) -> ScriptText:
    name = (visit.part("frame"), visit.part("channel"))
    script = next((script for script in scripts() if _name(script) == name), None)
    if script is None:
        raise NotFound("There are no such words here. Go back and choose one of the four ways.")
    return script


def _name(script: ScriptText) -> tuple[str, str]:
    return script.frame, script.channel


def _kept(visit: Visit, file: CaseFile, script: Script) -> tuple[str, str, str, int, str]:
    return (
        words().frames[script.frame].name,
        words().channels[script.channel].name,
        script.title,
        seconds_to_say(script.title),
        visit.url(path_of(file, f"ask/{script.frame}/{script.channel}")),
    )
