"""`bench/run mutation [APP …] [--quick]`: takes each permission check away in turn, and asks whether a test notices.

The peer is every application whose tests pass just as well without its checks. Taken away are: each `visible_to` of a
queryset and each call of one, each predicate `can_…` and `may_…`, each `raise PermissionDenied` and `raise Http404`.
The tests are collected once; for each mutant a forked process swaps the code and runs the tests of that app, those of
access first, until one fails. Survivors are printed. Before, the same tests run without any mutant and must all pass.
Only a test that fails has noticed: one that cannot begin, cannot import or loses its database, and a process that
hangs or dies, tell nothing of the check; such mutants are printed and miss a bar. `--quick`: a sample, and the tests of
access only.
"""

import ast
import gc
import importlib
import os
import re
import sys
import time
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, Final

import pytest
from django.db import InterfaceError, OperationalError

from bench.bars import Bar, tell

ROOT: Final = Path(__file__).resolve().parent.parent
APPS: Final = ("hubportal", "communes", "conventions", "spoc", "mailings")
BAR: Final = 0.95
QUICK: Final = 16
"""Mutants of a quick run, spread over all of them."""
PATIENCE: Final = 900
"""Seconds after which a run is given up: it hangs."""
TESTS: Final = {
    "hubportal": ("tests/access", "tests/accounts", "tests/dashboard", "tests/outbox", "tests/files"),
    "communes": ("tests/communes",),
    "conventions": ("tests/conventions",),
    "spoc": ("tests/spoc", "tests/spoc_pages"),
    "mailings": ("tests/mailings",),
}
FOR_ALL: Final = ("tests/test_access.py", "tests/test_relations.py", "tests/attacks")
FIRST: Final = re.compile(r"test_(visib|isolat|access|rights|relations|doors|leaks|desk|downloads|by_link)")
"""Files that are most likely to notice."""
LEFT_OUT: Final = re.compile(r"\.(migrations|demo\w*|stack)(\.|$)|settings|wsgi")
PREDICATE: Final = re.compile(r"(can|may)_\w+")
REFUSALS: Final = {"PermissionDenied", "Http404"}
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


@dataclass(frozen=True)
class Mutant:
    """A check, and where it stands."""

    app: str
    module: str
    line: int
    column: int
    kind: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line} {self.kind}"


class Removal(ast.NodeTransformer):
    """Takes one check out of a module's tree."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant
        self.is_done = False

    def _is_it(self, node: ast.AST, kind: str) -> bool:
        found = (getattr(node, "lineno", 0), getattr(node, "col_offset", 0), kind)
        self.is_done |= (is_it := found == (self.mutant.line, self.mutant.column, self.mutant.kind))
        return is_it

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Let a queryset return itself, a predicate say yes."""
        if self._is_it(node, "visible_to"):
            node.body = [ast.Return(ast.Name(node.args.args[0].arg, ast.Load()))]
        elif self._is_it(node, "predicate"):
            node.body = [ast.Return(ast.Constant(True))]
        return self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        """Let a refusal pass."""
        return ast.Pass() if self._is_it(node, "guard") else node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Let a call of `visible_to` return all rows."""
        is_it = self._is_it(node, "call")
        self.generic_visit(node)
        if is_it and isinstance(node.func, ast.Attribute):
            return ast.Call(ast.Attribute(node.func.value, "all", ast.Load()), [], [])
        return node


@dataclass
class Finder(ast.NodeVisitor):
    """Collects the checks of a module."""

    app: str
    module: str
    found: list[Mutant] = field(default_factory=list)

    def _note(self, node: Any, kind: str) -> None:
        self.found.append(Mutant(self.app, self.module, node.lineno, node.col_offset, kind))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Note a rule, by its name."""
        if node.name == "visible_to" and node.args.args:
            self._note(node, "visible_to")
        elif PREDICATE.fullmatch(node.name) and _answers(node):
            self._note(node, "predicate")
        self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        """Note a refusal."""
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        if isinstance(raised, ast.Name) and raised.id in REFUSALS:
            self._note(node, "guard")

    def visit_Call(self, node: ast.Call) -> None:
        """Note a call of a rule."""
        if isinstance(node.func, ast.Attribute) and node.func.attr == "visible_to":
            self._note(node, "call")
        self.generic_visit(node)


def _answers(node: ast.FunctionDef) -> bool:
    """Tell whether a function answers yes or no."""
    return isinstance(node.returns, ast.Name) and node.returns.id == "bool"


def mutants(apps: tuple[str, ...]) -> list[Mutant]:
    """Return every check of the apps, in the order of their files."""
    found: list[Mutant] = []
    for app in apps:
        for file in sorted((ROOT / app).rglob("*.py")):
            parts = file.relative_to(ROOT).with_suffix("").parts
            module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            if not LEFT_OUT.search(module):
                finder = Finder(app, module)
                finder.visit(ast.parse(file.read_text(encoding="utf-8")))
                found += finder.found
    return found


def swap(mutant: Mutant) -> int:
    """Put the code without the check in the place of the running one; return how many functions have it now."""
    file = str(importlib.import_module(mutant.module).__file__)
    source, removal = Path(file).read_text(encoding="utf-8"), Removal(mutant)
    changed = ast.fix_missing_locations(removal.visit(ast.parse(source)))
    if not removal.is_done:
        raise LookupError(f"no such check: {mutant}")
    old, new = (_codes(_compiled(tree, file)) for tree in (ast.parse(source), changed))
    different = {key: code for key, code in new.items() if key in old and old[key] != code}
    # What was there when the tests had been collected is out of the collector's sight (tests/conftest.py).
    gc.unfreeze()
    count = 0
    for function in [thing for thing in gc.get_objects() if isinstance(thing, FunctionType)]:
        code = function.__code__
        replacement = (
            different.get((code.co_qualname, code.co_firstlineno)) if code.co_filename == file else None
        )
        if replacement is not None and replacement.co_freevars == code.co_freevars:
            function.__code__ = replacement
            count += 1
    return count


def _compiled(tree: Any, file: str) -> CodeType:
    code: CodeType = compile(tree, file, "exec", dont_inherit=True)
    return code


def _codes(code: CodeType) -> dict[tuple[str, int], CodeType]:
    """Return the code of each function in a module, by name and first line."""
    found = {}
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            found[inner.co_qualname, inner.co_firstlineno] = inner
            found |= _codes(inner)
    return found


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
        print(*(f"{item.nodeid}\n{report.longreprtext}" for report in failed), file=sys.stderr, flush=True)
        if not failed and not self.has_failed:
            return Outcome.PASSED
        is_told = not self.is_broken and (self.has_failed or any(report.when == "call" for report in failed))
        return Outcome.FAILED if is_told else Outcome.BROKEN


class Runner(Judge):
    """Instead of running what was collected once, runs it once for each mutant, after a run without any."""

    def __init__(self, chosen: list[Mutant], is_quick: bool) -> None:
        super().__init__()
        self.chosen, self.is_quick = chosen, is_quick
        self.found: dict[Outcome, list[Mutant]] = {outcome: [] for outcome in Outcome}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Warm up with one test, which makes the database; then fork for each mutant."""
        from django.db import connections

        items = [item for item in session.items if not item.get_closest_marker("browser")]
        warm = next(item for item in items if item.nodeid.startswith("tests/test_relations.py"))
        if self.outcome([warm, items[-1]], is_kept=True) is not Outcome.PASSED:
            raise RuntimeError(f"it fails without any mutant: {warm.nodeid}")
        connections.close_all()
        for app in dict.fromkeys(mutant.app for mutant in self.chosen):
            if self._forked(None, self._items(items, app)) is not Outcome.PASSED:
                raise RuntimeError(f"without any mutant, tests of {app} do not pass")
        for number, mutant in enumerate(self.chosen, 1):
            began = time.monotonic()
            outcome = self._forked(mutant, self._items(items, mutant.app))
            self.found[outcome].append(mutant)
            told = f"{SAID[outcome]:9} {time.monotonic() - began:6.1f} s  {mutant}"
            print(f"{number}/{len(self.chosen)} {told}", file=sys.stderr, flush=True)
        return True

    def _items(self, items: list[pytest.Item], app: str) -> list[pytest.Item]:
        """Return the tests for an app, those first that are there to notice."""
        own = [item for item in items if item.nodeid.startswith((*TESTS[app], *FOR_ALL))]
        own.sort(key=lambda item: (FIRST.search(item.nodeid) is None, item.nodeid.startswith(FOR_ALL)))
        return [item for item in own if FIRST.search(item.nodeid)] if self.is_quick else own

    def _forked(self, mutant: Mutant | None, items: list[pytest.Item]) -> Outcome:
        """Run the tests in a process of their own: what was swapped ends with it."""
        sys.stdout.flush()
        if (child := os.fork()) == 0:
            code = Outcome.BROKEN
            try:
                quiet = os.open(os.devnull, os.O_WRONLY)
                os.dup2(quiet, 1)
                if mutant is not None:
                    os.dup2(quiet, 2)
                is_swapped = mutant is None or swap(mutant) > 0
                code = self.outcome(items) if is_swapped else Outcome.UNSWAPPED
            finally:
                os._exit(code)
        return _ended(child)


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
    return tell([noticed, Bar("mutants not judged", len(runner.found[Outcome.BROKEN]), 0, "at most")])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
