"""Forms on communes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from communes.models import Commune, Mandate, Portfolio
from hubportal.access.forms import StaleGuardForm


class SwitchForm(forms.Form):
    """Which commune a person wants to act for now; only those they act for are choices."""

    commune = forms.ModelChoiceField(Commune.objects.none())

    def __init__(self, *args: Any, communes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["commune"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Commune.objects.filter(pk__in=communes)


class MandateForm(StaleGuardForm):
    """A mandate in the desk: portfolios are boxes to tick."""

    portfolios = forms.MultipleChoiceField(
        label=_("portfolios"), choices=Portfolio.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Mandate
        fields = "__all__"


class WordsField(forms.CharField):
    """A list of words on one line, parted by commas."""

    def prepare_value(self, value: Any) -> Any:
        """Return the line to be edited."""
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """Return the words, in lower case."""
        line: str = super().clean(value)
        return [word for word in line.lower().replace(";", ",").replace(",", " ").split() if word]


class CommuneForm(StaleGuardForm):
    """What a lead may mend of a commune: its site and its mail domains."""

    mail_domains = WordsField(label=_("mail domains"), required=False, help_text=_("Parted by commas."))

    class Meta:
        model = Commune
        fields = ["site", "mail_domains"]
