"""Starts children in order, watches them, stops them in reverse order.

Children are started from the main thread only: the kernel's "tell me when my parent dies" counts the
parent *thread*, so a child of a helper thread would be stopped when that thread ends.
"""

import time
from dataclasses import dataclass

from hubportal.stack.console import Console, StackError
from hubportal.stack.interrupts import Interrupts
from hubportal.stack.layout import Layout
from hubportal.stack.process import Child, Program

BACKOFF_FIRST = 0.5  # seconds
BACKOFF_MAX = 30.0  # seconds
HEALTHY_AFTER = 60.0  # seconds of life after which the back-off begins again
POLL = 0.05  # seconds


@dataclass
class Watched:
    """A child with its restart state; `restart_at` (monotonic) is set while it waits to start again."""

    child: Child
    backoff: float = BACKOFF_FIRST
    restart_at: float | None = None


class Supervisor:
    """Owner of all children of one stack."""

    def __init__(self, layout: Layout, console: Console, interrupts: Interrupts) -> None:
        self.layout = layout
        self.console = console
        self.interrupts = interrupts
        self._watched: list[Watched] = []

    def start(self, program: Program) -> Watched:
        """Start a program that shall run until the stack stops; does not wait until it is ready."""
        watched = Watched(self._spawn(program))
        self._watched.append(watched)
        return watched

    def wait_ready(
        self, watched: Watched, *, within: float = 60.0, retry_for: float = 0.0, every: float = POLL
    ) -> None:
        """Wait until the program's own probe, asked `every` so many seconds, says yes.

        `retry_for`: seconds during which an early death is answered by another start (after kill -9 an
        old PostgreSQL needs a moment to go). Raises StackError with the end of the log, or Stopped.
        """
        began = time.monotonic()
        program = watched.child.program
        while True:
            if not watched.child.alive:
                if time.monotonic() - began > retry_for:
                    raise StackError(self._failure(watched.child, "did not start"))
                self.interrupts.pause(BACKOFF_FIRST)
                watched.child = self._spawn(program)
            if program.ready():
                return
            if time.monotonic() - began > within:
                raise StackError(self._failure(watched.child, f"was not ready within {within:.0f} seconds"))
            self.interrupts.pause(every)

    def call(self, program: Program, *, terminal: bool = False) -> Child:
        """Run a program to its end and return it. Raises Stopped (after stopping it) on a signal.

        `terminal`: its output goes to the terminal, not to a log.
        """
        child = self._spawn(program, terminal=terminal)
        try:
            while child.alive:
                self.interrupts.pause(POLL)
        finally:
            child.stop()
        return child

    def require(self, program: Program) -> str:
        """Run a program that must succeed; returns what it wrote. Raises StackError with its last lines."""
        child = self.call(program)
        if child.popen.returncode != 0:
            raise StackError(self._failure(child, "failed"))
        return child.tail(200)

    def watch(self) -> None:
        """Restart what dies, with a back-off and a line on the console, until a signal raises Stopped."""
        while True:
            for watched in self._watched:
                self.tend(watched)
            self.interrupts.pause(0.2)

    def tend(self, watched: Watched) -> None:
        """One look at one child: note its death, or start it again when its back-off is over."""
        now = time.monotonic()
        if watched.restart_at is None:
            if not watched.child.alive:
                self._plan_restart(watched, now)
        elif now >= watched.restart_at:
            watched.restart_at = None
            watched.child = self._spawn(watched.child.program)

    def stop_all(self) -> None:
        """Stop everything, last started first. Never raises because of a child."""
        while self._watched:
            child = self._watched.pop().child
            was_alive = child.alive
            seconds = child.stop()
            if was_alive:
                self.console.say(f"{child.program.name} stopped in {seconds:.1f} s ({child.ending()})")

    def _plan_restart(self, watched: Watched, now: float) -> None:
        child = watched.child
        child.kill_group()
        if now - child.started_at >= HEALTHY_AFTER:
            watched.backoff = BACKOFF_FIRST
        watched.restart_at = now + watched.backoff
        self.console.say(
            f"{child.program.name} ended ({child.ending()}); starting it again in {watched.backoff:g} s."
            f" Its log: {child.log}"
        )
        watched.backoff = min(watched.backoff * 2, BACKOFF_MAX)

    def _spawn(self, program: Program, *, terminal: bool = False) -> Child:
        log = None if terminal else self.layout.log / f"{program.name}.log"
        try:
            return Child(program, log)
        except OSError as error:
            what = error.filename or program.command[0]
            raise StackError(f"cannot start {program.name}: {what}: {error.strerror}") from error

    def _failure(self, child: Child, what: str) -> str:
        return f"{child.program.name} {what} ({child.ending()}). The end of {child.log}:\n{child.tail()}"
