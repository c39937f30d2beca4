"""The first half of `./run` and `./test`: the virtual environment and its packages; then it execs the second.

Runs on the system's Python (3.11 or newer), standard library only. Nothing here names a package index:
pip's own configuration rules.
"""

import contextlib
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from hubportal.stack import apt, browser, dotenv, drawing, lock
from hubportal.stack.console import STARTED_AT, Console, StackError
from hubportal.stack.interrupts import Interrupts, Stopped
from hubportal.stack.layout import ROOT, Layout, chosen_var
from hubportal.stack.process import Program
from hubportal.stack.supervisor import Supervisor

RUN_FILES = ("requirements.txt", "requirements-embedded.txt")
TEST_FILES = (*RUN_FILES, "requirements-dev.txt")
_VERSION = "import sys; print('%d.%d' % sys.version_info[:2])"


class Environment:
    """The virtual environment in `var/venv` and its marks of completeness.

    `var/venv.unfinished` exists while it is made or changed: found at a start, it means that the last
    one was interrupted, and the environment is made anew.
    """

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor
        self.folder = supervisor.layout.var / "venv"
        self.python = self.folder / "bin" / "python"
        self._unfinished = supervisor.layout.var / "venv.unfinished"

    def provide(self, files: tuple[str, ...]) -> None:
        """Make what is missing; does nothing when the stamp says that these files are installed."""
        version = self._version()
        if self._unfinished.exists() or version is None:
            self._make()
            version = self._version() or ""
        if self._stamp(files).exists() and self._stamp(files).read_text() == _digest(files, version):
            return
        self._unfinished.touch()
        try:
            self._pip(files)
        except StackError:
            # pip ended by itself and left things whole; only an interruption asks for a new environment.
            self._unfinished.unlink()
            raise
        for known in (RUN_FILES, files):
            self._stamp(known).write_text(_digest(known, version))
        self._unfinished.unlink()

    def _version(self) -> str | None:
        """`3.11`, asked from its python, or None when that or its pip does not work."""
        try:
            answer = subprocess.run(
                [self.python, "-I", "-S", "-c", _VERSION], capture_output=True, text=True, check=True
            )
        except (OSError, subprocess.CalledProcessError):
            return None
        version = answer.stdout.strip()
        # After an upgrade of the system's Python the packages are in the folder of the old version.
        return (
            version if (self.folder / "lib" / f"python{version}" / "site-packages" / "pip").is_dir() else None
        )

    def _make(self) -> None:
        console = self._supervisor.console
        _require_venv_module(self._supervisor)
        console.say(f"making {self.folder} (Python {sys.version_info.major}.{sys.version_info.minor})…")
        self._unfinished.touch()
        shutil.rmtree(self.folder, ignore_errors=True)
        self._run("venv", sys.executable, "-m", "venv", str(self.folder))

    def _pip(self, files: tuple[str, ...]) -> None:
        self._supervisor.console.say("installing packages (the first time this takes a moment)…")
        lists = [part for name in files for part in ("-r", name)]
        # The lists are complete and pinned: no resolver is needed.
        options = ("--require-hashes", "--no-deps", "--no-input", "--disable-pip-version-check")
        self._run("pip", str(self.python), "-m", "pip", "install", *options, "--progress-bar", "off", *lists)

    def _run(self, name: str, *command: str) -> None:
        env = dict(os.environ) | {"PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}
        try:
            self._supervisor.require(Program(name, command, env))
        except StackError as error:
            raise StackError(f"{error}\n{_advice(str(error))}") from error

    def _stamp(self, files: tuple[str, ...]) -> Path:
        return self.folder / ("installed-test" if files == TEST_FILES else "installed-run")


def main(arguments: list[str]) -> int:
    """`install.py run` or `install.py test [PYTEST ARGUMENTS]`: when all is well, becomes the second half."""
    mode, rest = arguments[0], arguments[1:]
    console = Console(sys.stdout if mode == "run" else sys.stderr)
    try:
        python = _install(mode, console)
    except StackError as error:
        console.error(str(error))
        return 1
    except Stopped:
        console.error("stopped; the next start goes on from here")
        return 128 + signal.SIGINT
    command = [str(python), "-m", "hubportal.stack", mode, *(["--", *rest] if mode == "test" else rest)]
    os.environ[STARTED_AT] = console.started_at()
    return os.execv(python, command)  # noqa: S606 (no shell is meant)


def _install(mode: str, console: Console) -> Path:
    interrupts = Interrupts()
    interrupts.listen()
    settings = dotenv.read(ROOT / ".env") | dict(os.environ)
    layout = Layout.create(chosen_var(settings))
    supervisor = Supervisor(layout, console, interrupts)
    with _alone(supervisor):
        environment = Environment(supervisor)
        environment.provide(TEST_FILES if mode == "test" else RUN_FILES)
        drawing.provide(supervisor)
        if mode == "test":
            browser.provide(supervisor, os.environ)
    return environment.python


@contextlib.contextmanager
def _alone(supervisor: Supervisor) -> Iterator[None]:
    """Hold the installer's lock: a second ./run or ./test waits for the first, and says so."""
    path = supervisor.layout.var / "install.lock"
    held = lock.take(path)
    if held is None:
        supervisor.console.say(
            f"another ./run or ./test is installing (process {path.read_text()}): waiting…"
        )
    while held is None:
        supervisor.interrupts.pause(0.2)
        held = lock.take(path)
    with held:
        yield


def _require_venv_module(supervisor: Supervisor) -> None:
    """Debian keeps `python3 -m venv` in a package of its own. Raises StackError with the line to type."""
    if importlib.util.find_spec("ensurepip"):
        return
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if apt.can_install():
        supervisor.console.say(f"installing {package}…")
        if apt.install(supervisor, package):
            importlib.invalidate_caches()
            return
    raise StackError(
        f"Python's venv module is missing. On Debian or Ubuntu: {apt.line(package)}\nThen start again."
    )


def _digest(files: tuple[str, ...], version: str) -> str:
    content = hashlib.sha256(version.encode())
    for name in files:
        content.update((ROOT / name).read_bytes())
    return content.hexdigest()


def _advice(failure: str) -> str:
    if "No space left" in failure:
        return "The disk is full: make room, or choose another folder with HUBPORTAL_VAR=/some/folder"
    if "CERTIFICATE" in failure and "not yet valid" in failure:
        return f"The clock of this machine says {time.strftime('%Y-%m-%d')}: set it, then start again."
    return "Packages come from where pip is told to look: see `pip config list`. Then start again."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
