"""What the last assessment of the pages found: written by `bench/run axe`, told by the accessibility statement."""

import json
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

FILE: Final = Path(__file__).parent / "assessment.json"


class Assessment(NamedTuple):
    """The last time each page was looked at by axe-core; `pages`: kinds of page, None when they were not counted."""

    day: date
    languages: tuple[str, ...]
    widths: tuple[int, ...]
    pages: int | None
    violations: int


def last() -> Assessment:
    """Return the last assessment."""
    found = json.loads(FILE.read_text())
    return Assessment(
        date.fromisoformat(found["day"]),
        tuple(found["languages"]),
        tuple(found["widths"]),
        found["pages"],
        found["violations"],
    )


def write(found: Assessment) -> None:
    """Keep an assessment: checked in with the pages that it speaks of."""
    facts = {**found._asdict(), "day": found.day.isoformat()}
    FILE.write_text(json.dumps(facts, indent=2) + "\n")
