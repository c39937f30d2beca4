"""Who of both parties has seen a request, first and last: each side knows whether the other one has read it."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from spoc.models.choices import Side
from spoc.models.parties import seen_by
from spoc.models.said import Seen, note_seen, seen_once

if TYPE_CHECKING:
    from spoc.models.request import ServiceRequest


class ReadingQuerySet(models.QuerySet["Reading"]):
    """Who has seen what."""

    def visible_to(self, user: User) -> Self:
        """Return the readers of the requests that the person may see."""
        return self.filter(seen_by(user, "request__"))

    def note(self, request: "ServiceRequest", by: User, now: datetime | None = None) -> list["Reading"]:
        """Note that a person sees a request; return who had seen it before, last first.

        Two queries. Nothing is noted of a draft: nobody else reads it yet.
        """
        rows = list(self.filter(request=request).select_related("user").order_by("-last_at", "-pk"))
        if request.submitted_at:
            note_seen(self, "request", request, by, now, side=request.side_of(by))
        return rows


class Reading(Seen):
    """A person has seen a request."""

    request = models.ForeignKey(
        "spoc.ServiceRequest", models.CASCADE, related_name="readings", verbose_name=_("request")
    )
    side = models.CharField(_("party"), max_length=8, choices=Side.choices)

    objects: ClassVar[models.Manager["Reading"]] = ReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("reader of a request")
        verbose_name_plural = _("readers of requests")
        ordering = ["request", "-last_at", "pk"]
        constraints = [
            *seen_once("reading", "request"),
            models.CheckConstraint(
                condition=models.Q(side__in=Side.values),
                name="reading_known_side",
                violation_error_message=_("This party does not exist."),
            ),
        ]
