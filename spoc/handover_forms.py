"""The form of a hand-over: to whom, from when to when, what to know, and the requests that they take over."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.look.dates import short_date
from spoc.models import ServiceRequest
from spoc.models.handover import LONGEST


class RequestBoxes(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """A box for each request, with who is in charge and by when."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        """Return what one ticks."""
        words = _("%(reference)s %(title)s (%(who)s, due %(day)s)")
        return words % {
            "reference": obj.reference, "title": obj.title, "who": obj.assigned_to.full_name,
            "day": short_date(obj.next_day or obj.due_on),
        }  # fmt: skip


class HandoverForm(forms.Form):
    """Its cleaned data are the arguments of `HandoverNote.objects.give`."""

    receiver = forms.ModelChoiceField(
        User.objects.none(),
        label=_("who takes over"),
        empty_label=pgettext_lazy("choice", "To choose"),
        error_messages={"invalid_choice": _("Choose a colleague who works at the agency today.")},
    )
    starts_on = forms.DateField(label=_("first day"))
    ends_on = forms.DateField(label=_("last day"), required=False, help_text=_("Included. Empty: for good."))
    text = forms.CharField(
        label=_("what to know"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("People, promises, what is delicate. The agency reads it, the commune does not."),
    )
    requests = RequestBoxes(
        ServiceRequest.objects.none(),
        label=_("put this person in charge from today on of"),
        required=False,
        help_text=_("The requester of each gets a mail that says whom they deal with from now on."),
        error_messages={
            "invalid_choice": _("One of these went on meanwhile: look at the list again, then send the form.")
        },
    )

    def __init__(self, *args: Any, user: User, rows: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label = capfirst(field.label)
        people: Any = self.fields["receiver"]
        people.queryset = User.objects.holding(AGENCY_ROLES).exclude(pk=user.pk)
        boxes: Any = self.fields["requests"]
        boxes.queryset = rows
        # One that was ticked and is no longer there is told of, not dropped.
        if not (rows or self.data.get("requests")):
            del self.fields["requests"]
