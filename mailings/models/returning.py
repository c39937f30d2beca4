"""What the receiving side says of a message after the relay took it: it came back, or it is late (RFC 3464)."""

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from mailings.models.delivery_event import WORDS, DeliveryEvent
from mailings.models.delivery_queryset import DeliveryStatus
from mailings.models.suppressed import SuppressedAddress

if TYPE_CHECKING:
    from mailings.models.delivery import Delivery

_OF_OTHERS = frozenset({"5", "7", "8", "9", "90"})
"""Details of 5.1.x that speak of the sender, of a relay between, or of success: the address may well exist."""


class Notice(NamedTuple):
    """What a delivery status notification says of one recipient."""

    mark: str
    """Tells this notice from every other one: the same notice twice is one."""
    is_final: bool
    """Whether the receiving side gave up; else it is still trying."""
    status: str
    """The status of RFC 3463, such as 5.1.1."""
    code: int | None
    words: str
    """In plain text, one line."""
    is_about_our_recipient: bool = True
    """False for an address behind that of our recipient: a forwarding, a list."""

    @property
    def says_there_is_no_such_address(self) -> bool:
        """Whether nothing will ever arrive at our recipient's address."""
        kind, _dot, detail = self.status.rpartition(".")
        is_hard = self.is_final and kind == "5.1" and detail not in _OF_OTHERS
        return is_hard and self.is_about_our_recipient


class Effect(Enum):
    """What a notice changed."""

    BOUNCED = "came back"
    STOPPED = "came back, and the address was stopped"
    DELAYED = "delayed"
    KNOWN = "known already"
    HELD = "a worker holds the message: to be read again in a while"


def write_down(delivery: "Delivery", notice: Notice) -> Effect:
    """Write down what a notice says of a message; see `Delivery.take_notice`, in whose transaction it runs."""
    rows = type(delivery).objects.filter(pk=delivery.pk)
    row = rows.select_for_update().get()
    if row.events.filter(notice=notice.mark).exists():
        return Effect.KNOWN
    if row.status == DeliveryStatus.SENDING:
        return Effect.HELD
    kind = DeliveryEvent.Kind.BOUNCED if notice.is_final else DeliveryEvent.Kind.DELAYED
    row.events.create(kind=kind, notice=notice.mark, smtp_code=notice.code, smtp_reply=said(notice))
    if not notice.is_final:
        return Effect.DELAYED
    is_news = _comes_back(row, notice)
    if notice.says_there_is_no_such_address and _stop_what_does_not_exist(row):
        return Effect.STOPPED
    return Effect.BOUNCED if is_news else Effect.KNOWN


def _comes_back(delivery: "Delivery", notice: Notice) -> bool:
    """Mark a message that had left; False for any other one."""
    now, had_left = timezone.now(), (DeliveryStatus.ACCEPTED, DeliveryStatus.UNCERTAIN)
    changed = (
        type(delivery)
        .objects.filter(pk=delivery.pk, status__in=had_left)
        .update(
            status=DeliveryStatus.BOUNCED,
            bounced_at=now,
            accepted_at=Coalesce("accepted_at", Value(now)),
            smtp_code=notice.code,
            smtp_reply=said(notice),
        )
    )
    return bool(changed)


def _stop_what_does_not_exist(delivery: "Delivery") -> bool:
    """Send nothing more to the address; False when that was so already."""
    why = {"reason": SuppressedAddress.Reason.BOUNCED}
    is_first = SuppressedAddress.objects.get_or_create(address=delivery.address, defaults=why)[1]
    delivery.events.create(kind=DeliveryEvent.Kind.UNREACHABLE)
    type(delivery).objects.filter(address=delivery.address).suppress_waiting()
    return is_first


def said(notice: Notice) -> str:
    """Return the status and the words, as they are kept."""
    words = notice.words if notice.status in notice.words else f"{notice.status} {notice.words}"
    return words.strip()[:WORDS]
