"""Make the packet of a case: build it, print it, and freeze what was printed in the vault."""

from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from io import BytesIO

from secondlens.actions.cases import case_file, case_files
from secondlens.content import words
from secondlens.domain.case import Case, CaseFile, PacketMade
from secondlens.domain.packet import Packet, build_packet
from secondlens.domain.record import Kept
from secondlens.domain.source import Source
from secondlens.domain.when import When
from secondlens.errors import NotFound
from secondlens.exporters.packet_pdf import PACKET_PDF
from secondlens.vault import Vault


@dataclass(frozen=True, slots=True)
class PrintedPacket:
    """A packet as bytes of a PDF, with the file name it is kept under."""

    name: str
    pdf: bytes


def packet_of(vault: Vault, file: CaseFile, made_on: date, *, sample: bool = False) -> Packet:
    """Build the packet of a case from the vault's records; `sample` says on every page that it is made up."""
    documents = vault.document_names()
    # Each file's word for itself: where several say the same, the packet names all of them.
    told = vault.all_tellings()
    records = tuple(replace(one.kept, record=replace(one.kept.record, source=one.source)) for one in told)
    chosen_with = {one.kept.id: one.shown for one in told}
    return build_packet(
        file, records, documents, made_on, words=_plain_words(), sample=sample, chosen_with=chosen_with
    )


def print_packet(vault: Vault, case_id: str | None, made_on: date, *, sample: bool = False) -> PrintedPacket:
    """Print the packet of one case as PDF and keep exactly these bytes in the vault.

    Without `case_id` the only case is taken; a vault without a case gives its records alone.
    """
    file = case_file(vault, case_id) if case_id else _only_case(vault)
    out = BytesIO()
    PACKET_PDF.write(packet_of(vault, file, made_on, sample=sample), out)
    printed = PrintedPacket(f"packet-{made_on.isoformat()}.pdf", out.getvalue())
    fingerprint = sha256(printed.pdf).hexdigest()
    if file.case.id:
        _freeze(vault, file, printed, fingerprint, made_on)
    vault.note("exported", fingerprint if file.case.id else "packet")
    return printed


def _plain_words() -> dict[str, str]:
    """Plain words for the codes that a packet prints."""
    tables = words()
    return {
        **tables.categories,
        **tables.interpretations,
        **tables.criticalities,
        **tables.verifications,
        **tables.statuses,
    }


def _only_case(vault: Vault) -> CaseFile:
    files = case_files(vault)
    if len(files) > 1:
        choices = ", ".join(file.case.id for file in files)
        raise NotFound(f"This vault holds more than one case. Say which one with --case: {choices}.")
    return files[0] if files else CaseFile(case=Kept("", 0, "", Case(title="")))


def _freeze(vault: Vault, file: CaseFile, printed: PrintedPacket, fingerprint: str, made_on: date) -> None:
    made = PacketMade(
        title=printed.name,
        case=file.case.id,
        sha256=fingerprint,
        start=When(made_on.isoformat()),
        identifiers=(f"{file.case.id}/{fingerprint}",),
        source=Source(fingerprint, "", "secondlens"),
    )
    vault.keep(printed.name, printed.pdf, fingerprint, (made,))
