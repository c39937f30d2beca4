"""Who is reminded of which relay note: its addressee before and on the day, then the leads each week. Each once."""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from communes.recipients import leads
from hubportal.accounts.models import User
from spoc.models import NoteReminder, RelayNote
from spoc.models.concern_choices import NoteReminderKind
from spoc.relay.recipients import reminded


class Due(NamedTuple):
    """A note of which a person is reminded, and why."""

    note: RelayNote
    kind: NoteReminderKind


def claimed(today: date) -> dict[User, list[Due]]:
    """Return whom to remind of what on a day, noted as done: the caller's transaction writes the mails.

    Of two ticks at once the second waits here, and then finds nothing.
    """
    keys = [note.pk for note, _kind in RelayNote.objects.all().to_remind(today)]
    if not keys:
        return {}
    list(RelayNote.objects.filter(pk__in=keys).order_by("pk").select_for_update().values_list("pk"))
    rows = RelayNote.objects.filter(pk__in=keys).to_remind(today)
    NoteReminder.objects.bulk_create(NoteReminder(note=note, kind=kind, sent_on=today) for note, kind in rows)
    found: dict[User, list[Due]] = defaultdict(list)
    for note, kind in rows:
        for person in leads() if kind == NoteReminderKind.LATE else reminded(note):
            found[person].append(Due(note, kind))
    return dict(found)
