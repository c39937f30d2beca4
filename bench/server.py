"""A mail server that costs next to nothing: it reads each message to its last dot, counts it and forgets it.

For `bench/run sending`: the recording sink takes more processor time for a message than any sender, so it measured
itself. Started as `python -m bench.server`; a line of JSON asks (`delay`: seconds before each answer to a message from
now on; `to`: what came for addresses with this part since the last question), a line of JSON answers (`messages`,
`recipients`: different addresses).
"""

import asyncio
import collections
import json
import os
import sys
from typing import Any, Final

END: Final = b"\r\n.\r\n"
HELLO: Final = b"250-localhost\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 40000000\r\n"
ANSWERS: Final = {b"MAIL": b"250 2.1.0 ok\r\n", b"RSET": b"250 2.0.0 ok\r\n", b"NOOP": b"250 2.0.0 ok\r\n"}


class Counter:
    """What came since the last question, and how slow the server is."""

    def __init__(self) -> None:
        self.messages, self.delay = collections.Counter[str](), 0.0

    def ask(self, question: dict[str, Any]) -> dict[str, int]:
        """Take a new delay, or tell what came and begin anew."""
        if "delay" in question:
            self.delay = question["delay"]
            return {}
        counts = [number for address, number in self.messages.items() if question["to"] in address]
        self.messages.clear()
        return {"messages": sum(counts), "recipients": len(counts)}


class Dialogue(asyncio.Protocol):
    """One connection; a client that does not wait for the answers (PIPELINING) is not served."""

    def __init__(self, counter: Counter) -> None:
        self._counter, self._line, self._tail, self._is_reading = counter, b"", b"", False
        self._recipient = ""

    def connection_made(self, transport: Any) -> None:
        """Greet."""
        self._wire = transport
        self._wire.write(b"220 localhost\r\n")

    def data_received(self, data: bytes) -> None:
        """Look for the end of a line, or of a message; of the message nothing but its last bytes is kept."""
        if self._is_reading:
            self._tail = (self._tail + data)[-len(END) :]
            if self._tail == END:
                self._take()
            return
        self._line += data
        if self._line.endswith(b"\r\n"):
            line, self._line = self._line, b""
            self._wire.write(self._answer(line))

    def _answer(self, line: bytes) -> bytes:
        verb = line[:4].upper()
        if verb == b"RCPT":
            self._recipient = line.decode()
            return ANSWERS[b"MAIL"]
        if verb == b"DATA":
            # As if a line had ended: a message may be nothing but its last dot.
            self._is_reading, self._tail = True, b"\r\n"
            return b"354 go ahead\r\n"
        if verb == b"EHLO":
            return HELLO
        if verb == b"QUIT":
            asyncio.get_running_loop().call_soon(self._wire.close)
            return b"221 bye\r\n"
        return ANSWERS.get(verb, b"502 not here\r\n")

    def _take(self) -> None:
        self._is_reading = False
        self._counter.messages[self._recipient] += 1
        kept = b"250 2.0.0 counted\r\n"
        if self._counter.delay:
            asyncio.get_running_loop().call_later(self._counter.delay, self._wire.write, kept)
        else:
            self._wire.write(kept)


async def serve() -> None:
    """Tell the port, then serve until the input ends."""
    # Whatever else is printed must not get between the answers.
    wire = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    loop, counter, over = asyncio.get_running_loop(), Counter(), asyncio.Event()

    def asked() -> None:
        line = sys.stdin.readline()
        if not line:
            over.set()
            return
        print(json.dumps(counter.ask(json.loads(line))), file=wire, flush=True)

    server = await loop.create_server(lambda: Dialogue(counter), "127.0.0.1", 0)
    loop.add_reader(0, asked)
    async with server:
        print(json.dumps({"port": server.sockets[0].getsockname()[1]}), file=wire, flush=True)
        await over.wait()


if __name__ == "__main__":
    asyncio.run(serve())
