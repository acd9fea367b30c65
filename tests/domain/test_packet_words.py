import pytest

from secondlens.domain.clinical import Encounter, Immunization, MedicationDispense, Observation, Procedure
from secondlens.domain.packet_words import is_denied, is_planned
from secondlens.domain.record import Record


@pytest.mark.parametrize(
    "record",
    [
        Encounter(title="Cardiology", status="cancelled"),
        Immunization(title="Influenza", status="aborted"),
        MedicationDispense(title="Ibuprofen", status="cancelled"),
        Procedure(title="Biopsy", status="not-done"),
    ],
)
def test_what_was_called_off_never_reads_as_done(record: Record) -> None:
    assert is_denied(record)


def test_a_procedure_on_hold_has_not_happened_and_a_cancelled_test_is_no_denial_of_its_finding() -> None:
    assert is_planned(Procedure(title="Hip replacement", status="on-hold"))
    assert not is_denied(Observation(title="Glucose", status="cancelled"))
