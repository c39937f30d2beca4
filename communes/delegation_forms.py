"""The form by which a mandate holder gives a delegation."""

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class GiveForm(forms.Form):
    """Who is to act for the commune, and from when to when; the verb checks what is behind it."""

    first_name = forms.CharField(label=_("First name"), max_length=80)
    last_name = forms.CharField(label=_("Last name"), max_length=120)
    email = forms.EmailField(
        label=_("Work e-mail address"),
        max_length=254,
        help_text=_("Who has no account yet is invited at this address."),
    )
    content_language = forms.ChoiceField(
        label=_("Language in which we write to this person"),
        choices=[("fr", "Français"), ("nl", "Nederlands"), ("", _("Both"))],
        required=False,
        initial="",
        widget=forms.RadioSelect,
    )
    starts_on = forms.DateField(label=_("First day"), initial=timezone.localdate, widget=forms.DateInput)
    ends_on = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput,
        help_text=_("Included. Empty: until the end of your own mandate."),
    )

    def clean_email(self) -> str:
        """Keep one spelling of an address: lower case."""
        address: str = self.cleaned_data["email"]
        return address.lower()

    def refuse(self, error: ValidationError) -> None:
        """Show what the verb refused: what is about the person, at the address."""
        by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
        for name, errors in by_field.items():
            for single in errors:
                is_of_person = name == "user" or single.code == "delegation_once_per_person"
                place = "email" if is_of_person else name
                self.add_error(place if place in self.fields else None, single)
