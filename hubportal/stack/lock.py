"""One stack per folder: a lock that the kernel frees when its holder dies, kill -9 included."""

import fcntl
import os
from pathlib import Path
from typing import IO

from hubportal.stack.console import StackError


def take(path: Path) -> IO[str] | None:
    """The lock file, open and locked (keep it open), or None when another process holds it."""
    stream = path.open("a+")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        stream.close()
        return None
    stream.seek(0)
    stream.truncate()
    stream.write(str(os.getpid()))
    stream.flush()
    return stream


def require(path: Path) -> IO[str]:
    """Like `take`. Raises StackError with the holder's process number when it is held."""
    stream = take(path)
    if stream is None:
        holder = path.read_text().strip() or "unknown"
        raise StackError(
            f"already running here (process {holder}). Stop it with Ctrl-C in its terminal,"
            f" or with: kill {holder}"
        )
    return stream
