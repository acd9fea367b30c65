from pathlib import Path

import pytest

from secondlens.sample import write_sample


@pytest.fixture(scope="session")
def sample_files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    return write_sample(tmp_path_factory.mktemp("sample") / "nora")


@pytest.fixture(scope="session")
def sample_bytes(sample_files: tuple[Path, ...]) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sample_files}
