"""Who got a reminder on a day already: of the desk, of a rhythm, or of an edition. Nobody gets two (design)."""

from collections.abc import Collection
from datetime import date

from django.db.models import Q

from mailings.models import DeliveryEvent, RunReminder, Served
from spoc import reminders
from spoc.deadlines import start_of


def was_reminded(people: Collection[int], today: date) -> bool:
    """Tell it of any of these people, by their keys; asked under their lock."""
    if reminders.was_reminded(people, today):
        return True
    if RunReminder.objects.filter(user__in=people, sent_on=today).exists():
        return True
    served = Served.objects.filter(Q(mandate__user__in=people) | Q(delegation__user__in=people)).order_by()
    reminded = DeliveryEvent.objects.filter(kind=DeliveryEvent.Kind.REMINDED, at__gte=start_of(today))
    return reminded.filter(delivery__in=served.values("delivery")).exists()
