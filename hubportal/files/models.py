"""What a row that holds a private file is made of: an abstract model, filled in by `facts_of` only."""

import logging
from collections.abc import Iterable
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.utils.translation import gettext_lazy as _

from hubportal.files.checks import KINDS, NAME_MAX, check_upload

SHA256: Final = r"^[0-9a-f]{64}$"
"""The form of a fingerprint, for CHECKs."""


logger = logging.getLogger(__name__)
_NOT_STORED: Final = _(
    "The portal could not store this file, and nothing was saved: its disk may be full. Try again later, or tell "
    "whoever runs the portal."
)


class StoredFile(models.Model):
    """A file under a random name; `name` is what it came with, `sha256` what it held (hexadecimal)."""

    file = models.FileField(_("file"), blank=True, editable=False)
    name = models.CharField(_("name"), max_length=NAME_MAX, blank=True, editable=False)
    content_type = models.CharField(_("type"), max_length=100, blank=True, editable=False)
    size = models.PositiveIntegerField(_("size in bytes"), default=0, editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the file, then the row; ValidationError, on `upload`, when there is no room for what a person sent.

        In a verb's transaction, so nothing of it is kept; the storage leaves no half of a file.
        """
        is_sent = (
            not self.file._committed and isinstance(self.file.file, UploadedFile) if self.file else False
        )
        try:
            super().save(*args, **kwargs)
        except OSError as error:
            if not is_sent:
                raise
            logger.exception("a file that was sent could not be stored")
            raise ValidationError({"upload": ValidationError(_NOT_STORED, "storage")}) from error

    @staticmethod
    def facts_of(upload: UploadedFile, kinds: Iterable[str] = KINDS) -> dict[str, Any]:
        """Return the columns for a good upload; ValidationError when it is not what it says (see `checks`)."""
        known = check_upload(upload, kinds)
        return {
            "file": upload,
            "name": known.name,
            "content_type": known.content_type,
            "size": known.size,
            "sha256": known.sha256,
        }
