"""Giving up rights, for a process that is about to touch a file nobody trusts.

Everywhere POSIX: limits on memory, processor time, files, processes and core dumps. Linux besides: no new
privileges, no debugger, death with the parent, Landlock (no file, no TCP) and a seccomp filter (reading, writing
and memory, nothing else). macOS has the limits alone, and does not hold to the one on memory; Windows has none of
it, so there a reader is only a process of its own that is stopped when it takes too long.
"""

import sys

from secondlens.importers._messages import Confinement

if sys.platform != "win32":
    import resource
if sys.platform == "linux":
    from secondlens.importers import _landlock, _seccomp
    from secondlens.importers._linux import control

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_SIGKILL = 9
_STREAMS = 3  # standard input, output and error


def confine(memory: int, seconds: int) -> Confinement:
    """Confine this process for good, as far as the system can; gives what was reached.

    `memory` is in bytes of address space, `seconds` of processor time. Nothing can be opened or loaded afterwards.
    """
    if sys.platform != "linux":
        return Confinement(rlimits=limit(memory, seconds))
    privileges_end = give_up_privileges()
    # In this order: Landlock opens a file of its own, and the filter refuses to set limits.
    landlock = privileges_end and _landlock.close_files_and_network()
    rlimits = limit(memory, seconds)
    seccomp = privileges_end and _seccomp.allow_reading_and_writing()
    return Confinement(rlimits=rlimits, landlock=landlock, seccomp=seccomp)


def give_up_privileges() -> bool:
    """Die with the parent, let nobody look in, gain nothing by running a program; tells whether the last took."""
    # The parent is the thread that started this process. One that was gone before this line sends no file, and the
    # closed pipe then ends this process.
    control(_PR_SET_PDEATHSIG, _SIGKILL)
    control(_PR_SET_DUMPABLE, 0)
    return control(_PR_SET_NO_NEW_PRIVS, 1)


def limit(memory: int, seconds: int) -> bool:
    """Set every limit the system has; tells whether all of them took."""
    if sys.platform == "win32":
        return False
    wanted = (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds + 1),
        (resource.RLIMIT_NOFILE, _STREAMS),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    )
    taken = [_lower(kind, value) for kind, value in wanted]  # every one is tried, also after one that failed
    return all(taken)


if sys.platform != "win32":

    def _lower(kind: int, value: int) -> bool:
        _, hard = resource.getrlimit(kind)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        # At the first of two limits on time a process is told why it ends (SIGXCPU), at the second it is gone.
        first = value - 1 if kind == resource.RLIMIT_CPU else value
        try:
            resource.setrlimit(kind, (first, value))
        except (ValueError, OSError):
            return False
        return True
