"""The bar that shows how much of a convention's term has passed, and where its notice period lies."""

from datetime import date
from typing import NamedTuple

from conventions.models import Convention
from conventions.models.term import ONE_DAY


class Life(NamedTuple):
    """Widths in days of the drawing, and the days written below it; None or 0 for a part that there is not."""

    total: int
    past: int
    notice: int
    past_until: date | None
    coming_until: date | None
    notice_from: date | None

    @property
    def notice_at(self) -> int:
        """Where the notice period begins in the drawing."""
        return self.total - self.notice


def life(convention: Convention, today: date) -> Life | None:
    """Return the bar of a convention; None without a last day, for there is no length to draw then."""
    start, end = convention.in_force_from, convention.in_force_until
    if start is None or end is None:
        return None
    total = (end - start).days + 1
    begins = convention.notice_given_on or convention.notice_starts_on
    # A notice may have been given before the term began, and a term may be shorter than its own notice.
    notice = min((end - begins).days + 1, total) if begins else 0
    last = end if notice == 0 else end - ONE_DAY * notice
    past = min(max((today - start).days + 1, 0), total)
    return Life(
        total, past, notice,
        past_until=min(today, end) if past else None,
        coming_until=last if today < last else None,
        notice_from=last + ONE_DAY if notice else None,
    )  # fmt: skip
