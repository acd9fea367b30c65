"""Nothing of a file reaches a disk in clear while it is read: its bytes go through pipes alone."""

import os
import time
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest

from secondlens.importers._answers import Records
from secondlens.importers._messages import Answer, Recognised
from secondlens.importers.incoming import IncomingFile
from secondlens.importers.sandbox import Sandbox


def document(marker: str) -> bytes:
    parts = f"<title>{marker}</title>{f'<a>{marker}</a>' * 50_000}"
    return f'<ClinicalDocument xmlns="urn:hl7-org:v3">{parts}</ClinicalDocument>'.encode()


def packed(marker: str) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("summary.xml", document(marker))
    return content.getvalue()


def bundle(marker: str) -> bytes:
    entry = f'{{"resource": {{"resourceType": "Basic", "id": "{marker}"}}}}'
    return f'{{"resourceType": "Bundle", "entry": [{",".join([entry] * 20_000)}]}}'.encode()


@pytest.mark.parametrize(
    "make", [document, bundle, packed, lambda marker: b"%PDF-1.4 " + marker.encode() * 100_000]
)
def test_nothing_of_a_file_is_on_the_disk_while_it_is_read(
    make: Callable[[str], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = f"zinnober-{uuid4().hex}"
    for name in ("TMPDIR", "HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    start = time.time() - 5
    looked = []

    class Watching(Records):
        def take(self, part: Answer) -> None:
            # The reader has the whole file now, and is in the middle of it.
            if isinstance(part, Recognised):
                looked.append(sum(marker.encode() in content for content in written_since(start, tmp_path)))
            super().take(part)

    monkeypatch.setattr("secondlens.importers.sandbox.Records", Watching)
    file = IncomingFile(name="file", content=make(marker))
    with Sandbox() as sandbox:
        members = sandbox.open(file) if file.content.startswith(b"PK") else (file,)
        for member in members:
            assert isinstance(member, IncomingFile)
            assert sandbox.read(member).entries
    assert looked == [0]
    assert not any(marker.encode() in content for content in written_since(start, tmp_path))


def test_the_search_of_the_disk_finds_what_is_there(tmp_path: Path) -> None:
    start = time.time() - 5
    (tmp_path / "left").write_bytes(b"zinnober-left")
    assert b"zinnober-left" in list(written_since(start, tmp_path))


def written_since(start: float, *folders: Path) -> Iterator[bytes]:
    """Every file in the temporary folders that was written lately."""
    for folder in (Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"), *folders):  # noqa: S108  (where others would put it)
        for here, _, names in os.walk(folder):  # passes over what another test has just removed
            for path in (Path(here, name) for name in names):
                try:
                    if path.is_file() and path.stat().st_mtime >= start:
                        yield path.read_bytes()
                except OSError:
                    continue
