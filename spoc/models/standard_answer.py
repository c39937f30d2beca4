"""Answers that the agency gives often, in both languages: a start to write from, never sent as they are."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubportal.accounts.models import AGENCY_ROLES, User
from spoc.models.library import LibraryEntry, LibraryQuerySet


class StandardAnswerQuerySet(LibraryQuerySet):
    """Answers to begin with."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency, which writes with them; none to others."""
        return self if user.has_role(*AGENCY_ROLES) else self.none()

    def fitting(self, act: str) -> Self:
        """Return those that fit an act."""
        return self.filter(acts__contains=[act])


class Act(models.TextChoices):
    """What is written with an answer: the message, or the text of a step."""

    MESSAGE = "message", pgettext_lazy("act", "a message")
    ASK = "ask", pgettext_lazy("act", "a question that stops the clock")
    DECLINE = "decline", pgettext_lazy("act", "a refusal")
    CLOSE = "close", pgettext_lazy("act", "closing without a delivery")
    CONCERN = "concern", pgettext_lazy("act", "an answer to a concern")
    NOT_RELAYED = "not_relay", pgettext_lazy("act", "why a concern is not relayed")


def for_messages() -> list[str]:
    """Return what an answer fits unless told otherwise."""
    return [Act.MESSAGE.value]


class StandardAnswer(LibraryEntry):
    """An answer to begin with: its title at the desk, its text in French and in Dutch."""

    FILE = "answers.json"
    Act = Act

    acts = ArrayField(
        models.CharField(max_length=10, choices=Act.choices),
        default=for_messages,
        verbose_name=_("offered for"),
    )
    text_fr = models.TextField(_("text in French"), max_length=2000)
    text_nl = models.TextField(_("text in Dutch"), max_length=2000)

    objects: ClassVar[models.Manager["StandardAnswer"]] = StandardAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("standard answer")
        verbose_name_plural = _("standard answers")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title_fr="") & ~Q(title_nl="") & ~Q(text_fr="") & ~Q(text_nl=""),
                name="standard_answer_in_both_languages",
                violation_error_message=_("Write title and text in French and in Dutch."),
            ),
            models.CheckConstraint(
                condition=Q(acts__contained_by=Act.values, acts__len__gt=0),
                name="standard_answer_known_acts",
                violation_error_message=_("Choose at least one of the acts for which it is offered."),
            ),
        ]

    def text_in(self, language: str) -> str:
        """Return the text in "nl" or, for any other code, in French."""
        return self.text_nl if language == "nl" else self.text_fr
