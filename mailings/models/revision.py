"""Every version of a text, so that who approves the next one reads what changed: append-only."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mailings.models.choices import Language
from mailings.models.policy import PartQuerySet


class Revision(models.Model):
    """One language of a version that was saved; a row trigger refuses UPDATE and DELETE."""

    mailing = models.ForeignKey("mailings.Mailing", models.PROTECT, related_name="revisions")
    version = models.PositiveIntegerField(_("version"))
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    preheader = models.CharField(_("preview line"), max_length=200, blank=True)
    body = models.TextField(_("text"), max_length=60_000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who"))
    at = models.DateTimeField(_("when"), default=timezone.now)

    objects: ClassVar[models.Manager["Revision"]] = PartQuerySet["Revision"].as_manager()

    class Meta:
        verbose_name = _("former version")
        verbose_name_plural = _("former versions")
        ordering = ["mailing", "version", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["mailing", "version", "language"],
                name="revision_once_per_version_and_language",
                violation_error_message=_("This version is kept already."),
            ),
            models.CheckConstraint(
                condition=Q(language__in=Language.values),
                name="revision_known_language",
                violation_error_message=_("This language does not exist."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} ({self.version}, {self.language})"
