"""The forms of the steps on the portal: those of the desk, with what the person saw when the page was opened."""

from collections.abc import Mapping
from typing import Any, Final, cast

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from conventions.forms import AbandonForm, AgreeForm, SendBackForm, SignForm, TerminateForm
from conventions.models import Agreement, Party, Signatory
from conventions.models.checks import parties_of
from hubportal.accounts.models import User
from hubportal.files.forms import AsksForFileAgain
from hubportal.forms import carry
from hubportal.look.dates import short_date


class StepForm(AsksForFileAgain):
    """A step that asks nothing more; `seen_status` is the state in which its page was opened."""

    seen_status = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, agreement: Agreement, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agreement, self.user = agreement, user
        self.initial["seen_status"] = agreement.status
        self.prepare()

    def prepare(self) -> None:
        """Fit the fields to the agreement and the person."""

    @property
    def seen(self) -> dict[str, str]:
        """What the person saw, as `Agreement.check_seen` asks for it."""
        return {"status": self.cleaned_data["seen_status"]}

    @property
    def arguments(self) -> dict[str, Any]:
        """What the verb is called with."""
        return {name: value for name, value in self.cleaned_data.items() if not name.startswith("seen_")}


class SendBackStep(StepForm, SendBackForm):
    """What must change."""


class AbandonStep(StepForm, AbandonForm):
    """Why it ends unsigned."""


class TerminateStep(StepForm, TerminateForm):
    """Notice, last day, reason."""


class AgreeStep(StepForm, AgreeForm):
    """For which party; `seen_text` is the mark of the text that was read."""

    seen_text = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def prepare(self) -> None:
        """Ask for the party only of those who speak for both."""
        self.initial["seen_text"] = self.agreement.mark
        parties = parties_of(self.agreement, self.user)
        if len(parties) < len(Party.values):
            del self.fields["party"]
            self.fields["note"].label = _("Remark")
            self.fields["note"].help_text = _("For example the decision of the college, with its date.")
            return
        party = cast("forms.ChoiceField", self.fields["party"])
        party.widget = forms.RadioSelect(choices=[(row.value, capfirst(row.label)) for row in parties])
        missing = parties_of(self.agreement, self.user, agreed=False)
        self.initial["party"] = missing[0] if missing else None

    @property
    def seen(self) -> dict[str, str]:
        """The state and the text that the person saw."""
        return {**super().seen, "mark": self.cleaned_data["seen_text"]}

    def show_present_text(self) -> None:
        """After a refusal the page shows the text of now: who agrees then has that one before them."""
        carry(self, "seen_text", self.agreement.mark)


class SignStep(StepForm, SignForm):
    """Who signed, when, how, and the signed PDF."""

    def __init__(self, *args: Any, agreement: Agreement, **kwargs: Any) -> None:
        super().__init__(*args, agreement=agreement, convention=agreement, **kwargs)

    def prepare(self) -> None:
        """Name each person with their office, and say who has signed."""
        field = cast("forms.ModelChoiceField[Signatory]", self.fields["signatory"])
        field.label_from_instance = _with_office  # type: ignore[method-assign, assignment]


def _with_office(signatory: Signatory) -> str:
    who = f"{signatory.name}, {signatory.get_office_display()}"
    if signatory.signed_on is None:
        return who
    return str(_("%(who)s (signed on %(day)s)") % {"who": who, "day": short_date(signatory.signed_on)})


STEP_FORMS: Final[Mapping[str, type[StepForm]]] = {
    "agree": AgreeStep,
    "sign": SignStep,
    "send_back": SendBackStep,
    "abandon": AbandonStep,
    "terminate": TerminateStep,
}
"""The form of a verb that asks more than a yes."""
