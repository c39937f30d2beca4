"""The forms of the steps of a request, for the desk and the portal: their cleaned data are the verb's arguments."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from communes.models.mandate import people_of
from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.files.forms import UploadField
from hubportal.forms import add_errors
from spoc.deadlines import proposed_due
from spoc.models import (
    CLOSING_OUTCOMES,
    DELIVERABLE_OUTCOMES,
    DeclineReason,
    NewDeliverable,
    Outcome,
    ServiceRequest,
    Sharing,
    Side,
    StandardAnswer,
    Usefulness,
)
from spoc.models.checks import may_be_delivered, wants_evaluation
from spoc.step_form import StepForm, text_field
from spoc.subject import day_of, needed_on


def chosen(choices: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Return choices of which none is made yet: nobody refuses or ends anything by a slip."""
    return [("", pgettext_lazy("choice", "To choose")), *choices]


def outcomes(codes: tuple[Outcome, ...]) -> list[tuple[str, Any]]:
    """Return these outcomes as choices."""
    return chosen((code.value, code.label) for code in codes)


class AcceptForm(StepForm):
    """Who takes it on, by when."""

    assigned_to = forms.ModelChoiceField(User.objects.none(), label=_("person in charge"))
    due_on = forms.DateField(
        label=pgettext_lazy("deadline", "due"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def prepare(self) -> None:
        """Offer the people of the party that is asked, oneself first, and a term that helps the requester."""
        field = self.fields["assigned_to"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = _people(self.row)
        self.initial.setdefault("assigned_to", self.user.pk)
        due = self.fields["due_on"]
        self.initial.setdefault("due_on", proposed_due(timezone.localdate(), needed_on(self.row)))
        if day := day_of(self.row):
            due.help_text = f"{day.label}{pgettext('after a label', ': ')}{day.text}"


class AssignForm(StepForm):
    """Who goes on with it."""

    assigned_to = forms.ModelChoiceField(
        User.objects.none(), label=_("new person in charge"), empty_label=pgettext_lazy("choice", "To choose")
    )
    note = text_field(
        _("a word about it"), rows=3, length=1000, required=False, help_text=_("Both parties read it.")
    )

    def prepare(self) -> None:
        """Offer the other people of the party that is asked."""
        field = self.fields["assigned_to"]
        if isinstance(field, forms.ModelChoiceField):
            others = _people(self.row)
            # Whoever was sent is told by the verb: a second click finds there what the first one did.
            field.queryset = others if self.is_bound else others.exclude(pk=self.row.assigned_to_id)


class DeclineForm(StepForm):
    """Why not."""

    act = StandardAnswer.Act.DECLINE

    reason = forms.ChoiceField(label=_("reason"), choices=chosen(DeclineReason.choices))
    text = text_field(_("explanation"))


class AskForm(StepForm):
    """What is asked of the requester."""

    act, begins = StandardAnswer.Act.ASK, "question"

    question = text_field(pgettext_lazy("to the requester", "question"))


class DeliverableForm(StepForm):
    """One thing to deliver: a file, a link or a text."""

    title = forms.CharField(
        label=_("title"),
        max_length=160,
        widget=forms.TextInput(attrs={"size": 60}),
        error_messages={"required": _("Give it a title: the requester reads it in the list.")},
    )
    upload = UploadField(
        label=_("file"), required=False, help_text=_("One of the three: a file, a link or a text.")
    )
    url = forms.URLField(label=_("link"), max_length=500, required=False, assume_scheme="https")
    text = text_field(_("text"), required=False, length=10_000)
    sharing = forms.ChoiceField(
        label=_("who may have it"),
        choices=Sharing.choices,
        required=False,
        initial=Sharing.COMMUNE,
        widget=forms.RadioSelect,
    )
    licence = forms.CharField(
        label=_("licence"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"size": 60}),
        help_text=_("On which terms it may be used. For example: CC BY 4.0, name the source."),
    )

    def prepare(self) -> None:
        """Ask on which terms data and studies are given; what else is delivered concerns the two parties."""
        if not self.row.has_terms:
            del self.fields["sharing"], self.fields["licence"]

    def clean(self) -> dict[str, Any]:
        """Return the argument of `hand_in`."""
        self.want_one_thing()
        return {"deliverable": self.deliverable()}

    def want_one_thing(self) -> None:
        """Say at its field which half is missing, the thing or its title."""
        found, errors = self.cleaned_data, self.errors
        if not any(found.get(name) or name in errors for name in ("upload", "url", "text")):
            self.add_error("upload", _("Nothing to deliver yet: give a file, a link or a text."))
        if not (found.get("title") or "title" in errors):
            self.add_error("title", self.fields["title"].error_messages["required"])

    def deliverable(self) -> NewDeliverable:
        """Return what was filled in."""
        found = self.cleaned_data
        return NewDeliverable(
            found.get("title", ""),
            found.get("upload"),
            found.get("url", ""),
            found.get("text", ""),
            found.get("sharing") or Sharing.COMMUNE,
            found.get("licence", ""),
        )


class DeliverForm(DeliverableForm):
    """What is delivered and with which outcome; a chantier also says how it went for the shops."""

    proposed_outcome = forms.ChoiceField(label=_("proposed outcome"), choices=outcomes(DELIVERABLE_OUTCOMES))
    evaluation = text_field(_("evaluation at the end"), required=False, length=4000)
    waiver = text_field(_("or why there is no evaluation"), required=False, rows=3, length=1000)

    field_order = ("proposed_outcome", "title", "upload", "url", "text", "sharing", "licence")

    def prepare(self) -> None:
        """Ask for something to deliver unless it is there, and for an evaluation where there is one to make."""
        super().prepare()
        if not wants_evaluation(self.row):
            del self.fields["evaluation"], self.fields["waiver"]
        if self.row.deliverables.exists() or self.row.introductions.exists():
            self.fields["title"].required = False

    def clean(self) -> dict[str, Any]:
        """Return the arguments of `deliver`."""
        new, found = self.deliverable(), self.cleaned_data
        if new.is_there or self.fields["title"].required:
            self.want_one_thing()
        if "evaluation" not in self.errors and "waiver" not in self.errors:
            self._want_end()
        return {
            "proposed_outcome": found.get("proposed_outcome", ""),
            "deliverable": new if new.is_there else None,
            "evaluation": found.get("evaluation", ""),
            "waiver": found.get("waiver", ""),
        }

    def _want_end(self) -> None:
        """Say what the plan and the evaluation lack together with what else is missing, not after."""
        found = self.cleaned_data
        try:
            may_be_delivered(self.row, found.get("evaluation", ""), found.get("waiver", ""))
        except ValidationError as error:
            add_errors(self, error)


class ConfirmForm(StepForm):
    """One question, and the outcome to keep or change."""

    usefulness = forms.ChoiceField(
        label=_("Was it useful?"), choices=Usefulness.choices, widget=forms.RadioSelect
    )
    outcome = forms.ChoiceField(label=_("outcome"), choices=outcomes(DELIVERABLE_OUTCOMES))

    def prepare(self) -> None:
        """Propose what the other party proposed."""
        self.initial.setdefault("outcome", self.row.proposed_outcome)


class CloseForm(StepForm):
    """How it ends without a delivery."""

    act = StandardAnswer.Act.CLOSE

    outcome = forms.ChoiceField(label=_("outcome"), choices=outcomes(CLOSING_OUTCOMES))
    text = text_field(_("what the requester should know"))


class ReopenForm(StepForm):
    """What is still missing."""

    reason = text_field(_("reason"))


class WithdrawForm(StepForm):
    """Why, if one wishes to say so."""

    reason = text_field(_("reason"), required=False, rows=3)


STEP_FORMS: Mapping[str, type[StepForm]] = {
    "accept": AcceptForm,
    "reassign": AssignForm,
    "decline": DeclineForm,
    "ask": AskForm,
    "deliver": DeliverForm,
    "confirm": ConfirmForm,
    "close": CloseForm,
    "reopen": ReopenForm,
    "withdraw": WithdrawForm,
}
"""The other steps need no more than a yes: `StepForm`."""


def _people(row: ServiceRequest) -> Any:
    if row.responding_side == Side.AGENCY:
        return User.objects.holding(AGENCY_ROLES)
    return people_of(row.commune_id)
