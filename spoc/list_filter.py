"""How lists are narrowed down: by GET, with the fields that a reader has a use for; here that of requests."""

from collections.abc import Iterator
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import CharFilter, ChoiceFilter, FilterSet

from communes.models import Commune
from communes.models.spoc import communes_served_by
from hubportal import search
from hubportal.forms import FilterForm
from spoc.models import OPEN, Direction, Kind, ServiceRequest, Status
from spoc.states import STATES

GOING_ON: Final = "open"
LATE: Final = "late"
OWN: Final = "own"
"""Choices beside the states, and beside the communes: what goes on, what is late; those that a person serves."""


class ListFilter(FilterSet):  # type: ignore[misc]  # django-filter has no types
    """What is looked for in a list; the rows it is given are those that the person may see."""

    class Meta:
        form = FilterForm

    def __init__(self, data: Any, *, queryset: QuerySet[Any]) -> None:
        super().__init__(data, queryset=queryset)
        self.asked = data

    @property
    def is_asked(self) -> bool:
        """Whether anything is looked for."""
        return any(self.asked.get(name) for name in self.filters)


class WordsFilter(ListFilter):
    """The same, by words too."""

    text = CharFilter(
        label=_("Words"), method="by_words", max_length=search.LONGEST,
        widget=forms.TextInput(attrs={"type": "search"}),
    )  # fmt: skip

    def by_words(self, rows: Any, name: str, text: str) -> Any:
        """Return those that hold the words."""
        return rows.search(text)


class RequestFilter(WordsFilter):
    """What is looked for among requests."""

    state = ChoiceFilter(
        label=_("State"), method="by_state", empty_label=pgettext_lazy("states", "All states")
    )
    kind = ChoiceFilter(label=_("Service"), choices=Kind.choices, empty_label=_("All services"))
    direction = ChoiceFilter(
        label=_("Direction"), choices=Direction.choices, empty_label=pgettext_lazy("directions", "Both ways")
    )
    commune = ChoiceFilter(label=_("Commune"), method="by_commune", empty_label=_("All communes"))

    def __init__(self, data: Any, *, user: Any, queryset: QuerySet[ServiceRequest], is_agency: bool) -> None:
        super().__init__(data, queryset=queryset)
        self.user = user
        self.filters["state"].extra["choices"] = list(_states())
        if is_agency:
            self.filters["commune"].extra["choices"] = list(communes(user))
        else:
            del self.filters["commune"]

    def filter_queryset(self, queryset: Any) -> Any:
        """Leave out the drafts that were given up, unless what was withdrawn is looked for."""
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data["state"] == Status.WITHDRAWN else rows.kept()

    def by_state(self, rows: Any, name: str, state: str) -> Any:
        """Return those in a state, those that go on, or those that are late."""
        if state == LATE:
            return rows.late()
        return rows.filter(status__in=OPEN) if state == GOING_ON else rows.filter(status=state)

    def by_commune(self, rows: Any, name: str, nis: str) -> Any:
        """Return those of a commune, or of all that the person serves."""
        return rows.filter(commune__in=communes_served_by(self.user) if nis == OWN else [nis])


def _states() -> Iterator[tuple[str, Any]]:
    yield GOING_ON, pgettext_lazy("states", "What goes on")
    yield LATE, pgettext_lazy("states", "What is late")
    yield from ((code, state.label) for code, state in STATES["request"].items())


def communes(user: Any) -> Iterator[tuple[str, Any]]:
    """Return the communes that the agency chooses from, all those that a person serves first."""
    if communes_served_by(user):
        yield OWN, _("My communes")
    yield from ((commune.nis, commune.name) for commune in Commune.objects.order_by("nis"))
