"""One message to one address, and everything that became of it."""

import secrets
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from hubportal.outbox.bell import ring
from hubportal.outbox.consignment import OPEN, Consignment, Envelope, indexes, rules
from mailings import emails
from mailings.letter import posting
from mailings.models.choices import BOTH, FOUND_ARRIVED, LINK_USED, STEERERS, CrashPolicy, Language, Verdict
from mailings.models.delivery_event import DeliveryEvent
from mailings.models.delivery_queryset import DOUBTFUL, LOST, DeliveryQuerySet, DeliveryStatus
from mailings.models.returning import Effect, Notice, write_down
from mailings.models.served import Served
from mailings.models.suppressed import SuppressedAddress

TASK = "mailings.deliver"
PROPOSALS = 3
"""Addresses that the holder of one link may propose: each is a mail to staff."""


class Delivery(Consignment):
    """A message of an edition to one address; `values` are those of the letter's placeholders.

    Its `created_at` is the Date of the message; its Message-ID, token and values never change, so every attempt
    sends the same bytes.
    """

    _MAILING = "(SELECT {} FROM mailings_mailing AS m WHERE m.id = row.mailing_id)"
    GOES_ON = _MAILING.format(
        "m.status IN ('sending', 'sent') AND coalesce(row.leave_by, m.expires_at) > statement_timestamp()"
    )
    # OFFSET 0: asked row by row. As a join, while statistics do not know the edition yet, it sorts all that waits.
    _STOPPED = "EXISTS (SELECT FROM mailings_suppressedaddress AS s WHERE s.address = row.address OFFSET 0)"
    # By edition first: those of a large one that is paused are not walked through to find the next ones.
    _UNDER_WAY = """ARRAY(
        SELECT m.id FROM mailings_mailing AS m WHERE m.status IN ('sending', 'sent') AND (
            m.expires_at > statement_timestamp() OR EXISTS (
                SELECT FROM mailings_delivery AS later WHERE later.mailing_id = m.id
                AND later.status = 'queued' AND later.leave_by > statement_timestamp()
            )
        )
    )"""
    CLAIMABLE = f"mailing_id = ANY ({_UNDER_WAY}) AND {Consignment.SEEN} AND {GOES_ON} AND NOT {_STOPPED}"
    ORDER = "mailing_id, id"
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
    # Found by `delivery_once_per_address`: an index of its own would be one more to write for each attempt.
    mailing = models.ForeignKey("mailings.Mailing", models.PROTECT, related_name="deliveries", db_index=False)
    address = models.EmailField(_("address"), max_length=254)
    language = models.CharField(_("language"), max_length=5, choices=[*Language.choices, (BOTH, BOTH)])
    token = models.CharField(max_length=43, default=secrets.token_urlsafe, editable=False)
    values = models.JSONField(default=dict, editable=False)
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, editable=False)
    bounced_at = models.DateTimeField(_("came back at"), null=True, editable=False)
    leave_by = models.DateTimeField(_("leaves until"), null=True, editable=False)
    """Of a follow-up, which leaves when its edition does not any more; None: until the edition expires."""
    replaced_at = models.DateTimeField(_("followed up at"), null=True, editable=False)
    """Since when everybody whom it was to serve has a follow-up: it asks nothing of anybody any more."""

    objects: ClassVar[models.Manager["Delivery"]] = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["mailing", "pk"]
        indexes = indexes("delivery", order=("mailing", "id"))
        constraints = [
            *rules("delivery", DeliveryStatus, accepted=("accepted", "bounced")),
            models.UniqueConstraint(
                fields=["mailing", "address"],
                name="delivery_once_per_address",
                violation_error_message=_("This address receives this edition already."),
            ),
            # Not `unique=True`: Django would add a second index, for LIKE, and each attempt writes them all.
            models.UniqueConstraint(
                fields=["token"],
                name="delivery_token_once",
                violation_error_message=_("This link exists already."),
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
            models.CheckConstraint(
                condition=Q(replaced_at__isnull=True) | Q(status__in=LOST),
                name="delivery_replaced_did_not_arrive",
                violation_error_message=_("Only what did not arrive is followed up."),
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
            if by is None:
                self._has_arrived()
        self.refresh_from_db()
        return is_first

    def _has_arrived(self) -> None:
        """Settle an uncertain message whose link was used: nobody else knows that link."""
        changes = {**_SETTLED[Verdict.ARRIVED][1], "accepted_at": timezone.now(), "smtp_reply": LINK_USED}
        rows = Delivery.objects.filter(pk=self.pk, status=DeliveryStatus.UNCERTAIN)
        if rows.update(**changes):
            self.events.create(kind=DeliveryEvent.Kind.ARRIVED)

    def can_be_decided_by(self, user: User) -> bool:
        """Tell whether a person may decide on a message of which nobody knows whether it left."""
        return user.has_role(*STEERERS)

    @transaction.atomic
    def decide(self, *, by: User, verdict: Verdict) -> None:
        """Settle an uncertain message: sent again, accepted, or lost; let a refused one be sent again.

        Of two who decide, one wins. ValidationError when somebody was first, or when it is too late to send it.
        """
        if not self.can_be_decided_by(by):
            raise PermissionDenied
        is_again = verdict == Verdict.AGAIN
        # The edition must not be cancelled, or end, between this look and what follows.
        self.mailing._lock()
        if is_again and not Delivery.objects.filter(pk=self.pk).of_the_living().exists():
            raise ValidationError(_("It is too late to send it: this edition is over."), "expired")
        if is_again and Delivery.objects.filter(pk=self.pk).stopped().exists():
            raise ValidationError(
                _("This address was stopped in the meantime: nothing more is sent to it."), "stopped"
            )
        kind, changes = _SETTLED[verdict]
        moment = {"accepted_at": timezone.now()} if verdict == Verdict.ARRIVED else {}
        if is_again and not Delivery.objects.filter(pk=self.pk).with_a_right().exists():
            raise ValidationError(
                _("The right by which it was written has ended: it is not sent again."), "ended"
            )
        sources = DOUBTFUL if is_again else (DeliveryStatus.UNCERTAIN,)
        seen = {"right_seen_on": timezone.localdate()} if is_again else {}
        mine = Delivery.objects.filter(pk=self.pk, status__in=sources, replaced_at__isnull=True)
        if not mine.update(**changes, **moment, **seen):
            raise ValidationError(_("Somebody decided on this message already."), "too_late")
        self.events.create(kind=kind, by=by)
        self.refresh_from_db()
        if is_again:
            ring(TASK)

    # --- What the receiving side says ------------------------------------------------------------------------------

    @transaction.atomic
    def take_notice(self, notice: Notice) -> Effect:
        """Write down what the receiving side says, once for each notice, and stop an address that does not exist.

        What came back had left: that settles an uncertain message. One that the relay refused stays refused. While
        a worker holds the message nothing is written: the worker is about to say that the relay took it.
        """
        effect = write_down(self, notice)
        self.refresh_from_db()
        return effect

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


def served_by(messages: DeliveryQuerySet) -> models.QuerySet[Any]:
    """Return whom messages serve of the people of communes, each with `nis` and `person`; who was written to only."""
    return Served.objects.filter(delivery__in=_keys_of_meant(messages)).of_communes()


def served_besides(messages: DeliveryQuerySet) -> models.QuerySet[Any]:
    """Return whom they serve besides the communes: holders of a role, and named extra addresses."""
    rows: models.QuerySet[Any] = Served.objects.filter(delivery__in=_keys_of_meant(messages)).besides()
    return rows


def _keys_of_meant(messages: DeliveryQuerySet) -> models.QuerySet[Any, Any]:
    return messages.meant().order_by().values("pk")


_SETTLED: dict[Verdict, tuple[DeliveryEvent.Kind, dict[str, Any]]] = {
    Verdict.ARRIVED: (
        DeliveryEvent.Kind.ARRIVED,
        {"status": DeliveryStatus.ACCEPTED, "smtp_reply": FOUND_ARRIVED},
    ),
    # Its pauses begin anew, but it was tried: one that never was is told apart when the time is over.
    Verdict.AGAIN: (DeliveryEvent.Kind.SENT_AGAIN, {"status": DeliveryStatus.QUEUED, "attempts": 1}),
    Verdict.LOST: (DeliveryEvent.Kind.LOST, {"status": DeliveryStatus.FAILED, "smtp_reply": ""}),
}
"""The event of each verdict, and what changes in the message."""
