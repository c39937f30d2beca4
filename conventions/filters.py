"""How the list of conventions is narrowed down: by GET, with the fields that a reader has a use for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import CharFilter, ChoiceFilter, DateFilter, FilterSet

from communes.models import Commune
from communes.models.mandate import communes_of
from conventions.models import Convention, Theme
from conventions.models.policy import text_seen_by
from conventions.states import STATES
from hubportal import search
from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.forms import FilterForm

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


class _Form(FilterForm):
    """The fields of the list."""

    def clean(self) -> dict[str, Any]:
        """Refuse to look for dates and words where there is no convention."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("state") == NONE and any(cleaned.get(name) for name in ("text", "theme", "before")):
            error = _("Without an agreement there are no words, themes or dates: leave those fields empty.")
            self.add_error("state", ValidationError(error))
        return cleaned


class ConventionFilter(FilterSet):  # type: ignore[misc]  # django-filter has no types
    """What is looked for. A field that says nothing to this reader is left out, so an address cannot ask it."""

    text = CharFilter(
        label=_("Words"), method="by_words", max_length=search.LONGEST,
        widget=forms.TextInput(attrs={"type": "search"}),
    )  # fmt: skip
    commune = ChoiceFilter(label=_("Commune"), field_name="commune")
    state = ChoiceFilter(label=_("State"), method="by_state")
    theme = ChoiceFilter(label=_("Theme"), method="by_theme")
    before = DateFilter(label=_("Ends before"), method="by_end")

    class Meta:
        form = _Form
        model = Convention
        fields: ClassVar[list[str]] = []

    def __init__(self, data: Any, *, user: User, reader: Reader, communes: Iterable[Commune]) -> None:
        super().__init__(data, queryset=Convention.objects.visible_to(user))
        self.user = user
        self._offer("commune", _("All communes"), ((row.nis, row.name) for row in communes))
        self._offer("state", _("Today’s"), _states(reader))
        if not reader.shows_dates:
            for name in ("text", "theme", "before"):
                del self.filters[name]
            return
        themes = Theme.objects.order_by("position", "code")
        self._offer("theme", _("All themes"), ((row.code, row.name) for row in themes))

    def _offer(self, name: str, everything: Any, choices: Iterable[tuple[str, Any]]) -> None:
        self.filters[name].extra |= {"choices": list(choices), "empty_label": everything}

    @property
    def is_asked(self) -> bool:
        """Whether anything is looked for."""
        return any(self.data.get(name) for name in self.filters)

    @property
    def is_of_today(self) -> bool:
        """Whether the answer is a part of the table of today: one row for each commune."""
        is_public = "text" not in self.filters
        return is_public or self.form.cleaned_data["state"] == NONE

    def filter_queryset(self, queryset: Any) -> Any:
        """Narrow it down; without a state, to what speaks for a commune today or will."""
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data["state"] else _speaking(rows)

    def by_state(self, rows: Any, name: str, state: str) -> Any:
        """Return those in a state of today, or of the choices beside them."""
        if state == OPEN:
            return rows.open()
        return rows if state == ALL else rows.in_state(state)

    def by_end(self, rows: Any, name: str, day: date) -> Any:
        """Return those that end before a day."""
        return rows.ends_before(day)

    def by_theme(self, rows: Any, name: str, code: str) -> Any:
        """Return those that open a theme: it is a part of the text."""
        return rows.filter(text_seen_by(self.user), themes__theme=code)

    def by_words(self, rows: Any, name: str, text: str) -> Any:
        """Return those that hold the words, where the person may read them."""
        return rows.found_by(self.user, text)

    def keeps(self, commune: Commune, state: str) -> bool:
        """Tell whether a row of the table of today is looked for."""
        asked = self.form.cleaned_data
        return asked["commune"] in ("", commune.nis) and asked["state"] in ("", state)


def _speaking(rows: Any) -> Any:
    """Leave out what another one replaced, and what nobody will sign: it speaks for no commune today."""
    return rows.exclude(pk__in=rows.superseded().values("pk")).exclude(status="abandoned")


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
