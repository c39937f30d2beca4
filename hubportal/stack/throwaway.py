"""Throw-away services for tests and tools: a temporary folder, nothing kept, nothing shared with `./run`."""

import contextlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from hubportal.stack import embedded, lock
from hubportal.stack.console import Console
from hubportal.stack.interrupts import Interrupts, Stopped
from hubportal.stack.layout import Layout
from hubportal.stack.process import Program
from hubportal.stack.supervisor import Supervisor

_PREFIX = f"hubportal-test-{os.geteuid()}-"
_REPLACED = frozenset({*embedded.NAMES, "PORT", "HUBPORTAL_SECRET_KEY", "HUBPORTAL_SECRET_KEY_FILE"})


def run_command(
    command: Sequence[str], *, durable: bool = False, extra: Mapping[str, str] | None = None
) -> int:
    """Run a command with throw-away services in its environment; returns its exit code.

    `durable` starts them with the settings of `./run` (fsync on), for benchmarks; `extra` adds variables.
    An interrupted command gets SIGINT once, and its exit code is 128 + the number of the signal.
    """
    console = Console(sys.stderr, quiet=True)
    interrupts = Interrupts()
    interrupts.listen()
    with _folder() as layout:
        supervisor = Supervisor(layout, console, interrupts)
        try:
            env = environment(os.environ, layout) | dict(extra or {})
            env.update(embedded.start(supervisor, env, durable=durable))
            program = Program(
                "command", tuple(command), env, stop_signal=signal.SIGINT, grace=20, cwd=Path.cwd()
            )
            code = supervisor.call(program, terminal=True).popen.returncode
            return 128 - code if code < 0 else code
        except Stopped:
            return 128 + (interrupts.received or signal.SIGINT)
        finally:
            supervisor.stop_all()


def environment(base: Mapping[str, str], layout: Layout) -> dict[str, str]:
    """What the tests see: the caller's environment, but always our own services and demo settings."""
    env = {key: value for key, value in base.items() if key not in _REPLACED}
    env.update(
        HUBPORTAL_DEMO="1",
        HUBPORTAL_HOSTS="localhost,127.0.0.1",
        HUBPORTAL_HTTPS="0",
        HUBPORTAL_BASE_URL="http://localhost:8000",
        HUBPORTAL_SECRET_KEY="throw-away-" + os.urandom(24).hex(),
        HUBPORTAL_VAR=str(layout.var),
        HUBPORTAL_FILES=str(layout.files),
        HUBPORTAL_MAILBOX=str(layout.mailbox),
        HUBPORTAL_SINK_FAULTS=str(layout.faults),
        DJANGO_SETTINGS_MODULE="hubportal.settings",
        DJANGO_ALLOW_ASYNC_UNSAFE="1",  # Playwright's synchronous interface keeps an event loop running
    )
    return env


@contextlib.contextmanager
def _folder() -> Iterator[Layout]:
    """A temporary folder, removed afterwards; those of test runs that were killed are removed first."""
    _remove_abandoned()
    var = Path(tempfile.mkdtemp(prefix=_PREFIX))
    held = lock.require(var / "lock")
    try:
        layout = Layout.create(var)
        yield layout
        shutil.rmtree(layout.run, ignore_errors=True)
    finally:
        shutil.rmtree(var, ignore_errors=True)
        held.close()


def _remove_abandoned() -> None:
    for folder in Path(tempfile.gettempdir()).glob(_PREFIX + "*"):
        # A folder without a lock file is just being made by another run.
        if not (folder / "lock").exists():
            continue
        held = lock.take(folder / "lock")
        if held:
            shutil.rmtree(folder, ignore_errors=True)
            held.close()
