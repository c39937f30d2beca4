"""Turns: how long a process keeps the processor before another one that waits gets it."""

import ctypes
import os
import platform
import struct
from typing import Final

TURN: Final = 100_000_000
"""Nanoseconds; Linux grants no longer ones. Before 6.12 it keeps to its own length."""
_SET_ATTRIBUTES: Final = {"x86_64": 314, "aarch64": 274}
"""The number of the system call `sched_setattr`, for which Python has no name."""
_ATTRIBUTES: Final = struct.Struct("IIQiIQQQ")
"""Size, policy, flags, niceness, priority, runtime (a turn), deadline, period: see sched_setattr(2)."""


def take_long_ones() -> bool:
    """Let this process, and each that it starts from now on, have turns of `TURN`; tell whether it may.

    For work that many processes share and nobody waits at: with the turns of a few milliseconds that suit a person,
    each begins with what others left in the caches. It asks nothing of root, and changes nobody's share.
    """
    number = _SET_ATTRIBUTES.get(platform.machine())
    if platform.system() != "Linux" or number is None:
        return False
    niceness = os.getpriority(os.PRIO_PROCESS, 0)
    wanted = _ATTRIBUTES.pack(_ATTRIBUTES.size, os.SCHED_BATCH, 0, niceness, 0, TURN, 0, 0)
    # A kernel or a container that forbids it says so; the run is only slower then.
    return bool(ctypes.CDLL(None).syscall(number, 0, wanted, 0) == 0)
