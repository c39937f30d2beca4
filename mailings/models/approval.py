"""Who said what of which text: append-only."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mailings.models.choices import Capacity, Decision
from mailings.models.policy import PartQuerySet


class Approval(models.Model):
    """A decision on the text whose hash it holds; a row trigger refuses UPDATE and DELETE."""

    mailing = models.ForeignKey("mailings.Mailing", models.PROTECT, related_name="approvals")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who")
    )
    capacity = models.CharField(_("as"), max_length=8, choices=Capacity.choices)
    decision = models.CharField(_("decision"), max_length=10, choices=Decision.choices)
    comment = models.TextField(_("comment"), max_length=4000, blank=True)
    content_hash = models.CharField(max_length=64)
    version = models.PositiveIntegerField(_("version"))
    at = models.DateTimeField(_("when"), default=timezone.now)

    objects: ClassVar[models.Manager["Approval"]] = PartQuerySet["Approval"].as_manager()

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(capacity__in=Capacity.values),
                name="approval_known_capacity",
                violation_error_message=_("This capacity does not exist."),
            ),
            models.CheckConstraint(
                condition=Q(decision__in=Decision.values),
                name="approval_known_decision",
                violation_error_message=_("This decision does not exist."),
            ),
            models.CheckConstraint(
                condition=Q(capacity=Capacity.AUTHOR, decision=Decision.SUBMITTED)
                | ~Q(capacity=Capacity.AUTHOR) & ~Q(decision=Decision.SUBMITTED),
                name="approval_author_only_submits",
                violation_error_message=_("An author asks for approval, and does not give it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_decision_display()}"
