"""Her visits, in her clinicians' words, and the letter after the first opinion."""

from dataclasses import dataclass

from secondlens.sample.story.people import DR_EXAMPLE, DR_MODEL, DR_PLACEHOLDER, Doctor


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A visit; `words` is the clinician's note, in the clinician's words. `start` is local, with its zone."""

    doctor: Doctor
    start: str
    minutes: int
    reason: str
    words: str


VISITS = (
    Visit(
        doctor=DR_PLACEHOLDER,
        start="2021-04-14T09:10-05:00",
        minutes=20,
        reason="Fatigue and cold white fingers",
        words="Tired for a year. Fingers turn white in the cold. Blood tests taken.",
    ),
    Visit(
        doctor=DR_EXAMPLE,
        start="2022-03-14T10:30-05:00",
        minutes=40,
        reason="Joint pain, rash after sun, positive ANA",
        words="Joint pain in both hands, rash after sun, ANA 1:640 speckled, low C3. Findings discussed.",
    ),
    Visit(
        doctor=DR_MODEL,
        start="2025-11-20T14:00-06:00",
        minutes=45,
        reason="Fast pulse and dizziness on standing",
        words="Pulse rises from 68 lying to 109 after ten minutes standing. Echocardiogram and nerve test "
        "planned.",
    ),
    Visit(
        doctor=DR_MODEL,
        start="2026-02-12T14:30-06:00",
        minutes=30,
        reason="Results of the echocardiogram",
        words="Small rim of fluid around the heart, no action needed now. Has not started midodrine. Nerve test "
        "next week.",
    ),
    Visit(
        doctor=DR_PLACEHOLDER,
        start="2026-03-25T08:50-05:00",
        minutes=20,
        reason="Fever in the evening, swollen ankles",
        words="Fever most evenings for three weeks, ankles swollen by night. Lungs clear. Urine culture and "
        "chest picture normal. Asked rheumatology to look again.",
    ),
    Visit(
        doctor=DR_EXAMPLE,
        start="2026-05-12T11:00-05:00",
        minutes=12,
        reason="Fever in the evening, swollen ankles, more tired",
        words="Known lupus, on hydroxychloroquine 200 mg. Looks well. No joint swelling today. Temperature "
        "normal at 11 am. Work is stressful and she sleeps badly. Symptoms are most likely stress and "
        "deconditioning. Advised regular walks and sleep hygiene. Come back in a year.",
    ),
    Visit(
        doctor=DR_PLACEHOLDER,
        start="2026-06-08T09:30-05:00",
        minutes=20,
        reason="Swollen ankles",
        words="Both ankles pit to the thumb. Ultrasound of the leg veins ordered. Urine protein is higher than "
        "in March. Has read the rheumatology letter and does not feel heard.",
    ),
    Visit(
        doctor=DR_MODEL,
        start="2026-09-24T15:00-05:00",
        minutes=30,
        reason="Fast pulse on standing",
        words="Pulse 71 lying, 116 after ten minutes standing. The nerve test was never done. The heart does "
        "not explain the fever.",
    ),
    Visit(
        doctor=DR_PLACEHOLDER,
        start="2026-11-10T09:00-06:00",
        minutes=25,
        reason="Review of five years of results",
        words="We laid all results side by side. Urine protein has risen each year. C3 and C4 have fallen. "
        "Fever and swelling are not explained. Happy to support a second opinion.",
    ),
)

SUMMARY_DAY = "2026-11-16"
CONSULTATION_DAY = "2026-05-12"
LETTER_DAY = "2026-05-20"
HISTORY = (
    "Fever in the evening since March, up to 38.3 Cel at home. Ankles swollen by night. More tired than before. "
    "Has lost weight without trying. Sleeps badly. Works full time."
)
EXAMINATION = (
    "Looks tired. No rash. Joints not swollen, not warm. Both ankles slightly swollen. "
    "Heart and lungs normal to listen to. Pulse sitting 88."
)
LETTER = (
    (
        "Thank you for sending Ms Sample, whom I saw on 12 May 2026 for evening fevers and swollen "
        "ankles since March."
    ),
    (
        "She has known lupus and takes hydroxychloroquine 200 mg a day. She looked well. Her temperature "
        "at 11 am was 36.8 C. There was no joint swelling. The ankles were slightly swollen. Her blood "
        "count was stable."
    ),
    (
        "I believe her symptoms are due to stress and deconditioning. I advised regular walks and good "
        "sleep. I have not changed her treatment. I would be glad to see her again in a year."
    ),
)


def visits_of(doctor: Doctor) -> tuple[Visit, ...]:
    """The visits to one doctor, oldest first."""
    return tuple(visit for visit in VISITS if visit.doctor is doctor)


def consultation() -> Visit:
    """The visit that gave the first opinion."""
    return next(visit for visit in VISITS if visit.start.startswith(CONSULTATION_DAY))
