"""README-RECOVERY.txt: how to reach the records with the recovery code when this program is gone."""

RECOVERY_FILE = "README-RECOVERY.txt"

RECOVERY_NOTE = """\
WHAT THIS FOLDER IS

This is a vault made by Secondlens. It holds one person's medical records.
Everything in it is locked. Nobody can open it without the passphrase or
the recovery code. Please do not change, rename or delete the files.

  vault.db         the records and the original files, encrypted
  vault.keys       the keys, themselves locked (vault.keys.prev: a copy)
  vault.lock       only says whether a program has the vault open

THE USUAL WAY

Install Secondlens and run:   secondlens open FOLDER

WITHOUT SECONDLENS

You need the recovery code, a computer with Python 3, and the program
"sqlcipher", version 4. A person who works with computers can do this.

1. Make a copy of this whole folder. Work only on the copy.
2. In the copy, save the lines between the two rulers as "unlock.py".
3. Run:   python3 -m pip install cryptography
4. Run:   python3 unlock.py
   It asks for the recovery code and prints a line starting with PRAGMA.
   That line is the key to everything here. Show it to nobody.

--------------------------------------------------------------------
import json
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

def derive(secret, salt, purpose):
    info = b"secondlens vault/1 " + purpose
    return HKDF(SHA256(), 32, bytes.fromhex(salt), info).derive(secret)

letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
code = input("Recovery code: ").upper().replace("-", "").replace(" ", "")
number = 0
for letter in code[:32]:  # the last four are check letters
    number = number * 32 + letters.index(letter)
secret = number.to_bytes(20, "big")

keys = json.load(open("vault.keys"))
slot = [s for s in keys["slots"] if s["type"] == "recovery-code"][0]
wrap = [w for w in slot["wraps"] if w["epoch"] == keys["epoch"]][0]
bound = {name: keys[name] for name in ("epoch", "format", "vault_id")}
bound["slot"] = {name: value for name, value in slot.items()
                 if name not in ("commitment", "wraps")}
bound = json.dumps(bound, sort_keys=True, separators=(",", ":")).encode()
vault_key = AESGCM(derive(secret, slot["kdf"]["salt"], b"wrap")).decrypt(
    bytes.fromhex(wrap["nonce"]), bytes.fromhex(wrap["sealed"]), bound)
database_key = derive(vault_key, keys["vault_id"], b"db").hex()
print("PRAGMA key = \\"x'" + database_key + "'\\";")
--------------------------------------------------------------------

5. Run:   sqlcipher vault.db
   Paste the PRAGMA line, press Enter, then:

   All records as they are now:
     SELECT kind, start, body FROM record WHERE current AND NOT removed;

   Names of the original files:
     SELECT sha256, name, size FROM document;

   One original file, in numbered parts of 1 MiB (put its sha256 in):
     SELECT writefile('part-' || printf('%06d', n), bytes)
       FROM document_chunk WHERE document = 'SHA256' ORDER BY n;
   Are its parts packed? If this prints a number, they are:
     SELECT unpacked FROM document_chunk WHERE document = 'SHA256' LIMIT 1;
   Leave with .quit and join the parts:
     cat part-* > original-file
   or, when they are packed, with the program "zstd":
     cat part-* | zstd -d > original-file

6. When you are done, delete "unlock.py" and the copies you do not need.

WITH THE AGE KEY OF A TRUSTED PERSON

If the owner gave you a way in by an age key, you need that key file and
the program "age" (or any other that reads age files).

1. Make a copy of this whole folder. Work only on the copy.
2. In the copy, run this to write one file for each trusted person:

--------------------------------------------------------------------
import json
keys = json.load(open("vault.keys"))
people = [s for s in keys["slots"] if s["type"] == "age-x25519"]
for number, slot in enumerate(people, 1):
    wrap = [w for w in slot["wraps"] if w["epoch"] == keys["epoch"]][0]
    open("person-%d.age" % number, "w").write(wrap["age"])
--------------------------------------------------------------------

3. Run:   age --decrypt --identity YOUR-KEY-FILE person-1.age
   (or person-2.age and so on: one of them is yours). It prints a line
   with "database_key" and 64 letters and digits.
4. Run sqlcipher as in step 5 above, with this first line:
     PRAGMA key = "x'THE 64 LETTERS AND DIGITS'";
"""
