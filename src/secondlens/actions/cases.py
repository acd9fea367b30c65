"""Find a case with everything that belongs to it, and save its parts."""

from dataclasses import replace

from secondlens.domain.case import Case, CaseFile, CasePart, PacketChoice
from secondlens.domain.kinds import KINDS
from secondlens.domain.record import Kept
from secondlens.errors import NotFound
from secondlens.vault import Vault

_PART_KINDS = tuple(kind.__name__ for kind in KINDS if issubclass(kind, CasePart))


def open_case(vault: Vault, question: str, decision: str | None = None) -> CaseFile:
    """Start a case over one question."""
    return CaseFile(case=vault.add(Case(title=question, decision=decision)))


def case_files(vault: Vault) -> tuple[CaseFile, ...]:
    """All cases, the one opened last first."""
    cases = sorted(vault.list(Case.__name__), key=lambda kept: kept.recorded_at, reverse=True)
    parts = _parts(vault) if cases else ()
    return tuple(CaseFile(case=case, parts=_of_case(parts, case.id)) for case in cases)


def case_file(vault: Vault, case_id: str) -> CaseFile:
    """One case with its parts. Raises NotFound."""
    case = vault.get(case_id)
    if not isinstance(case.record, Case):
        raise NotFound("There is no such case here. Go to My case to see the ones there are.")
    return CaseFile(case=case, parts=_of_case(_parts(vault), case_id))


def save_part(vault: Vault, file: CaseFile, part: CasePart) -> Kept:
    """Save a part of which a case holds one (a reason, a choice): the one before stays as an older version."""
    before = file.last(type(part))
    return vault.revise(file.id_of(before), part) if before else vault.add(part)


def choose_for_packet(vault: Vault, file: CaseFile, chosen: tuple[str, ...]) -> Kept:
    """Say which records go into the packet."""
    return save_part(vault, file, PacketChoice(title="Packet", case=file.case.id, chosen=chosen))


def rank_question(vault: Vault, file: CaseFile, question_id: str, *, up: bool) -> None:
    """Move one question a place up or down, and number all of them anew from 1."""
    order = [(file.id_of(question), question) for question in file.questions()]
    place = next((place for place, (kept_id, _) in enumerate(order) if kept_id == question_id), None)
    if place is None:
        raise NotFound("This question is no longer here. Open the list again to see what there is.")
    other = max(0, place - 1) if up else min(len(order) - 1, place + 1)
    order[place], order[other] = order[other], order[place]
    for rank, (kept_id, question) in enumerate(order, start=1):
        if question.rank != rank:
            vault.revise(kept_id, replace(question, rank=rank))


def _parts(vault: Vault) -> tuple[Kept, ...]:
    kept = (part for kind in _PART_KINDS for part in vault.list(kind))
    return tuple(sorted(kept, key=lambda part: part.recorded_at))


def _of_case(parts: tuple[Kept, ...], case_id: str) -> tuple[Kept, ...]:
    return tuple(part for part in parts if isinstance(part.record, CasePart) and part.record.case == case_id)
