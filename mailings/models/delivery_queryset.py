"""States of messages, and which of them are which: the conditions on a message, said once."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.outbox.consignment import WAITING, seen_on
from hubportal.outbox.words import RIGHT_ENDED
from mailings.models.choices import FROZEN, UNDER_WAY
from mailings.models.choices import Status as MailingStatus
from mailings.models.delivery_event import DeliveryEvent
from mailings.models.served import Served
from mailings.models.suppressed import SuppressedAddress

if TYPE_CHECKING:
    from mailings.models.delivery import Delivery  # noqa: F401 - read by the annotation below


class DeliveryStatus(models.TextChoices):
    """States of a message: those of any mail, and two that only an edition knows."""

    QUEUED = "queued", pgettext_lazy("mail", "waiting")
    SENDING = "sending", pgettext_lazy("mail", "being sent")
    ACCEPTED = "accepted", pgettext_lazy("mail", "accepted by the relay")
    DEFERRED = "deferred", pgettext_lazy("mail", "put off by the relay")
    FAILED = "failed", pgettext_lazy("mail", "refused by the relay")
    UNCERTAIN = "uncertain", pgettext_lazy("mail", "uncertain: perhaps sent")
    CANCELLED = "cancelled", pgettext_lazy("mail", "cancelled")
    BOUNCED = "bounced", pgettext_lazy("mail", "came back")
    SUPPRESSED = "suppressed", pgettext_lazy("mail", "not sent: the address was stopped")


_SUPPRESSED = DeliveryStatus.SUPPRESSED
ENDED = Q(status=DeliveryStatus.CANCELLED, smtp_reply=RIGHT_ENDED)
"""What was not sent because each right by which it was written had ended."""

PERHAPS_ARRIVED = (DeliveryStatus.ACCEPTED, DeliveryStatus.BOUNCED, DeliveryStatus.UNCERTAIN)
ACCEPTED = (DeliveryStatus.ACCEPTED, DeliveryStatus.BOUNCED)
"""What the relay took, among it what came back later: counted as accepted on every page, and in the proof."""
STANDING = Q(replaced_at__isnull=True)
"""A message in whose place a follow-up went counts no more."""
UNSENT = (DeliveryStatus.SUPPRESSED, DeliveryStatus.CANCELLED)
MEANT = ~Q(status__in=UNSENT) & STANDING
"""A message that was never to leave, did not in time, or was followed up, asks nothing of anybody."""
LOST = (
    *(DeliveryStatus.FAILED, DeliveryStatus.BOUNCED),
    *(DeliveryStatus.SUPPRESSED, DeliveryStatus.CANCELLED),
)
"""What did not arrive, and does not by itself."""
DOUBTFUL = (DeliveryStatus.UNCERTAIN, DeliveryStatus.FAILED)
"""What a person may want sent again: the relay may have refused for a reason that is mended since."""

ASKED = Q(mailing__status=MailingStatus.SENT) & MEANT | Q(
    mailing__status__in=(MailingStatus.SENDING, MailingStatus.PAUSED), status__in=PERHAPS_ARRIVED
)
"""Whose recipients are asked to acknowledge: while it is still being sent, those who may have it already."""


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Messages of editions."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency, none to others: a message holds an address and a private link."""
        return self if user.has_role(*AGENCY_ROLES) else self.none()

    def claimable(self) -> Self:
        """Return what a worker may claim now: the same condition as `Delivery.CLAIMABLE`."""
        rows = self.filter(
            seen_on(timezone.localdate()),
            in_time(),
            status=DeliveryStatus.QUEUED,
            mailing__status__in=UNDER_WAY,
        )
        return rows.exclude(is_stopped())

    def untried(self) -> Self:
        """Return what no worker has tried to send: it waits for a relay, or for a worker."""
        return self.filter(status__in=WAITING, attempts=0)

    def perhaps_arrived(self) -> Self:
        """Return what the relay accepted, and what it may have: these people may hold the edition in their hands."""
        return self.filter(status__in=PERHAPS_ARRIVED)

    def meant(self) -> Self:
        """Return the messages of those to whom an edition was written: neither stopped nor cancelled."""
        return self.filter(MEANT)

    def with_a_right(self, on: date | None = None) -> Self:
        """Return those of which a right, by which they were written, holds on a day (today)."""
        return self.filter(has_a_right(on))

    def end_rights(self, on: date) -> int:
        """Look at what waited over midnight: let it leave, or cancel it if all its rights ended; return how many."""
        waiting = self.filter(status__in=WAITING).exclude(seen_on(on))
        kept = waiting.with_a_right(on).update(right_seen_on=on)
        return kept + waiting.end_without_right(on)

    def end_without_right(self, on: date | None = None) -> int:
        """Cancel what no worker holds and none of whose rights holds on a day (today), each with its event."""
        ended, kind = self.exclude(has_a_right(on)), DeliveryEvent.Kind.RIGHT_ENDED
        return ended._end_waiting(DeliveryStatus.CANCELLED, kind, smtp_reply=RIGHT_ENDED)

    def cancel_waiting(self, kind: DeliveryEvent.Kind) -> int:
        """Cancel what no worker holds, each with its event; return how many."""
        return self._end_waiting(DeliveryStatus.CANCELLED, kind)

    def leave_again(self, until: datetime) -> None:
        """Let messages that did not arrive leave once more, until a moment: a follow-up."""
        self.filter(status__in=LOST).update(
            status=DeliveryStatus.QUEUED, accepted_at=None, bounced_at=None, smtp_code=None, smtp_reply="",
            attempts=0, leave_by=until, replaced_at=None, right_seen_on=timezone.localdate(),
        )  # fmt: skip

    def count_no_more(self) -> None:
        """Take what did not arrive out of all counts: everybody whom it was to serve has a follow-up."""
        self.filter(status__in=LOST).update(replaced_at=timezone.now())

    def suppress_waiting(self) -> int:
        """Do not send what no worker holds and whose address was stopped, each with its event; return how many."""
        came_back = SuppressedAddress.Reason.BOUNCED
        done = self.filter(is_stopped(came_back))._end_waiting(_SUPPRESSED, DeliveryEvent.Kind.UNREACHABLE)
        return done + self.stopped()._end_waiting(_SUPPRESSED, DeliveryEvent.Kind.STOPPED)

    def stopped(self) -> Self:
        """Return those whose address was stopped: the same condition as `Delivery._STOPPED`."""
        return self.filter(is_stopped())

    def _end_waiting(self, status: DeliveryStatus, kind: DeliveryEvent.Kind, **changes: str) -> int:
        with transaction.atomic():
            rows = self.filter(status__in=WAITING).select_for_update(of=("self",)).order_by("pk")
            keys = list(rows.values_list("pk", flat=True))
            self.model._default_manager.filter(pk__in=keys).update(status=status, next_try_at=None, **changes)
            DeliveryEvent.objects.bulk_create(
                (DeliveryEvent(delivery_id=pk, kind=kind) for pk in keys), batch_size=1000
            )
        return len(keys)

    def of_the_living(self) -> Self:
        """Return those that may still reach people: of editions sent or on their way, not expired."""
        return self.filter(may_leave())

    def with_sight_of_what_may_leave(self) -> "models.QuerySet[Any]":
        """Tell of each whether it could be sent again: `may_leave` by its own moment, `is_stopped`, `has_right`."""
        rows: models.QuerySet[Any] = self.annotate(
            may_leave=models.ExpressionWrapper(may_leave(), models.BooleanField()),
            is_stopped=is_stopped(),
            has_right=has_a_right(),
        )
        return rows

    def late(self, now: datetime | None = None) -> Self:
        """Return those of editions that were sent which may not leave any more at a moment (now)."""
        return self.filter(~in_time(now), mailing__status=MailingStatus.SENT)

    def serving(self, user: User) -> Self:
        """Return the messages that a person received, by any mandate, delegation or role of theirs."""
        return self.filter(pk__in=Served.objects.all().to(user))

    def opened_with(self, token: str) -> Self:
        """Return the message whose private link somebody holds: that is their right to it, and to no other."""
        return self.filter(token=token)


def in_time(now: datetime | None = None) -> Q:
    """Return the condition that the moment until which a message may leave has not come: see `Delivery.GOES_ON`."""
    at = now or timezone.now()
    return Q(leave_by__gt=at) | Q(leave_by__isnull=True, mailing__expires_at__gt=at)


def may_leave() -> Q:
    """Return the condition that a message may still reach people: its edition left, and it is not too late for it."""
    return in_time() & Q(mailing__status__in=FROZEN)


def is_stopped(*reasons: str) -> Exists:
    """Return the condition that the address of a message was stopped, for one of these reasons (any)."""
    rows = SuppressedAddress.objects.filter(address=OuterRef("address"))
    return Exists(rows.filter(reason__in=reasons) if reasons else rows)


def has_a_right(on: date | None = None) -> Exists:
    """Return the condition that one of the rights by which a message was written holds on a day (today)."""
    return Exists(Served.objects.all().valid(on).filter(delivery=OuterRef("pk")))
