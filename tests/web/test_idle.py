"""The lock by time: after so many minutes without use, by either clock, and never in the middle of work."""

from collections.abc import Callable
from pathlib import Path

import pytest

from secondlens.vault.keys import WrongRecoveryCode
from secondlens.vault.recovery_code import new_recovery_code
from secondlens.web.door import Door, TooSoon, WrongTries
from secondlens.web.remembered import LOCK_MINUTES, Remembered
from tests.web.asking import Browser
from tests.web.conftest import Clock

Browse = Callable[[Door], Browser]


@pytest.mark.parametrize("which", ["clock", "wall"])
def test_ten_minutes_without_use_lock(which: str, full: Door, browse: Browse, clock: Clock, wall: Clock) -> None:
    browser, inside = browse(full), f"/s/{full.session}/records"
    ticking = {"clock": clock, "wall": wall}[which]  # a computer that sleeps stops the first, not the second
    ticking.now += 599
    assert (full.keep_time(), browser.get(inside).status) == (False, 200)
    ticking.now += 599
    assert browser.post(f"/s/{full.session}/here").status == 204
    ticking.now += 600
    assert browser.get(inside).status == 403
    assert (full.keep_time(), full.vault, full.session) == (True, None, None)


def test_a_request_after_the_time_wakes_nothing(full: Door, browse: Browse, clock: Clock) -> None:
    clock.now += 600
    assert browse(full).post(f"/s/{full.session}/here").status == 403
    assert full.keep_time()


def test_a_clock_set_back_locks_not_later(full: Door, clock: Clock, wall: Clock) -> None:
    wall.now -= 100_000
    clock.now += 600
    assert full.keep_time()


def test_work_that_runs_is_no_idleness(full: Door, clock: Clock) -> None:
    with full.presence.at_work():
        clock.now += 6000
        assert not full.keep_time()
    clock.now += 599
    assert not full.keep_time()
    clock.now += 1
    assert full.keep_time()


def test_requests_from_outside_the_lock_are_no_use_of_it(full: Door, browse: Browse, clock: Clock) -> None:
    for _ in range(20):
        clock.now += 30
        browse(full).get("/")
        browse(full).get("/s/wrong/records")
        browse(full).ask("POST", f"/s/{full.session}/here", headers={"sec-fetch-site": "cross-site"})
    assert full.keep_time()


def test_after_half_a_day_it_locks_whatever_happens(full: Door, browse: Browse, clock: Clock) -> None:
    for _ in range(12 * 60 // 5 - 1):
        clock.now += 300
        assert browse(full).post(f"/s/{full.session}/here").status == 204
    clock.now += 300
    assert full.keep_time()


@pytest.mark.parametrize("minutes", LOCK_MINUTES)
def test_the_time_can_be_chosen_and_is_remembered(
    minutes: int, full: Door, browse: Browse, clock: Clock, tmp_path: Path
) -> None:
    browser = browse(full)
    browser.follow(browser.post(f"/s/{full.session}/more/lock", {"minutes": str(minutes)}))
    assert Door(port=1, remembered=Remembered(tmp_path / "state")).settings.lock_minutes == minutes
    assert f'data-minutes="{minutes}"' in browser.get(f"/s/{full.session}/").text
    assert f'content="{minutes * 60 + 5}; url=/"' in browser.get(f"/s/{full.session}/").text
    clock.now += minutes * 60 - 1
    assert not full.keep_time()
    clock.now += 1
    assert full.keep_time()


@pytest.mark.parametrize("typed", ["", "0", "1", "-5", "1e9", "forever", "600"])
def test_a_time_that_is_not_offered_is_refused(typed: str, shared: Door, browse: Browse) -> None:
    answer = browse(shared).post(f"/s/{shared.session}/more/lock", {"minutes": typed})
    assert (answer.status, 'id="minutes-error"' in answer.text) == (422, True)
    assert shared.settings.lock_minutes == 10


def test_hiding_locks_and_leads_to_a_page_that_tells_nothing(full: Door, browse: Browse) -> None:
    browser, session = browse(full), full.session
    answer = browser.post(f"/s/{session}/hide")
    assert (answer.location, full.vault, full.ended) == ("/blank", None, True)
    assert answer.header("clear-site-data") == '"cache", "storage"'
    assert browser.get("/forget").header("clear-site-data") == '"cache", "storage"'
    blank = browser.follow(answer)
    assert 'href="/forget"' in blank.text
    assert 'href="/forget"' in browser.get("/").text
    assert "<title>Blank page</title>" in blank.text
    assert not any(word in blank.text.lower() for word in ("secondlens", "vault", "lock", "static", "script"))


def test_a_thousand_wrong_tries_hold_the_schedule(locked: Door, clock: Clock) -> None:
    began, code = clock.now, new_recovery_code()
    for tries in range(1000):
        with pytest.raises(WrongRecoveryCode):
            locked.unlock(recovery_code=code)
        wait = min(2**tries, 60)
        clock.now += wait - 0.01
        with pytest.raises(TooSoon):
            locked.unlock(recovery_code=code)
        clock.now += 0.01
    assert clock.now - began == pytest.approx(1 + 2 + 4 + 8 + 16 + 32 + 994 * 60)


def test_the_wait_goes_on_in_the_process_after_the_lock(locked: Door, clock: Clock, tmp_path: Path) -> None:
    for _ in range(5):
        with pytest.raises(WrongRecoveryCode):
            locked.unlock(recovery_code=new_recovery_code())
        clock.now += 16
    clock.now -= 6
    told = locked.tries_so_far()
    assert told == WrongTries(5, 6.0)
    later = Clock()
    after = Door(
        port=1, folder=locked.folder, remembered=Remembered(tmp_path / "s"), clock=later, wrong_tries=told
    )
    with pytest.raises(TooSoon, match="Wait 6 seconds"):
        after.unlock(recovery_code=new_recovery_code())
    later.now += 6
    with pytest.raises(WrongRecoveryCode):
        after.unlock(recovery_code=new_recovery_code())
    with pytest.raises(TooSoon, match="Wait 32 seconds"):
        after.unlock(recovery_code=new_recovery_code())


def test_a_lock_does_not_wait_for_a_long_import(opened: Door) -> None:
    vault = opened.open_vault()
    with vault._turn:  # what a long import holds
        opened.lock()
        assert (opened.vault, opened.session, opened.ended) == (None, None, True)
