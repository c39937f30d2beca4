"""PDFs that were made once of a frozen text."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conventions.models.amendment import Amendment
from conventions.models.convention import Convention
from conventions.models.policy import NOT_OF_ONE, OF_ONE, part_seen_by
from hubportal.accounts.models import User
from hubportal.files.models import SHA256, StoredFile


class DocumentQuerySet(models.QuerySet["Document"]):
    """Documents."""

    def visible_to(self, user: User) -> Self:
        """Return the documents of the agreements whose text the person may read."""
        return self.filter(part_seen_by(user))


class Document(StoredFile):
    """The bytes of a frozen text: made once, by its fingerprint, then served; append-only."""

    class Kind(models.TextChoices):
        """Which one."""

        TEXT = "text", _("text")
        TO_SIGN = "to_sign", _("to sign")

    convention = models.ForeignKey(
        Convention,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name=_("convention"),
    )
    amendment = models.ForeignKey(
        Amendment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name=_("amendment"),
    )
    content_hash = models.CharField(_("fingerprint"), max_length=64)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    made_at = models.DateTimeField(_("made at"), default=timezone.now)

    objects: ClassVar[models.Manager["Document"]] = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["made_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["content_hash", "kind"],
                name="document_made_once",
                violation_error_message=_("This document was made already."),
            ),
            models.CheckConstraint(
                condition=OF_ONE,
                name="document_of_one_agreement",
                violation_error_message=NOT_OF_ONE,
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["text", "to_sign"], content_hash__regex=SHA256)
                & ~Q(file="")
                & ~Q(name="")
                & Q(size__gt=0, sha256__regex=SHA256),
                name="document_is_whole",
                violation_error_message=_("A file has a name, a size and its fingerprint."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
