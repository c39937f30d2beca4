"""What the database itself refuses of a measure: each state has its facts, and no others."""

from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hubportal.workflow import known_status
from spoc.models.choices import TO_DO, MeasureStatus, Phase, Side

INDEXES: Final[list[models.Index]] = [
    models.Index(fields=["due_on"], condition=Q(status__in=TO_DO), name="measure_to_do_by_day"),
]

CONSTRAINTS: Final[list[models.BaseConstraint]] = [
    known_status(MeasureStatus, "measure_known_status"),
    models.CheckConstraint(
        condition=Q(phase__in=Phase.values, party__in=Side.values, proposed_side__in=Side.values),
        name="measure_known_codes",
        violation_error_message=_("This phase or party does not exist."),
    ),
    models.CheckConstraint(
        condition=Q(standard__isnull=False, title="") | Q(standard__isnull=True) & ~Q(title=""),
        name="measure_standard_or_own",
        violation_error_message=_("A measure is one of the library or one of your own: say what is done."),
    ),
    models.UniqueConstraint(
        fields=["request", "standard"],
        name="measure_of_the_library_once",
        violation_error_message=_("This measure of the library is in the plan already."),
    ),
    models.CheckConstraint(
        condition=Q(status=MeasureStatus.PROPOSED, agreed_at__isnull=True)
        | Q(status=MeasureStatus.DROPPED)
        | Q(agreed_at__isnull=False) & ~Q(status=MeasureStatus.PROPOSED),
        name="measure_agreed_when_it_was",
        violation_error_message=_("A measure is agreed to before it is done."),
    ),
    models.CheckConstraint(
        condition=Q(status=MeasureStatus.DONE, done_on__isnull=False)
        | ~Q(status=MeasureStatus.DONE) & Q(done_on__isnull=True, result=""),
        name="measure_done_on_a_day",
        violation_error_message=_("A measure that is done says when."),
    ),
    models.CheckConstraint(
        condition=Q(status=MeasureStatus.DROPPED) & ~Q(drop_reason="")
        | ~Q(status=MeasureStatus.DROPPED) & Q(drop_reason=""),
        name="measure_dropped_for_a_reason",
        violation_error_message=_("Say why it is dropped."),
    ),
    models.CheckConstraint(
        condition=Q(is_countered=False) | Q(offered_at__isnull=False),
        name="measure_countered_since",
        violation_error_message=_("Another day was proposed at a moment."),
    ),
]
