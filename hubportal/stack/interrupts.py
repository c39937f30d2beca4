"""Signals, turned into a flag that the supervisor looks at between two short pauses."""

import signal
import time
from types import FrameType

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):  # noqa: N818 (a request, not an error)
    """Somebody asked the stack to stop (Ctrl-C, SIGTERM or SIGHUP)."""


class Interrupts:
    """Remembers the first stopping signal; later ones change nothing, so stopping is never cut short."""

    def __init__(self) -> None:
        self.received: signal.Signals | None = None

    def listen(self) -> None:
        """Take over the stopping signals of this process."""
        for number in STOPPING:
            signal.signal(number, self._remember)

    def pause(self, seconds: float) -> None:
        """Sleep, at most until a signal comes. Raises Stopped when one has come."""
        until = time.monotonic() + seconds
        while True:
            if self.received is not None:
                raise Stopped
            left = until - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, 0.1))

    def _remember(self, number: int, _frame: FrameType | None) -> None:
        self.received = self.received or signal.Signals(number)
