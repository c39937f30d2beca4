"""How the list of conventions is narrowed down: a form by GET, with the fields that a reader has a use for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from communes.models import Commune
from communes.models.mandate import communes_of
from conventions.models import Convention, Theme
from conventions.models.policy import text_seen_by
from conventions.states import STATES
from hubportal import search
from hubportal.accounts.models import AGENCY_ROLES, User

NONE: Final = "none"
OPEN: Final = "open"
ALL: Final = "all"
"""Choices beside the states of a convention: communes without one, all that nobody signed yet, everything."""
TODAYS: Final = (NONE, "upcoming", "in_force", "notice", "expired", "terminated")
"""States of the one that speaks for a commune today."""


@dataclass(frozen=True)
class Reader:
    """How much of a list a person reads."""

    is_agency: bool
    own: frozenset[str]

    @property
    def shows_dates(self) -> bool:
        """Whether they read dates and history; cabinet and task force read the states of today."""
        return self.is_agency or bool(self.own)


def reader(user: User) -> Reader:
    """Return how much a person reads."""
    return Reader(user.has_role(*AGENCY_ROLES), communes_of(user))


class ConventionFilter(forms.Form):
    """What is looked for. A field that says nothing to this reader is left out, so an address cannot ask it."""

    use_required_attribute = False

    text = forms.CharField(
        label=_("Words"), required=False, max_length=search.LONGEST,
        widget=forms.TextInput(attrs={"type": "search"}),
    )  # fmt: skip
    commune = forms.ChoiceField(label=_("Commune"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    theme = forms.ChoiceField(label=_("Theme"), required=False)
    before = forms.DateField(label=_("Ends before"), required=False)

    def __init__(self, data: Any, *, reader: Reader, communes: Iterable[Commune]) -> None:
        super().__init__(data, label_suffix="")
        fields: Any = self.fields
        fields["commune"].choices = _choices(_("All communes"), ((row.nis, row.name) for row in communes))
        fields["state"].choices = _choices(_("Today’s"), _states(reader))
        if not reader.shows_dates:
            for name in ("text", "theme", "before"):
                del fields[name]
            return
        themes = Theme.objects.order_by("position", "code")
        fields["theme"].choices = _choices(_("All themes"), ((row.code, row.name) for row in themes))

    def clean(self) -> dict[str, Any]:
        """Refuse to look for dates and words where there is no convention."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("state") == NONE and any(cleaned.get(name) for name in ("text", "theme", "before")):
            error = _("Without an agreement there are no words, themes or dates: leave those fields empty.")
            self.add_error("state", ValidationError(error))
        return cleaned

    @property
    def is_asked(self) -> bool:
        """Whether anything is looked for."""
        return any(self.data.get(name) for name in self.fields)

    @property
    def is_of_today(self) -> bool:
        """Whether the answer is a part of the table of today: one row for each commune."""
        is_public = "text" not in self.fields
        return is_public or self.cleaned_data["state"] == NONE

    def rows(self, user: User) -> QuerySet[Convention]:
        """Return the conventions that a person looks for, of those they may know of."""
        asked = self.cleaned_data
        rows: Any = Convention.objects.visible_to(user)
        if asked["commune"]:
            rows = rows.filter(commune=asked["commune"])
        rows = _in_state(rows, asked["state"])
        if asked["before"]:
            rows = rows.ends_before(asked["before"])
        if asked["theme"]:
            # A theme is part of the text.
            rows = rows.filter(text_seen_by(user), themes__theme=asked["theme"])
        found: QuerySet[Convention] = rows.found_by(user, asked["text"]) if asked["text"] else rows
        return found

    def keeps(self, commune: Commune, state: str) -> bool:
        """Tell whether a row of the table of today is looked for."""
        asked = self.cleaned_data
        return asked["commune"] in ("", commune.nis) and asked["state"] in ("", state)


def _choices(everything: Any, choices: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [("", everything), *choices]


def _states(reader: Reader) -> Iterator[tuple[str, Any]]:
    table = STATES["convention"]
    if not reader.shows_dates:
        yield from ((code, table[code].label) for code in TODAYS)
        return
    yield OPEN, pgettext_lazy("states", "Not signed yet")
    # "Signed" marks signatures: a convention that is signed is in force, or will be, or was.
    hidden = {"signed"} if reader.is_agency else {"signed", "draft"}
    yield from ((code, state.label) for code, state in table.items() if code not in hidden)
    yield ALL, pgettext_lazy("states", "All, ended ones too")


def _in_state(rows: Any, state: str) -> Any:
    if state == OPEN:
        return rows.open()
    if state == "":
        # What another one replaced, or nobody signed, speaks for no commune today.
        return rows.exclude(pk__in=rows.superseded().values("pk")).exclude(status="abandoned")
    return rows if state == ALL else rows.in_state(state)
