"""`bench/run axe`: every page in three languages, at both widths and in both colours, looked at by axe-core.

It walks as tests/test_pages.py does, with WALK=both, and writes what was found into the file that the accessibility
statement tells from (hubportal/dashboard/assessment.json): to be checked in. `--quick` walks, and writes nothing.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bench.bars import Bar, tell
from hubportal.dashboard.assessment import Assessment, write

ROOT: Final = Path(__file__).resolve().parent.parent
LANGUAGES: Final = ("fr", "nl", "en")
WIDTHS: Final = (320, 1280)


def walk(folder: Path) -> list[dict[str, Any]]:
    """Walk all pages; return what each language's walk wrote down: its kinds of page, and what axe found."""
    asked = {**os.environ, "WALK": "both", "WALK_RESULTS": str(folder)}
    pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_pages.py"]
    subprocess.run(pytest, cwd=ROOT, env=asked, check=False)  # our own tests
    return [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]


def main() -> int:
    """Walk, write, tell."""
    options = argparse.ArgumentParser()
    options.add_argument("--quick", action="store_true", help="write nothing")
    is_quick = options.parse_args().quick
    with tempfile.TemporaryDirectory() as folder:
        found = walk(Path(folder))
    violations = sum(row["violations"] for row in found)
    is_whole = sorted(row["language"] for row in found) == sorted(LANGUAGES)
    if is_whole and not is_quick:
        pages = max(row["pages"] for row in found)
        write(Assessment(datetime.now(UTC).date(), LANGUAGES, WIDTHS, pages, violations))
    languages = Bar("languages walked", len(found), len(LANGUAGES), "at least")
    return tell([languages, Bar("axe violations", violations, 0, "at most")])


if __name__ == "__main__":
    sys.exit(main())
