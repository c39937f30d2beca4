"""Which editions a person may see."""

from typing import TYPE_CHECKING, Final, Self

from django.db import models
from django.db.models import Prefetch, Q

from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.accounts.roles import OUTSIDE_ROLES
from mailings.models.approval import Approval
from mailings.models.choices import Status

if TYPE_CHECKING:
    from mailings.models.mailing import Mailing  # noqa: F401 - read by the annotation below

OVER: Final = (Status.SENT, Status.CANCELLED, Status.EXPIRED)


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
        return self.exclude(status__in=OVER)

    def over(self) -> Self:
        """Return what was sent, cancelled, or not sent in time."""
        return self.filter(status__in=OVER)

    def with_review(self) -> Self:
        """Read ahead what pages show of each: texts, authors, who said what."""
        decisions = Prefetch("approvals", Approval.objects.select_related("user").order_by("at", "pk"))
        return self.select_related("created_by").prefetch_related("variants", "authors", decisions)
