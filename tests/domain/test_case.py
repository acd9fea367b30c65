from secondlens.domain.case import (
    GAPS,
    Case,
    CaseFile,
    CasePart,
    Decision,
    Opinion,
    Outcome,
    PacketChoice,
    PacketMade,
    Question,
    Reason,
    Script,
    Step,
    VisitNote,
    gaps,
    next_step,
    steps_done,
)
from secondlens.domain.record import Kept

CASE = Kept("c1", 1, "2026-11-01T10:00:00Z", Case(title="What explains the evening fevers?"))
REASON = Reason(case="c1", title="Fevers since March.")
YES = Decision(case="c1", title="yes", specialty="rheumatology")
FIRST = Opinion(case="c1", title="Stress", doctor="Dr Example", order="first", unexplained="Fevers")
SECOND = Opinion(case="c1", title="Lupus flare", doctor="Dr Model", order="second")
WHOLE: tuple[CasePart, ...] = (
    REASON,
    YES,
    FIRST,
    Script(case="c1", title="I would like...", frame="simple", channel="spoken"),
    Question(case="c1", title="What else?", rank=1),
    PacketChoice(case="c1", title="Packet", chosen=()),
    PacketMade(case="c1", title="packet.pdf", sha256="00"),
    VisitNote(case="c1", title="More tests", doctor="Dr Model"),
    SECOND,
    Outcome(case="c1", title="A plan"),
)


def file_with(*parts: CasePart) -> CaseFile:
    return CaseFile(
        case=CASE, parts=tuple(Kept(f"p{n}", 1, f"2026-11-02T{n:02}", part) for n, part in enumerate(parts))
    )


def test_a_new_case_begins_with_noticing() -> None:
    assert next_step(file_with()) is Step.NOTICE
    assert steps_done(file_with()) == frozenset()


def test_each_step_is_done_by_what_it_leaves_and_the_next_open_one_comes_next() -> None:
    for step, count in zip(Step, (1, 2, 4, 6, 7, 8, 9, 10), strict=True):
        assert step in steps_done(file_with(*WHOLE[:count])), step
        assert step not in steps_done(file_with(*WHOLE[: count - 1])), step
    assert next_step(file_with(*WHOLE)) is None


def test_steps_may_be_done_in_any_order() -> None:
    assert next_step(file_with(YES, SECOND)) is Step.NOTICE
    assert steps_done(file_with(YES, SECOND)) == {Step.DECIDE}


def test_who_decides_against_asking_is_not_pushed_on() -> None:
    assert next_step(file_with(REASON, Decision(case="c1", title="not-now"))) is None


def test_every_gap_is_named_and_closes_when_it_is_filled() -> None:
    assert gaps(file_with()) == GAPS
    assert gaps(file_with(*WHOLE)) == ()
    assert "unexplained" in gaps(file_with(SECOND))


def test_questions_come_by_rank_and_the_newest_part_counts() -> None:
    later, first = Question(case="c1", title="b", rank=2), Question(case="c1", title="a", rank=1)
    newer = Reason(case="c1", title="Better said")
    file = file_with(later, REASON, first, newer)
    assert file.questions() == (first, later)
    assert file.last(Reason) is newer
    assert file.id_of(first) == "p2"
