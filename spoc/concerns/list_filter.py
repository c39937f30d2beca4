"""How the list of concerns is narrowed down: by GET, with the fields that a reader has a use for."""

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import ChoiceFilter

from communes.models.spoc import communes_served_by
from spoc.list_filter import GOING_ON, OWN, WordsFilter, communes
from spoc.models import Concern, ConcernTheme, Side, Urgency
from spoc.models.concern_queryset import awaiting_us
from spoc.states import STATES

SHARED: Final = "shared"
WAITS: Final = "waits"
MINE: Final = "mine"
HAS_ANSWER: Final = "to_pass_on"
URGENT: Final = "urgent"
"""Choices: shared by other communes; what waits for one's party; what one raised oneself; an answer to pass on; urgent
and unanswered."""


class ConcernFilter(WordsFilter):
    """What is looked for; the rows it is given are those that the person may see, read `with_turns`.

    Unless told otherwise, a SPOC reads the communes they serve, a commune its own concerns.
    """

    state = ChoiceFilter(
        label=_("State"), method="by_state", empty_label=pgettext_lazy("states", "All states")
    )
    theme = ChoiceFilter(
        label=pgettext_lazy("concern", "Theme"), empty_label=pgettext_lazy("themes", "All themes")
    )
    urgency = ChoiceFilter(
        label=_("Urgency"), choices=Urgency.choices, empty_label=pgettext_lazy("urgency", "Any urgency")
    )
    mine = ChoiceFilter(label=_("Whose step"), method="by_turn", empty_label=_("Anybody’s"))
    commune = ChoiceFilter(label=_("Commune"), method="by_commune", empty_label=_("All communes"))

    def __init__(self, data: Any, *, user: Any, queryset: QuerySet[Concern], is_agency: bool) -> None:
        given = data.copy()
        if "commune" not in data and (not is_agency or communes_served_by(user)):
            given["commune"] = OWN
        super().__init__(given, queryset=queryset)
        self.user, self.asked, self.side = user, data, Side.AGENCY if is_agency else Side.COMMUNE
        self.filters["state"].extra["choices"] = list(_states(is_agency))
        self.filters["theme"].extra["choices"] = [
            (theme.code, theme.title) for theme in ConcernTheme.objects.visible_to(user)
        ]
        self.filters["mine"].extra["choices"] = list(_turns(is_agency))
        self.filters["commune"].extra["choices"] = list(communes(user)) if is_agency else list(_whose())

    def by_state(self, rows: Any, name: str, state: str) -> Any:
        """Return those in a state, those that go on, are urgent, or have an answer to pass on."""
        if state in (HAS_ANSWER, URGENT):
            return rows.to_pass_on() if state == HAS_ANSWER else rows.urgent()
        return rows.open() if state == GOING_ON else rows.filter(status=state)

    def by_turn(self, rows: Any, name: str, whose: str) -> Any:
        """Return those that wait for one's party, or those that one raised."""
        return rows.filter(awaiting_us(self.user)) if whose == WAITS else rows.filter(raised_by=self.user)

    def by_commune(self, rows: Any, name: str, nis: str) -> Any:
        """Return those of a commune, of those that the person serves or acts for, or those shared by others."""
        if nis == SHARED:
            return rows.of_others(self.user)
        if nis != OWN:
            return rows.filter(commune=nis)
        return rows.served_by(self.user) if self.side == Side.AGENCY else rows.of_own_communes(self.user)


def _states(is_agency: bool) -> Iterator[tuple[str, Any]]:
    yield GOING_ON, pgettext_lazy("states", "What goes on")
    yield URGENT, pgettext_lazy("states", "Urgent, without an answer")
    if is_agency:
        yield HAS_ANSWER, pgettext_lazy("states", "An answer to pass on")
    yield from ((code, state.label) for code, state in STATES["concern"].items())


def _turns(is_agency: bool) -> Iterator[tuple[str, Any]]:
    yield WAITS, _("Waiting for us") if is_agency else _("Waiting for our commune")
    if not is_agency:
        yield MINE, _("Raised by me")


def _whose() -> Iterator[tuple[str, Any]]:
    yield OWN, _("Our commune")
    yield SHARED, _("Shared by other communes")
