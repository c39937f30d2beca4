"""Forms on communes: the choice of a commune, and the desk's forms with each refusal beside its field."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from communes.models import Commune, Portfolio
from hubportal.accounts.desk import PlacedErrorsForm


class SwitchForm(forms.Form):
    """Which commune a person wants to act for now; only those they act for are choices."""

    commune = forms.ModelChoiceField(Commune.objects.none())

    def __init__(self, *args: Any, communes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Commune]", self.fields["commune"])
        field.queryset = Commune.objects.filter(pk__in=communes)


class WordsField(forms.CharField):
    """A list of words on one line, parted by commas."""

    def prepare_value(self, value: Any) -> Any:
        """Return the line to be edited."""
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """Return the words, in lower case."""
        line: str = super().clean(value)
        return line.lower().replace(";", " ").replace(",", " ").split()

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare the words, not the line."""
        return bool(list(initial or []) != self.clean(data or ""))


class CommuneForm(PlacedErrorsForm):
    """What a lead may mend of a commune: its site and its mail domains."""

    mail_domains = WordsField(label=_("Mail domains"), required=False, help_text=_("Parted by commas."))


class MandateForm(PlacedErrorsForm):
    """A mandate: portfolios are boxes to tick."""

    PLACES = {
        "mandate_one_titular_bourgmestre": "starts_on",
        "mandate_once_per_person": "user",
        "mandate_only_bourgmestre_acts": "is_acting",
    }
    portfolios = forms.MultipleChoiceField(
        label=_("Portfolios"), choices=Portfolio.choices, required=False, widget=forms.CheckboxSelectMultiple
    )


class DelegationForm(PlacedErrorsForm):
    """A delegation."""

    PLACES = {"delegation_to_somebody_else": "given_by", "delegation_once_per_person": "user"}


class AssignmentForm(PlacedErrorsForm):
    """The SPOC of a commune."""

    PLACES = {"assignment_one_spoc_a_day": "starts_on"}


class AbsenceForm(PlacedErrorsForm):
    """An absence."""

    PLACES = {"absence_stand_in_is_another": "stand_in", "absence_once_at_a_time": "starts_on"}


class DistrictForm(PlacedErrorsForm):
    """A district."""

    PLACES = {
        "district_name_fr_once": "name_fr",
        "district_name_nl_once": "name_nl",
        "district_about_in_both_languages": "about_nl",
    }


class AssociationForm(PlacedErrorsForm):
    """A merchants' association."""

    PLACES = {"association_name_once": "name"}
