"""How long a text waits for its approvals: until the moment of its week, else seven days."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone

from mailings.audience import coverage, marks

if TYPE_CHECKING:
    from mailings.models.mailing import Mailing

PATIENCE: Final = timedelta(days=7)
"""From asking for approval to expiring, unless the edition is scheduled by then."""


def open_run(mailing: "Mailing") -> Any:
    """Return the week of a rhythm that an edition is written for, None without one or once its moment has come."""
    run = getattr(mailing, "run", None)
    return run if run is not None and run.is_open else None


def planned_for(mailing: "Mailing") -> datetime | None:
    """Return when an edition is planned to leave, by hand or by the week of its rhythm; None when nobody knows."""
    run = open_run(mailing)
    return mailing.scheduled_for or (run.leaves_at if run else None)


def waits(mailing: "Mailing", now: datetime, gap_reason: str | None = None) -> dict[str, Any]:
    """Return the columns of an edition that is submitted now: when it expires, and why it may leave with its gaps.

    A text nobody approves must not leave weeks later; one of a rhythm does not outlive the moment of its week. Without
    one it does not expire before the moment that was planned for it, when it was changed after that.
    """
    run = open_run(mailing)
    if run is not None and run.leaves_at > now:
        found: dict[str, Any] = {"expires_at": run.leaves_at, "scheduled_for": None}
        if gap_reason is None:
            return found
        # A reason that was taken back holds no more: the edition then waits for another.
        known = marks(coverage(mailing, timezone.localdate(run.leaves_at))) if gap_reason else []
        return found | {"gap_reason": gap_reason, "known_gaps": known}
    return {"expires_at": max(now, mailing.scheduled_for or now) + PATIENCE}
