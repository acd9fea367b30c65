"""A short round of the fuzzing that `make attack` does at length."""

from tests.attack.fuzz_importers import run


def test_broken_files_end_in_records_or_in_a_typed_error() -> None:
    for name, figures in run(250, 20, seed=7):
        assert figures.untyped == [], name
        assert figures.endings, name
