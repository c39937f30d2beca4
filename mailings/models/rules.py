"""What the database itself refuses of an edition: each state has its facts, and no others."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hubportal.workflow import known_status
from mailings.models.choices import FROZEN, CrashPolicy, Status
from mailings.models.rule import ROLES

_APPROVED = Q(status__in=(Status.APPROVED, Status.SCHEDULED, *FROZEN))
_TIMED = Q(status__in=(Status.SCHEDULED, *FROZEN))
_OVER = Q(status__in=(Status.CANCELLED, Status.EXPIRED))
_MONDAY = 2

CONSTRAINTS: list[models.BaseConstraint] = [
    known_status(Status, "mailing_known_status"),
    models.CheckConstraint(
        condition=Q(crash_policy__in=CrashPolicy.values),
        name="mailing_known_crash_policy",
        violation_error_message=_("This choice does not exist."),
    ),
    models.CheckConstraint(
        condition=Q(to_roles__contained_by=[role.value for role in ROLES]),
        name="mailing_known_roles",
        violation_error_message=_(
            "An edition goes to the cabinet, the task force or the SPOCs, or to no role."
        ),
    ),
    models.CheckConstraint(
        condition=Q(week_on__week_day=_MONDAY),
        name="mailing_week_starts_on_monday",
        violation_error_message=_("A week starts on Monday."),
    ),
    models.CheckConstraint(
        condition=~_APPROVED | Q(~Q(content_hash=""), approved_hash=F("content_hash")),
        name="mailing_leaves_as_approved",
        violation_error_message=_("What is approved, scheduled or sent is the text that was approved."),
    ),
    models.CheckConstraint(
        condition=~Q(status__in=(Status.DRAFT, Status.IN_REVIEW)) | Q(approved_hash=""),
        name="mailing_draft_is_not_approved",
        violation_error_message=_("A draft is not approved."),
    ),
    models.CheckConstraint(
        condition=Q(status=Status.DRAFT) | _OVER | Q(submitted_at__isnull=False),
        name="mailing_review_was_asked_for",
        violation_error_message=_("Approval is asked for before it is given."),
    ),
    models.CheckConstraint(
        condition=~_TIMED | Q(scheduled_for__isnull=False, expires_at__isnull=False),
        name="mailing_scheduled_has_its_moment",
        violation_error_message=_(
            "What is scheduled has a moment, and another one after which it does not leave."
        ),
    ),
    models.CheckConstraint(
        condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("scheduled_for")),
        name="mailing_expires_after_it_leaves",
        violation_error_message=_("It cannot expire before it leaves."),
    ),
    models.CheckConstraint(
        condition=Q(status__in=FROZEN, started_at__isnull=False)
        | Q(status=Status.CANCELLED)
        | ~Q(status__in=(*FROZEN, Status.CANCELLED)) & Q(started_at__isnull=True),
        name="mailing_sending_has_started",
        violation_error_message=_("Sending has begun if and only if the moment is known."),
    ),
    models.CheckConstraint(
        condition=Q(status=Status.SENT, finished_at__isnull=False)
        | ~Q(status=Status.SENT) & Q(finished_at__isnull=True),
        name="mailing_sent_has_its_moment",
        violation_error_message=_("An edition is sent if and only if the moment is known."),
    ),
    models.CheckConstraint(
        condition=Q(~Q(cancel_reason=""), status=Status.CANCELLED)
        | ~Q(status=Status.CANCELLED) & Q(cancel_reason=""),
        name="mailing_cancelled_has_reason",
        violation_error_message=_("What is cancelled has a reason."),
    ),
]
