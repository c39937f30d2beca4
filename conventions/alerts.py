"""Telling leads and the SPOC that a convention comes to its end, or to the last day for notice: once each time."""

from datetime import date

from django.db import transaction

from communes.recipients import callers_of, leads, reachable
from conventions import emails
from conventions.models import Alert, Convention
from conventions.models.coming import coming


def due(today: date) -> list[int]:
    """Return the keys of the conventions about which nobody was told yet: two queries, however many there are."""
    rows = Convention.objects.in_force(today).maybe_ending(today).select_related("successor").order_by("pk")
    found = {row.pk: alert for row in rows if (alert := coming(row, today))}
    known = Alert.objects.filter(convention__in=found).order_by()
    sent = set(known.values_list("convention", "kind", "months", "due_on"))
    return [pk for pk, alert in found.items() if (pk, *alert) not in sent]


@transaction.atomic
def send(pk: int, today: date) -> bool:
    """Write the mails of a convention's alert, and note it; False when it is not due, or nobody could be told.

    Under the row's lock: whoever moves its last day meanwhile, or sends the same alert, comes before or after.
    """
    convention = Convention._base_manager.select_for_update(of=("self",)).get(pk=pk)
    alert = Alert.objects.due_for(convention, today)
    people = reachable([*leads(today), *callers_of(convention.commune, today)])
    if alert is None or not people or not Alert.objects.keep(convention, alert):
        return False
    emails.alert(convention, alert, people)
    return True
