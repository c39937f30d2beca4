"""The steps that an answer to a relay note took."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from hubportal.workflow import TransitionEvent
from spoc.models.answer_queryset import follows_answers


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
