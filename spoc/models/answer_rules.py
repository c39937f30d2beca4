"""What the database itself refuses of an answer; two further rules compare columns of two tables (0017_concerns)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hubportal import search
from hubportal.workflow import known_status
from spoc.models.concern_choices import AnswerStatus

_S = AnswerStatus
IN_FAQ = Q(status=_S.PUBLISHED) & ~Q(question_fr="")

ANSWER_CONSTRAINTS: list[models.BaseConstraint] = [
    known_status(AnswerStatus, "answer_known_status"),
    models.CheckConstraint(
        condition=~Q(text_fr="") | ~Q(text_nl=""),
        name="answer_says_something",
        violation_error_message=_("Write the answer."),
    ),
    models.CheckConstraint(
        condition=~Q(status=_S.PUBLISHED)
        | Q(published_at__isnull=False, published_by__isnull=False, review_on__isnull=False)
        & ~Q(text_fr="")
        & ~Q(text_nl=""),
        name="answer_published_in_both_languages",
        violation_error_message=_(
            "An answer is published in French and in Dutch, with a day to look at it again."
        ),
    ),
    models.CheckConstraint(
        condition=~Q(status=_S.GIVEN) | Q(published_at__isnull=True),
        name="answer_given_is_not_published",
        violation_error_message=_("An answer that says when it was published is published."),
    ),
    models.CheckConstraint(
        condition=~IN_FAQ | Q(opened_at__isnull=False),
        name="answer_for_all_has_its_moment",
        violation_error_message=_("An answer for all communes says when it was opened to them."),
    ),
    models.CheckConstraint(
        condition=Q(question_fr="", question_nl="") | ~Q(question_fr="") & ~Q(question_nl=""),
        name="answer_question_in_both_languages",
        violation_error_message=_("Write the question in French and in Dutch."),
    ),
    models.CheckConstraint(
        condition=Q(status=_S.SUPERSEDED, superseded_by__isnull=False)
        | ~Q(status=_S.SUPERSEDED) & Q(superseded_by__isnull=True),
        name="answer_superseded_by_another",
        violation_error_message=_("An answer is replaced if and only if the newer one is known."),
    ),
    models.CheckConstraint(
        condition=Q(status=_S.WITHDRAWN) & ~Q(withdraw_reason="")
        | ~Q(status=_S.WITHDRAWN) & Q(withdraw_reason=""),
        name="answer_withdrawn_says_why",
        violation_error_message=_("An answer is withdrawn if and only if it says why."),
    ),
    models.CheckConstraint(
        condition=Q(is_recorded=False) | Q(document__isnull=False) & ~Q(on_behalf_of=""),
        name="answer_recorded_from_a_document",
        violation_error_message=_("What staff record has its document, and says who answered."),
    ),
    models.UniqueConstraint(
        fields=["item", "part"],
        condition=Q(status=_S.PUBLISHED),
        nulls_distinct=False,
        name="answer_one_published",
        violation_error_message=_("This has another answer already."),
    ),
    # What the database compares with what a commune was told, column by column.
    models.UniqueConstraint(
        fields=["id", "item"],
        name="answer_of_its_item",
        violation_error_message=_("This answer was given to another item."),
    ),
]

ANSWER_INDEXES: list[models.Index] = [
    models.Index(fields=["-opened_at", "-id"], condition=IN_FAQ, name="answer_faq_newest"),
    models.Index(fields=["review_on"], condition=Q(status=_S.PUBLISHED), name="answer_to_review"),
    models.Index(fields=["note", "item", "part"], name="answer_of_note"),
    search.index("answer_search"),
]
