"""Answers that the agency gives often, in both languages: a start to write from, never sent as they are."""

import json
from pathlib import Path
from typing import Any, ClassVar, Final, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import AGENCY_ROLES, User

ANSWERS: Final = Path(__file__).parent.parent / "data" / "answers.json"


class StandardAnswerQuerySet(models.QuerySet["StandardAnswer"]):
    """Answers to begin with."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency, which writes with them; none to others."""
        return self if user.has_role(*AGENCY_ROLES) else self.none()

    def in_use(self) -> Self:
        """Return those that are still offered."""
        return self.filter(is_active=True)

    def load(self) -> int:
        """Add the answers of the project, once each; what leads changed since stays. Returns how many are new."""
        known = set(self.values_list("code", flat=True))
        found: list[dict[str, Any]] = json.loads(ANSWERS.read_text(encoding="utf-8"))
        return len(self.bulk_create([self.model(**facts) for facts in found if facts["code"] not in known]))


class StandardAnswer(models.Model):
    """An answer to begin with: its title at the desk, its text in French and in Dutch."""

    code = models.SlugField(_("code"), max_length=40, primary_key=True)
    title_fr = models.CharField(_("title in French"), max_length=160)
    title_nl = models.CharField(_("title in Dutch"), max_length=160)
    text_fr = models.TextField(_("text in French"), max_length=2000)
    text_nl = models.TextField(_("text in Dutch"), max_length=2000)
    is_active = models.BooleanField(_("offered"), default=True)

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
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        return self.title_nl if get_language() == "nl" else self.title_fr

    def text_in(self, language: str) -> str:
        """Return the text in "nl" or, for any other code, in French."""
        return self.text_nl if language == "nl" else self.text_fr
