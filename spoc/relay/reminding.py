"""Who is reminded of which relay note: its addressee before and on the day, then the leads each week."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from communes.recipients import leads
from hubportal.accounts.models import User
from spoc.models import RelayNote
from spoc.models.concern_choices import NoteReminderKind
from spoc.relay.recipients import reminded


class Due(NamedTuple):
    """A line of a reminder: a note that waits for its answer, and why."""

    note: RelayNote
    kind: NoteReminderKind


def waiting(today: date) -> Iterator[tuple[User, Due]]:
    """Yield whom a note that waits for its answer concerns, and who was not reminded of it yet."""
    for note, kind, told in RelayNote.objects.all().to_remind(today):
        people = leads() if kind == NoteReminderKind.LATE else reminded(note)
        yield from ((person, Due(note, kind)) for person in people if person.pk not in told)
