"""Ports of this machine."""

import contextlib
import errno
import socket

from hubportal.stack.console import StackError

FIRST, LAST = 8000, 8019


def web_port(wanted: str | None) -> int:
    """The port for the browser: the one asked for with PORT, else the first free one from 8000.

    Raises StackError when PORT is no port, not free or not allowed, or when all are taken.
    """
    if wanted:
        return _exactly(wanted)
    for port in range(FIRST, LAST + 1):
        if refusal(port) is None:
            return port
    raise StackError(f"no free port from {FIRST} to {LAST}: choose another with PORT=9000 ./run")


def any_port() -> int:
    """A port that is free now, chosen by the kernel."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def refusal(port: int) -> OSError | None:
    """Why nothing can listen on `localhost:port`; None when it can.

    Looks at IPv6 too: a browser that tries `::1` first would meet the other program.
    """
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address, port))
        except OSError as error:
            if family == socket.AF_INET or error.errno == errno.EADDRINUSE:
                return error
    return None


def _exactly(wanted: str) -> int:
    port = 0
    with contextlib.suppress(ValueError):
        port = int(wanted)
    if not 1 <= port <= 65535:
        raise StackError(f"PORT={wanted} is no port: give a number from 1 to 65535")
    error = refusal(port)
    if error is None:
        return port
    if error.errno == errno.EACCES:
        raise StackError(f"this user may not listen on port {port}: choose one above 1023, PORT=8080 ./run")
    raise StackError(
        f"port {port} is in use: stop what listens there, or choose another, for example PORT=9000 ./run"
    )
