"""The desk's forms on conventions, with each refusal beside the field that can mend it."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conventions.models import Agreement, ConventionTheme, Method, Party, Signatory, Theme
from hubportal.access.forms import StaleGuardForm
from hubportal.accounts.desk import PlacedErrorsForm
from hubportal.files.forms import UploadField


class ConventionForm(PlacedErrorsForm):
    """A draft: what stands on the signed paper."""

    PLACES = {"convention_reference_form": "reference", "convention_ends_after_start": "in_force_until"}


class ThemeForm(PlacedErrorsForm):
    """A theme."""

    PLACES = {"theme_named_in_both_languages": "name_nl"}


class ConventionThemeForm(StaleGuardForm):
    """A theme of a draft; the two texts are equally authentic, so neither may be left out."""

    class Meta:
        widgets = {"modality_fr": forms.Textarea({"rows": 4}), "modality_nl": forms.Textarea({"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        theme = self.fields.get("theme")
        if isinstance(theme, forms.ModelChoiceField):
            theme.queryset = Theme.objects.order_by("position", "code")

    def save(self, commit: bool = True) -> Any:
        """Count the version on, so that whoever revises the former text on the portal is told."""
        if self.instance.pk is not None and set(self.changed_data) & set(ConventionTheme.TEXTS):
            self.instance.version += 1
        return super().save(commit)


class DayInput(forms.DateInput):
    """The browser's own calendar: it needs no script."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(attrs={"class": "vDateField"}, format="%Y-%m-%d")


class TerminateForm(forms.Form):
    """What a termination needs; whether the notice is long enough, the convention says itself."""

    notice_given_on = forms.DateField(
        label=_("Notice given on"), widget=DayInput, initial=timezone.localdate,
        help_text=_("The day on which the letter was received."),
    )  # fmt: skip
    ends_on = forms.DateField(label=_("Last day"), widget=DayInput, help_text=_("Included."))
    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea({"rows": 4, "cols": 60}),
        help_text=_("The commune reads it, in the language in which you write it."),
    )  # fmt: skip


class SendBackForm(forms.Form):
    """What must change."""

    comment = forms.CharField(
        label=_("What must change"), max_length=2000, widget=forms.Textarea({"rows": 4, "cols": 60})
    )


class AbandonForm(forms.Form):
    """Why it ends unsigned."""

    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea({"rows": 4, "cols": 60})
    )


class AgreeForm(forms.Form):
    """Which party agrees; how the commune did, when a lead records it."""

    party = forms.ChoiceField(label=_("Who agrees"), choices=Party.choices)
    note = forms.CharField(
        label=_("How the commune agreed"), max_length=2000, required=False,
        widget=forms.Textarea({"rows": 4, "cols": 60}),
        help_text=_("For example a letter, with its date. Not needed for the agency."),
    )  # fmt: skip


class SignForm(forms.Form):
    """A signature that was made outside the portal, and its evidence."""

    signatory = forms.ModelChoiceField(Signatory.objects.none(), label=_("Who signed"))
    signed_on = forms.DateField(label=_("Signed on"), widget=DayInput, initial=timezone.localdate)
    method = forms.ChoiceField(label=_("How"), choices=Method.choices)
    upload = UploadField(
        label=_("Signed PDF"), kinds=["pdf"], widget=forms.ClearableFileInput({"accept": ".pdf"}),
        help_text=_("A PDF of 25 MB at most. It is kept as evidence, with its SHA-256."),
    )  # fmt: skip

    def __init__(self, *args: Any, convention: Agreement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["signatory"]
        if isinstance(field, forms.ModelChoiceField):
            # One that signed already stays in the list: a second click reads so.
            field.queryset = convention.signatories.order_by("-party", "pk")
