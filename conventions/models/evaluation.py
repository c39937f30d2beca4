"""The yearly evaluation of a convention: what both parties think of it, in both languages."""

from datetime import date
from typing import ClassVar, Final, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conventions.models.choices import BINDING
from conventions.models.convention import Convention
from conventions.models.meeting import lock_to_follow
from conventions.models.policy import text_seen_by
from conventions.models.versioned import BoundedText, Versioned
from hubportal.accounts.models import User
from hubportal.fingerprint import normal

FIRST_YEAR: Final = 2018
"""Before it there was no agreement to evaluate."""


class EvaluationQuerySet(models.QuerySet["Evaluation"]):
    """Evaluations."""

    def visible_to(self, user: User) -> Self:
        """Return those of the conventions whose text the person may read."""
        return self.filter(text_seen_by(user, "convention__", "convention__commune"))

    @transaction.atomic
    def write(
        self, *, convention: Convention, year: int, by: User, version: int = 0, **texts: str
    ) -> "Evaluation":
        """Write the evaluation of a year, or another text of it; `version` is the one that was read, 0 for none.

        TextConflictError when somebody wrote it meanwhile; PermissionDenied; ValidationError for a year without
        anything to evaluate and for a text that is refused.
        """
        lock_to_follow(convention, by)
        if year not in self.model.years_of(convention):
            raise ValidationError(
                _("The agreement was not in force in this year, or it has not come yet."), "year"
            )
        row = self.model._base_manager.filter(convention=convention, year=year).first()
        if row is not None:
            row.revise(by=by, version=version, **texts)
            return row
        kept = {name: normal(text).strip() for name, text in texts.items()}
        row = self.model(convention=convention, year=year, written_by=by, **kept)
        row.full_clean()
        row.save()
        return row


class Evaluation(Versioned):
    """How a year of a convention went, with what the parties conclude from it; fed by its meetings."""

    TEXTS = ("text_fr", "text_nl", "conclusions_fr", "conclusions_nl")

    convention = models.ForeignKey(
        Convention, models.PROTECT, related_name="evaluations", verbose_name=_("convention")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    text_fr = BoundedText(_("evaluation in French"), max_length=20_000, help_text=_("Markdown."))
    text_nl = BoundedText(_("evaluation in Dutch"), max_length=20_000, help_text=_("Markdown."))
    conclusions_fr = BoundedText(
        _("conclusions in French"), max_length=8000, blank=True, help_text=_("Markdown.")
    )
    conclusions_nl = BoundedText(
        _("conclusions in Dutch"), max_length=8000, blank=True, help_text=_("Markdown.")
    )
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False,
        verbose_name=_("written by"),
    )  # fmt: skip
    written_at = models.DateTimeField(_("written at"), default=timezone.now, editable=False)

    objects: ClassVar[models.Manager["Evaluation"]] = EvaluationQuerySet.as_manager()

    class Meta:
        verbose_name = _("yearly evaluation")
        verbose_name_plural = _("yearly evaluations")
        ordering = ["convention_id", "-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["convention", "year"],
                name="evaluation_once_a_year",
                violation_error_message=_("This year of the convention is evaluated already."),
            ),
            models.CheckConstraint(
                condition=~Q(text_fr="") & ~Q(text_nl="") & Q(year__range=(FIRST_YEAR, 2100)),
                name="evaluation_in_both_languages",
                violation_error_message=_("Write the evaluation of a year in French and in Dutch."),
            ),
            models.CheckConstraint(
                condition=Q(conclusions_fr="", conclusions_nl="")
                | ~Q(conclusions_fr="") & ~Q(conclusions_nl=""),
                name="evaluation_concludes_in_both",
                violation_error_message=_("Write the conclusions in French and in Dutch, or in neither."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.convention}, {self.year}"

    @property
    def agreement(self) -> Convention:
        """The convention that is evaluated."""
        return self.convention

    @staticmethod
    def years_of(convention: Convention) -> range:
        """Return the years that may be evaluated: those in which it was in force, up to the present one."""
        if convention.status not in BINDING or convention.in_force_from is None:
            return range(0)
        last = min(convention.in_force_until or date.max, timezone.localdate())
        return range(max(convention.in_force_from.year, FIRST_YEAR), last.year + 1)

    def clean(self) -> None:
        """Want conclusions in both languages or in neither."""
        super().clean()
        missing = [name for name in self.TEXTS[2:] if not getattr(self, name)]
        if len(missing) == 1:
            raise ValidationError(
                {missing[0]: _("Write the conclusions in French and in Dutch, or in neither.")}
            )

    def _open_agreement(self, by: User) -> None:
        lock_to_follow(self.convention, by)

    def _changed(self, by: User, kind: str) -> None:
        """Say who wrote last."""
        self.written_by, self.written_at = by, timezone.now()
        self.save(update_fields=["written_by", "written_at"])
