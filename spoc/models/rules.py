"""What the database itself refuses of a service request: each state has its facts, and no others."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hubportal import search
from hubportal.workflow import known_status
from spoc.models.choices import (
    CLOSING_OUTCOMES,
    OPEN,
    TAKEN_ON,
    DeclineReason,
    Direction,
    Kind,
    Outcome,
    Status,
    Usefulness,
)

_HAS_THEME = Q(convention_theme__isnull=False)
_HAS_REASON = ~Q(outside_reason="")


def _iff(name: str, left: Q, right: Q, none_of_right: Q, message: Any) -> models.CheckConstraint:
    """Return the CHECK that `left` holds exactly when `right` does; `none_of_right`: not a part of it."""
    return models.CheckConstraint(
        condition=left & right | ~left & none_of_right, name=name, violation_error_message=message
    )


def _only_if(name: str, left: Q, right: Q, message: Any) -> models.CheckConstraint:
    """Return the CHECK that where `left` holds, `right` does."""
    return models.CheckConstraint(condition=~left | right, name=name, violation_error_message=message)


def _known(
    field: str, choices: type[models.TextChoices], message: Any, blank: bool
) -> models.CheckConstraint:
    values = [*choices.values, *([""] if blank else [])]
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": values}),
        name=f"request_known_{field}",
        violation_error_message=message,
    )


CODES = [
    known_status(Status, "request_known_status"),
    _known("kind", Kind, _("This service does not exist."), blank=False),
    _known("direction", Direction, _("This direction does not exist."), blank=False),
    _known("outcome", Outcome, _("This outcome does not exist."), blank=True),
    _known("proposed_outcome", Outcome, _("This outcome does not exist."), blank=True),
    _known("usefulness", Usefulness, _("This answer does not exist."), blank=True),
    _known("decline_reason", DeclineReason, _("This reason does not exist."), blank=True),
]

ASKED = [
    models.CheckConstraint(
        condition=Q(submitted_at__isnull=True, reference__isnull=True)
        | Q(submitted_at__isnull=False, reference__isnull=False),
        name="request_reference_once_submitted",
        violation_error_message=_("A request has a reference if and only if it was submitted."),
    ),
    models.CheckConstraint(
        condition=Q(status=Status.DRAFT, submitted_at__isnull=True)
        | Q(status=Status.WITHDRAWN)
        | ~Q(status__in=[Status.DRAFT, Status.WITHDRAWN]) & Q(submitted_at__isnull=False),
        name="request_draft_is_not_submitted",
        violation_error_message=_("A request is a draft if and only if it was not submitted."),
    ),
    models.CheckConstraint(
        condition=~(_HAS_THEME & _HAS_REASON),
        name="request_theme_or_reason",
        violation_error_message=_("Choose a theme of the convention or say why none fits, not both."),
    ),
    _only_if(
        "request_submitted_has_its_basis",
        Q(submitted_at__isnull=False),
        _HAS_THEME | _HAS_REASON,
        _("Choose a theme of the convention in force, or say why none fits."),
    ),
    _only_if(
        "request_submitted_has_its_words",
        Q(submitted_at__isnull=False),
        ~Q(title="") & ~Q(description=""),
        _("A request that is submitted has a title and says what is expected."),
    ),
]

TREATED = [
    _only_if(
        "request_open_has_its_due_date",
        Q(status__in=OPEN),
        Q(due_on__isnull=False),
        _("An open request has a due date."),
    ),
    _only_if(
        "request_taken_on_by_somebody",
        Q(status__in=[*TAKEN_ON, Status.CLOSED]),
        Q(accepted_at__isnull=False, assigned_to__isnull=False),
        _("Once accepted, a request has somebody in charge and the moment is known."),
    ),
    _only_if(
        "request_not_taken_on_yet",
        Q(status__in=[Status.DRAFT, Status.SUBMITTED]),
        Q(accepted_at__isnull=True, assigned_to__isnull=True),
        _("Nobody is in charge before a request is accepted."),
    ),
    _iff(
        "request_waiting_has_its_moment",
        Q(status=Status.WAITING_REQUESTER),
        Q(waiting_since__isnull=False),
        Q(waiting_since__isnull=True),
        _("The clock stands still if and only if the request waits for the requester."),
    ),
]

ENDED = [
    _only_if(
        "request_delivered_has_its_facts",
        Q(status=Status.DELIVERED),
        Q(delivered_at__isnull=False) & ~Q(proposed_outcome=""),
        _("What is delivered has its moment and a proposed outcome."),
    ),
    _only_if(
        "request_not_delivered_yet",
        ~Q(status__in=[Status.DELIVERED, Status.CLOSED]),
        Q(delivered_at__isnull=True, proposed_outcome=""),
        _("Only a delivered request has a moment of delivery."),
    ),
    _iff(
        "request_closed_has_its_outcome",
        Q(status=Status.CLOSED),
        Q(closed_at__isnull=False) & ~Q(outcome=""),
        Q(closed_at__isnull=True, outcome="", usefulness=""),
        _("A request is closed if and only if its moment and its outcome are known."),
    ),
    _only_if(
        "request_closed_undelivered_says_why",
        Q(status=Status.CLOSED, delivered_at__isnull=True),
        Q(outcome=Outcome.NO_NEWS) | Q(outcome__in=CLOSING_OUTCOMES) & ~Q(closing_text=""),
        _("A request closed without anything delivered says why."),
    ),
    _only_if(
        "request_no_news_was_not_delivered",
        Q(outcome=Outcome.NO_NEWS),
        Q(delivered_at__isnull=True),
        _("What was delivered does not end for want of news."),
    ),
    _iff(
        "request_declined_has_its_reason",
        Q(status=Status.DECLINED),
        ~Q(decline_reason="") & ~Q(decline_text=""),
        Q(decline_reason="", decline_text=""),
        _("A request is declined if and only if the reason is given and explained."),
    ),
]

CONSTRAINTS: list[models.BaseConstraint] = [*CODES, *ASKED, *TREATED, *ENDED]

INDEXES: list[models.Index] = [
    # What the queues sort and the figures count of what is open, so that neither reads the rows themselves.
    models.Index(
        fields=["due_on", "id"],
        include=["commune", "status", "direction", "kind", "assigned_to", "submitted_at"],
        condition=Q(status__in=OPEN),
        name="request_open_by_due",
    ),
    # What is counted of each service: with no other columns, PostgreSQL keeps equal keys once.
    models.Index(
        fields=["direction", "kind", "status", "due_on"],
        condition=Q(status__in=OPEN, submitted_at__isnull=False),
        name="request_open_by_service",
    ),
    models.Index(fields=["commune", "due_on"], condition=Q(status__in=OPEN), name="request_open_by_commune"),
    models.Index(
        fields=["assigned_to", "due_on"], condition=Q(status__in=OPEN), name="request_open_by_person"
    ),
    models.Index(
        fields=["waiting_since"], condition=Q(status=Status.WAITING_REQUESTER), name="request_waiting"
    ),
    models.Index(fields=["delivered_at"], condition=Q(status=Status.DELIVERED), name="request_delivered"),
    models.Index(fields=["submitted_at"], condition=Q(status=Status.SUBMITTED), name="request_unanswered"),
    # Keyset pagination: the next page starts after (created_at, id) of the last row.
    models.Index(fields=["-created_at", "-id"], name="request_newest"),
    models.Index(fields=["commune", "-created_at", "-id"], name="request_newest_of_commune"),
    # What is counted of a commune, and of the last answers, ended requests too.
    models.Index(
        fields=["commune", "status", "direction"],
        include=["outcome", "submitted_at", "created_at", "id"],
        name="request_counted_of_commune",
    ),
    models.Index(
        fields=["answered_at"], include=["kind", "direction", "submitted_at"], name="request_answered"
    ),
    search.index("request_search"),
]
