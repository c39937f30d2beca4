"""A supervisor with real children in a temporary folder."""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hubportal.stack.console import Console
from hubportal.stack.interrupts import Interrupts
from hubportal.stack.layout import Layout
from hubportal.stack.process import Program
from hubportal.stack.supervisor import Supervisor


@pytest.fixture
def screen() -> io.StringIO:
    """What the person at the terminal sees."""
    return io.StringIO()


@pytest.fixture
def supervisor(tmp_path: Path, screen: io.StringIO) -> Iterator[Supervisor]:
    layout = Layout.create(tmp_path / "var")
    supervisor = Supervisor(layout, Console(screen), Interrupts())
    yield supervisor
    supervisor.interrupts.received = None
    supervisor.stop_all()


def shell(name: str, script: str, **options: object) -> Program:
    """A child that runs a line of shell."""
    return Program(name, ("sh", "-c", script), {"PATH": "/usr/bin:/bin"}, **options)  # type: ignore[arg-type]


def python(*arguments: str) -> list[str]:
    """A command line for this Python."""
    return [sys.executable, *arguments]
