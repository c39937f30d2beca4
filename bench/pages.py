"""The pages of the portal with 1,000, 10,000 and 1,000,000 requests, beside those of django-helpdesk.

Each size is a database of its own on the server with the settings of `./run`, each with a process that visits the pages
through Django's test client when it is told to; the peer's processes do the same. Each takes its turn in a round; the
figures are medians of the rounds, as ratios: to a bare view behind the same middleware, to the peer, to each other.
`bench/run pages [--quick]`: quick leaves the million out, and the bars that need it.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any, Final

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - Django first

from bench import peer  # noqa: E402
from bench.bars import HOME_QUERIES, Bar, tell  # noqa: E402
from bench.databases import database  # noqa: E402
from bench.worker import BARE  # noqa: E402
from hubportal.stack.prepare import collect_static  # noqa: E402

ROUNDS: Final = 9
SMALL, MIDDLE, LARGE = 1_000, 10_000, 1_000_000
# Each page of ours beside the one of the peer that does the same.
TWINS: Final = {
    "home, échevine": "dashboard", "home, SPOC": "dashboard", "home, director": "reports",
    "coverage of the 19": "reports", "a commune": "dashboard", "list, échevine": "list", "list, SPOC": "list",
    "list, half-way down": "list", "search, rare": "search, rare", "search, common": "search, common",
    "search, common, échevine": "search, common", "request, échevine": "ticket", "desk": "list",
    "desk, own communes": "list", "desk, search, rare": "search, rare", "desk, search, common": "search, common",
    "desk, request": "ticket",
}  # fmt: skip
Figures = dict[str, dict[str, Any]]


class Side:
    """A process that visits the pages of one database."""

    def __init__(self, name: str, process: "subprocess.Popen[str]") -> None:
        self.name = name
        self._process = process
        self._laps: list[dict[str, float]] = []
        self.looks: Figures = {}

    def answer(self) -> Any:
        """Return its next answer; SystemExit when it has ended."""
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise SystemExit(f"{self.name} ended: nothing was measured")
        return json.loads(line)

    def ask(self, what: str) -> Any:
        """Tell it what to do and return what it answers."""
        if self._process.stdin:
            self._process.stdin.write(f"{what}\n")
            self._process.stdin.flush()
        return self.answer()

    def look(self) -> None:
        """Count its queries and bytes, which warms it, too."""
        self.looks = self.ask("look")

    def round(self) -> None:
        """Visit each page once more."""
        self._laps.append(self.ask("round"))

    def seconds(self, page: str) -> float:
        """Return the median of its rounds."""
        return median(lap[page] for lap in self._laps)

    def times_bare(self, page: str) -> float:
        """Return a page's time as a multiple of the bare view's, round by round."""
        return median(lap[page] / lap[BARE] for lap in self._laps)

    def beside(self, page: str, other: "Side", twin: str) -> float:
        """Return a page's time as a part of another's page, round by round."""
        laps = zip(self._laps, other._laps, strict=True)
        return median(ours[page] / theirs[twin] for ours, theirs in laps)


def main() -> int:
    """Measure and tell; return the exit code."""
    sizes = (SMALL, MIDDLE) if "--quick" in sys.argv[1:] else (SMALL, MIDDLE, LARGE)
    python = peer.HELPDESK.python()
    prepare()
    with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        ours, theirs = {}, {}
        for size in sizes:
            name = database(f"pages_{size}", template=True)
            ours[size] = stack.enter_context(
                side([sys.executable, "-m", "bench.portal"], size, {"DATABASE_URL": name})
            )
        for size in (SMALL, MIDDLE):
            env = peer.environment(database(f"peer_{size}"), Path(folder))
            theirs[size] = stack.enter_context(
                side([str(python), "-m", "bench.helpdesk"], size, env, whole=True)
            )
        every = [*ours.values(), *theirs.values()]
        for each in every:
            each.look()
        for _ in range(ROUNDS):
            for each in every:
                each.round()
    table(ours, theirs)
    return tell(bars(ours, theirs))


def prepare() -> None:
    """Fill the server's own database with the demonstration: the template of the others."""
    call_command("migrate", interactive=False, verbosity=0)
    for command in ("load_communes", "load_library", "load_demo"):
        call_command(command, verbosity=0)
    collect_static()


@contextmanager
def side(command: list[str], size: int, env: Mapping[str, str], *, whole: bool = False) -> Iterator[Side]:
    """Start a process and wait until it has filled its database; `whole`: the environment is all of it."""
    began = time.monotonic()
    process = subprocess.Popen(
        [*command, str(size)], env=dict(env) if whole else {**os.environ, **env}, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        found = Side(f"{command[-1]} with {size:,}", process)
        found.answer()
        print(f"{found.name}: filled in {time.monotonic() - began:.0f} s", flush=True)
        yield found
    finally:
        process.kill()
        process.wait()


def table(ours: Mapping[int, Side], theirs: Mapping[int, Side]) -> None:
    """Print what was measured, for people."""
    first, last = ours[SMALL], max(ours)
    print(
        f"\n{ROUNDS} rounds, medians; the peer: {peer.HELPDESK.package} {peer.HELPDESK.version}. "
        "Times as a multiple of a bare view:"
    )
    sizes = "".join(f"{size:>11,}" for size in ours)
    print(f"{'page':<26}{sizes}  growth  of the peer  queries  repeat B  first B  requests")
    for page, look in ours[last].looks.items():
        times = "".join(f"{each.times_bare(page):>11.1f}" for each in ours.values())
        growth = ours[last].beside(page, first, page)
        part = f"{ours[last].beside(page, theirs[MIDDLE], TWINS[page]):.3f}" if page in TWINS else ""
        print(
            f"{page:<26}{times}{growth:>8.2f}{part:>13}{look['queries']:>9}"
            f"{look['repeat']:>10}{look['first']:>9}{look['requests']:>10}"
        )
    for page in _grown(first.looks, ours[last].looks):
        print(f"asks more of a larger database: {page}")
    print(f"\n{'peer':<26}{SMALL:>11,}{MIDDLE:>11,}  growth  queries  repeat B  first B  requests")
    for page, look in theirs[MIDDLE].looks.items():
        times = "".join(f"{each.times_bare(page):>11.1f}" for each in theirs.values())
        growth = theirs[MIDDLE].beside(page, theirs[SMALL], page)
        print(
            f"{page:<26}{times}{growth:>8.2f}{look['queries']:>9}"
            f"{look['repeat']:>10}{look['first']:>9}{look['requests']:>10}"
        )
    print()


def _grown(first: Figures, last: Figures) -> list[str]:
    return [page for page in TWINS if last[page]["queries"] > first[page]["queries"]]


def bars(ours: Mapping[int, Side], theirs: Mapping[int, Side]) -> list[Bar]:
    """Return what is held against the bars; those that need a million only when there is one."""
    first, size = ours[SMALL], max(ours)
    largest = ours[size]
    looks, pages = largest.looks, list(TWINS)
    portal = [page for page in pages if not page.startswith("desk")]
    homes = [page for page in pages if page.startswith("home")]
    found = [
        Bar(
            f"queries of {page} beside one a panel",
            looks[page]["queries"] - looks[page]["parts"],
            HOME_QUERIES,
            "at most",
        )
        for page in homes
    ]
    # Fewer is no fault: a page that is full of what goes on does not ask for what has ended.
    grown = _grown(first.looks, looks)
    found += [
        Bar("pages that ask more of a larger database", len(grown), 0, "at most"),
        Bar(
            "portal, KB of a first visit", max(looks[page]["first"] for page in portal) / 1024, 60, "at most"
        ),
        Bar(
            "portal, KB of a repeat visit",
            max(looks[page]["repeat"] for page in portal) / 1024,
            14,
            "at most",
        ),
        Bar(
            "portal, requests of a first visit", max(looks[page]["requests"] for page in portal), 6, "at most"
        ),
    ]
    found += [
        Bar(f"{page}, {size:,}, times a bare view", largest.times_bare(page), limit, "at most")
        for word, limit in (("search", 100), ("request", 40)) for page in portal if page.startswith(word)
    ]  # fmt: skip
    if size == LARGE:
        for page, twin in TWINS.items():
            part, growth = largest.beside(page, theirs[MIDDLE], twin), largest.beside(page, first, page)
            found += [
                Bar(f"{page}, as a part of the peer's {twin} at {MIDDLE:,}", part, 1, "at most"),
                Bar(f"{page}, growth from {SMALL:,} to {size:,}", growth, 2, "at most"),
            ]
    return found


if __name__ == "__main__":
    sys.exit(main())
