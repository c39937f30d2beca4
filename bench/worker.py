"""A process that visits the pages of one database when it is told to: the portal's, and the peer's in its own venv.

A line on standard input asks ("look" for queries and bytes, "round" for the seconds of each page once); a line of JSON
on standard output answers. Django and the standard library only: the peer's venv has nothing else.
"""

import gzip
import json
import os
import re
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

BARE: Final = "a bare view"
BARE_ADDRESS: Final = "/bench/bare/"
LEVEL: Final = 5
"""At which gzip compresses in the proxy before the portal (Caddy); the same for both sides."""


@dataclass(frozen=True)
class Visit:
    """A page, as one person opens it: its address, then what its script asks for at once.

    `parts`: of how many panels or columns it is made.
    """

    name: str
    client: Client
    addresses: tuple[str, ...]
    parts: int = 0

    def go(self) -> list[bytes]:
        """Open it; return what came. Whatever is no answer ends the measurement."""
        found = []
        for address in self.addresses:
            answer: Any = self.client.get(address)
            if answer.status_code != 200:
                raise SystemExit(f"{self.name}: {address} answers {answer.status_code}: nothing was measured")
            found.append(b"".join(answer.streaming_content) if answer.streaming else answer.content)
        return found


def bare(request: Any) -> HttpResponse:
    """The least that a view can do: what the middleware costs."""
    return HttpResponse("")


def serve(visits: Sequence[Visit], fetch: Callable[[str], bytes]) -> None:
    """Answer until the input ends; `fetch` returns a static file as it comes over the wire."""
    # Whatever else is printed must not get between the answers.
    wire = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    print(json.dumps("ready"), file=wire, flush=True)
    for line in sys.stdin:
        answer = {visit.name: _look(visit, fetch) for visit in visits} if line == "look\n" else _round(visits)
        print(json.dumps(answer), file=wire, flush=True)


def _round(visits: Sequence[Visit]) -> dict[str, float]:
    return {visit.name: median(_seconds(visit) for _ in range(3)) for visit in visits}


def _seconds(visit: Visit) -> float:
    began = time.perf_counter()
    visit.go()
    return time.perf_counter() - began


def _look(visit: Visit, fetch: Callable[[str], bytes]) -> dict[str, int]:
    """Return the queries of a visit after one that warms what is kept, its bytes, those of a first visit."""
    pages = visit.go()
    with CaptureQueriesContext(connection) as queries:
        visit.go()
    count = len(queries)  # before anything else is asked for, which empties the log
    sizes = [len(gzip.compress(page, LEVEL)) for page in pages]
    parts = set(re.findall(r'(?:href|src)="(/static/[^"?#]+)', pages[0].decode(errors="replace")))
    for part in [part for part in parts if part.endswith(".css")]:
        folder = part.rpartition("/")[0]
        named = re.findall(r'url\("?(fonts/[^")]+)', gunzip(fetch(part)).decode(errors="replace"))
        parts |= {f"{folder}/{name}" for name in named}
    return {
        "queries": count,
        "parts": visit.parts,
        "repeat": sum(sizes),
        "first": sum(sizes) + sum(len(fetch(part)) for part in parts),
        "requests": len(pages) + len(parts),
    }


def gunzip(body: bytes) -> bytes:
    """Return what was compressed; what was not, as it is."""
    return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
