"""What an answer to a relay note is made of, and its words in the reader's language (its steps: `answer`)."""

from typing import Final

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hubportal import search
from hubportal.workflow import Stateful
from spoc.models.concern_choices import AnswerStatus
from spoc.models.relay_item import RelayItem

LONGEST: Final = 8000
"""Characters of an answer."""
LONGEST_QUESTION: Final = 600
"""Characters of a question."""


class AnswerFacts(Stateful):
    """The columns of an answer; which of them go together is held by `answer_rules`."""

    # Held by the database: the item is one of this note, the number one of this item (0017_concerns).
    note = models.ForeignKey(
        "spoc.RelayNote", models.PROTECT, related_name="+", verbose_name=_("relay note"), editable=False
    )
    item = models.ForeignKey(
        RelayItem, models.PROTECT, related_name="+", verbose_name=_("item"), editable=False
    )
    part = models.PositiveSmallIntegerField(
        _("concern of the item"), null=True, editable=False, help_text=_("Empty: all concerns of the item.")
    )
    status = models.CharField(
        _("state"),
        max_length=10,
        choices=AnswerStatus.choices,
        default=AnswerStatus.GIVEN,
        editable=False,
    )
    text_fr = models.TextField(_("answer in French"), max_length=LONGEST, blank=True)
    text_nl = models.TextField(_("answer in Dutch"), max_length=LONGEST, blank=True)
    question_fr = models.TextField(
        _("question in French"),
        max_length=LONGEST_QUESTION,
        blank=True,
        help_text=_("For all communes: name none."),
    )
    question_nl = models.TextField(
        _("question in Dutch"),
        max_length=LONGEST_QUESTION,
        blank=True,
        help_text=_("For all communes: name none."),
    )
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("given by"), editable=False
    )
    given_at = models.DateTimeField(_("given at"), default=timezone.now, editable=False)
    on_behalf_of = models.CharField(
        _("on behalf of"),
        max_length=160,
        blank=True,
        help_text=_("Who answered, and when this was not here."),
    )
    is_recorded = models.BooleanField(_("recorded by the agency"), default=False, editable=False)
    document = models.ForeignKey(
        "spoc.NoteDocument",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("source document"),
        editable=False,
    )
    published_at = models.DateTimeField(_("published at"), null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("published by"),
        editable=False,
    )
    opened_at = models.DateTimeField(_("opened to all communes at"), null=True, editable=False)
    review_on = models.DateField(
        _("still valid?"), null=True, blank=True, help_text=_("The day on which this is asked again.")
    )
    superseded_by = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", verbose_name=_("replaced by"), editable=False
    )
    withdraw_reason = models.TextField(_("why it was withdrawn"), max_length=1000, blank=True, editable=False)
    search_fr = search.vector("fr", "question_fr", "text_fr")
    search_nl = search.vector("nl", "question_nl", "text_nl")

    class Meta:
        abstract = True

    # --- In the reader's language, or in another one -----------------------------------------------------------

    def text_in(self, language: str) -> str:
        """Return the text in "nl" or, for any other code, in French."""
        return self.text_nl if language == "nl" else self.text_fr

    @property
    def text(self) -> str:
        """The text in the reader's language; in the other one while that is not written."""
        return self.text_in(get_language() or "fr") or self.text_fr or self.text_nl

    @property
    def question(self) -> str:
        """The question for all communes in the reader's language; empty: it is not in the FAQ."""
        return self.question_nl if get_language() == "nl" else self.question_fr
