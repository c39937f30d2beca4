"""The forms of a plan of measures: propose one, pick from the library, take a step; cleaned data are the arguments."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubportal.forms import carry
from hubportal.look.dates import short_date
from spoc.models import Measure, ServiceRequest, StandardMeasure
from spoc.models.measure import check_day
from spoc.plan import agency, phases
from spoc.step_form import text_field


class ProposeForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's forms are not generic at run time
    """A measure of one's own."""

    class Meta:
        model = Measure
        fields = ("title", "phase", "party", "who", "due_on")
        widgets = {"phase": forms.RadioSelect, "party": forms.RadioSelect}

    def __init__(self, *args: Any, row: ServiceRequest, agency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].required = True
        own = [("agency", agency), ("commune", row.commune.name)]
        for name, choices in (("phase", list(phases(row.kind).items())), ("party", own)):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """Leave the checks of the row to the verb, which knows the request and the person."""


class PickForm(forms.Form):
    """Measures of the library."""

    standards = forms.ModelMultipleChoiceField(
        StandardMeasure.objects.none(),
        label=_("Measures of the library"),
        error_messages={"required": _("Tick at least one measure.")},
    )

    def __init__(self, *args: Any, offered: list[StandardMeasure], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["standards"]
        field.queryset = StandardMeasure.objects.filter(pk__in=[item.pk for item in offered])


class AgreeForm(forms.Form):
    """Measures to agree to, each as it was read: the value of a box is its key and its version."""

    measures = forms.MultipleChoiceField(
        label=_("Measures to agree to"),
        error_messages={
            "required": _("Tick at least one measure."),
            "invalid_choice": _("A measure has just been changed: read the list again, then agree."),
        },
    )

    def __init__(self, *args: Any, offered: list[tuple[Measure, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {value: measure for measure, value in offered}
        field: Any = self.fields["measures"]
        field.choices = [(value, measure.name) for value, measure in self.offered.items()]

    def clean(self) -> dict[str, Any]:
        """Return the argument of `Measure.objects.agree`."""
        ticked = self.cleaned_data.get("measures", [])
        return {"read": {self.offered[value]: int(value.rpartition("-")[2]) for value in ticked}}


class PlanStepForm(forms.Form):
    """A step that needs no more than a yes."""

    def __init__(self, *args: Any, row: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label = capfirst(field.label)
        self.row = row


class Read:
    """Of a step taken on what was read: when somebody was first, the next try is made knowingly."""

    row: Any

    def add_error(self, field: str | None, error: Any) -> None:
        """Let the next try be made knowingly."""
        super().add_error(field, error)  # type: ignore[misc]  # of the form that it is a part of
        form: Any = self
        if any(form.has_error(name, "stale") for name in form.errors):
            carry(form, "version", str(self.row.steps_taken))


class FinishForm(PlanStepForm):
    """When it was done, and what came of it."""

    done_on = forms.DateField(label=_("done on"), initial=timezone.localdate)
    result = text_field(
        _("what came of it"),
        rows=3,
        length=1000,
        required=False,
        help_text=_("For example: 38 merchants came. Both parties read it."),
    )


class ReadForm(Read, PlanStepForm):
    """A step taken on what was read: `version` says how many steps had been taken then."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, row: Any, initial: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, row=row, initial={"version": row.steps_taken, **(initial or {})}, **kwargs)


class PostponeForm(ReadForm):
    """The new day, and why."""

    due_on = forms.DateField(label=pgettext_lazy("deadline", "new day"))
    reason = text_field(_("reason"), rows=3, length=1000)


class CounterForm(ReadForm):
    """The day by which one would agree, and why."""

    due_on = forms.DateField(label=pgettext_lazy("deadline", "day that suits you"))
    reason = text_field(_("reason"), rows=3, length=1000, required=False)


class ChangeForm(Read, ProposeForm):
    """What was proposed, to change; of a measure of the library what it is stays."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, row: Measure, **kwargs: Any) -> None:
        known = {name: getattr(row, name) for name in self.Meta.fields} | {"version": row.steps_taken}
        super().__init__(*args, row=row.request, agency=agency(), initial=known, **kwargs)
        self.row = row
        if row.standard_id:
            del self.fields["title"], self.fields["phase"]


class OtherDaysForm(forms.Form):
    """A day for each measure that waits, with its version as it was read."""

    reason = text_field(_("reason"), rows=3, length=1000, required=False)

    def __init__(self, *args: Any, measures: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {f"day-{measure.pk}": measure for measure in measures}
        days: dict[str, forms.Field] = {}
        for name, measure in self.offered.items():
            said = _("You proposed: by %(day)s.") if measure.is_countered else _("Proposed: by %(day)s.")
            days[name] = forms.DateField(
                label=measure.name,
                required=False,
                initial=measure.due_on,
                help_text=said % {"day": short_date(measure.due_on)},
            )
            hidden = forms.HiddenInput
            days[f"version-{name}"] = forms.IntegerField(widget=hidden, required=False, initial=measure.steps)
        self.fields = days | self.fields
        self.fields["reason"].label = capfirst(_("reason"))

    def clean(self) -> dict[str, Any]:
        """Return the arguments of `Measure.objects.counter`: the days that are others, or that a first click gave."""
        is_stale = any(name.startswith("day-") and name not in self.fields for name in self.data)
        days = {}
        for name, measure in self.offered.items():
            day, version = self.cleaned_data.get(name), self.cleaned_data.get(f"version-{name}")
            is_read = version == measure.steps
            if day and day != measure.due_on:
                is_stale |= not is_read
                self._check(name, day)
                days[measure] = (measure.steps, day)
            elif day and measure.is_countered and not is_read:
                days[measure] = (measure.steps, day)
        if is_stale:
            for name, measure in self.offered.items():
                carry(self, f"version-{name}", str(measure.steps))
            self.add_error(
                None, _("A measure has just been changed: read the list again, then give the days.")
            )
        if not days and not self.errors:
            self.add_error(None, _("Give another day for at least one measure."))
        return {"days": days, "reason": self.cleaned_data.get("reason", "")}

    def _check(self, name: str, day: date) -> None:
        try:
            check_day(day)
        except ValidationError as error:
            self.add_error(name, error.error_dict["due_on"])


class DropForm(PlanStepForm):
    """Why it will not be done."""

    reason = text_field(_("reason"), rows=3, length=1000)


MEASURE_FORMS: Final[Mapping[str, type[PlanStepForm] | type[ChangeForm]]] = {
    "agree": ReadForm,
    "counter": CounterForm,
    "change": ChangeForm,
    "finish": FinishForm,
    "postpone": PostponeForm,
    "drop": DropForm,
}
"""The other steps need no more than a yes: `PlanStepForm`."""
