"""What Nora wrote for her case, in her own words: what stands in the demonstration's Case."""

from collections.abc import Callable

from secondlens.domain.case import Case, CasePart, Decision, Opinion, Question, Reason
from secondlens.domain.when import When
from secondlens.sample.story.people import DR_EXAMPLE
from secondlens.sample.story.visits import CONSULTATION_DAY

# Public on purpose: nothing in the sample vault is worth locking away.
PASSPHRASE = "made-up sample person 2026"  # noqa: S105 - see above

_QUESTIONS = (
    "Could one thing explain the evening fevers, the swollen ankles and the protein in my urine?",
    "The protein went from 88 to 468 in five years. Who should look at that, and how soon?",
    "My C3 and C4 have fallen since my dose was lowered in 2024. Does the dose matter here?",
    "The nerve test was planned and never done. Is it still worth doing?",
    "If it is stress, what would we expect to see, and when would we look again?",
)


def parts(case: str) -> tuple[CasePart, ...]:
    """Everything Nora wrote so far, for a case kept under this id, oldest first."""
    reason = Reason(
        case=case,
        start=When("2026-03"),
        title=(
            "Since March I have a fever most evenings, and my ankles swell. I was told it is stress. "
            "I know what tired from stress feels like. This is not that. I stopped saying it, "
            "because I did not want to be difficult."
        ),
        goal="One person looks at all five years together, and tells me what they do not know.",
    )
    opinion = Opinion(
        case=case,
        start=When(CONSULTATION_DAY),
        title="Stress and deconditioning.",
        doctor=DR_EXAMPLE.name,
        order="first",
        looked_at="My joints, my temperature at 11 in the morning, and that day's blood count. Twelve minutes.",
        plan="Regular walks and good sleep. Nothing changed. Come back in a year.",
        urgency="None. She would see me again in May 2027.",
        unexplained=(
            "The fevers in the evening, the swollen ankles, the urine protein that rises each year, "
            "and the weight I am losing."
        ),
    )
    decision = Decision(
        case=case,
        start=When("2026-11-15"),
        title="yes",
        specialty="rheumatology, at a lupus clinic that works with kidney doctors",
        by=When("2027-01-31"),
        note="I want to stay with Dr Example. I only want someone else to look too.",
    )
    return (reason, opinion, decision, *_questions(case))


def _questions(case: str) -> tuple[Question, ...]:
    return tuple(
        Question(case=case, rank=rank, title=title, start=When("2026-11-18"))
        for rank, title in enumerate(_QUESTIONS, 1)
    )


JOURNEY: tuple[Case, Callable[[str], tuple[CasePart, ...]]] = (
    Case(
        title="What is behind my evening fevers and swollen ankles?",
        decision="Whether to wait until May, or ask a second rheumatologist to look at everything now.",
        start=When("2026-11-11"),
    ),
    parts,
)
