"""Who is reminded that nobody has qualified a concern: its SPOC, later the leads too. Each once."""

from collections.abc import Iterator
from datetime import date

from communes.recipients import callers_of, leads
from hubportal.accounts.models import User
from spoc import deadlines
from spoc.emails import ConcernItem
from spoc.models import Concern, ConcernReminder, ConcernReminderKind

STEPS = (
    (ConcernReminderKind.SPOC, deadlines.REMIND_SPOC),
    (ConcernReminderKind.LEAD, deadlines.REMIND_LEAD),
)


def unqualified(today: date) -> Iterator[tuple[User, ConcernItem]]:
    """Yield whom a concern that waits to be qualified concerns, and who was not reminded of it yet."""
    for kind, days in STEPS:
        rows = Concern.objects.unqualified_since(days, today).select_related("commune").order_by("pk")
        sent = ConcernReminder.objects.filter(kind=kind, concern__in=rows.order_by()).order_by()
        told = set(sent.values_list("concern", "user"))
        for concern in rows:
            people = leads() if kind == ConcernReminderKind.LEAD else callers_of(concern.commune)
            yield from (
                (person, ConcernItem(concern, kind))
                for person in people
                if (concern.pk, person.pk) not in told
            )
