"""Landlock: a process takes the whole file system and TCP away from itself.

https://docs.kernel.org/userspace-api/landlock.html
A ruleset that handles every right and allows none. Kernels before 5.13 have nothing of it, 6.7 brought TCP, 6.12
abstract sockets and signals. Calls that need no path (UDP, pipes) stay open: the seccomp filter closes those.
"""

import ctypes
import os

from secondlens.importers._linux import system_call

# The same numbers on every architecture, as for all calls added since 2019.
_CREATE_RULESET = 444
_RESTRICT_SELF = 446
_ASK_VERSION = 1
# How many kinds of access to files each version of the interface knows: 13 in the first, then more.
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
_FILE_RIGHTS_NOW = 16
_TCP_SINCE = 4
_TCP_RIGHTS = 0b11
_SCOPE_SINCE = 6
_SCOPES = 0b11


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


def close_files_and_network() -> bool:
    """Deny this process every file and TCP from now on; tells whether the kernel could. Needs no_new_privs."""
    version = system_call(_CREATE_RULESET, 0, 0, _ASK_VERSION)
    if version < 1:
        return False
    ruleset = _Ruleset(
        files=(1 << _FILE_RIGHTS.get(version, _FILE_RIGHTS_NOW)) - 1,
        network=_TCP_RIGHTS if version >= _TCP_SINCE else 0,
        scoped=_SCOPES if version >= _SCOPE_SINCE else 0,
    )
    handle = system_call(_CREATE_RULESET, ctypes.byref(ruleset), _size_for(version), 0)
    if handle < 0:
        return False
    try:
        return system_call(_RESTRICT_SELF, handle, 0) == 0
    finally:
        os.close(handle)


def _size_for(version: int) -> int:
    fields = 1 + (version >= _TCP_SINCE) + (version >= _SCOPE_SINCE)
    return fields * ctypes.sizeof(ctypes.c_uint64)
