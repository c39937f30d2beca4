"""A recording SMTP server for the demo and the tests: it keeps every message and delivers none.

Accepted messages become files of a Maildir, with the envelope in added headers: `X-Envelope-From`,
`X-Envelope-To` (comma separated) and `X-Received-At` (UTC, ISO 8601). Faults for tests: see `Rule`.
"""

import argparse
import asyncio
import json
import logging
import os
import signal
import socket
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

MESSAGE_BYTES_MAX = 40_000_000
log = logging.getLogger("hubportal.stack.sink")


@dataclass(frozen=True)
class Rule:
    """What goes wrong for recipients whose address contains `match`.

    `reply`: the answer instead of 250. `delay`: seconds before the answer. `at`: the command both
    belong to, "rcpt" or "data"; "mail" looks for `match` in the sender. `drop_after_data`: the message
    is read and, unless `store` is false, kept, then the connection is cut without an answer (the sender
    cannot know).
    """

    match: str
    reply: str = ""
    delay: float = 0.0
    at: str = "rcpt"
    drop_after_data: bool = False
    store: bool = True


class Faults:
    """The rules of a JSON file (a list of objects with the fields of Rule), read again when it changes."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._seen: tuple[int, int, int] | None = None
        self._rules: list[Rule] = []

    def matching(self, recipients: list[str]) -> list[Rule]:
        """The rules that touch one of these recipients, in the file's order."""
        rules = self._current()
        return [rule for rule in rules if any(rule.match in recipient for recipient in recipients)]

    def _current(self) -> list[Rule]:
        if self._path is None:
            return []
        try:
            status = self._path.stat()
            seen = (status.st_mtime_ns, status.st_size, status.st_ino)
            if seen != self._seen:
                self._rules = [Rule(**item) for item in json.loads(self._path.read_text())]
                self._seen = seen
        except FileNotFoundError:
            self._rules, self._seen = [], None
        except (ValueError, TypeError) as error:  # half-written: the next message reads it again
            log.error("cannot read %s: %s", self._path, error)
        return self._rules


class Maildir:
    """Writes messages so that a reader never sees half of one: `tmp`, then a rename into `new`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._count = 0
        for name in ("tmp", "new", "cur"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def store(self, content: bytes) -> Path:
        """Keep a message; returns its file. Raises OSError when the disk is full."""
        self._count += 1
        now = datetime.now(UTC)
        # Fixed width, so that the names sort by time of arrival.
        name = f"{now:%s}.M{now:%f}P{os.getpid()}Q{self._count:08d}.sink"
        side = self.folder / "tmp" / name
        try:
            side.write_bytes(content)
            return side.rename(self.folder / "new" / name)
        except OSError:
            side.unlink(missing_ok=True)
            raise


class Recorder:
    """The hooks that aiosmtpd calls (their names are its own)."""

    def __init__(self, mailbox: Maildir, faults: Faults) -> None:
        self._mailbox = mailbox
        self._faults = faults

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        for rule in self._faults.matching([address]):
            if rule.at == "mail" and rule.reply:
                return rule.reply
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 sender accepted"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        for rule in self._faults.matching([address]):
            if rule.at == "rcpt":
                await asyncio.sleep(rule.delay)
                if rule.reply:
                    return rule.reply
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 recipient accepted"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        rules = self._faults.matching(list(envelope.rcpt_tos))
        for rule in rules:
            if rule.at == "data":
                await asyncio.sleep(rule.delay)
                if rule.reply:
                    return rule.reply
        drops = [rule for rule in rules if rule.drop_after_data]
        if all(rule.store for rule in drops):
            try:
                self._mailbox.store(stamped(envelope))
            except OSError as error:
                return f"452 4.3.1 cannot keep the message: {error.strerror}"
        if drops:
            if isinstance(server.transport, asyncio.WriteTransport):
                server.transport.abort()
            raise ConnectionResetError("dropped after DATA, as the faults file asks")
        return "250 2.0.0 kept"


def stamped(envelope: Envelope) -> bytes:
    """The message with its envelope as headers in front."""
    recipients = ", ".join(envelope.rcpt_tos)
    headers = (
        f"X-Envelope-From: {envelope.mail_from}\r\n"
        f"X-Envelope-To: {recipients}\r\n"
        f"X-Received-At: {datetime.now(UTC).isoformat()}\r\n"
    )
    content = envelope.original_content or b""
    return headers.encode("utf-8", "surrogateescape") + content


async def serve(listener: socket.socket, recorder: Recorder) -> None:
    """Answer on a bound socket until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = await loop.create_server(lambda: _protocol(loop, recorder), sock=listener)
    async with server:
        await stop.wait()


def _protocol(loop: asyncio.AbstractEventLoop, recorder: Recorder) -> SMTP:
    return SMTP(
        recorder,
        data_size_limit=MESSAGE_BYTES_MAX,
        enable_SMTPUTF8=True,
        hostname="localhost",
        ident="hubportal sink",
        loop=loop,
    )


def main(arguments: list[str]) -> int:
    """`python -m hubportal.stack.sink --port 0 --mailbox FOLDER [--faults FILE]`; prints its address."""
    env: dict[str, Any] = dict(os.environ)
    parser = argparse.ArgumentParser(prog="hubportal.stack.sink", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--mailbox", type=Path, default=env.get("HUBPORTAL_MAILBOX"))
    parser.add_argument("--faults", type=Path, default=env.get("HUBPORTAL_SINK_FAULTS"))
    options = parser.parse_args(arguments)
    if options.mailbox is None:
        parser.error("--mailbox or HUBPORTAL_MAILBOX is needed")
    logging.basicConfig(level=logging.WARNING)
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", options.port))
    listener.listen(128)
    print(f"listening on 127.0.0.1:{listener.getsockname()[1]}", flush=True)
    recorder = Recorder(Maildir(Path(options.mailbox)), Faults(options.faults))
    asyncio.run(serve(listener, recorder))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
