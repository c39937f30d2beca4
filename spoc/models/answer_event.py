"""The steps that an answer to a relay note took, and who was asked whether it is still valid."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from hubportal.workflow import TransitionEvent
from spoc.models.answer_queryset import follows_answers
from spoc.models.said import Reminded


class AnswerEventQuerySet(models.QuerySet["AnswerEvent"]):
    """Steps taken."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency, cabinet and task force; none to communes."""
        return self if follows_answers(user) else self.none()


class AnswerEvent(TransitionEvent):
    """A step in the life of an answer."""

    subject = models.ForeignKey(
        "spoc.Answer", models.PROTECT, related_name="events", verbose_name=_("answer to a relay note")
    )

    objects = AnswerEventQuerySet.as_manager()

    class Meta(TransitionEvent.Meta):
        verbose_name = _("step of an answer")
        verbose_name_plural = _("steps of answers")


class AnswerReminder(Reminded):
    """A person was asked on a day whether an answer is still valid."""

    answer = models.ForeignKey(
        "spoc.Answer", models.PROTECT, related_name="reminders", verbose_name=_("answer to a relay note")
    )

    class Meta(Reminded.Meta):
        verbose_name = _("reminder of an answer")
        verbose_name_plural = _("reminders of answers")
        indexes = [models.Index(fields=["user", "sent_on"], name="answer_reminder_of_the_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["answer", "user", "sent_on"],
                name="answer_reminder_once_a_day",
                violation_error_message=_("This person was reminded of this answer today already."),
            ),
        ]
