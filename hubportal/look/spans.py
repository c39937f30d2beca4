"""Bars and points on one line of days, as SVG: what lasts, what falls on a day, and today. Widths are attributes.

The picture never stands alone: the page has the same rows as a table.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Final, Literal, NamedTuple

from django.utils.dateformat import format as date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH: Final = 640
ROW: Final = 40
HEAD: Final = 26
LONGEST: Final = 62
"""Letters of a label that fit."""
MONTHS: Final = 8
"""Names of months that fit above."""
_Scale = Callable[[date], float]


class Span(NamedTuple):
    """A row: from a day until a day (included), or on one day; `kind` says how it is drawn."""

    label: str
    starts_on: date
    ends_on: date
    kind: Literal["bar", "stop", "todo", "done"] = "bar"


def spans(rows: Sequence[Span], today: date, label: str) -> SafeString:
    """Return the picture of at least one row, named by `label`."""
    first = min([today, *(row.starts_on for row in rows)]).replace(day=1)
    last = max([today, *(row.ends_on for row in rows)]) + timedelta(days=7)
    scale = WIDTH / max((last - first).days, 1)

    def x(day: date) -> float:
        return (day - first).days * scale

    drawn = format_html_join(
        "", "{}", ((_row(row, HEAD + number * ROW, x),) for number, row in enumerate(rows))
    )
    height = HEAD + len(rows) * ROW
    now = format_html('<path class="today" d="M{} {}V{}"/>', f"{x(today):.1f}", HEAD - 6, height)
    return format_html(
        '<svg class="svg spans" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}</svg>',
        *(WIDTH, height, label, _months(first, last, x, height), drawn, now),
    )


def _row(row: Span, top: int, x: _Scale) -> SafeString:
    left, right = x(row.starts_on), x(row.ends_on + timedelta(days=1))
    words = row.label if len(row.label) <= LONGEST else f"{row.label[: LONGEST - 1]}…"
    # The text begins where the bar does, as long as it ends inside the picture.
    text = format_html(
        '<text x="{}" y="{}">{}</text>', f"{max(0, min(left, WIDTH - len(words) * 7.4)):.1f}", top + 14, words
    )
    if row.kind in ("todo", "done"):
        css = "dot" if row.kind == "todo" else "dot dot--done"
        return format_html(
            '{}<circle class="{}" cx="{}" cy="{}" r="6"/>', text, css, f"{left + 6:.1f}", top + 27
        )
    css = "bar" if row.kind == "bar" else "notice-zone"
    width = f"{max(right - left, 4):.1f}"
    return format_html(
        '{}<rect class="{}" x="{}" y="{}" width="{}" height="12" rx="3"/>',
        text,
        css,
        f"{left:.1f}",
        top + 21,
        width,
    )


def _months(first: date, last: date, x: _Scale, height: int) -> SafeString:
    found, day = [], first
    while day <= last:
        found.append(day)
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    step = -(-len(found) // MONTHS)
    lines = [
        (f"{x(day):.1f}", HEAD - 6, height, f"{x(day) + 3:.1f}", date_format(day, "M Y"))
        for day in found[::step]
    ]
    return format_html_join(
        "", '<path class="gridline" d="M{} {}V{}"/><text class="soft" x="{}" y="12">{}</text>', lines
    )
