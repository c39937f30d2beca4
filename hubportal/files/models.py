"""What a row that holds a private file is made of: an abstract model, filled in by `facts_of` only."""

from collections.abc import Iterable
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.utils.translation import gettext_lazy as _

from hubportal.files.checks import KINDS, NAME_MAX, check_upload

SHA256: Final = r"^[0-9a-f]{64}$"
"""The form of a fingerprint, for CHECKs."""


class StoredFile(models.Model):
    """A file under a random name; `name` is what it came with, `sha256` what it held (hexadecimal)."""

    file = models.FileField(_("file"), blank=True, editable=False)
    name = models.CharField(_("name"), max_length=NAME_MAX, blank=True, editable=False)
    content_type = models.CharField(_("type"), max_length=100, blank=True, editable=False)
    size = models.PositiveIntegerField(_("size in bytes"), default=0, editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, editable=False)

    class Meta:
        abstract = True

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
