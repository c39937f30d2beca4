"""Editions on their way, with messages in any state, as the workers would leave them."""

from datetime import timedelta
from html import unescape
from typing import Any

from django.utils import timezone

from communes.models import Mandate
from mailings.models import Delivery, DeliveryEvent, Mailing, Served
from tests.mailings.made import brought_to
from tests.remembered import remembered


def marked(delivery: Delivery, status: str, code: int | None = None, reply: str = "") -> Delivery:
    """Bring a message to a state and write the event, as the worker that tried it would."""
    now = timezone.now()
    blank = {"accepted_at": None, "bounced_at": None, "next_try_at": None, "worker": "", "lease_until": None}
    facts: dict[str, Any] = {
        "accepted": {"accepted_at": now},
        "bounced": {"accepted_at": now, "bounced_at": now},
        "deferred": {"next_try_at": now + timedelta(minutes=5)},
        "sending": {"worker": "w", "lease_until": now + timedelta(minutes=5)},
    }.get(status, {})
    Delivery.objects.filter(pk=delivery.pk).update(
        **{"status": status, "smtp_code": code, "smtp_reply": reply, "attempts": 1, **blank, **facts}
    )
    if status in DeliveryEvent.Kind.values:
        delivery.events.create(kind=status, smtp_code=code, smtp_reply=reply)
    delivery.refresh_from_db()
    return delivery


@remembered
def sent(row: Mailing | None = None) -> Mailing:
    """Return an edition all of whose messages were accepted."""
    row = row or brought_to("sending")
    for delivery in row.deliveries.order_by("pk"):
        marked(delivery, "accepted", 250, "queued as 1")
    row.finish()
    return row


def page(response: Any) -> str:
    """Return the text of a page."""
    assert response.status_code == 200
    return unescape(response.content.decode())


def serve(delivery: Delivery, *mandates: Mandate) -> None:
    """Let a message serve these mandates too, as one to a shared mailbox does."""
    Served.objects.bulk_create(Served(delivery=delivery, mandate=mandate) for mandate in mandates)
