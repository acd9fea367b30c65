"""Where an Apple Health export begins: found by looking, because its document type may be broken or a trap."""

import codecs
import re

WITHIN = 256 * 1024
_ROOT = re.compile(rb"<HealthData(?=[\s>/])")
_FOREIGN = re.compile(rb"<(?!HealthData[\s>/])[A-Za-z]")


def root_of(content: bytes) -> int | None:
    """Find the root element, which comments and a document type of some thousand letters may come before."""
    if not content[:64].removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<"):
        return None
    head = bytearray(content[:WITHIN])
    at = head.find(b"<!--")
    while at >= 0:
        end = head.find(b"-->", at)
        end = len(head) if end < 0 else end + 3
        head[at:end] = b" " * (end - at)
        at = head.find(b"<!--", end)
    root = _ROOT.search(head)
    return None if root is None or _FOREIGN.search(head, 0, root.start()) else root.start()
