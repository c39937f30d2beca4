"""Where private files lie: under random names, in a folder that no web server serves."""

import contextlib
import secrets
from os import PathLike
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage


class PrivateStorage(FileSystemStorage):
    """Files of people: random names, readable by the portal's own user only, no address.

    The name a file came with is kept in its row (`UploadCheck.name`), never in the folder.
    """

    def __init__(self) -> None:
        super().__init__(
            location=settings.HUBPORTAL_FILES, file_permissions_mode=0o600, directory_permissions_mode=0o700
        )

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Return a new random name of 35 characters, whatever was asked."""
        token = secrets.token_hex(16)
        return f"{token[:2]}/{token}"

    def generate_filename(self, filename: str | PathLike[str]) -> str:
        """Return a random name, whatever was asked."""
        return self.get_available_name(str(filename))

    def url(self, name: str | None) -> str:
        """Refuse: a private file has no address, only a view that checks who asks."""
        raise ValueError("A private file has no address.")

    def _save(self, name: str, content: "File[Any]") -> str:
        try:
            saved: str = super()._save(name, content)  # type: ignore[misc]  # Django's, but not in the stubs
        except OSError:
            # The disk is full: leave no half of a file behind.
            with contextlib.suppress(OSError):
                Path(self.path(name)).unlink(missing_ok=True)
            raise
        return saved
