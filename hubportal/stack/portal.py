"""`./run`: the whole portal on one machine, from PostgreSQL to the tick."""

import os
import secrets
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping

from hubportal.stack import dotenv, embedded, lock, ports
from hubportal.stack.console import Console, StackError
from hubportal.stack.interrupts import Interrupts, Stopped
from hubportal.stack.layout import ROOT, Layout, chosen_var
from hubportal.stack.process import Program
from hubportal.stack.supervisor import Supervisor

READY_WITHIN = 60.0  # seconds
CLOCK_YEAR_MIN = 2026  # no machine that runs this code is older than the code
THREADS = 8


def run(console: Console) -> int:
    """Start everything and watch it until a signal; returns the exit code. Raises StackError."""
    interrupts = Interrupts()
    interrupts.listen()
    env = dotenv.read(ROOT / ".env") | dict(os.environ)
    layout = Layout.create(chosen_var(env))
    held = lock.require(layout.var / "stack.lock")
    supervisor = Supervisor(layout, console, interrupts)
    try:
        _start(supervisor, env)
        supervisor.watch()
    except Stopped:
        console.say("stopping…")
    finally:
        supervisor.stop_all()
        held.close()
    return 0


def environment(base: Mapping[str, str], layout: Layout, port: int) -> dict[str, str]:
    """The children's environment: what the person set, then demo settings for the rest."""
    env = dict(base)
    env["HUBPORTAL_VAR"] = str(layout.var)
    env["PORT"] = str(port)
    defaults = {
        "HUBPORTAL_DEMO": "1",
        "HUBPORTAL_HOSTS": "localhost,127.0.0.1",
        "HUBPORTAL_HTTPS": "0",
        "HUBPORTAL_BASE_URL": f"http://localhost:{port}",
        "HUBPORTAL_FILES": str(layout.files),
        "DJANGO_SETTINGS_MODULE": "hubportal.settings",
    }
    for name, value in defaults.items():
        env.setdefault(name, value)
    if not env.get("HUBPORTAL_SECRET_KEY") and not env.get("HUBPORTAL_SECRET_KEY_FILE"):
        env["HUBPORTAL_SECRET_KEY_FILE"] = _secret_key_file(layout)
    return env


def programs(env: Mapping[str, str], port: int) -> tuple[Program, Program, Program]:
    """The three processes of the portal itself: web, worker, beat."""
    web = (
        *("gunicorn", "hubportal.wsgi", "--bind", f"127.0.0.1:{port}", "--no-control-socket"),
        *("--workers", "1", "--threads", str(THREADS), "--graceful-timeout", "5"),
    )
    celery = ("celery", "-A", "hubportal.celery")
    # One worker alone has nobody to gossip with: this saves two seconds at the start.
    alone = ("--without-gossip", "--without-mingle")
    worker = (*celery, "worker", "-c", "2", "--loglevel", "INFO", *alone)
    beat = (*celery, "beat", "--loglevel", "INFO", "--pidfile=")
    return (
        Program("web", _python(*web), env, ready=lambda: _answer(port)[0] == 200),
        Program("worker", _python(*worker), env, grace=30),
        Program("beat", _python(*beat), env),
    )


def _start(supervisor: Supervisor, base: Mapping[str, str]) -> None:
    console = supervisor.console
    _warn_of_clock(console)
    port = ports.web_port(base.get("PORT"))
    env = environment(base, supervisor.layout, port)
    env |= embedded.start(supervisor, env, durable=True)
    console.say("PostgreSQL, Valkey and mail are ready")
    prepared = supervisor.require(Program("prepare", _python("hubportal.stack.prepare"), env))
    console.say("database and demo data are ready")
    web, *_others = [supervisor.start(program) for program in programs(env, port)]
    try:
        supervisor.wait_ready(web, within=READY_WITHIN, every=0.2)
    except StackError as error:
        status, body = _answer(port)
        raise StackError(f"{error}\nhttp://localhost:{port}/readyz answers {status}: {body}") from error
    _announce(console, supervisor.layout, env, prepared)


def _announce(console: Console, layout: Layout, env: Mapping[str, str], prepared: str) -> None:
    address = f"http://localhost:{env['PORT']}"
    console.say(f"ready: {address}")
    for line in prepared.splitlines():
        if line.startswith("demo "):
            console.show(f"         {line}")
    if env.get("HUBPORTAL_MAILBOX"):
        console.show(f"         demo mailbox: {address}/demo/mailbox/ (every mail the portal sends)")
    console.show(f"         logs: {layout.log}/*.log, one per process")
    console.show("         Ctrl-C stops everything")


def _answer(port: int) -> tuple[int, str]:
    """Status and text of /readyz; 0 and the reason when nothing answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as response:
            return response.status, response.read(500).decode(errors="replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(500).decode(errors="replace")
    except OSError as error:
        return 0, str(error)


def _warn_of_clock(console: Console) -> None:
    year = time.gmtime().tm_year
    if year < CLOCK_YEAR_MIN:
        console.say(
            f"warning: the clock of this machine says {year}; dates in the portal will be wrong. Set it"
        )


def _secret_key_file(layout: Layout) -> str:
    """A key made once and kept, so that sessions outlive a restart; readable by its owner only."""
    path = layout.var / "secret-key"
    if not path.exists():
        side = path.with_suffix(".new")  # then a rename: a full disk never leaves an empty key
        side.unlink(missing_ok=True)
        side.touch(mode=0o600)
        side.write_text(secrets.token_urlsafe(48))
        side.rename(path)
    return str(path)


def _python(*module_and_arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", *module_and_arguments)
