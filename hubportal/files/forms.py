"""Files in forms: a field that takes what is what it says, and a form that asks again for what a browser drops."""

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
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


class _SeveralFiles(forms.FileInput):
    """A control for several files at once."""

    allow_multiple_selected = True


class UploadsField(UploadField):
    """Several files, each what it says; its value is a list, its errors name the file."""

    widget = _SeveralFiles

    def __init__(self, *args: Any, most: int = 10, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = most

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Return the uploads; ValidationError with the reason for each that is refused."""
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if self.required and not given:
            super().clean(None, initial)
        if len(given) > self.most:
            raise ValidationError(_("Choose %(most)s files at most."), params={"most": self.most})
        errors: list[Any] = []
        for upload in given:
            try:
                super().clean(upload, initial)
            except ValidationError as error:
                errors += [f"{upload.name} – {text}" for text in error.messages]
        if errors:
            raise ValidationError(errors)
        return list(given)


class AsksForFileAgain(forms.Form):
    """A form that, shown again, says at its field `upload` or `uploads` that its files must be chosen again.

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
        for name, words in _AGAIN.items():
            field = self.fields.get(name)
            sent = (
                field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
                if field
                else None
            )
            lost = sent if isinstance(sent, list) else [sent] if sent else []
            if lost and (self.errors or is_shown_again) and name not in self.errors:
                names = ", ".join(upload.name for upload in lost)
                super().add_error(name, ValidationError(words, params={"names": names}))


_AGAIN: Final = {
    "upload": _("Choose this file again: the browser does not keep it."),
    "uploads": _("Choose these files again, the browser does not keep them: %(names)s"),
}
