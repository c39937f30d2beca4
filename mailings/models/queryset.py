"""Which editions a person may see."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.accounts.roles import OUTSIDE_ROLES
from mailings.models.choices import Status

if TYPE_CHECKING:
    from mailings.models.mailing import Mailing  # noqa: F401 - read by the annotation below


class MailingQuerySet(models.QuerySet["Mailing"]):
    """Editions, by state and by who may see them."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency; to cabinet and task force those that were submitted; else those sent.

        Whoever acts for a commune today reads every edition that was sent: all 19 have the same information.
        """
        if user.has_role(*AGENCY_ROLES):
            return self
        if user.has_role(*OUTSIDE_ROLES):
            return self.filter(Q(submitted_at__isnull=False) | Q(status=Status.SENT))
        return self.sent() if user.has_rights_today() else self.none()

    def sent(self) -> Self:
        """Return the archive: editions whose sending is finished."""
        return self.filter(status=Status.SENT)

    def in_preparation(self) -> Self:
        """Return what is being written, approved, scheduled or sent."""
        return self.exclude(status__in=(Status.SENT, Status.CANCELLED, Status.EXPIRED))
