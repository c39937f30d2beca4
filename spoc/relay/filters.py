"""How the list of relay notes is narrowed down."""

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import ChoiceFilter

from spoc.list_filter import ListFilter
from spoc.models import Addressee, RelayNote
from spoc.models.concern_choices import NOTE_UNSENT
from spoc.states import STATES

WAITING: Final = "waiting"
LATE: Final = "late"
"""Choices beside the states: what waits for an answer, and what is late."""


class NoteFilter(ListFilter):
    """What is looked for among relay notes."""

    state = ChoiceFilter(
        label=_("State"), method="by_state", empty_label=pgettext_lazy("states", "All states")
    )
    addressee = ChoiceFilter(
        label=_("Addressee"), choices=Addressee.choices, empty_label=pgettext_lazy("addressees", "All")
    )

    def __init__(self, data: Any, *, queryset: QuerySet[RelayNote], has_drafts: bool) -> None:
        super().__init__(data, queryset=queryset)
        self.filters["state"].extra["choices"] = list(_states(has_drafts))

    def filter_queryset(self, queryset: Any) -> Any:
        """Return what fits; drafts that were discarded only when they are asked for."""
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("state") else found.not_dropped()

    def by_state(self, rows: Any, name: str, state: str) -> Any:
        """Return those in a state, those that wait for an answer, or those that are late."""
        if state == LATE:
            return rows.late()
        return rows.waiting() if state == WAITING else rows.filter(status=state)


def _states(has_drafts: bool) -> Iterator[tuple[str, Any]]:
    yield WAITING, _("What waits for an answer")
    yield LATE, pgettext_lazy("states", "What is late")
    for code, state in STATES["note"].items():
        if has_drafts or code not in NOTE_UNSENT:
            yield code, state.label
