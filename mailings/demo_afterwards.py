"""What came after the demonstration's editions had left: a message that came back, and readers who were reminded.

Both go the way of real ones: a notice as a mail system writes it (RFC 3464) is read from a mailbox, and the reminder is
that of the tick, three business days after the edition before the last one.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, time
from typing import Final

from django.utils import timezone

from hubportal.businessdays import add_business_days
from mailings.bounces import importing
from mailings.bounces.boxes import Item
from mailings.letter.posting import bounce_address
from mailings.models import Delivery, DeliveryStatus, Mailing
from mailings.reminding import AFTER, HOUR, remind_readers

CAME_BACK_IN: Final = ("21008", "21011", "21012")
"""Communes of the SPOC whose account is entered with one click: that home names who did not receive it."""
NOTICE: Final = """\
From: MAILER-DAEMON@relay.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {sender}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="cut"

--cut
Content-Type: text/plain; charset=utf-8

This is the mail system at host relay.example. Your message could not be delivered.

--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 Recipient address rejected: User unknown

--cut
Content-Type: text/rfc822-headers

Message-ID: {message_id}

--cut--
"""


class _Post:
    """A mailbox in memory, with the notice about one message."""

    def __init__(self, message: Delivery) -> None:
        self.message = message

    def __iter__(self) -> Iterator[Item]:
        """Yield the notice."""
        row = self.message
        text = NOTICE.format(
            sender=bounce_address(row.message_id), address=row.address, message_id=row.message_id
        )
        yield Item("notice", text.encode(), is_cut=False)

    def settle(self, name: str, *, is_understood: bool) -> None:
        """Keep nothing of it."""


def load(sent: Iterable[Mailing]) -> None:
    """Let a message of the last edition come back, and remind whoever had not read the one before it by then."""
    *_others, before, latest = sent
    remind_readers(_due(before))
    rows = latest.deliveries.filter(
        status=DeliveryStatus.ACCEPTED, acknowledged_at=None, served__mandate__commune__in=CAME_BACK_IN
    )
    if (message := rows.order_by("pk").first()) is not None:
        importing.run(_Post(message))


def _due(mailing: Mailing) -> datetime:
    """Return when its readers are reminded: some minutes after the hour, on the first day that they are due."""
    left = timezone.localdate(mailing.started_at)
    return timezone.make_aware(datetime.combine(add_business_days(left, AFTER), time(HOUR, 4)))
