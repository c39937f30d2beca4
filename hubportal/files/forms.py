"""Files in forms: a field that takes what is what it says, and a form that asks again for what a browser drops."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from hubportal.files.checks import KINDS, check_upload


class UploadField(forms.FileField):
    """A file that is what it says; `kinds` are keys of `hubportal.files.checks.KINDS`, all unless told."""

    def __init__(self, *args: Any, kinds: Iterable[str] = KINDS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = tuple(kinds)

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the upload; ValidationError with the reason when it is refused."""
        upload = super().clean(data, initial)
        if isinstance(upload, UploadedFile):
            check_upload(upload, self.kinds)
        return upload


class AsksForFileAgain(forms.Form):
    """A form that, shown again, says at its field `upload` that the file must be chosen again.

    A browser fills in words only.
    """

    is_checked = False

    def full_clean(self) -> None:
        """Check the form, then what becomes of its file."""
        super().full_clean()
        self.is_checked = True
        self._ask_for_file()

    def add_error(self, field: str | None, error: Any) -> None:
        """Add an error, also one that a verb finds in a form that was good."""
        super().add_error(field, error)
        if self.is_checked:
            self._ask_for_file()

    def show_again(self) -> None:
        """Say that the file is lost though nothing was wrong: the page is only shown once more."""
        self._ask_for_file(is_shown_again=True)

    def _ask_for_file(self, *, is_shown_again: bool = False) -> None:
        is_lost = "upload" in self.fields and self.files.get(self.add_prefix("upload"))
        if is_lost and (self.errors or is_shown_again) and "upload" not in self.errors:
            super().add_error("upload", _("Choose this file again: the browser does not keep it."))
