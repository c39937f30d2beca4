"""The form of a meeting: its facts, and its rows as numbered fields, so that it needs no script."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from conventions.models import Attendance, MeetingAction, Party, Person, SteeringMeeting, Todo
from conventions.models.meeting import AHEAD
from conventions.stale import VersionedForm, own_language

BLANK_PEOPLE, BLANK_ACTIONS = 3, 2
"""Empty rows below those that are filled."""
MOST_ROWS: Final = 100
_PERSON: Final = ("name", "party", "presence")
_ACTION: Final = ("what", "who", "due_on")
_PRESENCE: Final = (*Attendance.Presence.choices, ("", _("not noted")))


class Row(NamedTuple):
    """A numbered row: its fields, and the hidden key of what it stands for."""

    number: int
    fields: list[BoundField]
    key: BoundField | None = None


class MeetingForm(VersionedForm):
    """Facts and rows of a meeting; a row whose first field was emptied is taken out.

    After validation `people` and `todo` are the rows as the model's verbs want them. Initial rows come as `people`
    and `actions`; `known` are the people of the portal who may be meant by a name.
    """

    held_on = forms.DateField(label=_("Day"))
    place = forms.CharField(label=_("Place"), max_length=200, required=False)
    minutes_fr = forms.CharField(
        label=pgettext_lazy("meeting", "minutes"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea({"rows": 10}),
    )
    minutes_nl = forms.CharField(
        label=pgettext_lazy("meeting", "minutes"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea({"rows": 10}),
    )
    people: list[Person]
    todo: list[Todo]

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, initial: dict[str, Any], people: Sequence[Person],
        actions: Sequence[MeetingAction] = (), **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(data, initial=initial, **kwargs)
        own_language(self, SteeringMeeting.TEXTS)
        self.known = {person.name: person.user for person in people}
        self._people = self._rows("name", len(people), BLANK_PEOPLE)
        self._actions = self._rows("what", len(actions), BLANK_ACTIONS)
        for number in self._people:
            self._add_person(number, people[number] if number < len(people) else Person("", Party.COMMUNE))
        for number in self._actions:
            self._add_action(number, actions[number] if number < len(actions) else MeetingAction())

    def _rows(self, first: str, filled: int, blank: int) -> range:
        """Return the numbers of the rows: those that were sent, else those that are filled and some empty ones."""
        if not self.is_bound:
            return range(min(filled + blank, MOST_ROWS))
        sent = (re.fullmatch(rf"{first}_([0-9]{{1,2}})", name) for name in self.data)
        return range(max((int(match[1]) + 1 for match in sent if match), default=0))

    def _add_person(self, number: int, person: Person) -> None:
        self.fields.update(
            {
                f"name_{number}": forms.CharField(label=_("Name"), max_length=200, required=False),
                f"party_{number}": forms.ChoiceField(
                    label=pgettext_lazy("party", "For"), choices=Party.choices
                ),
                f"presence_{number}": forms.ChoiceField(
                    label=_("Presence"), choices=_PRESENCE, required=False
                ),
            }
        )
        self.initial.update({f"{name}_{number}": getattr(person, name) for name in _PERSON})

    def _add_action(self, number: int, action: MeetingAction) -> None:
        self.fields.update(
            {
                f"what_{number}": forms.CharField(
                    label=_("What is to be done"), max_length=500, required=False
                ),
                f"who_{number}": forms.CharField(label=_("By whom"), max_length=200, required=False),
                f"due_on_{number}": forms.DateField(label=_("By when"), required=False),
                f"action_{number}": forms.IntegerField(required=False, widget=forms.HiddenInput),
            }
        )
        self.initial.update({f"{name}_{number}": getattr(action, name) for name in _ACTION})
        self.initial[f"action_{number}"] = action.pk

    @property
    def people_rows(self) -> list[Row]:
        """The rows of the attendance, for the page."""
        return [Row(number + 1, [self[f"{name}_{number}"] for name in _PERSON]) for number in self._people]

    @property
    def action_rows(self) -> list[Row]:
        """The rows of the actions, for the page."""
        return [
            Row(number + 1, [self[f"{name}_{number}"] for name in _ACTION], self[f"action_{number}"])
            for number in self._actions
        ]

    @property
    def facts(self) -> dict[str, Any]:
        """The columns of the meeting, once it is valid."""
        return {name: self.cleaned_data[name] for name in ("held_on", "place", *SteeringMeeting.TEXTS)}

    def clean(self) -> dict[str, Any]:
        """Gather the rows; say in which one something is missing."""
        self.people, self.todo = [], []
        for number in self._people:
            self._gather_person(number)
        for number in self._actions:
            self._gather_action(number)
        return self.cleaned_data

    def _gather_person(self, number: int) -> None:
        name, party, presence = (self.cleaned_data.get(f"{key}_{number}", "") for key in _PERSON)
        if not name or not presence:
            return
        if "@" in name:
            words = _("Person %(number)s: write a name, not an e-mail address.")
            self._refuse_row(f"name_{number}", words, number)
        if any(person[:2] == (name, party) for person in self.people):
            words = _("Person %(number)s: this person is written down already.")
            self._refuse_row(f"name_{number}", words, number)
        self.people.append(Person(name, party, presence, self.known.get(name)))

    def _gather_action(self, number: int) -> None:
        what, who, due_on = (self.cleaned_data.get(f"{key}_{number}") for key in _ACTION)
        if what and not who and f"who_{number}" not in self.errors:
            self._refuse_row(f"who_{number}", _("Action %(number)s: write who does it."), number)
        if (who or due_on) and not what and not self.cleaned_data.get(f"action_{number}"):
            self._refuse_row(f"what_{number}", _("Action %(number)s: write what is to be done."), number)
        held_on = self.cleaned_data.get("held_on")
        # A meeting itself is at most a year ahead: what is wrong then is its day.
        if due_on and held_on and due_on < held_on <= timezone.localdate() + AHEAD:
            self._refuse_row(
                f"due_on_{number}", _("Action %(number)s: this day is before the meeting."), number
            )
        if what and who:
            self.todo.append(Todo(what, who, due_on, self.cleaned_data.get(f"action_{number}")))

    def _refuse_row(self, field: str, words: Any, number: int) -> None:
        if field not in self.errors:
            self.add_error(field, ValidationError(words % {"number": number + 1}))
