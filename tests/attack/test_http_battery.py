"""The short form of the HTTP battery: everything is refused, and nothing changes."""

from tests.attack.http_battery import run


def test_everything_is_refused_and_nothing_changes() -> None:
    rows = run(short=True)
    assert {row.name: row.wrong for row in rows if row.wrong} == {}
    assert sum(row.refused for row in rows) > 2500
