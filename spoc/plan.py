"""The plan of measures of a request: by phase for the page, on a line of days with the works, and as a table."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from hubportal.accounts.models import User
from hubportal.look.spans import Span, spans
from spoc.models import (
    ChantierDetails,
    Kind,
    Measure,
    MeasureStatus,
    Meeting,
    Phase,
    ServiceRequest,
    StandardMeasure,
)
from spoc.models.choices import COUNTED, TAKEN_ON, TO_DO, Side

WORKS: Final[Mapping[str, str | Promise]] = {
    Phase.BEFORE: gettext_lazy("Before the works"),
    Phase.DURING: gettext_lazy("During the works"),
    Phase.AFTER: gettext_lazy("After the works"),
}
PROJECT: Final[Mapping[str, str | Promise]] = {
    Phase.BEFORE: pgettext_lazy("phase", "Preparation"),
    Phase.DURING: pgettext_lazy("phase", "Implementation"),
    Phase.AFTER: pgettext_lazy("phase", "Follow-up"),
}
SOON: Final = timedelta(days=14)
"""How long before its day a measure is spoken of at home."""


SHOWN: Final = 5
"""Measures of a plan that the page of its request shows."""


class PhaseOf(NamedTuple):
    """A phase of a plan with its measures."""

    label: str | Promise
    measures: list[Measure]


class Plan(NamedTuple):
    """What both parties do: by phase; how many of those agreed to are done; which wait for the reader's party."""

    phases: list[PhaseOf]
    done: int
    total: int
    to_agree: list[Measure]
    next: list[Measure]
    """What comes first: those that wait for the reader, then what is to do by day, `SHOWN` at most."""

    @property
    def measures(self) -> list[Measure]:
        """All of them, phase by phase."""
        return [measure for phase in self.phases for measure in phase.measures]

    def to_counter(self, user: User) -> list[Measure]:
        """Return those for which a person may propose another day."""
        proposed = (measure for measure in self.measures if measure.status == MeasureStatus.PROPOSED)
        return [measure for measure in proposed if measure.can_be_counter_by(user)]


class Entry(NamedTuple):
    """A row of the calendar: what, from when until when, who, and the measure or the meeting if it is one."""

    what: str
    starts_on: date
    ends_on: date
    who: str
    kind: str
    measure: Measure | None = None
    meeting: Meeting | None = None


def agency() -> str:
    """Return what the agency is called in the language of the page."""
    return settings.AGENCY_NAME["nl" if get_language() == "nl" else "fr"]


def phases(kind: str) -> Mapping[str, str | Promise]:
    """Return what the phases of a plan are called: of works, or of another project."""
    return WORKS if kind == Kind.CHANTIER else PROJECT


def plan(row: ServiceRequest, user: User) -> Plan:
    """Return the plan of a request as a person may read it: one query."""
    rows = Measure.objects.visible_to(user).filter(request=row).select_related("standard")
    found = list(rows.annotate(steps=Count("events")).in_order())
    for measure in found:
        # The one that was read for the page: no query for each.
        measure.request = row
    counted = [measure for measure in found if measure.status in COUNTED]
    to_agree = [
        measure
        for measure in found
        if measure.status == MeasureStatus.PROPOSED and measure.can_be_agree_by(user)
    ]
    to_do = [measure for measure in found if measure.status in TO_DO]
    return Plan(
        next=[*to_agree, *to_do][:SHOWN],
        phases=[
            PhaseOf(label, [measure for measure in found if measure.phase == code])
            for code, label in phases(row.kind).items()
            if any(measure.phase == code for measure in found)
        ],
        done=sum(measure.status == MeasureStatus.DONE for measure in counted),
        total=len(counted),
        to_agree=to_agree,
    )


def offered(row: ServiceRequest, user: User) -> list[tuple[StandardMeasure, date, str | Promise]]:
    """Return the measures of the library that fit the request and are not in its plan: each with its day and phase."""
    rows = StandardMeasure.objects.visible_to(user).in_use().filter(kind=row.kind)
    rows = rows.exclude(measures__request=row)
    names, today, span = phases(row.kind), timezone.localdate(), row.span()
    order = list(names)
    found = [(item, item.due_on(*span, today), names[item.phase]) for item in rows]
    return sorted(found, key=lambda item: (order.index(item[0].phase), item[1], item[0].pk))


def who_of(measure: Measure, commune: str, agency: str) -> str:
    """Return who answers for a measure: the party, and who does it if that was said."""
    party = agency if measure.party == Side.AGENCY else commune
    return f"{party}, {measure.who}" if measure.who else party


def calendar(
    row: ServiceRequest, measures: Iterable[Measure], meetings: Iterable[Meeting], agency: str
) -> list[Entry]:
    """Return all that has a day in a request, by day: the works, meetings, what is told and done for the shops."""
    details, name = row.details, row.commune.name
    found = []
    if isinstance(details, ChantierDetails):
        who = details.contracting_authority
        found.append(Entry(_("The works"), details.starts_on, details.ends_on, who, "bar"))
        found += told_and_stopped(details, name)
    for measure in measures:
        if measure.status == MeasureStatus.DROPPED:
            continue
        day = measure.done_on or measure.due_on
        kind = "done" if measure.done_on else "todo"
        found.append(Entry(measure.name, day, day, who_of(measure, name, agency), kind, measure))
    for meeting in meetings:
        if not meeting.is_off:
            day = timezone.localdate(meeting.starts_at)
            kind = "done" if meeting.held_at else "todo"
            found.append(Entry(_("Steering meeting"), day, day, f"{agency}, {name}", kind, meeting=meeting))
    return sorted(found, key=lambda entry: (entry.starts_on, entry.kind != "bar", entry.ends_on))


def told_and_stopped(details: ChantierDetails, commune: str) -> Iterator[Entry]:
    """Yield when the merchants are told, what cannot pass when, and when they ask for the certificate."""
    told = details.merchants_told_on
    if told:
        kind = "done" if told <= timezone.localdate() else "todo"
        yield Entry(_("The merchants are told"), told, told, commune, kind)
    for row in details.interruptions.all():
        words = _("No passage: %(what)s, %(where)s") % {
            "what": row.get_traffic_display(),
            "where": row.get_directions_display(),
        }
        yield Entry(words, row.starts_on, row.ends_on, details.contracting_authority, "stop")
        if window := row.certificate:
            yield Entry(_("The shops ask for the certificate"), *window, _("the shops"), "stop")


def picture(entries: Sequence[Entry]) -> str:
    """Return the calendar as SVG; empty without an entry."""
    if not entries:
        return ""
    rows: list[Any] = [Span(item.what, item.starts_on, item.ends_on, item.kind) for item in entries]  # type: ignore[arg-type]
    words = _("The calendar as a picture: the table below says the same.")
    return spans(rows, timezone.localdate(), words)


def waiting_soon(user: User, communes: Collection[str], side: str) -> list[Measure]:
    """Return what waits for a party in the plans of these communes: to agree to, late, or due within `SOON`."""
    rows = Measure.objects.visible_to(user).waiting_for(side).filter(request__commune__in=communes)
    rows = rows.filter(
        Q(status=MeasureStatus.PROPOSED) | Q(due_on__lte=timezone.localdate() + SOON),
        request__status__in=TAKEN_ON,
    )
    return list(rows.select_related("standard", "request__commune").in_order())
