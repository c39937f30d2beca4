"""The form by which the file of a new college is handed in."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communes.college_csv import BYTES, Fault, read
from communes.models import Commune
from hubportal.files.forms import AsksForFileAgain, UploadField


class CollegeForm(AsksForFileAgain):
    """Of which commune, from when, and the file; what is wrong in the file is in `faults`, with its line and column."""

    commune = forms.ModelChoiceField(
        Commune.objects.order_by("nis"), label=_("Commune"), empty_label=_("Choose a commune")
    )
    starts_on = forms.DateField(
        label=_("First day of the new college"),
        widget=forms.DateInput,
        help_text=_("The day of the oath. The old college ends the day before."),
    )
    upload = UploadField(label=_("CSV file"), kinds=["csv"], widget=forms.FileInput(attrs={"accept": ".csv"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.faults: list[Fault] = []
        self.rows: list[dict[str, Any]] = []

    def clean_starts_on(self) -> date:
        """Refuse a day that has passed: what was, is recorded at the desk."""
        day: date = self.cleaned_data["starts_on"]
        if day < timezone.localdate():
            raise ValidationError(_("Choose today or a later day."))
        return day

    def clean_upload(self) -> UploadedFile:
        """Refuse a file that is too large to be a college."""
        upload: UploadedFile = self.cleaned_data["upload"]
        if (upload.size or 0) > BYTES:
            raise ValidationError(_("This file is too large: a college has ten members at most."))
        return upload

    def clean(self) -> dict[str, Any]:
        """Read the file; the first words on its faults stand at its field, all of them in a table."""
        super().clean()
        data = self.cleaned_data
        if "upload" in data and "commune" in data:
            self.rows, self.faults = read(data["upload"].read(), data["commune"].nis)
            if self.faults:
                self.add_error("upload", _("Mend what the table below names, and choose the file again."))
        return data
