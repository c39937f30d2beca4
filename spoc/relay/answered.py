"""What was answered to a relay note that was sent: to each of its items, and to single concerns."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from hubportal.accounts.models import User
from spoc.models import Answer, RelayNote
from spoc.models.sent_note import Sent, SentConcern, SentItem


class ConcernOf(NamedTuple):
    """A concern as it was sent, and what was answered to it alone."""

    concern: SentConcern
    answers: list[Answer]


class ItemOf(NamedTuple):
    """An item as it was sent, what was answered to it, its concerns."""

    item: SentItem
    answers: list[Answer]
    concerns: list[ConcernOf]

    @property
    def left(self) -> int:
        """How many of its concerns have no answer yet."""
        return 0 if self.answers else sum(not line.answers for line in self.concerns)

    @property
    def is_left(self) -> bool:
        """Whether anything of it has no answer yet."""
        return self.left > 0


def answered(note: RelayNote, sent: Sent, user: User) -> list[ItemOf]:
    """Return a note as it was sent with its valid answers: one query, however many concerns it holds."""
    found = answers_of(note, user)
    return [
        ItemOf(
            item,
            found[item.number, None],
            [ConcernOf(concern, found[item.number, concern.number]) for concern in item.concerns],
        )
        for item in sent.items
    ]


def answers_in(items: list[ItemOf]) -> Iterator[Answer]:
    """Yield all answers of these items: to the whole of each, and to single concerns."""
    for line in items:
        yield from line.answers
        for one in line.concerns:
            yield from one.answers


def answers_of(note: RelayNote, user: User) -> dict[tuple[int, int | None], list[Answer]]:
    """Return the valid answers to a note that a person may read, by the numbers of item and concern."""
    found: dict[tuple[int, int | None], list[Answer]] = defaultdict(list)
    rows = Answer.objects.visible_to(user).filter(note=note).valid()
    for answer in rows.select_related("item", "given_by", "document").order_by("given_at", "pk"):
        found[answer.item.number or 0, answer.part].append(answer)
    return found
