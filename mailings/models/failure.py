"""Steps that were due and that the portal could not take."""

from typing import ClassVar, Self

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mailings import emails, failures
from mailings.models.event import MailingEvent
from mailings.models.mailing import Mailing
from mailings.models.policy import FollowedQuerySet


class FailedStepQuerySet(FollowedQuerySet["FailedStep"]):
    """Steps that failed."""

    def standing(self, mailing: Mailing) -> Self:
        """Return what an edition still suffers from: it has taken no step since."""
        last = mailing.events.order_by("at", "pk").last()
        return self.filter(mailing=mailing, after=last).order_by("first_at", "pk")


class FailedStep(models.Model):
    """A step of an edition that fails for one cause, each time it is tried, until the edition takes a step.

    So the same cause after the edition was scheduled anew is another failure, and is told again.
    """

    mailing = models.ForeignKey(Mailing, models.CASCADE, related_name="failures")
    after = models.ForeignKey(MailingEvent, models.CASCADE, null=True, related_name="+")
    verb = models.CharField(_("step"), max_length=20)
    code = models.CharField(_("cause"), max_length=failures.LENGTH)
    words = models.CharField(_("technical words"), max_length=500, blank=True)
    times = models.PositiveIntegerField(_("attempts"), default=1)
    first_at = models.DateTimeField(_("first attempt"), default=timezone.now)
    last_at = models.DateTimeField(_("last attempt"), default=timezone.now)

    objects: ClassVar[models.Manager["FailedStep"]] = FailedStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step that failed")
        verbose_name_plural = _("steps that failed")
        ordering = ["mailing", "first_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mailing", "after", "verb", "code"],
                nulls_distinct=False,
                name="failedstep_once_per_cause",
                violation_error_message=_("This failure is known already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.verb}: {self.code}"

    @property
    def reason(self) -> str | Promise:
        """Why, in plain words."""
        return failures.advice(self.code).reason

    @property
    def to_do(self) -> str | Promise:
        """What people can do about it."""
        return failures.advice(self.code).to_do

    @classmethod
    @transaction.atomic
    def note(cls, mailing: Mailing, verb: str, error: Exception) -> None:
        """Write it down; the first time, tell editors and leads."""
        # The lock makes two ticks that fail at once write, and tell, one failure.
        Mailing._base_manager.select_for_update().get(pk=mailing.pk)
        row, is_first = cls.objects.get_or_create(
            mailing=mailing,
            after=mailing.events.order_by("at", "pk").last(),
            verb=verb,
            code=failures.code_of(error),
            defaults={"words": _words(error)},
        )
        if is_first:
            emails.failed(row)
        else:
            cls.objects.filter(pk=row.pk).update(
                times=F("times") + 1, last_at=timezone.now(), words=_words(error)
            )


def _words(error: Exception) -> str:
    said = " ".join(f"{type(error).__name__}: {error}".split())
    return said[:500].replace("\0", "")
