"""What the benchmarks conclude: only a test that fails has noticed, only a whole walk is an assessment."""

import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bench.axe import LANGUAGES, WIDTHS, assessed, gaps

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 11, 28)
TESTS = """
import unittest
import pytest
from django.db import OperationalError

@pytest.fixture
def broken():
    raise AssertionError

def test_passes(): pass
def test_fails(): assert not 1
def test_raises(): raise KeyError
def test_cannot_begin(broken): pass
def test_cannot_import(): import no_such_module
def test_loses_the_database(): raise OperationalError
def test_in_part(subtests):
    with subtests.test(): assert not 1
def test_in_part_without_database(subtests):
    with subtests.test(): raise OperationalError
"""
PLUGIN = """
import pytest
from bench.mutation import Judge

class One(Judge):
    def pytest_runtestloop(self, session):
        for item in session.items:
            print("told", item.name, self.outcome([item]).name)
            session._setupstate.teardown_exact(None)
        print("told", "all", self.outcome(session.items).name)
        return True

left_out = [word for name in ("cacheprovider", "xdist", "django") for word in ("-p", "no:" + name)]
pytest.main(["-q", "-s", *left_out, "test_some.py"], plugins=[One()])
"""


def test_only_a_test_that_fails_has_noticed(tmp_path: Path) -> None:
    (tmp_path / "test_some.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]")
    found = subprocess.run(
        [sys.executable, "-c", PLUGIN],
        cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    told = dict(re.findall(r"told (\S+) (\S+)", found.stdout))
    assert told == {
        "test_passes": "PASSED",
        "test_fails": "FAILED",
        "test_raises": "FAILED",
        "test_cannot_begin": "BROKEN",
        "test_cannot_import": "BROKEN",
        "test_loses_the_database": "BROKEN",
        "test_in_part": "FAILED",
        "test_in_part_without_database": "BROKEN",
        "all": "FAILED",
    }


def walked(language: str, **other: Any) -> dict[str, Any]:
    """Return what a walk writes down that saw all."""
    return {
        "language": language, "pages": 140, "violations": 1, "widths": list(WIDTHS), "not_whole": [], **other,
    }  # fmt: skip


def test_a_walk_that_saw_all_is_an_assessment_with_all_that_it_found() -> None:
    found = assessed([walked(language) for language in LANGUAGES], DAY)
    assert found == (DAY, LANGUAGES, WIDTHS, 140, 3)


@pytest.mark.parametrize(
    "last",
    [
        [],
        [walked("en", not_whole=["lead /en/: scrolls sideways"])],
        [walked("en", not_whole=["spoc:request-list"])],
        [walked("en", widths=[320, 1280])],
    ],
)
def test_a_walk_that_did_not_is_none(last: list[dict[str, Any]]) -> None:
    found = [walked("fr"), walked("nl"), *last]
    assert len(gaps(found)) == 1
    assert assessed(found, DAY) is None
