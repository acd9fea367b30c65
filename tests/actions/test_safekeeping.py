"""When a backup and a restore drill are due, and that they are done: with dates, not with waiting."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from secondlens.actions import safekeeping
from secondlens.actions.safekeeping import Due, Safekeeper, code_was_checked, due, due_now, tend
from secondlens.actions.working import Busy, Work, Workbench
from secondlens.domain.clinical import Condition
from secondlens.domain.record import Kept
from secondlens.errors import NotAllowed
from secondlens.vault import LEAST_COST, NewVault, Vault, create_vault, list_backups, new_recovery_code, open_vault

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PASSPHRASE = "copper lantern seven rivers"
HELPERS = "a helper has these words"


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


@pytest.mark.parametrize(
    ("newest", "changed", "proven", "expected"),
    [
        (None, False, None, ()),
        (None, True, None, (Due.BACKUP, Due.DRILL)),
        (ago(hours=23), True, ago(days=1), ()),
        (ago(hours=24), True, ago(days=1), (Due.BACKUP,)),
        (ago(days=30), False, ago(days=1), ()),
        (ago(days=30), False, ago(days=7), (Due.DRILL,)),
        (ago(days=30), False, ago(days=6, hours=23), ()),
        (ago(hours=1), False, None, (Due.DRILL,)),
        (ago(days=2), True, ago(days=8), (Due.BACKUP, Due.DRILL)),
        (ago(days=-400), True, ago(days=-400), (Due.BACKUP, Due.DRILL)),
    ],
)
def test_what_is_due(
    newest: datetime | None, *, changed: bool, proven: datetime | None, expected: tuple[Due, ...]
) -> None:
    assert due(NOW, newest=newest, changed=changed, proven=proven) == expected


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NewVault:
    for place in ("safekeeping", "rotation"):
        monkeypatch.setattr(f"secondlens.vault.{place}.calibrated_cost", lambda: LEAST_COST)
    return create_vault(tmp_path / "Papers.vault", PASSPHRASE, cost=LEAST_COST)


def later(**span: float) -> datetime:
    return datetime.now(UTC) + timedelta(**span)


def test_an_empty_vault_needs_no_backup_and_one_record_makes_it_due(made: NewVault, tmp_path: Path) -> None:
    with made.vault as vault:
        assert due_now(vault, tmp_path / "copies", later()) == ()
        vault.add(Condition(title="Raynaud"))
        assert due_now(vault, tmp_path / "copies", later()) == (Due.BACKUP, Due.DRILL)


def test_tending_backs_up_and_proves_and_then_rests_until_something_changed(
    made: NewVault, tmp_path: Path
) -> None:
    place = tmp_path / "copies"
    with made.vault as vault:
        kept = vault.add(Condition(title="Raynaud"))
        tend(vault, place, later())
        assert [copy.why for copy in list_backups(place)] == ["scheduled"]
        assert len(vault.audit(9, "restore-proven")) == 1
        assert due_now(vault, place, later()) == ()
        vault.revise(kept.id, Condition(title="Raynaud, revised"))
        assert due_now(vault, place, later(hours=1)) == ()
        assert due_now(vault, place, later(days=1)) == (Due.BACKUP,)


def test_opening_and_looking_alone_make_no_backup_due(
    made: NewVault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "copies"
    with made.vault as vault:
        add_long_ago(vault, monkeypatch)
        tend(vault, place, later())
    with open_vault(tmp_path / "Papers.vault", passphrase=PASSPHRASE) as vault:
        list(vault.list())
        assert due_now(vault, place, later(days=2)) == ()


def add_long_ago(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> Kept:
    """Keep a record so early that a backup made now surely came later."""
    with monkeypatch.context() as earlier:
        earlier.setattr("secondlens.vault.vault.now", lambda: "2026-01-01T00:00:00.000000+00:00")
        return vault.add(Condition(title="Raynaud"))


@pytest.mark.parametrize("change", ["nothing", "remove", "way", "key"])
def test_a_removal_a_new_way_in_and_a_new_key_make_a_backup_due(
    change: str, made: NewVault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "copies"
    with made.vault as vault:
        kept = add_long_ago(vault, monkeypatch)
        vault.back_up(place)
        if change == "remove":
            vault.remove(kept.id)
        elif change == "way":
            vault.add_passphrase(HELPERS, label="H", whose="helper")
        elif change == "key":
            vault.rotate(PASSPHRASE, made.recovery_code)
        assert (Due.BACKUP in due_now(vault, place, later(days=1))) is (change != "nothing")


def test_old_backups_leave_when_a_new_one_is_made(
    made: NewVault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(safekeeping, "prune", lambda copies, _day, proven: asked.append((len(copies), proven)))
    with made.vault as vault:
        vault.note("restore-proven", "Papers.old.backup")
        safekeeping.back_up(vault, tmp_path / "copies")
    assert asked == [(1, "Papers.old.backup")]


def test_the_safekeeper_looks_once_an_hour_and_says_what_went_wrong(made: NewVault, tmp_path: Path) -> None:
    clock, bench = [0.0], Workbench()
    inside = tmp_path / "Papers.vault" / "copies"  # where no backup may go
    with made.vault as vault:
        vault.add(Condition(title="Raynaud"))
        keeper = Safekeeper(lambda: safekeeping.Kept(vault=vault, place=inside), bench, lambda: clock[0])
        first = keeper.look()
        assert first is not None
        assert first.wait(60)
        assert "would be lost with it" in (first.trouble or "")
        assert keeper.look() is None
        clock[0] += safekeeping.LOOK_AFTER
        again = keeper.look()
        assert again is not None
        assert again.wait(60)


def test_the_safekeeper_rests_without_a_vault_and_for_a_helper(made: NewVault, tmp_path: Path) -> None:
    bench = Workbench()
    assert Safekeeper(lambda: None, bench).look() is None
    with made.vault as vault:
        vault.add_passphrase(HELPERS, label="H", whose="helper")
    with open_vault(tmp_path / "Papers.vault", passphrase=HELPERS) as vault:
        assert Safekeeper(lambda: safekeeping.Kept(vault=vault, place=tmp_path / "copies"), bench).look() is None
        assert [line.object for line in vault.audit(9, "read")] == []


def test_the_code_counts_as_checked_from_when_it_was_typed_until_it_is_replaced(made: NewVault) -> None:
    with made.vault as vault:
        assert not code_was_checked(vault)
        vault.check_recovery_code(made.recovery_code)
        assert code_was_checked(vault)
        code = new_recovery_code()
        vault.set_recovery_code(code)
        assert not code_was_checked(vault)
        vault.rotate(PASSPHRASE, code)
        assert code_was_checked(vault)


def test_work_puts_every_trouble_into_words_and_quotes_no_fault() -> None:
    troubles = {}
    for error in (NotAllowed("A sentence."), OSError(28, "No space"), ValueError("Raynaud")):
        work = Work(title="Work", then="")
        work.do(_raising(error))
        troubles[type(error)] = work.trouble
    assert troubles[NotAllowed] == "A sentence."
    assert "disk refused" in (troubles[OSError] or "")
    assert "Raynaud" not in (troubles[ValueError] or "Raynaud")


def _raising(error: Exception) -> Callable[[], None]:
    def job() -> None:
        raise error

    return job


def test_one_job_at_a_time() -> None:
    bench, gate = Workbench(), threading.Event()
    first = bench.begin(gate.wait, title="First", then="")
    with pytest.raises(Busy, match="First"):
        bench.begin(gate.wait, title="Second", then="")
    bench.clear()
    assert bench.work is first
    gate.set()
    assert first.wait(60)
    bench.clear()
    assert bench.work is None
