"""Who of both parties has seen a request, first and last: each side knows whether the other one has read it."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from spoc.models.choices import Side
from spoc.models.parties import seen_by

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
        at = now or timezone.now()
        rows = list(self.filter(request=request).select_related("user").order_by("-last_at", "-pk"))
        if request.submitted_at:
            self.bulk_create(
                [self.model(request=request, user=by, side=request.side_of(by), first_at=at, last_at=at)],
                update_conflicts=True, unique_fields=["request", "user"], update_fields=["last_at", "side"],
            )  # fmt: skip
        return rows


class Reading(models.Model):
    """A person has seen a request."""

    request = models.ForeignKey(
        "spoc.ServiceRequest", models.CASCADE, related_name="readings", verbose_name=_("request")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person")
    )
    side = models.CharField(_("party"), max_length=8, choices=Side.choices)
    first_at = models.DateTimeField(_("first seen at"))
    last_at = models.DateTimeField(_("last seen at"))

    objects: ClassVar[models.Manager["Reading"]] = ReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("reader of a request")
        verbose_name_plural = _("readers of requests")
        ordering = ["request", "-last_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "user"],
                name="reading_once_for_a_person",
                violation_error_message=_("This person is noted already."),
            ),
            models.CheckConstraint(
                condition=models.Q(side__in=Side.values),
                name="reading_known_side",
                violation_error_message=_("This party does not exist."),
            ),
            models.CheckConstraint(
                condition=models.Q(last_at__gte=models.F("first_at")),
                name="reading_first_before_last",
                violation_error_message=_("Nobody sees it last before they saw it first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.last_at:%d.%m.%Y}"
