"""Reminding recipients who have not acknowledged an edition: once for each edition, one mail an address and day.

Whoever the desk reminded that day (`spoc.reminders`) waits for the next one: it sends in the morning, this later.
"""

import logging
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from communes.models import Delegation, Mandate
from hubportal.accounts.letters import write_to
from hubportal.accounts.models import User
from hubportal.businessdays import is_business_day
from mailings.audience import address_of, person_of
from mailings.models import Delivery, DeliveryEvent, DeliveryStatus, SuppressedAddress
from mailings.models.delivery_queryset import ASKED
from mailings.models.served import Served
from mailings.reminded import was_reminded
from spoc.deadlines import start_of, waited_since

logger = logging.getLogger(__name__)
AFTER: Final = 3
"""Business days from the relay's yes to the reminder."""
NEWS: Final = timedelta(days=14)
"""An edition of which sending began earlier is not worth a reminder any more."""
HOUR: Final = 10
"""The hour, in Brussels, before which nobody is reminded."""
Kind = DeliveryEvent.Kind


class Due(NamedTuple):
    """An address, the people who are written to there, and their messages, the newest edition first."""

    address: str
    people: list[User]
    messages: list[Delivery]


def remind_readers(now: datetime) -> int:
    """Send the reminders that are due, one mail to each address; return how many."""
    today, sent = timezone.localdate(now), 0
    if timezone.localtime(now).hour < HOUR or not is_business_day(today):
        return 0
    for item in due(today):
        try:
            sent += _send(item, now)
        except Exception:
            logger.exception("a reminder of %d editions failed", len(item.messages))
    return sent


def due(today: date) -> list[Due]:
    """Return who is to be reminded on a day and was not yet, whatever was sent that day: two queries.

    Editions that remind nobody are left out; so is whose message came back, whose address was stopped, or whose
    mandate ended.
    """
    until = waited_since(today, AFTER)
    waiting = Delivery.objects.filter(
        ASKED,
        status=DeliveryStatus.ACCEPTED,
        acknowledged_at__isnull=True,
        mailing__reminds_readers=True,
        accepted_at__lt=until,
        mailing__started_at__gte=start_of(today - NEWS),
    )
    known = DeliveryEvent.objects.filter(delivery=OuterRef("pk"), kind=Kind.REMINDED)
    mandates, delegations = (model.objects.valid(today).order_by() for model in (Mandate, Delegation))
    served = Served.objects.filter(
        Q(mandate__in=mandates.values("pk")) | Q(delegation__in=delegations.values("pk")),
        delivery__in=waiting.exclude(Exists(known)).order_by().values("pk"),
    )
    stopped = set(SuppressedAddress.objects.order_by().values_list("address", flat=True))
    found: dict[str, Due] = {}
    names = ("mandate__user", "delegation__user", "delivery__mailing")
    for row in served.select_related(*names).order_by("-delivery", "pk"):
        person: Any = person_of(row.right)
        address = address_of(person)
        if address and address not in stopped:
            item = found.setdefault(address, Due(address, [], []))
            item.people.extend([] if person in item.people else [person])
            item.messages.extend([] if row.delivery in item.messages else [row.delivery])
    return list(found.values())


def _send(item: Due, now: datetime) -> bool:
    """Write one mail with everything; False when somebody was reminded at this address today."""
    keys, today = [person.pk for person in item.people], timezone.localdate(now)
    with transaction.atomic():
        # Two ticks at once, or the desk's reminder: the second waits here, and then sees the rows of the first.
        list(User.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))
        if was_reminded(keys, today):
            return False
        fresh = Delivery.objects.filter(
            pk__in=[row.pk for row in item.messages], acknowledged_at__isnull=True
        )
        messages = list(fresh.select_related("mailing").order_by("-mailing__number"))
        if not messages:
            return False
        for message in messages:
            message.events.create(kind=Kind.REMINDED, at=now)
        _write(item.people[0], item.address, messages)
    return True


def _write(person: User, address: str, messages: Iterable[Delivery]) -> None:
    rows = list(messages)
    context = {"messages": rows, "count": len(rows), "last": rows[0], "base": settings.BASE_URL}
    write_to(
        address, person, "mailings/email/reminder.subject.txt", "mailings/email/reminder.txt", context,
        kind="mailing reminder",
    )  # fmt: skip
