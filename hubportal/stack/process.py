"""One child process: how it is started, what it wrote, how it is stopped."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from hubportal.stack.layout import ROOT

LOG_BYTES_MAX = 10_000_000
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Program:
    """What to start, and how it wants to be stopped (`grace` in seconds, then SIGKILL)."""

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str]
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 10.0
    cwd: Path = ROOT
    ready: Callable[[], bool] = lambda: True


class Child:
    """A running Program with its log file; `log=None` leaves the output on the terminal."""

    def __init__(self, program: Program, log: Path | None) -> None:
        self.program = program
        self.log = log
        self.started_at = time.monotonic()
        self.popen = self._start()

    @property
    def alive(self) -> bool:
        return self.popen.poll() is None

    def stop(self) -> float:
        """Stop with the program's own signal, with SIGKILL after its grace; returns the seconds it took."""
        began = time.monotonic()
        if self.alive:
            self.popen.send_signal(self.program.stop_signal)
            try:
                self.popen.wait(self.program.grace)
            except subprocess.TimeoutExpired:
                self.kill_group()
                self.popen.wait()
        self.kill_group()
        return time.monotonic() - began

    def kill_group(self) -> None:
        """Leave no grandchild behind: each child leads its own process group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.popen.pid, signal.SIGKILL)

    def ending(self) -> str:
        """How it ended, for people: `exit 1`, `killed by SIGKILL`."""
        code = self.popen.returncode
        if code is None:
            return "still running"
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit {code}"

    def tail(self, lines: int = 15) -> str:
        """The last lines of its log, since this start."""
        if self.log is None or not self.log.exists():
            return ""
        with self.log.open("rb") as stream:
            stream.seek(self._log_from)
            text = stream.read().decode(errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def _start(self) -> subprocess.Popen[bytes]:
        output = _open_log(self.log) if self.log else None
        self._log_from = output.tell() if output else 0
        try:
            return subprocess.Popen(
                self.program.command,
                cwd=self.program.cwd,
                env=dict(self.program.env),
                stdin=subprocess.DEVNULL if output else None,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                start_new_session=True,  # Ctrl-C reaches the supervisor only, which stops in order
                preexec_fn=_dies_with_parent(self.program.stop_signal),
            )
        finally:
            if output:
                output.close()


def _open_log(path: Path) -> BinaryIO:
    """Append to the log; a long one is put aside first, so two files hold at most twice the limit."""
    if path.exists() and path.stat().st_size > LOG_BYTES_MAX:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")


def _dies_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """For the child between fork and exec: the kernel sends it `number` when the supervisor dies."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    parent = os.getpid()

    def ask_kernel() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(number))
        if os.getppid() != parent:  # it died before the question
            os._exit(1)

    return ask_kernel
