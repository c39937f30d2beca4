"""The emblem: 19 is a perfect hexagon (rows of 3, 4, 5, 4, 3), one cell for each commune.

The hive is the mark, the picture of a coverage and the empty state; the ruler is the line of 19 under the
masthead. Cells are named by NIS code (Statbel), 21001 to 21019.
"""

from collections.abc import Collection
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

# Roughly where they lie on the map: north above, the Brussels Region read row by row.
ROWS: Final = (
    (21008, 21010, 21006),
    (21003, 21011, 21015, 21018),
    (21012, 21004, 21014, 21005, 21019),
    (21001, 21013, 21009, 21002),
    (21007, 21016, 21017),
)
FIRST_NIS: Final = 21001
CENTRE: Final = 21014
HIDDEN: Final = mark_safe('aria-hidden="true" focusable="false"')


def hive(
    on: int | None = CENTRE,
    gap: Collection[int] = (),
    off: Collection[int] = (),
    css: str = "hive",
    label: str = "",
    out: Collection[int] = (),
) -> SafeString:
    """Return the hexagon: `on` in yellow, `gap` marked as missing, `off` pale, `out` empty; named by `label`."""
    states = {nis: kind for kind, group in (("out", out), ("off", off), ("gap", gap)) for nis in group}
    states = ({on: "on"} if on else {}) | states
    cells = []
    for y, row in enumerate(ROWS):
        for x, nis in enumerate(row):
            left, top = 1.6 + (5 - len(row)) * 1.35 + x * 2.7, 1.6 + y * 2.34
            mark = format_html(' class="{}"', states[nis]) if nis in states else ""
            cells.append((mark, f"{left:.2f}", f"{top:.2f}"))
    circles = format_html_join("", '<circle{} cx="{}" cy="{}" r="1.05"/>', cells)
    role = format_html('role="img" aria-label="{}"', label) if label else HIDDEN
    return format_html('<svg class="{}" viewBox="0 0 14 12.56" {}>{}</svg>', css, role, circles)


def ruler(nis: int | None = None) -> SafeString:
    """Return the line of 19 cells in NIS order; the cell of the commune `nis` is yellow."""
    line = "".join(f"M{cell}.05 .5h.9" for cell in range(19))
    mark: SafeString | str = ""
    if nis is not None and 0 <= nis - FIRST_NIS < 19:
        mark = format_html('<rect x="{}.05" y="0" width=".9" height="1"/>', nis - FIRST_NIS)
    return format_html(
        '<svg class="ruler" viewBox="0 0 19 1" preserveAspectRatio="none" {}><path d="{}"/>{}</svg>',
        HIDDEN,
        line,
        mark,
    )
