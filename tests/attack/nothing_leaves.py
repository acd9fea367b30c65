"""Watch every socket while a person walks from a first start to a packet: nothing may go beyond this computer.

All of it runs in a network namespace that has nothing but loopback, so whatever tries to leave fails; and every
product process runs under strace, which counts the tries: connecting, sending, listening anywhere but on loopback.
The browser's own requests are counted by the browser. The controls try to leave, and must be counted.

python -m tests.attack.nothing_leaves
"""

import fcntl
import ipaddress
import re
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from secondlens.sample.journey import PASSPHRASE as SAMPLE_PASSPHRASE
from tests.attack import journey
from tests.attack.children import ROOT, traced
from tests.attack.namespaces import INSIDE, figures_inside, hand_out
from tests.attack.report import Figure, tell
from tests.attack.strace_log import Call, read_calls

CALLS = "trace=connect,sendto,sendmsg,sendmmsg,bind"
_FIXTURES = ROOT / "tests" / "fixtures"
CCD = _FIXTURES / "ccda" / "hl7_examples" / "Documents" / "CCD" / "CCD_1" / "CCD.XML"
FHIR = _FIXTURES / "golden" / "fhir" / "values.json"
_STAYS = {"AF_UNIX", "AF_NETLINK", "AF_UNSPEC", "AF_LOCAL"}
_FAMILY = re.compile(r"sa_family=(\w+)")
_ADDRESS = re.compile(r'inet_(?:addr|pton)\((?:AF_INET6, )?"((?:\\x[0-9a-f]{2})+)"')
# Ways out, to show that each is counted: TCP, UDP, and asking for a name.
CONTROLS = (
    "import socket; socket.socket().connect_ex(('192.0.2.1', 80))",
    "import socket; socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).connect_ex(('2001:db8::1', 53))",
    "import socket; socket.create_server(('0.0.0.0', 0)).close()",
)


def outward(calls: Iterable[Call]) -> Iterator[str]:
    """Every try to reach, or to be reached from, beyond this computer."""
    for call in calls:
        said = " ".join(call.arguments)
        families = _FAMILY.findall(said)
        if all(family in _STAYS for family in families):
            continue
        addresses = [bytes.fromhex(one.replace("\\x", "")).decode() for one in _ADDRESS.findall(said)]
        if not addresses or not all(_is_loopback(address) for address in addresses):
            yield f"{call.name} {' '.join(families)} {' '.join(addresses)}"


def _is_loopback(address: str) -> bool:
    place = ipaddress.ip_address(address)
    mapped = place.ipv4_mapped if isinstance(place, ipaddress.IPv6Address) else None
    return (mapped or place).is_loopback


class Watch:
    """Runs product processes under strace, and gathers what each tried."""

    def __init__(self, scratch: Path) -> None:
        self._logs = scratch / "logs"
        self._logs.mkdir()
        self.started = 0

    def before(self) -> list[str]:
        """The words in front of a command that is watched."""
        self.started += 1
        log = self._logs / str(self.started)
        return traced(["-xx", "-s", "1", "-o", str(log), "-e", CALLS])

    def outward(self) -> list[str]:
        """What all of them tried until now."""
        found: list[str] = []
        for log in sorted(self._logs.iterdir()):
            with log.open(encoding="ascii") as lines:
                found += outward(read_calls(lines))
        return found


def commands(scratch: Path, watch: Watch) -> Figure:
    """Every command, from a home in which nothing was ever started."""
    home = scratch / "home"
    secret = scratch / "passphrase.txt"
    secret.write_text(f"{journey.PASSPHRASE}\n", encoding="utf-8")
    vault = scratch / "own.vault"
    opened = (vault, "--passphrase-file", secret)
    demo_vault = scratch / "demo"
    steps: tuple[tuple[str | Path, ...], ...] = (
        ("--version",),
        ("demo", "--once", "--dir", demo_vault),
        ("new", *opened),
        ("import", *opened, "--yes", CCD, FHIR),
        ("list", *opened),
        ("search", *opened, "pneumonia"),
        ("check", *opened),
    )
    wrong = []
    for step in steps:
        done = journey.secondlens(home, *step, before=watch.before())
        if done.returncode:
            wrong.append(f"{step[0]} failed: {done.stderr[-300:]}")
    wrong += _print_sample_packet(home, demo_vault, scratch, watch)
    tried = watch.outward()
    return Figure(
        what="nothing leaves: commands",
        tried=watch.started,
        reached=f"{len(tried)} tries to leave",
        wrong=(*wrong, *tried),
    )


def _print_sample_packet(home: Path, demo: Path, scratch: Path, watch: Watch) -> list[str]:
    vault = next(demo.glob("*.vault"), demo)
    secret = scratch / "sample.txt"
    secret.write_text(f"{SAMPLE_PASSPHRASE}\n", encoding="utf-8")
    words = ("packet", vault, "--passphrase-file", secret, "--out", scratch / "packet.pdf")
    done = journey.secondlens(home, *words, before=watch.before())
    return [f"packet failed: {done.stderr[-300:]}"] if done.returncode else []


def browser(scratch: Path, watch: Watch) -> Figure:
    """The app and a browser over it, from unlock to lock."""
    asked: list[str] = []
    with (
        journey.served(scratch / "home", scratch / "own.vault", watch.before()) as address,
        journey.browsing(scratch / "profile") as context,
    ):
        context.on("request", lambda request: asked.append(request.url))
        page = context.new_page()
        journey.unlock(page, address)
        journey.bring_in(page, CCD)
        journey.search(page, "pneumonia")
        journey.open_case(page, "What explains it?")
        journey.lock(page)
    tried = watch.outward()
    beyond = [url for url in asked if not _stays(url)]
    reached = f"{len(tried)} tries to leave, {len(beyond)} of {len(asked)} requests of the browser beyond"
    return Figure(what="nothing leaves: browser", tried=len(asked), reached=reached, wrong=(*tried, *beyond))


def controls(scratch: Path) -> Figure:
    """Programs that do try to leave: each must be counted."""
    uncounted = []
    for number, program in enumerate(CONTROLS):
        (place := scratch / f"control-{number}").mkdir()
        watch = Watch(place)
        subprocess.run([*watch.before(), sys.executable, "-c", program], check=True)
        if not watch.outward():
            uncounted.append(f"not counted: {program}")
    return Figure(
        what="nothing leaves: controls that try to",
        tried=len(CONTROLS),
        reached=f"{len(CONTROLS) - len(uncounted)} counted",
        wrong=tuple(uncounted),
    )


def _stays(url: str) -> bool:
    parts = urlsplit(url)
    host = parts.hostname or ""
    here = host in {"127.0.0.1", "localhost"} or host.endswith(".localhost")
    return here or parts.scheme in {"data", "blob", "about"}


def raise_loopback() -> None:
    """Bring up the one network there is in a namespace: `ip link set lo up`, without needing that program."""
    get_flags, set_flags, up = 0x8913, 0x8914, 1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, get_flags, request))[1]
        fcntl.ioctl(any_socket, set_flags, struct.pack("16sh14x", b"lo", flags | up))


def run_in_namespace() -> list[Figure]:
    """Do all of it where there is no way out."""
    return figures_inside("tests.attack.nothing_leaves", "n")


def main(arguments: list[str]) -> int:
    """Print the figures, and give 1 when anything is wrong or could not be tried."""
    if arguments != [INSIDE]:
        return tell(run_in_namespace())
    raise_loopback()
    with tempfile.TemporaryDirectory() as place:
        scratch = Path(place)
        watch = Watch(scratch)
        return hand_out([commands(scratch, watch), browser(scratch, watch), controls(scratch)])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
