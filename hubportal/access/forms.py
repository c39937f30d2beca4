"""A form that tells what changed in the row while somebody was typing."""

import hashlib
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from hubportal.forms import carry

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
else:
    ModelForm = forms.ModelForm

VERSION = "row_version"


def version_of(row: models.Model) -> str:
    """Return a mark of the row as it is stored: another one after any change of its own columns."""
    values = [field.value_from_object(row) for field in row._meta.concrete_fields if not field.generated]
    return hashlib.sha256(repr(values).encode()).hexdigest()[:32]


class StaleGuardForm(ModelForm):
    """Refuses, once, to write over what another person saved meanwhile; what was typed stays in the form.

    `refusal` is what the database refused on a first try: shown as if the form had found it.
    """

    row_version = forms.CharField(widget=forms.HiddenInput, required=False)
    refusal: ValidationError | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored_version = version_of(self.instance) if self.instance.pk is not None else ""
        self.initial[VERSION] = self.stored_version

    def clean(self) -> dict[str, Any]:
        """Compare the row with the one that the form showed."""
        cleaned = super().clean() or self.cleaned_data
        shown = cleaned.pop(VERSION, "")
        if shown and shown != self.stored_version:
            carry(self, VERSION, self.stored_version)
            self.add_error(None, ValidationError(_CHANGED, "stale"))
        for field, errors in getattr(self.refusal, "error_dict", {}).items():
            self.add_error(field if field in self.fields else None, errors)
        return cleaned


_CHANGED = _(
    "Somebody changed this while you were typing. What you typed is still here: "
    "compare it with the stored version in another window, then save again to replace that version."
)
