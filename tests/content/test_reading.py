"""A slip in a content file is found when it is read."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from secondlens.content import BadContent, Guide, _loading, _reading, script_files
from secondlens.errors import Damaged


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    title: str
    leaves: tuple[Leaf, ...] = ()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(_reading, "FOLDER", tmp_path)
    return tmp_path


def test_head_and_body_come_apart(folder: Path) -> None:
    (folder / "a.md").write_text('+++\ntitle = "A"\n+++\n\nHello\n+++\nstill body\n', "utf-8")
    assert _reading.read_markdown("a.md") == ({"title": "A"}, "Hello\n+++\nstill body")


@pytest.mark.parametrize("text", ["", "hello", '+++\ntitle = "A"\n', 'x\n+++\ntitle = "A"\n+++\nbody'])
def test_a_file_without_a_whole_head_is_refused_by_name(folder: Path, text: str) -> None:
    (folder / "a.md").write_text(text, "utf-8")
    with pytest.raises(BadContent, match=r"a\.md"):
        _reading.read_markdown("a.md")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "title"),
        ("title = 5", "title"),
        ("title = 'A'\nsubtitle = 'B'", "unknown keys: subtitle"),
        ("title = 'A'\n[[leaves]]\nword = 'B'\nwrod = 'C'", r"unknown keys: leaves\.wrod"),
        ("title = ", "Invalid value"),
    ],
    ids=["missing", "mistyped", "unknown", "unknown inside", "not TOML"],
)
def test_a_wrong_key_is_refused_and_named(folder: Path, text: str, why: str) -> None:
    (folder / "a.toml").write_text(text, "utf-8")
    with pytest.raises(BadContent, match=why) as caught:
        _reading.read_toml("a.toml", Page)
    assert isinstance(caught.value, Damaged)
    assert "Install Secondlens again." in str(caught.value)


def test_a_right_file_becomes_a_value(folder: Path) -> None:
    (folder / "a.toml").write_text("title = 'A'\n[[leaves]]\nword = 'B'", "utf-8")
    assert _reading.read_toml("a.toml", Page) == Page(title="A", leaves=(Leaf(word="B"),))


def test_files_of_a_folder_come_in_the_order_of_their_names(folder: Path) -> None:
    (folder / "guides").mkdir()
    for name in ("2-b.md", "1-a.md", "notes.txt"):
        (folder / "guides" / name).write_text("", "utf-8")
    assert _reading.names("guides") == ("guides/1-a.md", "guides/2-b.md")


def test_a_head_may_not_give_the_name_or_the_body(folder: Path) -> None:
    (folder / "guides").mkdir()
    (folder / "guides" / "a.md").write_text('+++\nbody = "other"\n+++\n', "utf-8")
    with pytest.raises(BadContent, match="unknown keys: body"):
        list(_loading._texts("guides", Guide))


@pytest.mark.parametrize("body", ["Hello there", "Hello\n\n## spoken\n\nthere"])
def test_every_script_stands_under_its_channel(body: str) -> None:
    with pytest.raises(BadContent, match="under the name of its channel"):
        _loading._sections(replace(script_files()[0], body=body))
