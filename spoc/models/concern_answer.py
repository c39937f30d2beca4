"""What a commune was answered: the Region's answer as its SPOC confirmed or adapted it, or the agency's own."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communes.models.mandate import communes_of
from hubportal.accounts.models import AGENCY_ROLES, User
from spoc.models.answer_facts import LONGEST
from spoc.models.concern_choices import TextLanguage
from spoc.models.concern_parties import concerns_seen_by
from spoc.models.said import Seen, note_seen, seen_once


class ConcernAnswerQuerySet(models.QuerySet["ConcernAnswer"]):
    """What communes were answered."""

    def visible_to(self, user: User) -> Self:
        """Return the answers to the concerns that the person may see."""
        return self.filter(concerns_seen_by(user, "concern__"))


class ConcernAnswer(models.Model):
    """One answer to one concern, in the language in which it was raised; reopened, it gets another one."""

    concern = models.ForeignKey(
        "spoc.Concern", models.PROTECT, related_name="answers", verbose_name=_("concern")
    )
    # Together with the concern and with the answer held by the database: only what answers this very concern.
    item = models.ForeignKey(
        "spoc.RelayItem",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("item of the note"),
    )
    source = models.ForeignKey(
        "spoc.Answer",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answer of the Region"),
        help_text=_("Empty: the agency answered by itself."),
    )
    text = models.TextField(_("answer"), max_length=LONGEST)
    language = models.CharField(_("language"), max_length=2, choices=TextLanguage.choices)
    is_adapted = models.BooleanField(_("adapted to the commune"), default=False)
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("answered by")
    )
    told_at = models.DateTimeField(_("answered at"), default=timezone.now, editable=False)

    objects: ClassVar[models.Manager["ConcernAnswer"]] = ConcernAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer to a commune")
        verbose_name_plural = _("answers to communes")
        ordering = ["-told_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text="") & Q(language__in=TextLanguage.values),
                name="concern_answer_says_something",
                violation_error_message=_("Write the answer, in the language of the commune."),
            ),
            models.CheckConstraint(
                condition=Q(item__isnull=True) | Q(source__isnull=False),
                name="concern_answer_of_a_note_has_its_source",
                violation_error_message=_("What was relayed is answered by an answer to the note."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.concern.reference}, {self.told_at:%d.%m.%Y}"

    @property
    def is_local(self) -> bool:
        """Whether the agency answered by itself."""
        return self.item_id is None

    def note_read(self, by: User) -> None:
        """Note that a person reads it, when they act for its commune: it is the agency's proof that it arrived."""
        if self.concern.is_raisers(by):
            note_seen(ConcernAnswerReading.objects.all(), "answer", self, by)


class ConcernAnswerReadingQuerySet(models.QuerySet["ConcernAnswerReading"]):
    """Who has read which answer."""

    def visible_to(self, user: User) -> Self:
        """Return the readers of the answers to all, for the agency; to its own concerns, for a commune."""
        own = Q(answer__concern__commune__in=communes_of(user))
        return self if user.has_role(*AGENCY_ROLES) else self.filter(own)


class ConcernAnswerReading(Seen):
    """A person of the commune has read an answer, first and last."""

    answer = models.ForeignKey(
        ConcernAnswer, models.PROTECT, related_name="readings", verbose_name=_("answer")
    )

    objects: ClassVar[models.Manager["ConcernAnswerReading"]] = ConcernAnswerReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("reader of an answer")
        verbose_name_plural = _("readers of answers")
        ordering = ["answer", "first_at", "pk"]
        constraints = seen_once("concern_answer_reading", "answer")
