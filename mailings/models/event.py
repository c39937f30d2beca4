"""The history of editions."""

from django.db import models

from hubportal.workflow import TransitionEvent
from mailings.models.mailing import Mailing


class MailingEvent(TransitionEvent):
    """A step in the life of an edition."""

    subject = models.ForeignKey(Mailing, models.CASCADE, related_name="events")
