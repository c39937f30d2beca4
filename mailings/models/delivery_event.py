"""What happened to messages: append-only."""

from typing import ClassVar, Final, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubportal.accounts.models import AGENCY_ROLES, User

WORDS: Final = 500
"""How many characters are kept of what the other side says."""


class DeliveryEventQuerySet(models.QuerySet["DeliveryEvent"]):
    """What happened to messages."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency, none to others: the relay's words may hold an address."""
        return self if user.has_role(*AGENCY_ROLES) else self.none()


class DeliveryEvent(models.Model):
    """Something that happened to a message: append-only by a row trigger.

    `smtp_reply` holds the words: those of the relay or of the receiving side, or the address that was proposed.
    """

    class Kind(models.TextChoices):
        """The outcome of an attempt (a state of the message), or what somebody did."""

        ACCEPTED = "accepted", pgettext_lazy("mail", "accepted by the relay")
        DEFERRED = "deferred", pgettext_lazy("mail", "put off by the relay")
        FAILED = "failed", pgettext_lazy("mail", "refused by the relay")
        UNCERTAIN = "uncertain", pgettext_lazy("mail", "uncertain: perhaps sent")
        QUEUED = "queued", _("waiting again, after a crash")
        ACKNOWLEDGED = "acknowledged", _("acknowledged")
        CANCELLED = "cancelled", _("cancelled with its edition")
        EXPIRED = "expired", _("did not leave in time: its edition has expired")
        RIGHT_ENDED = "right_ended", _("not sent: the right by which it was written had ended")
        ARRIVED = "arrived", _("a person found that it arrived")
        LOST = "lost", _("a person found that it did not arrive")
        SENT_AGAIN = "sent_again", _("a person decided to send it again")
        STOPPED = "stopped", _("the recipient asked to stop this address")
        MOVED = "moved", _("the recipient proposed another address")
        BOUNCED = "bounced", pgettext_lazy("mail", "came back")
        DELAYED = "delayed", _("delayed on its way: the receiving side still tries")
        UNREACHABLE = "unreachable", _("the address was stopped: messages to it come back")
        REMINDED = "reminded", _("the recipient was reminded")
        FOLLOW_UP = "follow_up", _("a follow-up was sent")

    delivery = models.ForeignKey("mailings.Delivery", models.PROTECT, related_name="events")
    at = models.DateTimeField(_("when"), default=timezone.now)
    kind = models.CharField(_("what"), max_length=12, choices=Kind.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    smtp_code = models.PositiveSmallIntegerField(null=True)
    smtp_reply = models.CharField(max_length=WORDS, default="", blank=True)
    # The workers write their events in SQL, without this column: the database has its default.
    notice = models.CharField(max_length=64, default="", db_default="", blank=True, editable=False)
    """What tells the notice of which this was read from every other one; empty for all other events."""

    objects: ClassVar[models.Manager["DeliveryEvent"]] = DeliveryEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event of a delivery")
        verbose_name_plural = _("events of deliveries")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["delivery", "notice"],
                condition=~Q(notice=""),
                name="deliveryevent_notice_once",
                violation_error_message=_("This notice was read already."),
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
