"""`bench/run axe`: every page in three languages, at three widths and in both colours, looked at by axe-core.

It walks as tests/test_pages.py does, with WALK=cross, and writes what was found into the file that the accessibility
statement tells from (hubportal/dashboard/assessment.json): to be checked in. A walk that broke off, missed a page or
met one that is not whole is told, and writes nothing. Nor does `--quick`, which draws each page in one look only.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from bench.bars import Bar, tell
from hubportal.dashboard.assessment import Assessment, write

ROOT: Final = Path(__file__).resolve().parent.parent
LANGUAGES: Final = ("fr", "nl", "en")
WIDTHS: Final = (320, 768, 1280)


def walk(folder: Path, *, is_quick: bool) -> list[dict[str, Any]]:
    """Walk all pages; return what each language's walk wrote down: its kinds of page, and what axe found."""
    asked = {**os.environ, "WALK": "whole" if is_quick else "cross", "WALK_RESULTS": str(folder)}
    pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_pages.py"]
    subprocess.run(pytest, cwd=ROOT, env=asked, check=False)  # our own tests
    return [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]


def gaps(found: list[dict[str, Any]], widths: tuple[int, ...] = WIDTHS) -> list[str]:
    """Return what is missing for the walks to speak of every page in every language at these widths."""
    walked = {row["language"]: row for row in found}
    wrong = [f"{language}: not walked to the end" for language in LANGUAGES if language not in walked]
    for language, row in walked.items():
        wrong += [f"{language}: {fault}" for fault in row["not_whole"]]
        wrong += [f"{language}: nothing at {width} px" for width in widths if width not in row["widths"]]
    return wrong


def assessed(found: list[dict[str, Any]], day: date) -> Assessment | None:
    """Return what may be stated of all pages; None when the walks do not speak of all."""
    if gaps(found):
        return None
    pages = min(row["pages"] for row in found)
    return Assessment(day, LANGUAGES, WIDTHS, pages, sum(row["violations"] for row in found))


def main() -> int:
    """Walk, write, tell."""
    options = argparse.ArgumentParser()
    options.add_argument("--quick", action="store_true", help="one look a page; write nothing")
    is_quick = options.parse_args().quick
    with tempfile.TemporaryDirectory() as folder:
        found = walk(Path(folder), is_quick=is_quick)
    missing = gaps(found, () if is_quick else WIDTHS)
    print(*missing, sep="\n")
    if not is_quick and (whole := assessed(found, datetime.now(UTC).date())):
        write(whole)
    violations = sum(row["violations"] for row in found)
    return tell(
        [Bar("gaps in the walk", len(missing), 0, "at most"), Bar("axe violations", violations, 0, "at most")]
    )


if __name__ == "__main__":
    sys.exit(main())
