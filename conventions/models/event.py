"""The history of conventions."""

from typing import ClassVar, Self

from django.db import models

from conventions.models.agreement_event import AgreementEvent
from conventions.models.convention import Convention
from conventions.models.policy import text_seen_by
from hubportal.accounts.models import AGENCY_ROLES, User


class ConventionEventQuerySet(models.QuerySet["ConventionEvent"]):
    """Steps taken."""

    def visible_to(self, user: User) -> Self:
        """Return the history of the conventions whose text the person may read: comments are for both parties.

        That one was renewed names the draft that follows, which the agency alone knows until it is shared.
        """
        rows = self.filter(text_seen_by(user, "subject__", "subject__commune"))
        return rows if user.has_role(*AGENCY_ROLES) else rows.exclude(verb="renew")


class ConventionEvent(AgreementEvent):
    """A step in the life of a convention: a row trigger refuses UPDATE and DELETE."""

    subject = models.ForeignKey(Convention, models.PROTECT, related_name="events")

    objects: ClassVar[models.Manager["ConventionEvent"]] = ConventionEventQuerySet.as_manager()
