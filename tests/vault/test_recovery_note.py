import hashlib
import hmac
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pyrage
import zstandard
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlcipher3 import dbapi2

from secondlens.domain.clinical import Condition
from tests.vault.make_golden import FIXTURES
from tests.vault.making import Place, fingerprint

CONTENT = bytes(range(256)) * 5000


def _fill(place: Place) -> None:
    with place.open() as vault:
        vault.keep("letter.txt", CONTENT, fingerprint(CONTENT), ())
        kept = vault.add(Condition(title="Migraine"))
        vault.revise(kept.id, Condition(title="Migraine with aura"))


def _read_with(pragma: str, folder: Path, note: str) -> None:
    """Open the database with nothing but the key line and the statements printed in the note."""
    database = dbapi2.connect(str(folder / "vault.db"))
    database.execute(pragma)
    assert "SELECT kind, start, body FROM record WHERE current AND NOT removed;" in note
    rows = database.execute("SELECT kind, start, body FROM record WHERE current AND NOT removed").fetchall()
    assert [(row[0], json.loads(row[2])["title"]) for row in rows] == [("Condition", "Migraine with aura")]
    assert "SELECT sha256, name, size FROM document;" in note
    ((sha256, name, size),) = database.execute("SELECT sha256, name, size FROM document").fetchall()
    assert (sha256, name, size) == (fingerprint(CONTENT), "letter.txt", len(CONTENT))
    assert "FROM document_chunk WHERE document = 'SHA256' ORDER BY n;" in note
    parts = database.execute("SELECT n, bytes FROM document_chunk WHERE document = ? ORDER BY n", (sha256,))
    packed = b"".join(part for _, part in parts)
    assert "SELECT unpacked FROM document_chunk WHERE document = 'SHA256' LIMIT 1;" in note
    assert "cat part-* | zstd -d > original-file" in note
    # As the program zstd does: one frame after another.
    reader = zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True)
    assert reader.read() == CONTENT
    database.close()


def test_the_script_in_the_note_opens_the_vault_without_our_program(place: Place) -> None:
    _fill(place)
    note = (place.folder / "README-RECOVERY.txt").read_text()
    script, for_people = note.split("-" * 68 + "\n")[1::2]
    assert "secondlens" not in for_people
    assert "secondlens" not in script.replace("secondlens vault/1", "")
    (place.folder / "unlock.py").write_text(script)
    told = subprocess.run(
        [sys.executable, "-I", "unlock.py"],
        cwd=place.folder,
        input=place.recovery_code.lower() + "\n",
        capture_output=True,
        text=True,
        check=True,
    )
    _read_with(told.stdout.removeprefix("Recovery code: ").strip(), place.folder, note)


def test_the_way_of_a_trusted_person_in_the_note_opens_a_golden_vault(tmp_path: Path) -> None:
    """The script of the note, an age decryption as any age tool does it, and the key line: nothing of ours."""
    shutil.copytree(FIXTURES / "format-2.vault", tmp_path / "copy")
    note = (tmp_path / "copy" / "README-RECOVERY.txt").read_text()
    (tmp_path / "copy" / "people.py").write_text(note.split("-" * 68 + "\n")[3])
    subprocess.run([sys.executable, "-I", "people.py"], cwd=tmp_path / "copy", check=True)
    identity = pyrage.x25519.Identity.from_str(json.loads((FIXTURES / "format-2.json").read_text())["identity"])
    told = json.loads(pyrage.decrypt((tmp_path / "copy" / "person-1.age").read_bytes(), [identity]))
    database = dbapi2.connect(str(tmp_path / "copy" / "vault.db"))
    assert "PRAGMA key = \"x'THE 64 LETTERS AND DIGITS'\";" in note
    database.execute(f"PRAGMA key = \"x'{told['database_key']}'\"")
    rows = database.execute("SELECT kind, body FROM record WHERE current AND NOT removed").fetchall()
    assert ("Condition", "Migraine") in [(kind, json.loads(body)["title"]) for kind, body in rows]
    database.close()


def test_the_format_as_documented_opens_the_vault(place: Place) -> None:
    """The derivation of docs/vault-format.md, written again from its words with HMAC alone."""
    _fill(place)

    def hkdf(secret: bytes, salt: str, purpose: str) -> bytes:
        extracted = hmac.digest(bytes.fromhex(salt), secret, "sha256")
        return hmac.digest(extracted, b"secondlens vault/1 " + purpose.encode() + b"\x01", "sha256")

    symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    bits = "".join(f"{symbols.index(symbol):05b}" for symbol in place.recovery_code.replace("-", "")[:32])
    secret = int(bits, 2).to_bytes(20, "big")
    keys = json.loads((place.folder / "vault.keys").read_text())
    slot = next(slot for slot in keys["slots"] if slot["type"] == "recovery-code")
    assert slot["commitment"] == hkdf(secret, slot["kdf"]["salt"], "commitment").hex()

    told = {"epoch": 1, "format": "secondlens-vault/1", "vault_id": keys["vault_id"]}
    told["slot"] = {name: slot[name] for name in ("created", "id", "kdf", "label", "type", "whose")}
    wrap = slot["wraps"][0]
    vault_key = AESGCM(hkdf(secret, slot["kdf"]["salt"], "wrap")).decrypt(
        bytes.fromhex(wrap["nonce"]), bytes.fromhex(wrap["sealed"]), _spelled(told)
    )
    signed = {name: value for name, value in keys.items() if name not in {"mac", "checksum"}}
    mac_key = hkdf(vault_key, keys["vault_id"], "header-mac")
    assert keys["mac"] == hmac.digest(mac_key, _spelled(signed), "sha256").hex()
    assert keys["checksum"] == hashlib.sha256(_spelled(signed | {"mac": keys["mac"]})).hexdigest()

    note = (place.folder / "README-RECOVERY.txt").read_text()
    _read_with(f"PRAGMA key = \"x'{hkdf(vault_key, keys['vault_id'], 'db').hex()}'\"", place.folder, note)


def _spelled(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
