"""Every golden sample of every importer is read by its own and gives what lies beside it."""

from pathlib import Path

import pytest

from tests.importers.golden import EXPECTED, GOLDEN, READERS, expected_of, read_sample, samples


@pytest.mark.parametrize("sample", samples(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_sample_gives_what_lies_beside_it(sample: Path) -> None:
    importer, found = read_sample(sample)
    assert importer == sample.parent.name
    assert found == expected_of(sample).read_text("utf-8")


def test_every_importer_has_a_folder_with_samples_and_nobody_else() -> None:
    assert {sample.parent.name for sample in samples()} == {reader.name for reader in READERS}
    assert {one.name for one in GOLDEN.iterdir() if one.is_dir()} == {reader.name for reader in READERS}


def test_no_expectation_is_left_without_its_sample() -> None:
    assert set(GOLDEN.rglob(f"*{EXPECTED}")) == set(map(expected_of, samples()))
