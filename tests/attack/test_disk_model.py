import random
from pathlib import Path

import pytest

from tests.attack.disk_model import SECTOR, Disk, File, NotModelled
from tests.attack.disk_replay import Replay
from tests.attack.strace_log import Call, read_calls


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    (tmp_path / "old").write_bytes(b"old")
    return Disk(tmp_path)


def found(disk: Disk, name: str) -> set[bytes | None]:
    """All that a file can be after power was lost; None when it is not there."""
    chance = random.Random(1)  # noqa: S311 (the same images every time)
    return {disk.image(chance).found.get(name) for _ in range(300)}


def file(disk: Disk, name: str) -> File:
    here = disk.at(f"{disk.root}/{name}")
    assert isinstance(here, File)
    return here


def test_what_was_written_and_not_synced_may_be_there_or_not(disk: Disk) -> None:
    file(disk, "old").write(0, b"new")
    assert found(disk, "old") == {b"old", b"new"}
    file(disk, "old").sync()
    assert found(disk, "old") == {b"new"}


def test_a_write_may_be_torn_between_sectors_and_not_inside_one(disk: Disk) -> None:
    file(disk, "old").write(0, b"a" * 2 * SECTOR)
    seen = found(disk, "old")
    assert b"a" * SECTOR in seen
    assert all(
        set(content[place : place + SECTOR]) <= {ord("a")} or not any(content[place + 3 : place + SECTOR])
        for content in seen
        if content
        for place in (0, SECTOR)
    )


def test_a_new_name_lasts_when_its_folder_is_synced_and_its_words_when_it_is(disk: Disk) -> None:
    new = File()
    disk.name((f"{disk.root}/new", new))
    new.write(0, b"words")
    new.sync()
    assert found(disk, "new") == {None, b"words"}
    disk.top.sync()
    assert found(disk, "new") == {b"words"}


def test_a_file_renamed_before_it_was_synced_takes_its_lack_along(disk: Disk) -> None:
    new = File()
    disk.name((f"{disk.root}/new", new))
    new.write(0, b"words")
    disk.name((f"{disk.root}/new", None), (f"{disk.root}/old", new))
    disk.top.sync()
    assert found(disk, "old") == {b"", b"words", bytes(5)}


def test_names_change_in_their_order(disk: Disk) -> None:
    for name in ("first", "second"):
        disk.name((f"{disk.root}/{name}", File()))
    chance = random.Random(1)  # noqa: S311 (the same images every time)
    images = [disk.image(chance).found for _ in range(300)]
    assert {("first" in image, "second" in image) for image in images} == {
        (False, False),
        (True, False),
        (True, True),
    }


def test_a_call_without_a_rule_stops_the_film(tmp_path: Path) -> None:
    spelled = "".join(f"\\x{byte:02x}" for byte in str(tmp_path / "x").encode())
    (call,) = read_calls([f'7 symlink("{spelled}", "{spelled}") = 0\n'])
    assert call == Call(7, "symlink", (f'"{spelled}"', f'"{spelled}"'), 0, "")
    with pytest.raises(NotModelled, match="symlink"):
        Replay(tmp_path).play(call)


def test_a_call_in_two_lines_counts_where_it_ended() -> None:
    lines = ["7 fsync(3 <unfinished ...>\n", "8 fsync(4) = 0\n", "7 <... fsync resumed>) = 0\n"]
    assert [(call.process, call.arguments) for call in read_calls(lines)] == [(8, ("4",)), (7, ("3",))]
