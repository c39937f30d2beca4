"""Whether a person has taken note of what was sent to them: one rule, for home, for the list and for the page.

Somebody may have two messages of an edition, for two mandates at two addresses: it waits until both are acknowledged.
A message that was never to leave (its address was stopped, its edition cancelled) asks for nothing.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple, Self

from hubportal.accounts.models import User
from mailings.models import Delivery, DeliveryStatus, Mailing
from mailings.models.queryset import MailingQuerySet

_NOT_MEANT: Final = (DeliveryStatus.SUPPRESSED, DeliveryStatus.CANCELLED)


class Receipt(NamedTuple):
    """What one person has said of one edition."""

    waits: bool
    """Whether a message to them is still to be acknowledged."""
    at: datetime | None = None
    """The last acknowledgement."""

    @property
    def is_done(self) -> bool:
        """Whether all that was sent to them is acknowledged."""
        return self.at is not None and not self.waits

    def and_also(self, other: Self) -> "Receipt":
        """Return what two messages together say."""
        return Receipt(self.waits or other.waits, max(filter(None, (self.at, other.at)), default=None))


def receipts(user: User, mailings: Iterable[Mailing]) -> dict[int, Receipt]:
    """Return the receipts by edition, in one query; nothing for an edition that was not written to this person."""
    own = Delivery.objects.serving(user).filter(mailing__in=[row.pk for row in mailings]).order_by("pk")
    found: dict[int, Receipt] = {}
    for key, status, at in own.values_list("mailing", "status", "acknowledged_at"):
        receipt = Receipt(at is None and status not in _NOT_MEANT, at)
        found[key] = found[key].and_also(receipt) if key in found else receipt
    return found


def waiting(user: User) -> MailingQuerySet:
    """Return the editions that were sent to a person and wait for their acknowledgement, newest first."""
    asked = Delivery.objects.serving(user).filter(acknowledged_at__isnull=True)
    asked = asked.exclude(status__in=_NOT_MEANT).order_by()
    sent = Mailing.objects.visible_to(user).sent()
    return sent.filter(pk__in=asked.values("mailing")).order_by("-number")
