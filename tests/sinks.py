"""A mail server for tests: the recording sink in a process of its own, with faults, and workers that use it."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from hubportal.outbox.relay import relay


class Sink:
    """The recording SMTP server in a process of its own, with an empty mailbox."""

    def __init__(self, folder: Path) -> None:
        self.mailbox, self._faults = folder / "mailbox", folder / "faults.json"
        self._process: subprocess.Popen[str] | None = None
        self.port = 0
        self.start()

    def start(self) -> None:
        """Listen: on the same port as before, if there was one."""
        arguments = ["--port", str(self.port), "--mailbox", str(self.mailbox), "--faults", str(self._faults)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "hubportal.stack.sink", *arguments], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline().rpartition(":")[2])
        end = time.monotonic() + 10
        while not self._answers():
            assert time.monotonic() < end
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return (self.mailbox / "new").is_dir()

    def stop(self) -> None:
        """Stop listening; connections that are open are cut."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def clear(self) -> None:
        """Forget messages and faults, and listen."""
        self.fault()
        for path in (self.mailbox / "new").iterdir():
            path.unlink()
        if self._process is None:
            self.start()

    def fault(self, *rules: dict[str, Any]) -> None:
        """Let these faults happen (hubportal.stack.sink.Rule)."""
        side = self._faults.with_suffix(".new")
        side.write_text(json.dumps(rules))
        side.rename(self._faults)

    def received(self) -> list[Message]:
        """Return what was kept, oldest first."""
        files = sorted((self.mailbox / "new").iterdir())
        return [message_from_bytes(path.read_bytes()) for path in files]

    def recipients(self) -> list[str]:
        """Return the address of each message that was kept, oldest first."""
        return [message["X-Envelope-To"] for message in self.received()]


@pytest.fixture(scope="session")
def one_sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sink]:
    found = Sink(tmp_path_factory.mktemp("sink"))
    yield found
    found.stop()


@pytest.fixture
def sink(one_sink: Sink, settings: Settings) -> Iterator[Sink]:
    """A sink with an empty mailbox and no faults, that the process's relay talks to."""
    one_sink.clear()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", one_sink.port
    relay.close()
    yield one_sink
    relay.close()


@pytest.fixture
def worker_env(settings: Settings) -> dict[str, str]:
    """The environment of a process that works on the test's own database and sink."""
    database = settings.DATABASES["default"]
    host = f"?host={database['HOST']}&user={database['USER']}"
    network = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
    is_socket = database["HOST"].startswith("/")
    address = (
        f"postgres:///{database['NAME']}{host}" if is_socket else f"postgres://{network}/{database['NAME']}"
    )
    return {
        **os.environ,
        "DATABASE_URL": address,
        "EMAIL_URL": f"smtp://127.0.0.1:{settings.EMAIL_PORT}",
    }
