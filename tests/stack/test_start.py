"""What `./run` looks at before it starts anything: lock, ports, folders, `.env`, the environment."""

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from hubportal.stack import dotenv, embedded, layout, lock, portal, ports, throwaway
from hubportal.stack.console import Console, StackError
from hubportal.stack.layout import ROOT, Layout, chosen_var
from tests.stack.conftest import python


@pytest.fixture
def busy() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])


# --- lock
def test_a_second_start_is_refused_with_the_process_number(tmp_path: Path) -> None:
    with lock.require(tmp_path / "stack.lock"), pytest.raises(StackError, match=f"process {os.getpid()}"):
        lock.require(tmp_path / "stack.lock")


def test_a_second_run_says_so_without_a_traceback(tmp_path: Path) -> None:
    with lock.require(tmp_path / "stack.lock"):
        env = os.environ | {"HUBPORTAL_VAR": str(tmp_path)}
        second = python("-m", "hubportal.stack", "run")
        done = subprocess.run(second, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: already running here (process {os.getpid()})")
    assert done.stderr.count("\n") == 1


def test_the_lock_of_a_dead_process_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "stack.lock"
    path.write_text("4194304")
    with lock.require(path):
        assert path.read_text() == str(os.getpid())


# --- ports
def test_the_first_free_port_is_taken(busy: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "FIRST", busy)
    monkeypatch.setattr(ports, "LAST", busy + 20)
    assert busy < ports.web_port(None) <= busy + 20


def test_a_port_that_is_busy_on_ipv6_only_is_passed_over() -> None:
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        return  # a machine without IPv6 cannot have this trouble
    with listener:
        assert ports.refusal(int(listener.getsockname()[1])) is not None


def test_a_chosen_port_that_is_busy_is_an_error(busy: int) -> None:
    with pytest.raises(StackError, match=f"port {busy} is in use"):
        ports.web_port(str(busy))


@pytest.mark.parametrize("wanted", ["eighty", "0", "65536", "-1", "80.5"])
def test_a_chosen_port_that_is_none_is_an_error(wanted: str) -> None:
    with pytest.raises(StackError, match=f"PORT={wanted} is no port"):
        ports.web_port(wanted)


def test_all_ports_busy_is_an_error(busy: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "FIRST", busy)
    monkeypatch.setattr(ports, "LAST", busy)
    with pytest.raises(StackError, match="no free port"):
        ports.web_port("")


# --- folders
def test_sockets_are_in_var_run(tmp_path: Path) -> None:
    assert Layout.create(tmp_path).run == tmp_path / "run"


def test_a_long_path_gets_a_short_folder_for_its_sockets(tmp_path: Path) -> None:
    made = Layout.create(tmp_path / ("long" * 20))
    try:
        assert len(str(made.run)) <= layout.SOCKET_FOLDER_MAX
        assert made.run.stat().st_mode & 0o777 == 0o700
        assert Layout.create(made.var).run == made.run
    finally:
        made.run.rmdir()


def test_a_socket_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "run").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StackError, match="belongs to another user"):
        Layout.create(tmp_path)


def test_a_folder_that_cannot_be_written_is_named() -> None:
    with pytest.raises(StackError, match="cannot write to /proc/nowhere"):
        Layout.create(Path("/proc/nowhere"))


def test_a_full_disk_is_reported_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "MEGABYTES_MIN", 10**9)
    with pytest.raises(StackError, match="MB free in"):
        Layout.create(tmp_path)


def test_var_may_be_elsewhere() -> None:
    assert chosen_var({}) == ROOT / "var"
    assert chosen_var({"HUBPORTAL_VAR": "/srv/portal"}) == Path("/srv/portal")
    assert chosen_var({"HUBPORTAL_VAR": "other"}) == ROOT / "other"


# --- .env
def test_dotenv_reads_keys_quotes_and_comments(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text(
        "# comment\n\nPORT=9000\nexport A = b\nQUOTED='a # b'\nNOTE=c # comment\nEMPTY=\n"
        'URL="postgres:///portal?host=/run&user=x"\n'
    )
    assert dotenv.read(path) == {
        "PORT": "9000",
        "A": "b",
        "QUOTED": "a # b",
        "NOTE": "c",
        "EMPTY": "",
        "URL": "postgres:///portal?host=/run&user=x",
    }


def test_no_dotenv_is_no_error(tmp_path: Path) -> None:
    assert dotenv.read(tmp_path / ".env") == {}


def test_dotenv_names_the_line_it_cannot_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=1\nnonsense\n")
    with pytest.raises(StackError, match="line 2: expected KEY=VALUE"):
        dotenv.read(tmp_path / ".env")


def test_the_example_of_a_dotenv_can_be_read() -> None:
    assert dotenv.read(ROOT / ".env.example") == {}, "every line of the example is a comment"


# --- the environment of the children
def test_the_demo_is_set_up_without_any_variable(tmp_path: Path) -> None:
    made = Layout.create(tmp_path)
    env = portal.environment({}, made, 8003)
    assert env["HUBPORTAL_DEMO"] == "1"
    assert env["HUBPORTAL_HTTPS"] == "0"
    assert env["HUBPORTAL_HOSTS"] == "localhost,127.0.0.1"
    assert env["HUBPORTAL_BASE_URL"] == "http://localhost:8003"
    assert env["HUBPORTAL_VAR"] == str(tmp_path)


def test_the_secret_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    made = Layout.create(tmp_path)
    path = Path(portal.environment({}, made, 8000)["HUBPORTAL_SECRET_KEY_FILE"])
    first = path.read_text()
    portal.environment({}, made, 8000)
    assert path.read_text() == first
    assert len(first) >= 50
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_the_person_set_wins(tmp_path: Path) -> None:
    given = {"HUBPORTAL_BASE_URL": "http://localhost:1", "HUBPORTAL_SECRET_KEY": "x" * 50}
    env = portal.environment(given, Layout.create(tmp_path), 8000)
    assert env["HUBPORTAL_BASE_URL"] == "http://localhost:1"
    assert "HUBPORTAL_SECRET_KEY_FILE" not in env


def test_tests_never_see_the_services_of_the_person(tmp_path: Path) -> None:
    given = dict.fromkeys(embedded.NAMES, "theirs") | {"PORT": "80", "HOME": "/root"}
    env = throwaway.environment(given, Layout.create(tmp_path))
    assert "theirs" not in env.values()
    assert env["HOME"] == "/root"
    assert env["HUBPORTAL_SINK_FAULTS"] == str(tmp_path / "sink-faults.json")


def test_an_old_clock_is_mentioned(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(portal, "CLOCK_YEAR_MIN", 9999)
    portal._warn_of_clock(Console())
    assert "warning: the clock of this machine says" in capsys.readouterr().out
