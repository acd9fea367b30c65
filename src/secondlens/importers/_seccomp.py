"""A seccomp filter: reading and writing what is open, and memory. Every other system call is refused.

Refused (EPERM), not killed: a library may ask for something harmless and go on without it. Memory can not be made
executable either. Written for x86-64 and ARM64; any other machine goes without.
"""

import ctypes
import errno
import mmap
import os
import struct

from secondlens.importers._linux import control

_PR_SET_SECCOMP = 22
_MODE_FILTER = 2
_ALLOW = 0x7FFF0000
_REFUSE = 0x00050000 | errno.EPERM
_KILL = 0x80000000
# struct seccomp_data: the number of the call, the architecture, an address, then the arguments, 8 bytes each.
_NUMBER_AT = 0
_ARCHITECTURE_AT = 4
_THIRD_ARGUMENT_AT = 32  # its lower half: both machines are little-endian
# Berkeley packet filter: load a word, compare and jump, return.
_LOAD = 0x20
_JUMP_IF_EQUAL = 0x15
_JUMP_IF_ANY_BIT = 0x45
_RETURN = 0x06

# For each machine: its mark, its mmap and mprotect, and what else may be called.
# close lseek munmap mremap madvise brk futex poll read write; then sched_yield restart_syscall getpid gettid
# exit exit_group; clock_gettime gettimeofday getrandom; rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack.
_X86_64 = (
    *(3, 8, 11, 25, 28, 12, 202, 7, 0, 1),
    *(24, 219, 39, 186, 60, 231),
    *(228, 96, 318),
    *(13, 14, 15, 131),
)
_ARM64 = (
    *(57, 62, 215, 216, 233, 214, 98, 73, 63, 64),
    *(124, 128, 172, 178, 93, 94),
    *(113, 169, 278),
    *(134, 135, 139, 132),
)
_MACHINES = {
    "x86_64": (0xC000003E, (9, 10), _X86_64),
    "aarch64": (0xC00000B7, (222, 226), _ARM64),
}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def allow_reading_and_writing() -> bool:
    """Refuse this process all but reading, writing and memory; tells whether the kernel could.

    Needs no_new_privs. A 32-bit Python on a 64-bit kernel is told apart by the filter itself, which kills it.
    """
    machine = _MACHINES.get(os.uname().machine)
    if machine is None or ctypes.sizeof(ctypes.c_void_p) != 8:
        return False
    instructions = _instructions(*machine)
    program = _Program(len(instructions) // 8, instructions)
    return control(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program))


def _instructions(architecture: int, mapping: tuple[int, ...], allowed: tuple[int, ...]) -> bytes:
    """Write the filter. Jumps count the instructions they leave out; the last three lines are the three ends."""
    lines = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_JUMP_IF_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
    ]
    tests = (*mapping, *allowed)
    end = len(tests)
    for place, number in enumerate(tests):
        to_third_argument, to_allow = end - place, end - place + 2
        lines.append((_JUMP_IF_EQUAL, to_third_argument if number in mapping else to_allow, 0, number))
    lines += [
        (_RETURN, 0, 0, _REFUSE),
        (_LOAD, 0, 0, _THIRD_ARGUMENT_AT),
        (_JUMP_IF_ANY_BIT, 1, 0, mmap.PROT_EXEC),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)
