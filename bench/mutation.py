"""`bench/run mutation [APP …] [--quick]`: takes each permission check away in turn, and asks whether a test notices.

The peer is every application whose tests pass just as well without its checks. Taken away are: each `visible_to` of a
queryset and each call of one, each predicate `can_…` and `may_…`, each `raise PermissionDenied` and `raise Http404`.
The tests run once as they are, which must hold, and it is noted which checks each comes by; then for each mutant a
forked process swaps the code and runs those tests, those of access first, until one fails. What could not be judged is
no proof that a test noticed. Survivors are printed. `--quick`: a sample, and the tests of access only.
"""

import os
import re
import sys
import time
from enum import IntEnum
from typing import Any, Final

import pytest
from django.db import InterfaceError, OperationalError

from bench.bars import Bar, tell
from bench.checks import ROOT, Mutant, mutants
from bench.swapping import Tracer, swap

APPS: Final = ("hubportal", "communes", "conventions", "spoc", "mailings")
BAR: Final = 0.95
QUICK: Final = 16
"""Mutants of a quick run, spread over all of them."""
PATIENCE: Final = 900
"""Seconds after which a run is given up: it hangs."""
TESTS: Final = {
    "hubportal": (
        "tests/access",
        "tests/accounts",
        "tests/dashboard",
        "tests/outbox",
        "tests/files",
        "tests/privacy",
    ),
    "communes": ("tests/communes",),
    "conventions": ("tests/conventions",),
    "spoc": ("tests/spoc", "tests/spoc_pages"),
    "mailings": ("tests/mailings",),
}
FOR_ALL: Final = ("tests/test_access.py", "tests/test_relations.py", "tests/attacks")
FIRST: Final = re.compile(r"test_(visib|isolat|access|rights|relations|doors|leaks|desk|downloads|by_link)")
"""Files that are there to notice."""
BROKEN: Final = (ImportError, InterfaceError, OperationalError)
"""What a test raises when the machinery around it is broken, whatever the code does."""


class Outcome(IntEnum):
    """What running tests told; the exit code of the process that ran them."""

    PASSED = 0
    FAILED = 1
    UNSWAPPED = 2
    BROKEN = 3


SAID: Final = {
    Outcome.PASSED: "SURVIVED", Outcome.FAILED: "seen", Outcome.UNSWAPPED: "unswapped", Outcome.BROKEN: "NOT JUDGED",
}  # fmt: skip


class Judge:
    """A plugin of pytest: runs tests one after another, and tells one that fails from one that could not be run."""

    def __init__(self) -> None:
        self.has_failed = False
        self.is_broken = False

    def pytest_runtest_makereport(self, call: pytest.CallInfo[Any]) -> None:
        """Notice what the machinery raised; of a subtest, too."""
        if call.excinfo is not None and issubclass(call.excinfo.type, BROKEN):
            self.is_broken = True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Notice a subtest that failed: only this hook is told."""
        self.has_failed |= report.failed

    def outcome(self, items: list[pytest.Item], *, is_kept: bool = False) -> Outcome:
        """Run tests until one fails. `is_kept`: the last is not run, and keeps what the session shares."""
        found = Outcome.PASSED
        for item, following in zip(items, [*items[1:], items[-1]], strict=True):
            if is_kept and item is items[-1]:
                break
            if (one := self._run(item, following)) is Outcome.FAILED:
                return one
            found = max(found, one)
        return found

    def _run(self, item: pytest.Item, following: pytest.Item) -> Outcome:
        from _pytest.runner import runtestprotocol

        self.has_failed = self.is_broken = False
        failed = [one for one in runtestprotocol(item, log=False, nextitem=following) if one.failed]
        # Of a run without a mutant somebody wants to know why: of a mutant's, its output leads nowhere.
        for report in failed:
            print(f"{item.nodeid}\n{report.longreprtext}", file=sys.stderr, flush=True)
        if not failed and not self.has_failed:
            return Outcome.PASSED
        is_told = not self.is_broken and (self.has_failed or any(report.when == "call" for report in failed))
        return Outcome.FAILED if is_told else Outcome.BROKEN


class Runner(Judge):
    """Runs what was collected once as it is, then for each mutant the tests that come by it."""

    def __init__(self, chosen: list[Mutant], is_quick: bool) -> None:
        super().__init__()
        self.chosen, self.is_quick = chosen, is_quick
        self.took: dict[str, float] = {}
        self.found: dict[Outcome, list[Mutant]] = {outcome: [] for outcome in Outcome}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests without any mutant, which makes the database too; then fork for each mutant."""
        from django.db import connections

        items = [item for item in session.items if not item.get_closest_marker("browser")]
        # The last one is run by nobody: it keeps what the session shares.
        *items, last = [item for item in items if not self.is_quick or _is_of_access(item)]
        tracer = Tracer(self.chosen)
        tracer.begin()
        for item, following in zip(items, [*items[1:], last], strict=True):
            began = time.monotonic()
            if self._run(item, following) is not Outcome.PASSED:
                raise RuntimeError(f"it fails without any mutant: {item.nodeid}")
            self.took[item.nodeid] = time.monotonic() - began
            tracer.note(item)
        tracer.end()
        print(f"{len(items)} tests pass without any mutant", file=sys.stderr, flush=True)
        connections.close_all()
        for number, mutant in enumerate(self.chosen, 1):
            began = time.monotonic()
            outcome = self._forked(mutant, sorted(tracer.tests[mutant], key=self._order), last)
            self.found[outcome].append(mutant)
            told = f"{SAID[outcome]:9} {time.monotonic() - began:6.1f} s  {mutant}"
            print(f"{number}/{len(self.chosen)} {told}", file=sys.stderr, flush=True)
        return True

    def _order(self, item: pytest.Item) -> tuple[bool, float]:
        """Those first that are there to notice, the short ones before the long ones."""
        return (not _is_of_access(item), self.took[item.nodeid])

    def _forked(self, mutant: Mutant, items: list[pytest.Item], last: pytest.Item) -> Outcome:
        """Run the tests in a process of their own: what was swapped ends with it."""
        sys.stdout.flush()
        if (child := os.fork()) == 0:
            code = Outcome.BROKEN
            try:
                quiet = os.open(os.devnull, os.O_WRONLY)
                os.dup2(quiet, 1)
                os.dup2(quiet, 2)
                code = self.outcome([*items, last], is_kept=True) if swap(mutant) else Outcome.UNSWAPPED
            finally:
                os._exit(code)
        return _ended(child)


def _is_of_access(item: pytest.Item) -> bool:
    return bool(FIRST.search(item.nodeid) or item.nodeid.startswith(FOR_ALL))


def _ended(child: int) -> Outcome:
    """Wait for a process and return what it found; end it when it takes too long."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
            return Outcome(code) if code in list(Outcome) else Outcome.BROKEN
        time.sleep(0.05)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return Outcome.BROKEN


def chosen(apps: tuple[str, ...], *, is_quick: bool) -> list[Mutant]:
    """Return the mutants of the apps, or a sample of them."""
    found = mutants(apps)
    return found[:: max(1, len(found) // QUICK)][:QUICK] if is_quick else found


def main(arguments: list[str]) -> int:
    """Run and tell; returns the exit code."""
    apps = tuple(argument for argument in arguments if not argument.startswith("-")) or APPS
    paths = [path for app in apps for path in TESTS[app] if (ROOT / path).exists()]
    os.environ.setdefault("HUBPORTAL_VAR", str(ROOT / "var"))
    # Steps that were remembered before the code was swapped would hide what it does now.
    os.environ["STEPS"] = "anew"
    is_quick = "--quick" in arguments
    runner = Runner(chosen(apps, is_quick=is_quick), is_quick)
    code = pytest.main(
        ["-q", "-s", "-p", "no:cacheprovider", "-p", "no:xdist", *paths, *FOR_ALL], plugins=[runner]
    )
    if code not in (0, 5):
        return int(code)
    for outcome in (Outcome.PASSED, Outcome.UNSWAPPED, Outcome.BROKEN):
        for mutant in runner.found[outcome]:
            print(f"{SAID[outcome]}: {mutant}")
    seen, survived = len(runner.found[Outcome.FAILED]), len(runner.found[Outcome.PASSED])
    noticed = Bar("checks whose removal a test notices", seen / max(seen + survived, 1), BAR, "at least")
    not_judged = len(runner.found[Outcome.BROKEN]) + len(runner.found[Outcome.UNSWAPPED])
    return tell([noticed, Bar("mutants not judged", not_judged, 0, "at most")])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
