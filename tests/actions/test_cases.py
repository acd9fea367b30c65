"""Cases in a vault: parts belong to one case, one of each kind is kept anew as a version, questions move."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from secondlens.actions.cases import case_file, case_files, choose_for_packet, open_case, rank_question, save_part
from secondlens.domain.case import PacketChoice, Question, Reason
from secondlens.errors import NotFound
from secondlens.vault import LEAST_COST, Vault, create_vault


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    with create_vault(tmp_path / "my.vault", "four calm words here", cost=LEAST_COST).vault as opened:
        yield opened


def test_a_part_belongs_to_its_case_alone(vault: Vault) -> None:
    first, second = open_case(vault, "First question?"), open_case(vault, "Second question?")
    save_part(vault, first, Reason(case=first.case.id, title="Because"))
    assert case_file(vault, first.case.id).last(Reason) is not None
    assert case_file(vault, second.case.id).last(Reason) is None
    assert [file.case.id for file in case_files(vault)] == [second.case.id, first.case.id]


def test_a_better_reason_is_a_new_version_and_the_old_one_stays(vault: Vault) -> None:
    file = open_case(vault, "Why?")
    kept = save_part(vault, file, Reason(case=file.case.id, title="Rough"))
    save_part(vault, case_file(vault, file.case.id), Reason(case=file.case.id, title="Better"))
    after = case_file(vault, file.case.id)
    assert [reason.title for reason in after.of(Reason)] == ["Better"]
    assert [version.record.title for version in vault.history(kept.id)] == ["Rough", "Better"]


def test_the_choice_for_the_packet_is_kept(vault: Vault) -> None:
    file = open_case(vault, "Why?")
    choose_for_packet(vault, file, ("a", "b"))
    choice = case_file(vault, file.case.id).last(PacketChoice)
    assert choice is not None
    assert choice.chosen == ("a", "b")


@pytest.mark.parametrize(
    ("moved", "way", "order"),
    [("b", "up", "bac"), ("b", "down", "acb"), ("a", "up", "abc"), ("c", "down", "abc")],
)
def test_a_question_moves_one_place_and_never_out_of_the_list(
    vault: Vault, moved: str, way: str, order: str
) -> None:
    file = open_case(vault, "Why?")
    ids = {
        text: vault.add(Question(case=file.case.id, title=text, rank=rank)).id
        for rank, text in enumerate("abc", 1)
    }
    rank_question(vault, case_file(vault, file.case.id), ids[moved], up=way == "up")
    questions = case_file(vault, file.case.id).questions()
    assert "".join(question.title for question in questions) == order
    assert [question.rank for question in questions] == [1, 2, 3]


def test_what_is_not_a_case_or_not_a_question_of_it_is_not_found(vault: Vault) -> None:
    file = open_case(vault, "Why?")
    reason = save_part(vault, file, Reason(case=file.case.id, title="Because"))
    with pytest.raises(NotFound):
        case_file(vault, reason.id)
    with pytest.raises(NotFound):
        rank_question(vault, file, "nothing", up=True)
