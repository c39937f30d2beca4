"""What the database itself refuses of a concern: each state has its facts, and no others."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hubportal import search
from hubportal.workflow import known_status
from spoc.models.concern_choices import CONCERN_OPEN, ConcernStatus, TextLanguage, Urgency

_S = ConcernStatus
_ANSWERED = Q(answered_at__isnull=False)
_SETTLED = Q(settled_by__isnull=False)

CONCERN_CONSTRAINTS: list[models.BaseConstraint] = [
    known_status(ConcernStatus, "concern_known_status"),
    models.CheckConstraint(
        condition=Q(urgency__in=Urgency.values, language__in=TextLanguage.values),
        name="concern_known_codes",
        violation_error_message=_("This urgency or language does not exist."),
    ),
    models.CheckConstraint(
        condition=Q(reference__regex=r"^C-[0-9]{4}-[0-9]{4,}$") & ~Q(title="") & ~Q(text=""),
        name="concern_has_its_words",
        violation_error_message=_("A concern has a reference, a title and a text."),
    ),
    models.CheckConstraint(
        condition=~Q(status__in=[_S.QUALIFIED, _S.RELAYED]) | Q(qualified_at__isnull=False),
        name="concern_qualified_before_it_is_relayed",
        violation_error_message=_("A concern is qualified before it is relayed."),
    ),
    models.CheckConstraint(
        condition=(~Q(status=_S.RELAYED) | Q(relayed_at__isnull=False))
        & (~Q(status=_S.RAISED) | Q(relayed_at__isnull=True, qualified_at__isnull=True)),
        name="concern_relayed_has_its_moment",
        violation_error_message=_("A relayed concern says when; one just raised was never relayed."),
    ),
    models.CheckConstraint(
        condition=Q(status=_S.ANSWERED) & _ANSWERED & ~_SETTLED
        # Closed after its answer, or by one that was published already; never both, never neither.
        | Q(status=_S.CLOSED) & (_ANSWERED & ~_SETTLED | ~_ANSWERED & _SETTLED)
        | ~Q(status__in=[_S.ANSWERED, _S.CLOSED]) & ~_ANSWERED & ~_SETTLED,
        name="concern_answered_has_its_moment",
        violation_error_message=_("A concern ends with an answer of its own, or with one published before."),
    ),
    models.CheckConstraint(
        condition=Q(status=_S.CLOSED, closed_at__isnull=False)
        | ~Q(status=_S.CLOSED) & Q(closed_at__isnull=True),
        name="concern_closed_has_its_moment",
        violation_error_message=_("A concern is closed if and only if the moment is known."),
    ),
    models.CheckConstraint(
        condition=Q(status=_S.NOT_RELAYED) & ~Q(not_relayed_reason="")
        | ~Q(status=_S.NOT_RELAYED) & Q(not_relayed_reason=""),
        name="concern_not_relayed_says_why",
        violation_error_message=_("A concern is not relayed if and only if the commune reads why."),
    ),
]

CONCERN_INDEXES: list[models.Index] = [
    # Keyset pagination: the next page starts after (raised_at, id) of the last row.
    models.Index(fields=["-raised_at", "-id"], name="concern_newest"),
    models.Index(fields=["commune", "-raised_at", "-id"], name="concern_newest_of_commune"),
    models.Index(fields=["status", "-raised_at", "-id"], name="concern_newest_by_status"),
    # What the queues read, and what is counted of what is open, without the rows themselves.
    models.Index(
        fields=["commune", "status"],
        include=["theme", "urgency", "group", "is_shareable", "raised_at"],
        condition=Q(status__in=CONCERN_OPEN),
        name="concern_open_by_commune",
    ),
    models.Index(
        fields=["theme", "commune"],
        include=["is_shareable", "status"],
        condition=Q(status__in=CONCERN_OPEN),
        name="concern_open_by_theme",
    ),
    models.Index(fields=["answered_at"], condition=Q(status=_S.ANSWERED), name="concern_to_close"),
    search.index("concern_search"),
]
