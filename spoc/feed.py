"""The dates of requests for a calendar program: iCalendar (RFC 5545), in the language of the person it is made for.

It says title, reference and commune, never who somebody is nor what was written. Every event lasts whole days, but for
a meeting, which is an hour long: nobody says when it ends.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone, translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from icalendar import Calendar, Event
from icalendar.enums import TRANSP

from communes.models.spoc import communes_served_by
from hubportal.accounts.models import AGENCY_ROLES, Role, User
from hubportal.look.dates import short_date
from spoc import deadlines
from spoc.models import (
    CLOCK_RUNS,
    Kind,
    Measure,
    MeasureEvent,
    Meeting,
    MeetingEvent,
    RelayNote,
    ServiceRequest,
    Side,
    Status,
)
from spoc.models.choices import TAKEN_ON
from spoc.models.parties import in_charge, is_lead, reads_notes, reads_requests
from spoc.plan import agency, told_and_stopped

if TYPE_CHECKING:
    from spoc.models.measure_queryset import MeasureQuerySet
    from spoc.models.meeting_queryset import RequestMeetingQuerySet
    from spoc.models.note_queryset import RelayNoteQuerySet
    from spoc.models.queryset import RequestQuerySet

MOST: Final = 2000
"""Events in a calendar at most: what comes last is left out."""
BACK: Final = timedelta(days=60)
AHEAD: Final = timedelta(days=730)
"""How far a calendar goes back and ahead of today."""
EVERY: Final = timedelta(hours=1)
"""How often a calendar program is asked to look again."""
OVERSEERS: Final = (Role.LEAD, Role.DIRECTOR)
"""Who follows what is late, and every chantier, besides their own requests."""
OWED: Final = {
    Status.SUBMITTED: gettext_lazy("Answer due"),
    Status.ACCEPTED: gettext_lazy("Delivery due"),
    Status.IN_PROGRESS: gettext_lazy("Delivery due"),
    Status.DELIVERED: gettext_lazy("To confirm"),
}


class Followed(NamedTuple):
    """What a person follows: requests and relay notes by their due date, works, measures and meetings by their days."""

    due: "RequestQuerySet"
    works: "RequestQuerySet"
    measures: "MeasureQuerySet"
    meetings: "RequestMeetingQuerySet"
    notes: "RelayNoteQuerySet"


@dataclass(frozen=True)
class Entry:
    """An event of whole days, both included; `changed_at`: when any of it last changed; `lines` say more.

    A meeting begins at a moment (`at`). Where is said on its page only: whoever holds the address reads this.
    """

    key: str
    what: str
    category: str
    row: ServiceRequest | RelayNote
    starts_on: date
    ends_on: date
    changed_at: datetime
    where: str
    lines: tuple[str, ...] = ()
    at: datetime | None = None

    @property
    def span(self) -> tuple[date | datetime, date | datetime]:
        """When it begins, and the first day, or moment, after it (RFC 5545, 3.6.1)."""
        if self.at:
            begins = self.at.astimezone(UTC)
            return begins, begins + timedelta(hours=1)
        return self.starts_on, self.ends_on + timedelta(days=1)


def followed(user: User) -> Followed:
    """Return what stands in a person's calendar, of what they see today and what is open.

    Whoever acts for a commune follows all of its requests. The agency sees those of all 19, too many to follow:
    each person gets those of the communes they serve, as SPOC or stand-in, and those in their charge. Leads and
    the director get besides the due dates of what is late anywhere, and the works of every chantier.
    """
    seen = ServiceRequest.objects.visible_to(user).open()
    own = seen
    if user.has_role(*AGENCY_ROLES):
        own = seen.filter(Q(commune__in=communes_served_by(user)) | in_charge(user))
    oversees = user.has_role(*OVERSEERS)
    ours = Q(request__in=own.order_by().values("pk"))
    return Followed(
        due=own | seen.late() if oversees else own,
        works=seen if oversees else own,
        measures=Measure.objects.visible_to(user).to_do().filter(ours, request__status__in=TAKEN_ON),
        meetings=Meeting.objects.visible_to(user).on_the_way().filter(ours),
        notes=_notes(user),
    )


def follows_any(user: User) -> bool:
    """Tell whether a person has a calendar here: who reads requests, and to whom relay notes are addressed."""
    return reads_requests(user) or reads_notes(user)


def _notes(user: User) -> "RelayNoteQuerySet":
    """Return the relay notes that a person follows: leads all that wait for an answer, an addressee their own."""
    rows = RelayNote.objects.visible_to(user).waiting()
    return rows if is_lead(user) else rows.addressed_to(user)


def calendar_of(user: User) -> bytes:
    """Return a person's calendar as a file: as many queries, however much is in it."""
    with translation.override(user.language):
        name = _("Requests, %(agency)s") % {"agency": agency()}
        uid = f"requests-{user.pk}@{_host()}"
        found = Calendar.new(prodid="-//hub.brussels//hubportal//EN", name=name, uid=uid)
        found.add("refresh-interval", EVERY, parameters={"VALUE": "DURATION"})
        # What Outlook reads instead (RFC 7986 came later).
        found.add("x-published-ttl", f"PT{EVERY // timedelta(hours=1)}H")
        for entry in islice(sorted(entries(user), key=lambda item: (item.starts_on, item.key)), MOST):
            found.add_component(_event(entry))
        return bytes(found.to_ical())


def entries(user: User) -> Iterator[Entry]:
    """Yield what a person follows from 60 days back to two years on; labels are in the active language."""
    today = timezone.localdate()
    since, until = today - BACK, today + AHEAD
    what = followed(user)
    yield from _due(what.due, since, until)
    yield from _works(what.works, since, until)
    yield from _measures(what.measures, since, until)
    yield from _meetings(what.meetings, since, until)
    yield from _notes_due(what.notes, since, until)


def _due(rows: "RequestQuerySet", since: date, until: date) -> Iterator[Entry]:
    """Yield what a party owes next, and the last day to confirm what was delivered."""
    runs = Q(status__in=CLOCK_RUNS, due_on__range=(since, until))
    found = rows.filter(runs | Q(status=Status.DELIVERED)).select_related("commune")
    for row in found.order_by("due_on", "pk")[:MOST]:
        delivered = row.delivered_at if row.status == Status.DELIVERED else None
        day = deadlines.confirm_until(delivered) if delivered else row.due_on
        if day is None or not since <= day <= until:
            continue
        side = row.requesting_side if delivered else row.responding_side
        what = str(OWED[Status(row.status)])
        yield Entry(
            f"due-{row.pk}", what, _("Due date"), row, day, day, row.changed_at, row.commune.name,
            (_by(side, row),),
        )  # fmt: skip


def _works(rows: "RequestQuerySet", since: date, until: date) -> Iterator[Entry]:
    """Yield the works of chantiers, with when the merchants are told and what cannot pass when."""
    within = Q(chantierdetails__starts_on__lte=until, chantierdetails__ends_on__gte=since)
    found = rows.filter(within, kind=Kind.CHANTIER).select_related("commune", "chantierdetails")
    found = found.prefetch_related("chantierdetails__interruptions")
    for row in found.order_by("chantierdetails__starts_on", "pk")[:MOST]:
        works = row.chantierdetails
        lines = tuple(
            _labelled(item.what, _span(item.starts_on, item.ends_on))
            for item in told_and_stopped(works, row.commune.name)
        )
        yield Entry(
            f"works-{row.pk}", _("Roadworks"), _("Roadworks"), row, works.starts_on, works.ends_on,
            row.changed_at, row.commune.name, lines,
        )  # fmt: skip


def _measures(rows: "MeasureQuerySet", since: date, until: date) -> Iterator[Entry]:
    """Yield the measures that both parties count on, on their day."""
    steps = MeasureEvent.objects.filter(subject=OuterRef("pk")).order_by("-at").values("at")[:1]
    found = rows.filter(due_on__range=(since, until)).select_related("standard", "request__commune")
    found = found.annotate(changed_at=Coalesce(Subquery(steps), "proposed_at"))
    measure: Any
    for measure in found.in_order()[:MOST]:
        row = measure.request
        lines = (_by(Side(measure.party), row),)
        yield Entry(
            f"measure-{measure.pk}", measure.name, capfirst(_("measure")), row, measure.due_on,
            measure.due_on, measure.changed_at, row.commune.name, lines,
        )  # fmt: skip


def _meetings(rows: "RequestMeetingQuerySet", since: date, until: date) -> Iterator[Entry]:
    """Yield the steering meetings to come, and those that lack their minutes, at their moment."""
    steps = MeetingEvent.objects.filter(subject=OuterRef("pk")).order_by("-at").values("at")[:1]
    within = (deadlines.start_of(since), deadlines.start_of(until + timedelta(days=1)))
    found = rows.filter(starts_at__range=within).select_related("request__commune")
    what = capfirst(pgettext("request", "steering meeting"))
    meeting: Any
    for meeting in found.annotate(changed_at=Coalesce(Subquery(steps), "planned_at")).in_order()[:MOST]:
        day = timezone.localdate(meeting.starts_at)
        yield Entry(
            f"meeting-{meeting.pk}", what, what, meeting.request, day, day, meeting.changed_at,
            meeting.request.commune.name, at=meeting.starts_at,
        )  # fmt: skip


def _notes_due(rows: "RelayNoteQuerySet", since: date, until: date) -> Iterator[Entry]:
    """Yield the day by which a relay note is to be answered: its number and addressee, nothing of its concerns."""
    note: Any
    for note in rows.filter(due_on__range=(since, until)).order_by("due_on", "pk")[:MOST]:
        lines = (_labelled(_("Expected from"), note.addressee_title),)
        yield Entry(
            f"note-{note.pk}", _("Answer due"), _("Relay notes"), note, note.due_on, note.due_on, note.changed_at,
            note.addressee_title, lines,
        )  # fmt: skip


def _event(entry: Entry) -> Event:
    """Return it as an event; the address stands in the text too: some programs do not show it otherwise."""
    row = entry.row
    address = settings.BASE_URL + row.get_absolute_url()
    facts = {"what": entry.what, "request": row, "commune": entry.where}
    begins, ends = entry.span
    return Event.new(
        uid=f"{entry.key}@{_host()}",
        stamp=entry.changed_at,
        last_modified=entry.changed_at,
        summary=_("%(what)s: %(request)s (%(commune)s)") % facts,
        description="\n".join([*entry.lines, address]),
        start=begins,
        end=ends,
        url=address,
        categories=[entry.category],
        # A day on which something is due is not a day on which nobody has time.
        transparency=TRANSP.OPAQUE if entry.at else TRANSP.TRANSPARENT,
    )


def _host() -> str:
    return urlsplit(settings.BASE_URL).hostname or ""


def _by(side: Side, row: ServiceRequest) -> str:
    party = agency() if side == Side.AGENCY else row.commune.name
    return _labelled(_("Expected from"), party)


def _labelled(label: str, text: str) -> str:
    return f"{label}{pgettext('after a label', ': ')}{text}"


def _span(starts_on: date, ends_on: date) -> str:
    return " – ".join(dict.fromkeys((short_date(starts_on), short_date(ends_on))))
