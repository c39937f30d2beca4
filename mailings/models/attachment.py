"""Files that go with an edition: private, checked when they come in, fixed once the edition is no draft any more."""

from pathlib import PurePath
from typing import Any, ClassVar, Final, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hubportal.files.models import SHA256, StoredFile
from mailings.models.choices import BOTH, Language
from mailings.models.policy import PartQuerySet

MOST: Final = 5
"""Attachments that a reader gets with one edition."""
THERE_ALREADY: Final = _("This very file is attached already. For another language, take it off first.")


class AttachmentQuerySet(PartQuerySet["Attachment"]):
    """Attachments; `visible_to` is that of their editions."""

    def present(self) -> Self:
        """Return those that the edition has now: what was taken off is kept for the history alone."""
        return self.filter(removed_in__isnull=True)


class Attachment(StoredFile):
    """A file for the readers of one language, or of both: `added_in` and `removed_in` are versions of its edition.

    A row trigger refuses every change but taking it off, and that too unless the edition is a draft.
    """

    mailing = models.ForeignKey("mailings.Mailing", models.PROTECT, related_name="attachments")
    language = models.CharField(_("language"), max_length=5, choices=[*Language.choices, (BOTH, BOTH)])
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("added by")
    )
    added_at = models.DateTimeField(_("added at"), default=timezone.now, editable=False)
    added_in = models.PositiveIntegerField(_("version"), editable=False)
    removed_in = models.PositiveIntegerField(_("version without it"), null=True, editable=False)

    objects: ClassVar[models.Manager["Attachment"]] = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["mailing", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(file="") & ~Q(name="") & Q(size__gt=0, sha256__regex=SHA256),
                name="attachment_is_whole",
                violation_error_message=_("A file has a name, a size and its fingerprint."),
            ),
            models.CheckConstraint(
                condition=Q(language__in=(*Language.values, BOTH)),
                name="attachment_known_language",
                violation_error_message=_("This language does not exist."),
            ),
            models.CheckConstraint(
                condition=Q(removed_in__isnull=True) | Q(removed_in__gt=F("added_in")),
                name="attachment_removed_after_it_was_added",
                violation_error_message=_("It was there before it was taken off."),
            ),
            models.UniqueConstraint(
                fields=["mailing", "sha256"],
                condition=Q(removed_in__isnull=True),
                name="attachment_once_per_edition",
                violation_error_message=THERE_ALREADY,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def kind(self) -> str:
        """What its name says that it is: "PDF"."""
        return PurePath(self.name).suffix.removeprefix(".").upper()

    @property
    def facts(self) -> dict[str, Any]:
        """What an approval is given for."""
        return {"sha256": self.sha256, "name": self.name, "language": self.language}

    @property
    def is_for_both(self) -> bool:
        """Whether readers of French and of Dutch get it."""
        return self.language == BOTH

    def is_for(self, language: str) -> bool:
        """Tell whether the readers of a language get it."""
        return language in self.language.split(",")

    def is_in(self, version: int) -> bool:
        """Tell whether a version of its edition has it."""
        return self.added_in <= version and (self.removed_in is None or self.removed_in > version)
