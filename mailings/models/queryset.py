"""Which editions a person may see."""

from typing import TYPE_CHECKING, Final, Self

from django.db import models
from django.db.models import Prefetch

from hubportal.accounts.models import User
from mailings.models.approval import Approval
from mailings.models.choices import Status
from mailings.models.policy import seen_by

if TYPE_CHECKING:
    from mailings.models.mailing import Mailing  # noqa: F401 - read by the annotation below

OVER: Final = (Status.SENT, Status.CANCELLED, Status.EXPIRED)


class MailingQuerySet(models.QuerySet["Mailing"]):
    """Editions, by state and by who may see them."""

    def visible_to(self, user: User) -> Self:
        """Return the editions that a person may see (`policy.seen_by`)."""
        return self.filter(seen_by(user))

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
