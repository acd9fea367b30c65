from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from tests.attack.canaries import control, run
from tests.attack.report import Figure


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Figure]:
    # In a process of its own: another test here may have a browser open, and one a process is all there is.
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as aside:
        return {figure.what: figure for figure in aside.submit(run, tmp_path_factory.mktemp("canaries")).result()}


def test_words_brought_in_by_any_route_are_nowhere_on_the_disk_in_clear(figures: dict[str, Figure]) -> None:
    assert figures["marked words on the disk"].wrong == ()


def test_words_typed_into_a_page_are_not_in_the_profile_of_the_browser(figures: dict[str, Figure]) -> None:
    assert figures["marked words in the browser's profile"].wrong == ()


def test_a_program_that_does_write_them_is_found_out(tmp_path: Path) -> None:
    assert control(tmp_path / "control").wrong == ()
