"""Which convention speaks for a commune today: the one in force, else the next one, else the last one."""

from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from conventions.models import Convention
from hubportal.accounts.models import User


def current(user: User, communes: Iterable[str], on: date | None = None) -> dict[str, Convention]:
    """Return the convention of each commune that has one, by NIS code, as far as a person may know of it.

    Drafts are left out. One query, however many communes; the successor comes with each.
    """
    rows = Convention.objects.visible_to(user).binding().filter(commune__in=list(communes))
    return current_of(rows.select_related("commune", "successor"), on)


def current_of(rows: Iterable[Convention], on: date | None = None) -> dict[str, Convention]:
    """Return the same from conventions that were read already."""
    day = on or timezone.localdate()
    found: dict[str, Convention] = {}
    # In the order of their first days: the last one that has begun wins, unless it is over and another follows.
    binding = [row for row in rows if row.is_binding]
    for row in sorted(binding, key=lambda row: (row.in_force_from or day, row.pk)):
        known = found.get(row.commune_id)
        if known is None or (not known.is_in_force(day) and (known.in_force_from or day) <= day):
            found[row.commune_id] = row
    return found
