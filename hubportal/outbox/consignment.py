"""What any row that becomes one mail is made of; the claim mechanism (`claim`) knows nothing more of it."""

from datetime import date
from typing import Any, ClassVar, NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubportal.moments import midnight
from hubportal.workflow import known_status


class Status(models.TextChoices):
    """States of a mail. "Accepted by the relay" is the honest word: nobody knows of "delivered"."""

    QUEUED = "queued", pgettext_lazy("mail", "waiting")
    SENDING = "sending", pgettext_lazy("mail", "being sent")
    ACCEPTED = "accepted", pgettext_lazy("mail", "accepted by the relay")
    DEFERRED = "deferred", pgettext_lazy("mail", "put off by the relay")
    FAILED = "failed", pgettext_lazy("mail", "refused by the relay")
    UNCERTAIN = "uncertain", pgettext_lazy("mail", "uncertain: perhaps sent")
    CANCELLED = "cancelled", pgettext_lazy("mail", "cancelled")


OPEN = (Status.QUEUED, Status.SENDING, Status.DEFERRED)


WAITING = (Status.QUEUED, Status.DEFERRED)
"""What has not left, and no worker holds."""


def day_of(moment: str) -> str:
    """Return the SQL of the day in Brussels on which a moment falls, given as SQL."""
    return f"({moment} AT TIME ZONE '{settings.TIME_ZONE}')::date"


class Envelope(NamedTuple):
    """One message as the relay gets it; `content` is MIME with CRLF line ends."""

    sender: str
    recipient: str
    content: bytes


class Consignment(models.Model):
    """A mail on its way. Every change of the columns below is a compare-and-swap.

    Workers and the sweep make theirs in `claim`; what a table's people decide (cancel, send again) is that
    table's own, and never of a row that a worker holds.

    The four pieces of SQL are a table's own conditions, read by `claim` in the same statement as the row, which
    is called `row` there. They are part of the code, never of anybody's input.
    """

    # Rights end at midnight: what waited over it must be looked at again before it leaves (`right_seen_on`).
    SEEN: ClassVar[str] = (
        f"coalesce(row.right_seen_on, {day_of('row.created_at')}) >= {day_of('statement_timestamp()')}"
    )
    """SQL: whether it was written today, or its recipient was found today to hold a right still."""
    CLAIMABLE: ClassVar[str] = "TRUE"
    """SQL: whether a queued row may be claimed now."""
    ORDER: ClassVar[str] = "id"
    """SQL: the order in which queued rows are claimed; the index of queued rows has it (`indexes`)."""
    GOES_ON: ClassVar[str] = "TRUE"
    """SQL: whether a worker, having marked this row, goes on with the rest of its chunk."""
    NOTED: ClassVar[str] = ""
    """SQL that writes an event for each of the rows `marked`, in the statement that marks them."""

    status = models.CharField(
        _("state"), max_length=12, choices=Status.choices, default=Status.QUEUED, editable=False
    )
    worker = models.CharField(_("claimed by"), max_length=64, blank=True, editable=False)
    lease_until = models.DateTimeField(_("claimed until"), null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    next_try_at = models.DateTimeField(_("next attempt"), null=True, editable=False)
    message_id = models.CharField("Message-ID", max_length=255, editable=False)
    smtp_code = models.PositiveSmallIntegerField(_("code of the relay"), null=True, editable=False)
    smtp_reply = models.CharField(_("words of the relay"), max_length=500, blank=True, editable=False)
    accepted_at = models.DateTimeField(_("accepted at"), null=True, editable=False)
    created_at = models.DateTimeField(_("written at"), default=timezone.now, editable=False)
    """Also the mail's Date, the same on every attempt."""
    right_seen_on = models.DateField(null=True, editable=False)
    """The day on which a tick last found that its recipient may still receive it; empty on the day it is written."""

    class Meta:
        abstract = True

    def envelope(self) -> Envelope:
        """Return the message, the same on every attempt."""
        raise NotImplementedError

    def changes_when_done(self) -> dict[str, Any]:
        """Return what else changes in the row, by column, once no further attempt will be made."""
        return {}

    def is_sent_again_after_a_crash(self) -> bool:
        """Tell whether a row that a dead worker may have sent is queued again (False: it becomes uncertain)."""
        return False

    def was_left(self) -> None:
        """Called by the sweep, in its transaction, once it has decided on the row that a dead worker left."""


def seen_on(day: date) -> Q:
    """Return the condition `Consignment.SEEN` as of a day, for querysets."""
    return Q(right_seen_on__gte=day) | Q(right_seen_on__isnull=True, created_at__gte=midnight(day))


def rules(
    prefix: str, statuses: type[models.TextChoices], accepted: tuple[str, ...]
) -> list[models.BaseConstraint]:
    """Return the constraints of a table of consignments; `accepted` are the statuses after the relay's yes."""
    is_sending = Q(status=Status.SENDING)
    is_claimed = ~Q(worker="") & Q(lease_until__isnull=False)
    is_free = Q(worker="", lease_until__isnull=True)
    return [
        known_status(statuses, f"{prefix}_known_status"),
        # One index for "is it this one" and "does it begin so"; each attempt at a mail writes all indexes.
        models.UniqueConstraint(
            fields=["message_id"],
            opclasses=["varchar_pattern_ops"],
            name=f"{prefix}_message_id_once",
            violation_error_message=_("A mail with this Message-ID exists already."),
        ),
        models.CheckConstraint(
            condition=Q(status__in=accepted, accepted_at__isnull=False)
            | ~Q(status__in=accepted) & Q(accepted_at__isnull=True),
            name=f"{prefix}_accepted_has_its_moment",
            violation_error_message=_("A mail is accepted if and only if the moment is known."),
        ),
        models.CheckConstraint(
            condition=is_sending & is_claimed | ~is_sending & is_free,
            name=f"{prefix}_sending_has_its_worker",
            violation_error_message=_("A mail is being sent if and only if a worker holds it."),
        ),
        models.CheckConstraint(
            condition=Q(next_try_at__isnull=False, status=Status.DEFERRED)
            | Q(next_try_at__isnull=True) & ~Q(status=Status.DEFERRED),
            name=f"{prefix}_deferred_has_its_next_try",
            violation_error_message=_("A mail is put off if and only if its next attempt is known."),
        ),
    ]


def indexes(prefix: str, order: tuple[str, ...] = ("id",)) -> list[models.Index]:
    """Return the indexes that claim and sweep read: open rows only, so they stay small for ever.

    `order`: the columns of `Consignment.ORDER`.
    """
    return [
        models.Index(fields=order, condition=Q(status=Status.QUEUED), name=f"{prefix}_queued"),
        models.Index(fields=["lease_until"], condition=Q(status=Status.SENDING), name=f"{prefix}_sending"),
        models.Index(fields=["next_try_at"], condition=Q(status=Status.DEFERRED), name=f"{prefix}_deferred"),
    ]
