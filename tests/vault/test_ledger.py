"""The ledger notices what the encryption cannot: old pages, and rows changed past it."""

import shutil
from pathlib import Path

import pytest

from secondlens.domain.clinical import Composition, Condition
from secondlens.errors import Damaged, SecondlensError
from secondlens.vault import Vault
from secondlens.vault.database import PAGE
from secondlens.vault.ledger import Anchor, read_ledger
from tests.vault.making import Place, Snapshot, fingerprint, results

CONTENT = bytes(range(256)) * 200


def _everything(vault: Vault) -> object:
    """All that a vault says, to tell whether an exchanged page changed any of it."""
    kept = list(vault.list())
    return (
        [(one.id, vault.history(one.id)) for one in kept],
        [(one, vault.document(one.sha256)) for one in vault.documents()],
        [found.kept.id for found in vault.search("ferritin")],
        vault.audit(),
    )


def test_every_write_is_one_more_line_and_the_chain_is_whole(vault: Vault) -> None:
    before = vault.check().end
    vault.keep("results.json", CONTENT, fingerprint(CONTENT), results(CONTENT, 20))
    vault.add(Condition(title="Migraine"))
    after = vault.check(full=True)
    assert before
    assert after.end
    # A document, its import, its twenty results in one line; then one condition.
    assert (after.findings, after.end.seq - before.seq) == ((), 4)


@pytest.mark.parametrize(
    ("harm", "affected"),
    [
        ("UPDATE record SET body = replace(body, 'Migraine', 'Gout') WHERE row = 1", ("Condition",)),
        ("UPDATE record SET text = 'older' WHERE row = 1", ("Condition",)),
        ("UPDATE record SET why = 'because' WHERE row = 1", ("Condition",)),
        ("DELETE FROM record WHERE row = 1", ("record number 1",)),
        ("UPDATE document SET name = 'other.json'", ("original file",)),
        ("UPDATE import_batch SET imported_at = '2020'", ()),
        ("UPDATE audit SET who = 'nobody' WHERE row = 1", ()),
        ("DELETE FROM audit WHERE row = 1", ()),
        ("UPDATE meta SET value = zeroblob(32) WHERE name = 'id_salt'", ()),
        ("UPDATE ledger SET at = '2020' WHERE seq = 3", ()),
        ("DELETE FROM ledger WHERE seq = 3", ()),
        ("INSERT INTO audit SELECT row + 1000, at, way, who, action, object, device FROM audit LIMIT 1", ()),
    ],
)
def test_a_row_changed_past_the_ledger_is_found_and_its_record_named(
    vault: Vault, harm: str, affected: tuple[str, ...]
) -> None:
    vault.add(Condition(title="Migraine"))
    vault.keep("results.json", CONTENT, fingerprint(CONTENT), results(CONTENT, 2))
    for setting in ("foreign_keys = OFF", "ignore_check_constraints = ON"):
        vault._database.execute(f"PRAGMA {setting}")
    vault._database.execute(harm)
    report = vault.check()
    assert any("does not fit what is here" in finding for finding in report.findings)
    assert [name.startswith(begin) for name, begin in zip(report.affected, affected, strict=True)] == [
        True for _ in affected
    ]


def test_an_old_version_made_current_again_is_found(vault: Vault) -> None:
    kept = vault.add(Condition(title="Migraine"))
    vault.revise(kept.id, Condition(title="Migraine with aura"))
    vault._database.execute("UPDATE record SET current = (version = 1)")
    assert not vault.check().ok


def test_a_rolled_back_ledger_cannot_be_continued_unseen(vault: Vault) -> None:
    """Whoever removes the newest lines and goes on writing makes another chain, and anchors tell."""
    ledger = read_ledger(vault._database)
    vault.add(Condition(title="One"))
    anchor = ledger.end(vault._database)
    vault._database.execute("DELETE FROM ledger WHERE seq = ?", (anchor.seq,))
    vault.add(Condition(title="Two"))
    assert ledger.end(vault._database).seq == anchor.seq
    assert not ledger.holds(vault._database, anchor)
    assert not ledger.holds(vault._database, Anchor(seq=anchor.seq + 1, head=anchor.head, at=""))


def test_every_old_page_put_back_is_noticed_or_changes_nothing_that_is_said(place: Place) -> None:
    """Splice each page of an older state into the newer one: authentic to the cipher, and still found."""
    with place.open() as vault:
        vault.keep("first.json", CONTENT, fingerprint(CONTENT), results(CONTENT, 60, "5.4"))
        vault.add(Composition(title="Letter", text="a few words " * 300))
    old = (place.folder / "vault.db").read_bytes()
    with place.open() as vault:
        later = CONTENT[::-1]
        vault.keep("second.json", later, fingerprint(later), results(later, 60, "6.1"))
        vault.add(Condition(title="Migraine"))
    now = Snapshot.taken(place.folder)
    with place.open() as vault:
        told = _everything(vault)
    now.put_back()
    content = now.files["vault.db"]
    changed = [page for page in range(len(old) // PAGE) if _page(old, page) != _page(content, page)]
    noticed = 0
    for page in changed:
        spliced = content[: page * PAGE] + _page(old, page) + content[(page + 1) * PAGE :]
        now.put_back(vault_db=spliced)
        try:
            with place.open() as vault:
                if vault.older or not vault.check(full=True).ok:
                    noticed += 1
                else:
                    now.put_back(vault_db=spliced)
                    assert _said_without_opening_line(vault) == _without_opening(told), page
        except SecondlensError as error:
            assert isinstance(error, Damaged), page  # noqa: PT017 - any other error is a failure of its own
            noticed += 1
    assert len(changed) > 20
    assert noticed >= len(changed) - 2, (noticed, len(changed))


def _page(content: bytes, page: int) -> bytes:
    return content[page * PAGE : (page + 1) * PAGE]


def _said_without_opening_line(vault: Vault) -> object:
    return _without_opening(_everything(vault))


def _without_opening(told: object) -> object:
    assert isinstance(told, tuple)
    return told[:3]


def test_the_ledger_goes_on_in_a_copy_of_the_folder(place: Place, tmp_path: Path) -> None:
    shutil.copytree(place.folder, tmp_path / "copy.vault")
    with Place(folder=tmp_path / "copy.vault", recovery_code=place.recovery_code).open() as vault:
        vault.add(Condition(title="Migraine"))
        assert vault.check(full=True).ok
