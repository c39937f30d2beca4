"""The part of an edition's form that adds and takes off attachments, beside the texts: one form, so nothing is lost."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubportal.accounts.models import User
from hubportal.files.forms import AsksForFileAgain, UploadField
from mailings.models import BOTH, Language, Mailing

ATTACH = "attach"


class AttachingForm(AsksForFileAgain):
    """A file for the readers of a language, or of both; `detach` in the data is the key of one to take off."""

    mailing: Mailing
    upload = UploadField(
        label=_("File"), required=False, help_text=_("PDF, image, text or office document, 25 MB at most.")
    )
    attach_to = forms.ChoiceField(
        label=_("Who gets the file"),
        choices=[
            (BOTH, pgettext_lazy("readers", "Everybody: the file is in both languages, or without words")),
            (Language.FR.value, pgettext_lazy("readers", "Readers of French")),
            (Language.NL.value, pgettext_lazy("readers", "Readers of Dutch")),
        ],
        initial=BOTH,
        required=False,
        widget=forms.RadioSelect,
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the file, if that is what the button was for."""
        found = super().clean() or self.cleaned_data
        is_missing = not found.get("upload") and "upload" not in self.errors
        if self.data.get("then") == ATTACH and is_missing:
            self.add_error("upload", ValidationError(_("Choose a file."), "required"))
        return found

    def change_files(self, by: User) -> None:
        """Take the verbs that were asked for; each follows the version that the one before it made."""
        found, removed = self.cleaned_data, self.data.get("detach", "")
        if removed.isdecimal():
            self.mailing.detach(by=by, attachment=int(removed), version=self.mailing.version)
        if found.get("upload"):
            self.mailing.attach(
                by=by,
                upload=found["upload"],
                language=found["attach_to"] or BOTH,
                version=self.mailing.version,
            )
