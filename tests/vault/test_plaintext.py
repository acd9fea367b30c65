import os
import subprocess
import sys
from pathlib import Path

from tests.vault.making import Place, files_in

CANARY = "zinnober-quokka"

_WRITE = """
import os, sys
from pathlib import Path
from hashlib import sha256
from secondlens.domain.clinical import Composition
from secondlens.vault import open_vault
vault = open_vault(Path(sys.argv[1]), recovery_code=sys.argv[2])
content = b"CANARY_WORD " * 200_000
words = tuple(Composition(title="CANARY_WORD", text="CANARY_WORD number %d" % n) for n in range(3000))
vault.keep("CANARY_WORD.txt", content, sha256(content).hexdigest(), words)
assert len(vault.search("CANARY_WORD")) == 50
assert len(list(vault.list())) == 3000
kept = vault.add(words[0])
vault.remove(kept.id, why="CANARY_WORD")
assert vault.check(full=True).ok
# Stop in the middle of a write, with the log full.
vault._database.execute("BEGIN")
vault._database.execute("PRAGMA cache_size = 10")
vault._database.execute("UPDATE record SET text = text || 'CANARY_WORD'")
os._exit(0)
"""


def test_no_word_reaches_the_disk_unencrypted(place: Place, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP", "SQLITE_TMPDIR", "HOME"), str(scratch))
    subprocess.run(
        [sys.executable, "-c", _WRITE.replace("CANARY_WORD", CANARY), str(place.folder), place.recovery_code],
        check=True,
        cwd=scratch,
        env=os.environ | temporary,
    )
    files = [*files_in(place.folder), *files_in(scratch)]
    assert dict(files)["vault.db-wal"]
    assert [name for name, content in files if _spoken(content)] == []


def test_the_search_for_plain_words_finds_planted_ones() -> None:
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        assert _spoken(b"\0" * 5001 + CANARY.encode(encoding))


def _spoken(content: bytes) -> bool:
    return any(CANARY.encode(encoding) in content for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
