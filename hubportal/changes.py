"""What changed between two versions of a text, line by line."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal, NamedTuple

from hubportal.fingerprint import normal

_CONTEXT = 2
# Beyond it, comparing line by line may take minutes (difflib is quadratic on lines that repeat).
_MOST_LINES = 2000


class Change(NamedTuple):
    """One line; "gap" stands where a longer stretch without change was left out."""

    kind: Literal["same", "added", "removed", "gap"]
    text: str


def changes(before: str, after: str) -> list[Change]:
    """Return the lines removed and added, each with up to two lines around it; nothing when nothing changed.

    What the content's hash does not see (line ends, the form of accents) and empty lines at the end are no change.
    """
    lines = list(_compared(_lines(before), _lines(after)))
    runs = [(kind == "same", list(run)) for kind, run in groupby(lines, key=lambda change: change.kind)]
    if all(is_same for is_same, _ in runs):
        return []
    found: list[Change] = []
    for index, (is_same, run) in enumerate(runs):
        found += _folded(run, index == 0, index == len(runs) - 1) if is_same else run
    return found


def _lines(text: str) -> list[str]:
    kept = normal(text).rstrip("\n")
    return kept.split("\n") if kept else []


def _compared(before: list[str], after: list[str]) -> Iterator[Change]:
    """Yield every line of both texts."""
    head = _length_in_common(before, after)
    tail = _length_in_common(before[head:][::-1], after[head:][::-1])
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    yield from (Change("same", line) for line in before[:head])
    for kind, first, last, start, end in _steps(old, new):
        if kind == "equal":
            yield from (Change("same", line) for line in old[first:last])
        else:
            yield from (Change("removed", line) for line in old[first:last])
            yield from (Change("added", line) for line in new[start:end])
    yield from (Change("same", line) for line in before[len(before) - tail :])


def _steps(old: list[str], new: list[str]) -> list[tuple[str, int, int, int, int]]:
    if max(len(old), len(new)) > _MOST_LINES:
        return [("replace", 0, len(old), 0, len(new))]
    return list(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())


def _length_in_common(one: list[str], other: list[str]) -> int:
    """Return how many lines both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))


def _folded(run: list[Change], is_first: bool, is_last: bool) -> list[Change]:
    """Return a stretch without change, its inside left out: two lines are kept next to what did change."""
    head = 0 if is_first else _CONTEXT
    tail = 0 if is_last else _CONTEXT
    if len(run) <= head + tail + 1:
        return run
    return [*run[:head], Change("gap", "…"), *run[len(run) - tail :]]
