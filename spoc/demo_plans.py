"""The demonstration's plans: measures of roadworks and of one project, on their way like the requests; meetings."""

from datetime import date, datetime, time, timedelta
from typing import Final

from django.utils import timezone

from hubportal.accounts.models import User
from spoc import demo_meetings
from spoc.models import (
    ChantierDetails,
    Interruption,
    Kind,
    Measure,
    MeasureEvent,
    ServiceRequest,
    StandardMeasure,
)
from spoc.models.choices import TAKEN_ON

OWN_FR: Final = "Parking gratuit le samedi pendant la phase 1"
OWN_NL: Final = "Gratis parkeren op zaterdag tijdens fase 1"
RESULT_FR: Final = "Fait avec les commerçants."
RESULT_NL: Final = "Gedaan met de handelaars."


def load(today: date) -> None:
    """Plan the roadworks that go on, and each project in progress: what is over is done, but for one that is late."""
    StandardMeasure.objects.load()
    library: dict[str, list[StandardMeasure]] = {
        kind: list(StandardMeasure.objects.in_use().filter(kind=kind))
        for kind in (Kind.CHANTIER, Kind.DEVELOPMENT)
    }
    rows = ServiceRequest.objects.filter(status__in=TAKEN_ON, kind__in=library, direction="to_agency")
    planned = list(rows.select_related("created_by", "assigned_to").order_by("pk"))
    for number, row in enumerate(planned):
        measures = _plan(row, library[row.kind], today, number)
        Measure.objects.bulk_create(measures)
        _stop(row)
        MeasureEvent.objects.bulk_create(event for measure in measures for event in _events(measure))
    demo_meetings.load(planned, today)


def _plan(row: ServiceRequest, library: list[StandardMeasure], today: date, number: int) -> list[Measure]:
    begun, (first, last) = timezone.localdate(row.accepted_at), row.span()
    measures = []
    for place, standard in enumerate(library):
        day = standard.due_on(first, last, begun)
        facts = {"standard": standard, "phase": standard.phase, "party": standard.party}
        # Of what is over, the last is late in every third plan; what lies far ahead is only proposed.
        if row.status == "delivered" or (day < today and (number + place) % 5):
            result = RESULT_NL if _speaks_dutch(row) else RESULT_FR
            facts |= {"status": "done", "done_on": min(day, today), "result": result}
        elif day > today + timedelta(days=60) or place % 6 == 5:
            facts |= {"agreed_at": None}
        else:
            facts |= {"status": "running" if place % 3 == 0 else "agreed"}
        measures.append(_measure(row, day, **facts))
    # Every second answer to it is another day.
    answer = {"is_countered": True, "offered_at": timezone.now() - timedelta(hours=1)} if number % 2 else {}
    own = _measure(
        row, today + timedelta(days=9), title=OWN_NL if _speaks_dutch(row) else OWN_FR, phase="during",
        party="commune", proposed_by=row.created_by, proposed_side="commune", agreed_at=None,
        **answer,
    )  # fmt: skip
    return [*measures, own] if row.kind == Kind.CHANTIER and row.status != "delivered" else measures


def _stop(row: ServiceRequest) -> None:
    """Let works stop the traffic for six weeks, a fortnight after they began: long enough for compensation."""
    details = row.details
    if isinstance(details, ChantierDetails):
        first = details.starts_on + timedelta(days=14)
        Interruption.objects.create(
            details=details,
            starts_on=first,
            ends_on=first + timedelta(days=41),
            traffic="cars",
            directions="both",
        )


def _measure(row: ServiceRequest, day: date, **facts: object) -> Measure:
    at = timezone.make_aware(datetime.combine(timezone.localdate(row.accepted_at), time(14)))
    proposed_at = min(at, timezone.now() - timedelta(hours=3))
    usual = {"proposed_by": row.assigned_to, "proposed_side": "agency", "proposed_at": proposed_at}
    return Measure(request=row, due_on=day, **usual | {"agreed_at": proposed_at + timedelta(hours=2)} | facts)


def _events(measure: Measure) -> list[MeasureEvent]:
    """Return the steps that led to its state."""
    request, found = measure.request, list[tuple[str, str, str, datetime, User | None]]()
    if measure.offered_at:
        found.append(("counter", "proposed", "proposed", measure.offered_at, request.assigned_to))
    if measure.agreed_at:
        by = request.created_by
        found.append(("agree", "proposed", "agreed", measure.agreed_at, by))
    if measure.status in ("running", "done"):
        at = min(found[-1][3] + timedelta(days=1), timezone.now())
        found.append(("start", "agreed", "running", at, request.assigned_to))
    if measure.done_on:
        at = timezone.make_aware(datetime.combine(measure.done_on, time(17)))
        found.append(("finish", "running", "done", max(at, found[-1][3]), request.assigned_to))
    return [
        MeasureEvent(
            subject=measure, verb=verb, source=source, target=target, at=at, by=by,
            comment=measure.result if verb == "finish" else "",
            was_due_on=measure.due_on - timedelta(days=3) if verb == "counter" else None,
        )
        for verb, source, target, at, by in found
    ]  # fmt: skip


def _speaks_dutch(row: ServiceRequest) -> bool:
    return row.created_by.content_language == "nl"
