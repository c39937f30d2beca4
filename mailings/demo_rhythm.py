"""The demonstration's weekly rhythm: Fridays at nine, as its editions went; the draft of next week is begun."""

from datetime import date, time, timedelta

from hubportal.accounts.models import User
from mailings import turning
from mailings.models import Schedule


def load(monday: date, editor: User) -> None:
    """Set the rhythm from next week on: this week's edition was begun by hand, before there was one."""
    rhythm = Schedule(
        name_fr="Mailing de crise",
        name_nl="Crisismailing",
        leaves_at=time(9),
        starts_on=monday + timedelta(weeks=1),
    )
    turning.save(rhythm, editor, [editor])
