"""The forms of steering meetings: plan one, take a step; cleaned data are the arguments of the verb."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from hubportal.moments import MomentField
from spoc.models import Meeting
from spoc.plan_forms import PlanStepForm, ReadForm
from spoc.step_form import text_field

MARKS: Final = _("An empty line begins a paragraph, - a list, ## a heading.")


class MeetingForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's forms are not generic at run time
    """When, where, with whom, about what."""

    class Meta:
        model = Meeting
        fields = ("starts_at", "place", "invited", "agenda")
        field_classes = {"starts_at": MomentField}
        help_texts = {"starts_at": _("Brussels time."), "agenda": MARKS}
        widgets = {"invited": forms.Textarea(attrs={"rows": 3}), "agenda": forms.Textarea(attrs={"rows": 6})}

    def _post_clean(self) -> None:
        """Leave the checks of the row to the verb, which knows the request and the person."""


class MinutesForm(PlanStepForm):
    """What was said."""

    minutes = forms.CharField(
        label=_("minutes"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 14}), help_text=MARKS
    )


class CorrectForm(ReadForm, MinutesForm):
    """The minutes, to change."""

    def __init__(self, *args: Any, row: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, row=row, initial={"minutes": row.minutes}, **kwargs)


class PrepareForm(ReadForm):
    """Who is invited, and the agenda."""

    invited = MeetingForm.base_fields["invited"]
    agenda = MeetingForm.base_fields["agenda"]

    def __init__(self, *args: Any, row: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, row=row, initial={"invited": row.invited, "agenda": row.agenda}, **kwargs)


class MoveForm(ReadForm):
    """Another moment, another place, and why."""

    starts_at = MeetingForm.base_fields["starts_at"]
    place = MeetingForm.base_fields["place"]
    reason = text_field(_("reason"), rows=3, length=1000)

    def __init__(self, *args: Any, row: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, row=row, initial={"starts_at": row.starts_at, "place": row.place}, **kwargs)


class CancelForm(PlanStepForm):
    """Why it does not take place."""

    reason = text_field(_("reason"), rows=3, length=1000)


MEETING_FORMS: Final[Mapping[str, type[PlanStepForm]]] = {
    "hold": MinutesForm,
    "prepare": PrepareForm,
    "move": MoveForm,
    "cancel": CancelForm,
    "correct": CorrectForm,
}
