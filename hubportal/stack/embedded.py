"""The parts the portal needs around it, embedded unless the environment names others."""

import socket
import sys
from collections.abc import Mapping

from hubportal.stack import ports, postgres, valkey
from hubportal.stack.process import Program
from hubportal.stack.supervisor import Supervisor, Watched

# Each may be given as NAME, or as NAME_FILE with the path of a file that holds it.
NAMES = tuple(
    f"{name}{suffix}" for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL") for suffix in ("", "_FILE")
)


def start(supervisor: Supervisor, env: Mapping[str, str], *, durable: bool) -> dict[str, str]:
    """Start what `env` does not name, wait until all answer, and return the variables that name them."""
    layout = supervisor.layout
    variables: dict[str, str] = {}
    waiting: list[Watched] = []
    database: Watched | None = None
    if not _is_given("REDIS_URL", env):
        waiting.append(valkey.start(supervisor, env, durable=durable))
        variables["REDIS_URL"] = valkey.url(layout)
    if not _is_given("EMAIL_URL", env):
        port = ports.any_port()
        waiting.append(_start_sink(supervisor, env, port))
        variables["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
        variables["HUBPORTAL_MAILBOX"] = str(layout.mailbox)
    if not _is_given("DATABASE_URL", env):
        database = postgres.start(supervisor, env, durable=durable)
        variables["DATABASE_URL"] = postgres.url(layout)
    for watched in waiting:
        supervisor.wait_ready(watched)
    if database:
        postgres.wait_ready(supervisor, database)
    return variables


def _is_given(name: str, env: Mapping[str, str]) -> bool:
    return bool(env.get(name) or env.get(f"{name}_FILE"))


def _start_sink(supervisor: Supervisor, env: Mapping[str, str], port: int) -> Watched:
    options = ("--port", str(port), "--mailbox", str(supervisor.layout.mailbox))
    command = (sys.executable, "-m", "hubportal.stack.sink", *options)
    return supervisor.start(Program("sink", command, env, ready=lambda: _listens(port)))


def _listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as client:
            return client.recv(3) == b"220"
    except OSError:
        return False
