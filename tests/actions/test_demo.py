"""The sample person's vault, as a newcomer gets it."""

from datetime import date
from pathlib import Path

import pypdfium2

from secondlens.actions.cases import case_files
from secondlens.actions.demo import build_sample
from secondlens.domain.case import Step, next_step
from secondlens.sample.journey import PASSPHRASE
from secondlens.vault import open_vault

DAY = date(2026, 11, 22)


def test_the_sample_is_whole_marked_as_made_up_and_used_again_as_it_is(tmp_path: Path) -> None:
    made = build_sample(tmp_path, DAY)
    assert all(receipt.problem is None for receipt in made.receipts)
    assert {receipt.importer for receipt in made.receipts} == {"apple_health", "ccda", "fhir", "keepsake"}
    assert sum(receipt.samples for receipt in made.receipts) > 1000
    with pypdfium2.PdfDocument(made.packet.read_bytes()) as packet:
        first = " ".join(packet[0].get_textpage().get_text_range().split())
    for words in (
        "Nora Sample",
        "evening fevers",
        "Stress and deconditioning",
        "Systemic lupus",
        "Made-up sample",
    ):
        assert words in first
    with open_vault(made.vault_folder, passphrase=PASSPHRASE) as vault:
        assert vault.check(full=True).ok
        (file,) = case_files(vault)
        assert next_step(file) is Step.ASK
        before = vault.counts()
    again = build_sample(tmp_path, DAY)
    assert again.receipts == ()
    with open_vault(again.vault_folder, passphrase=PASSPHRASE) as vault:
        assert vault.counts() == before


def test_a_first_start_that_was_stopped_halfway_leaves_no_half_sample(tmp_path: Path) -> None:
    (tmp_path / "making" / "vault").mkdir(parents=True)
    (tmp_path / "making" / "vault" / "vault.db").write_bytes(b"half")
    made = build_sample(tmp_path, DAY)
    assert made.receipts
    assert not (tmp_path / "making").exists()
