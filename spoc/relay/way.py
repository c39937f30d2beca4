"""The whole way of a relay note: raised by whom and when, relayed, answered, passed on, read by whom.

The agency reads all of it. Cabinet and task force read what the note as it was sent says, and their own answers: whose
a confidential concern is, and what became of it in its commune, is not theirs to know.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from hubportal.accounts.models import User
from spoc.models import Answer, Concern, ConcernAnswer, RelayNote
from spoc.models.relay_item import RelayPart
from spoc.models.sent_note import Sent, SentConcern
from spoc.relay.answered import answers_of


class Leg(NamedTuple):
    """The way of one concern; what the reader may not know is empty; `own`, the row itself, is the agency's."""

    concern: SentConcern
    own: Concern | None
    commune: str
    is_confidential: bool
    raised_by: str
    qualified_at: datetime | None
    answer: Answer | None
    told: ConcernAnswer | None
    readers: list[Any]


def way(note: RelayNote, sent: Sent, user: User) -> list[Leg]:
    """Return the way of each concern of a note: as many queries for 200 as for two."""
    answers = answers_of(note, user)
    # Both are empty but for the agency.
    parts = {
        (part.item.number, part.number): part
        for part in note.parts(user)
        .filter(number__isnull=False)
        .with_concerns()
        .select_related("concern__raised_by")
    }
    told = _told(note, user)
    return [
        _leg(
            concern,
            _last(answers[item.number, concern.number] or answers[item.number, None]),
            parts.get((item.number, concern.number)),
            told,
        )
        for item in sent.items
        for concern in item.concerns
    ]


def _leg(
    concern: SentConcern, answer: Answer | None, part: RelayPart | None, told: Mapping[int, ConcernAnswer]
) -> Leg:
    if part is None:
        return Leg(concern, None, concern.commune_title, False, "", None, answer, None, [])
    own, passed = part.concern, told.get(part.concern_id)
    return Leg(
        concern,
        own,
        own.commune.name,
        part.is_anonymous,
        own.raised_by.full_name,
        own.qualified_at,
        answer,
        passed,
        list(passed.readings.all()) if passed else [],
    )


def _last(answers: list[Answer]) -> Answer | None:
    return answers[-1] if answers else None


def _told(note: RelayNote, user: User) -> dict[int, ConcernAnswer]:
    """Return by concern what its commune was told of an answer to this note, the last time; agency only."""
    items = note.items(user).order_by().values("pk")
    rows = ConcernAnswer.objects.visible_to(user).filter(item__in=items).select_related("told_by")
    return {row.concern_id: row for row in rows.prefetch_related("readings__user").order_by("told_at", "pk")}
