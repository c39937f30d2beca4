"""One message to one address, and everything that became of it."""

import secrets
from typing import ClassVar, Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from communes.models import Mandate
from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.outbox.bell import ring
from hubportal.outbox.consignment import OPEN, Consignment, Envelope, indexes, rules
from mailings import emails
from mailings.letter import posting
from mailings.models.choices import BOTH, FROZEN, STEERERS, UNDER_WAY, CrashPolicy, Language, Verdict
from mailings.models.delivery_event import DeliveryEvent
from mailings.models.suppressed import SuppressedAddress

TASK = "mailings.deliver"
PROPOSALS = 3
"""Addresses that the holder of one link may propose: each is a mail to staff."""


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


WAITING = (DeliveryStatus.QUEUED, DeliveryStatus.DEFERRED)
"""What has not left, and no worker holds."""


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Messages of editions."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency, none to others: a message holds an address and a private link."""
        return self if user.has_role(*AGENCY_ROLES) else self.none()

    def claimable(self) -> Self:
        """Return what a worker may claim now: the same condition as `Delivery.CLAIMABLE`."""
        rows = self.filter(
            status=DeliveryStatus.QUEUED,
            mailing__status__in=UNDER_WAY,
            mailing__expires_at__gt=timezone.now(),
        )
        return rows.exclude(is_stopped())

    def cancel_waiting(self, kind: "DeliveryEvent.Kind") -> int:
        """Cancel what no worker holds, each with its event; return how many."""
        return self._end_waiting(DeliveryStatus.CANCELLED, kind)

    def suppress_waiting(self) -> int:
        """Do not send what no worker holds and whose address was stopped, each with its event; return how many."""
        return self.stopped()._end_waiting(DeliveryStatus.SUPPRESSED, DeliveryEvent.Kind.STOPPED)

    def stopped(self) -> Self:
        """Return those whose address was stopped: the same condition as `Delivery._STOPPED`."""
        return self.filter(is_stopped())

    def _end_waiting(self, status: DeliveryStatus, kind: "DeliveryEvent.Kind") -> int:
        with transaction.atomic():
            rows = self.filter(status__in=WAITING).select_for_update(of=("self",)).order_by("pk")
            keys = list(rows.values_list("pk", flat=True))
            Delivery.objects.filter(pk__in=keys).update(status=status, next_try_at=None)
            DeliveryEvent.objects.bulk_create(
                (DeliveryEvent(delivery_id=pk, kind=kind) for pk in keys), batch_size=1000
            )
        return len(keys)

    def of_the_living(self) -> Self:
        """Return those of editions that may still reach people: sent or on their way, not expired."""
        return self.filter(mailing__status__in=FROZEN, mailing__expires_at__gt=timezone.now())

    def serving(self, user: User) -> Self:
        """Return the messages that a person received, for any of their mandates."""
        return self.filter(mandates__user=user).distinct()

    def opened_with(self, token: str) -> Self:
        """Return the message whose private link somebody holds: that is their right to it, and to no other."""
        return self.filter(token=token)


def is_stopped() -> Exists:
    """Return the condition that the address of a message was stopped."""
    return Exists(SuppressedAddress.objects.filter(address=OuterRef("address")))


class Delivery(Consignment):
    """A message of an edition to one address; `values` are those of the letter's placeholders.

    Its `created_at` is the Date of the message; its Message-ID, token and values never change, so every attempt
    sends the same bytes.
    """

    _MAILING = "(SELECT {} FROM mailings_mailing AS m WHERE m.id = row.mailing_id)"
    GOES_ON = _MAILING.format("m.status IN ('sending', 'sent') AND m.expires_at > statement_timestamp()")
    _STOPPED = "EXISTS (SELECT FROM mailings_suppressedaddress AS s WHERE s.address = row.address)"
    CLAIMABLE = f"{GOES_ON} AND NOT {_STOPPED}"
    NOTED = """
        INSERT INTO mailings_deliveryevent (delivery_id, at, kind, smtp_code, smtp_reply)
        SELECT id, clock_timestamp(), status, smtp_code, smtp_reply FROM marked
    """

    status = models.CharField(
        _("state"),
        max_length=12,
        choices=DeliveryStatus.choices,
        default=DeliveryStatus.QUEUED,
        editable=False,
    )
    mailing = models.ForeignKey("mailings.Mailing", models.PROTECT, related_name="deliveries")
    address = models.EmailField(_("address"), max_length=254)
    mandates = models.ManyToManyField(Mandate, related_name="+", verbose_name=_("mandates served"))
    language = models.CharField(_("language"), max_length=5, choices=[*Language.choices, (BOTH, BOTH)])
    token = models.CharField(max_length=43, unique=True, default=secrets.token_urlsafe, editable=False)
    values = models.JSONField(default=dict, editable=False)
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, editable=False)
    bounced_at = models.DateTimeField(_("came back at"), null=True, editable=False)

    objects: ClassVar[models.Manager["Delivery"]] = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["mailing", "pk"]
        indexes = indexes("delivery")
        constraints = [
            *rules("delivery", DeliveryStatus, accepted=("accepted", "bounced")),
            models.UniqueConstraint(
                fields=["mailing", "address"],
                name="delivery_once_per_address",
                violation_error_message=_("This address receives this edition already."),
            ),
            models.CheckConstraint(
                condition=Q(address=Lower("address")),
                name="delivery_address_is_lower_case",
                violation_error_message=_("E-mail addresses are kept in lower case."),
            ),
            models.CheckConstraint(
                condition=Q(status=DeliveryStatus.BOUNCED, bounced_at__isnull=False)
                | ~Q(status=DeliveryStatus.BOUNCED) & Q(bounced_at__isnull=True),
                name="delivery_bounced_has_its_moment",
                violation_error_message=_("A message came back if and only if the moment is known."),
            ),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def is_open(self) -> bool:
        """Whether it may still leave."""
        return self.status in OPEN

    @property
    def name(self) -> str:
        """The name of the recipient, as the letter has it."""
        return str(self.values.get("name", ""))

    def envelope(self) -> Envelope:
        """Return the message, built from the frozen letter of its language."""
        return posting.envelope(self)

    def is_sent_again_after_a_crash(self) -> bool:
        """Tell it by the policy of the edition."""
        return self.mailing.crash_policy == CrashPolicy.RESEND

    def was_left(self) -> None:
        """Write down what the sweep decided."""
        self.events.create(kind=self.status, smtp_reply=self.smtp_reply)

    # --- What people do ----------------------------------------------------------------------------------------

    def acknowledge(self, by: User | None = None) -> bool:
        """Record that the recipient has read it; False when that was known (two clicks: one record).

        `by` is the signed-in person, None for whoever holds the link.
        """
        with transaction.atomic():
            rows = Delivery.objects.filter(pk=self.pk, acknowledged_at__isnull=True)
            is_first = bool(rows.update(acknowledged_at=timezone.now()))
            if is_first:
                self.events.create(kind=DeliveryEvent.Kind.ACKNOWLEDGED, by=by)
        self.refresh_from_db(fields=["acknowledged_at"])
        return is_first

    def can_be_decided_by(self, user: User) -> bool:
        """Tell whether a person may decide on a message of which nobody knows whether it left."""
        return user.has_role(*STEERERS)

    @transaction.atomic
    def decide(self, *, by: User, verdict: Verdict) -> None:
        """Settle an uncertain message: sent again, accepted, or lost. Of two who decide, one wins.

        ValidationError when somebody was first, or when it is too late to send it.
        """
        if not self.can_be_decided_by(by):
            raise PermissionDenied
        is_again = verdict == Verdict.AGAIN
        if is_again and not Delivery.objects.filter(pk=self.pk).of_the_living().exists():
            raise ValidationError(_("It is too late to send it: this edition is over."), "expired")
        if is_again and Delivery.objects.filter(pk=self.pk).stopped().exists():
            raise ValidationError(
                _("This address was stopped in the meantime: nothing more is sent to it."), "stopped"
            )
        kind, changes = _SETTLED[verdict]
        moment = {"accepted_at": timezone.now()} if verdict == Verdict.ARRIVED else {}
        rows = Delivery.objects.filter(pk=self.pk, status=DeliveryStatus.UNCERTAIN)
        if not rows.update(**changes, **moment):
            raise ValidationError(_("Somebody decided on this message already."), "too_late")
        self.events.create(kind=kind, by=by)
        self.refresh_from_db()
        if is_again:
            ring(TASK)

    # --- What the owner of the address asks ----------------------------------------------------------------------

    @transaction.atomic
    def stop(self) -> bool:
        """Send nothing more to this address; False when that was so already (mail programs ask twice).

        Staff are told: an office holder is never dropped in silence.
        """
        is_first = SuppressedAddress.objects.get_or_create(address=self.address)[1]
        if is_first:
            Delivery.objects.filter(address=self.address).suppress_waiting()
            stopped = DeliveryEvent.Kind.STOPPED
            if not self.events.filter(kind=stopped).exists():
                self.events.create(kind=stopped)
            emails.stopped(self)
        return is_first

    @transaction.atomic
    def propose(self, address: str) -> None:
        """Tell staff of another address. This one stays in use until they have recorded it: a link may be stolen.

        The same one twice is one proposal. ValidationError for the present address, and after `PROPOSALS`.
        """
        proposed = address.strip().lower()
        if proposed == self.address:
            raise ValidationError({"address": _("This is the address that we write to.")})
        Delivery._base_manager.select_for_update().get(pk=self.pk)
        known = list(self.events.filter(kind=DeliveryEvent.Kind.MOVED).values_list("smtp_reply", flat=True))
        if proposed in known:
            return
        if len(known) >= PROPOSALS:
            raise ValidationError({"address": _("You proposed several addresses already: call us.")})
        self.events.create(kind=DeliveryEvent.Kind.MOVED, smtp_reply=proposed)
        emails.moved(self, proposed)


_SETTLED: dict[Verdict, tuple[DeliveryEvent.Kind, dict[str, str]]] = {
    Verdict.ARRIVED: (
        DeliveryEvent.Kind.ARRIVED,
        {"status": DeliveryStatus.ACCEPTED, "smtp_reply": "a person found that it arrived"},
    ),
    Verdict.AGAIN: (DeliveryEvent.Kind.SENT_AGAIN, {"status": DeliveryStatus.QUEUED}),
    Verdict.LOST: (DeliveryEvent.Kind.LOST, {"status": DeliveryStatus.FAILED, "smtp_reply": ""}),
}
"""The event of each verdict, and what changes in the message."""
