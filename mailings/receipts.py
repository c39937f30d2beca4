"""Whether a person has taken note of what was sent to them: one rule, for home, for the list and for the page.

Somebody may have two messages of an edition, for two mandates at two addresses: it waits until both are acknowledged.
A message that was never to leave (its address was stopped, its edition cancelled) asks for nothing.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, Self

from django.db.models import BooleanField, ExpressionWrapper

from hubportal.accounts.models import User
from mailings.models import Delivery, Mailing
from mailings.models.delivery_queryset import ASKED
from mailings.models.queryset import MailingQuerySet


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
    asks = ExpressionWrapper(ASKED, BooleanField())
    found: dict[int, Receipt] = {}
    for key, at, is_asked in own.values_list("mailing", "acknowledged_at", asks):
        receipt = Receipt(at is None and is_asked, at)
        found[key] = found[key].and_also(receipt) if key in found else receipt
    return found


def waiting(user: User) -> MailingQuerySet:
    """Return the editions that were sent to a person and wait for their acknowledgement, newest first."""
    asked = Delivery.objects.serving(user).filter(ASKED, acknowledged_at__isnull=True).order_by()
    return Mailing.objects.visible_to(user).filter(pk__in=asked.values("mailing")).order_by("-number")
