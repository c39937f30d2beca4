"""The supervisor, with real child processes."""

import io
import os
import signal
import subprocess
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hubportal.stack import supervisor as supervisor_module
from hubportal.stack.console import StackError
from hubportal.stack.interrupts import Stopped
from hubportal.stack.layout import ROOT
from hubportal.stack.supervisor import Supervisor
from tests.stack.conftest import python, shell


def until(true: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Wait for something that another process does."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def is_gone(pid: int) -> bool:
    """True for a process that has ended (a zombie has)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def watch_for(supervisor: Supervisor, seconds: float) -> None:
    """Let it tend its children for a while."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for watched in supervisor._watched:
            supervisor.tend(watched)
        time.sleep(0.01)


def test_a_child_that_dies_is_restarted_with_a_growing_delay_and_a_word(
    supervisor: Supervisor, screen: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor_module, "BACKOFF_MAX", 0.2)
    watched = supervisor.start(shell("worker", "echo started; exit 3"))
    watched.backoff = 0.05

    log = supervisor.layout.log / "worker.log"
    for _turn in range(100):
        watch_for(supervisor, 0.2)
        if screen.getvalue().count("starting it again") >= 4 and log.read_text().count("started") >= 4:
            break

    said = screen.getvalue()
    delays = [
        line.split(" in ")[1].split(" s")[0] for line in said.splitlines() if "starting it again" in line
    ]
    assert delays[:4] == ["0.05", "0.1", "0.2", "0.2"]
    assert "worker ended (exit 3)" in said
    assert log.read_text().count("started") >= 4


def test_a_minute_of_health_forgives(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor_module, "HEALTHY_AFTER", 0.0)
    watched = supervisor.start(shell("worker", "exit 1"))
    watched.backoff = 16.0
    watched.child.popen.wait()

    supervisor.tend(watched)

    assert watched.backoff == 2 * supervisor_module.BACKOFF_FIRST


def test_children_stop_in_reverse_order(supervisor: Supervisor, tmp_path: Path) -> None:
    order = tmp_path / "order"
    for name in ("first", "second", "third"):
        script = f"trap 'echo {name} >> {order}; exit 0' TERM; echo up; while :; do sleep 0.02; done"
        supervisor.start(shell(name, script))
    logs = [supervisor.layout.log / f"{name}.log" for name in ("first", "second", "third")]
    assert until(lambda: all("up" in log.read_text() for log in logs))

    supervisor.stop_all()

    assert order.read_text().split() == ["third", "second", "first"]


def test_each_child_gets_its_own_signal(supervisor: Supervisor) -> None:
    script = "trap 'exit 7' INT; echo up; while :; do sleep 0.02; done"
    watched = supervisor.start(shell("postgres", script, stop_signal=signal.SIGINT))
    assert until(lambda: "up" in watched.child.tail())

    supervisor.stop_all()

    assert watched.child.popen.returncode == 7


def test_a_stubborn_child_is_killed_after_its_grace_with_its_own_children(supervisor: Supervisor) -> None:
    script = "trap '' TERM; sleep 60 & echo $!; while :; do sleep 0.02; done"
    watched = supervisor.start(shell("stubborn", script, grace=0.2))
    assert until(lambda: watched.child.tail().strip().isdigit())
    grandchild = int(watched.child.tail())

    supervisor.stop_all()

    assert watched.child.popen.returncode == -signal.SIGKILL
    assert until(lambda: is_gone(grandchild))


def test_a_signal_ends_the_watch(supervisor: Supervisor) -> None:
    supervisor.start(shell("web", "sleep 60"))
    supervisor.interrupts.received = signal.SIGHUP
    with pytest.raises(Stopped):
        supervisor.watch()


def test_a_child_that_does_not_start_shows_the_end_of_its_log(supervisor: Supervisor) -> None:
    watched = supervisor.start(shell("postgres", "echo could not bind; exit 1", ready=lambda: False))
    with pytest.raises(StackError, match=r"postgres did not start \(exit 1\)(.|\n)*could not bind"):
        supervisor.wait_ready(watched)


def test_a_child_that_is_never_ready_is_reported(supervisor: Supervisor) -> None:
    watched = supervisor.start(shell("web", "sleep 60", ready=lambda: False))
    with pytest.raises(StackError, match="web was not ready within 0 seconds"):
        supervisor.wait_ready(watched, within=0.1)


def test_an_early_death_is_forgiven_while_old_processes_go(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor_module, "BACKOFF_FIRST", 0.05)
    script = (
        f"test -e {tmp_path}/again && touch {tmp_path}/up && exec sleep 60; touch {tmp_path}/again; exit 1"
    )
    watched = supervisor.start(shell("postgres", script, ready=lambda: (tmp_path / "up").exists()))

    supervisor.wait_ready(watched, retry_for=5)

    assert watched.child.alive


def test_a_program_that_is_not_there_is_named(supervisor: Supervisor) -> None:
    program = shell("web", "")
    with pytest.raises(StackError, match="cannot start web"):
        supervisor.start(type(program)("web", ("/no/such/program",), {}))


def test_a_required_program_returns_what_it_wrote(supervisor: Supervisor) -> None:
    (supervisor.layout.log / "prepare.log").write_text("of an older start\n")
    assert supervisor.require(shell("prepare", "echo demo accounts: none")) == "demo accounts: none"


def test_a_required_program_that_fails_is_an_error_with_its_last_words(supervisor: Supervisor) -> None:
    with pytest.raises(StackError, match=r"prepare failed \(exit 2\)(.|\n)*no database"):
        supervisor.require(shell("prepare", "echo no database; exit 2"))


def test_a_long_log_is_put_aside(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hubportal.stack.process.LOG_BYTES_MAX", 10)
    log = supervisor.layout.log / "web.log"
    log.write_text("more than ten bytes")
    supervisor.require(shell("web", "echo new"))
    assert log.read_text() == "new\n"
    assert log.with_suffix(".log.1").read_text() == "more than ten bytes"


def test_no_orphan_outlives_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    script = """
        import sys, time
        from pathlib import Path
        from hubportal.stack.console import Console
        from hubportal.stack.interrupts import Interrupts
        from hubportal.stack.layout import Layout
        from hubportal.stack.process import Program
        from hubportal.stack.supervisor import Supervisor
        supervisor = Supervisor(Layout.create(Path(sys.argv[1])), Console(), Interrupts())
        watched = supervisor.start(Program("child", ("sleep", "60"), {"PATH": "/bin"}))
        print(watched.child.popen.pid, flush=True)
        time.sleep(60)
    """
    command = python("-c", textwrap.dedent(script), str(tmp_path))
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout
        child = int(killed.stdout.readline())
        os.kill(killed.pid, signal.SIGKILL)
    assert until(lambda: is_gone(child))
