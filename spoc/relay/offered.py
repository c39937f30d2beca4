"""What a note may take up: the concerns that can be relayed, those of a group together."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from hubportal import search
from hubportal.accounts.models import User
from spoc.models import Concern, ConcernGroup, RelayNote
from spoc.relay.forms import AddForm

MOST: Final = 200
"""Concerns that are listed at most, the newest; words narrow them down."""


class Grouped(NamedTuple):
    """A group with its concerns that can be relayed: they leave, not others of the group."""

    group: ConcernGroup
    concerns: list[Concern]

    @property
    def communes(self) -> int:
        """How many communes ask."""
        return len({concern.commune_id for concern in self.concerns})


class Offered(NamedTuple):
    """What is offered, the form that takes it, the words looked for, and whether more would fit."""

    groups: list[Grouped]
    single: list[Concern]
    form: AddForm
    words: str
    has_more: bool

    @property
    def ticked(self) -> dict[str, set[int]]:
        """What was ticked, by the name of its boxes: a refusal loses none of it."""
        return {name: _numbers(self.form[name].value()) for name in ("groups", "concerns")}


def offered(note: RelayNote, user: User, asked: Mapping[str, str], data: Any) -> Offered:
    """Return what a note may take up, as its writer may see it; as many queries for 200 concerns as for one."""
    words = asked.get("q", "").strip()[: search.LONGEST]
    rows = Concern.objects.visible_to(user).relayable()
    shown = rows.search(words) if words else rows
    found = list(shown.select_related("commune", "group", "theme").newest_first()[: MOST + 1])
    of_groups: dict[ConcernGroup, list[Concern]] = defaultdict(list)
    for concern in found[:MOST]:
        if concern.group:
            of_groups[concern.group].append(concern)
    form = AddForm(
        data,
        groups=ConcernGroup.objects.visible_to(user).in_use(user),
        concerns=rows,
        items=note.items(user).in_order(),
    )
    return Offered(
        [Grouped(group, own) for group, own in of_groups.items()],
        [concern for concern in found[:MOST] if not concern.group],
        form,
        words,
        len(found) > MOST,
    )


def _numbers(values: Any) -> set[int]:
    return {int(value) for value in values or () if str(value).isdecimal()}
