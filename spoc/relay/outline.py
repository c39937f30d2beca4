"""A note as its writer sees it: each item with its concerns, what is to mend in each, and what would fall out."""

from collections import defaultdict
from typing import Any, NamedTuple

from hubportal.accounts.models import User
from spoc.models import RelayItem, RelayNote, RelayPart
from spoc.models.note_content import Flaw


class PartOf(NamedTuple):
    """A concern in an item, and what is to mend in its words."""

    part: RelayPart
    flaws: list[str]


class ItemOf(NamedTuple):
    """An item with its concerns, and what is to mend in its own words."""

    item: RelayItem
    parts: list[PartOf]
    flaws: list[str]

    @property
    def going(self) -> int:
        """How many of its concerns would leave now."""
        return sum(not line.part.falls_out for line in self.parts)


def outline(note: RelayNote, user: User) -> dict[str, Any]:
    """Return what the writing page shows: as many queries for 200 concerns as for two."""
    flaws: dict[tuple[int | None, int | None], list[Flaw]] = defaultdict(list)
    for flaw in note.to_mend(user):
        flaws[flaw.item, flaw.part].append(flaw)
    parts: dict[int, list[PartOf]] = defaultdict(list)
    for part in note.parts(user).with_concerns().in_order():
        parts[part.item_id].append(PartOf(part, _messages(flaws[part.item_id, part.pk])))
    items = [
        ItemOf(item, parts[item.pk], _messages(flaws[item.pk, None]))
        for item in note.items(user).select_related("theme", "group").in_order()
    ]
    own = flaws[None, None]
    return {
        "items": items,
        "of_the_note": _messages([flaw for flaw in own if flaw.field != "items"]),
        "is_empty": any(flaw.field == "items" for flaw in own),
        "is_ready": not any(flaws.values()),
        "falling": [line.part for item in items for line in item.parts if line.part.falls_out],
    }


def _messages(flaws: list[Flaw]) -> list[str]:
    return list(dict.fromkeys(str(flaw.message) for flaw in flaws))
