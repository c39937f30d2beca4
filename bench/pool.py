"""A real Celery worker with so many processes, for as long as a measurement or a test needs it; they can be killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

COMMAND: Final = (sys.executable, "-m", "celery", "-A", "hubportal.celery")
PATIENCE: Final = 60
"""Seconds for a worker to start, or to replace a process."""


class Pool:
    """A Celery worker whose `size` processes send; a context manager."""

    def __init__(self, size: int, env: Mapping[str, str] | None = None) -> None:
        self.size, self._env = size, {**(os.environ if env is None else env), "PYTHONWARNINGS": "ignore"}
        self._parent: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Pool":
        alone = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "CRITICAL")
        self._parent = start(("worker", "-c", str(self.size), *alone), self._env)
        self._await(gone=())
        return self

    def __exit__(self, *_: object) -> None:
        if self._parent is not None:
            stop(self._parent)

    @property
    def pids(self) -> list[int]:
        """The ids of all its processes, the one that hands out tasks first."""
        assert self._parent is not None
        return [self._parent.pid, *self._senders()]

    def kill(self) -> list[int]:
        """Kill all processes that send, at once; return their ids when others have replaced them."""
        killed = self._senders()
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        self._await(gone=killed)
        return killed

    def kill_all(self) -> list[int]:
        """Kill the whole worker, as a machine that stops does, and start another; return who was sending."""
        assert self._parent is not None
        killed = self._senders()
        os.killpg(self._parent.pid, signal.SIGKILL)
        self._parent.wait()
        self.__enter__()
        return killed

    def _senders(self) -> list[int]:
        assert self._parent is not None
        path = Path(f"/proc/{self._parent.pid}/task/{self._parent.pid}/children")
        return [int(pid) for pid in path.read_text().split()]

    def _await(self, gone: Sequence[int]) -> None:
        """Wait until all processes are there, none of them one that is `gone`."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found = self._senders()
            if len(found) >= self.size and not set(found) & set(gone):
                return
            time.sleep(0.05)
        raise RuntimeError("the Celery worker did not start")


def start(arguments: Sequence[str], env: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    """Start a Celery process of the portal, silent and in a group of its own."""
    return subprocess.Popen(
        [*COMMAND, *arguments], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip


def stop(process: "subprocess.Popen[bytes]") -> None:
    """Ask a Celery process to end, and wait; end what is left of it, which would send for the next one."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(20)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
