"""What the supervisor tells the person at the terminal."""

import contextlib
import os
import sys
import time
from typing import TextIO

STARTED_AT = "HUBPORTAL_STARTED_AT"  # set by install.py for its second half, so that the seconds go on
_STARTED = float(os.environ.pop(STARTED_AT, time.monotonic()))


class StackError(Exception):
    """Something a person can put right: the text is shown as it is, without a traceback."""


class Console:
    """Writes lines with the seconds since the start; a terminal that has gone away is no error."""

    def __init__(self, stream: TextIO | None = None, *, quiet: bool = False) -> None:
        self._stream = stream or sys.stdout
        self._quiet = quiet

    @staticmethod
    def started_at() -> str:
        """The start on the machine's steady clock, for the environment of a process that takes over."""
        return str(_STARTED)

    def say(self, text: str) -> None:
        """Show one line of progress (not when quiet)."""
        if not self._quiet:
            self._write(f"[{time.monotonic() - _STARTED:5.1f}s] {text}")

    def show(self, text: str) -> None:
        """Show text without the seconds, quiet or not."""
        self._write(text)

    def error(self, text: str) -> None:
        """Show what went wrong, on the error stream."""
        with contextlib.suppress(OSError, ValueError):
            print(f"error: {text}", file=sys.stderr, flush=True)

    def _write(self, text: str) -> None:
        # After SIGHUP the terminal is gone; stopping the children matters more than the line.
        with contextlib.suppress(OSError, ValueError):
            print(text, file=self._stream, flush=True)
