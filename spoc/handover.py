"""What a hand-over is about: what is open in a commune today, whom a coming absence or assignment names, the notes."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from django.db.models import Count, Q
from django.utils import timezone

from communes.callers import callers
from communes.models import Absence, Assignment, Commune
from conventions.following import due_soon
from conventions.models import Amendment, Convention, MeetingAction
from conventions.todo import Line as AgreementLine
from conventions.todo import lines as agreement_lines
from hubportal.accounts.models import AGENCY_ROLES, User
from spoc.models import Direction, HandoverNote, Measure, ServiceRequest, Side, Status
from spoc.models.choices import TAKEN_ON
from spoc.models.handover import DUE_FIRST
from spoc.models.parties import acts_for, communes_asked_by
from spoc.nextstep import Line, lines

AHEAD: Final = timedelta(weeks=8)
"""How far ahead absences and assignments are looked for."""
SHOWN: Final = 100
"""Rows of each kind that a page lists."""
NOTES: Final = 20
"""Notes of each kind that a page lists."""


class Open(NamedTuple):
    """What is open in a commune, as a reader of the agency finds it today; `more` requests are not listed."""

    lines: list[Line]
    more: int
    measures: list[Measure]
    drafts: list[ServiceRequest]
    agreements: list[AgreementLine]
    actions: list[MeetingAction]


class Coming(NamedTuple):
    """Who takes communes over from a day on: a stand-in until the end of an absence, or for good a new SPOC."""

    communes: list[Commune]
    person: User
    instead_of: User | None
    starts_on: date
    ends_on: date | None
    is_absence: bool


class Served(NamedTuple):
    """A commune that a person serves: how many requests are open, how many of them they are in charge of."""

    commune: Commune
    open: int
    mine: int


def what_is_open(user: User, commune: Commune, writer: User) -> Open:
    """Return what is open in a commune; of the drafts of requests to it, those of `writer`."""
    rows = ServiceRequest.objects.visible_to(user).filter(commune=commune)
    found = rows.open().with_people().order_by(*DUE_FIRST)
    listed = list(found[: SHOWN + 1])
    measures = Measure.objects.visible_to(user).waiting_for(Side.AGENCY)
    measures = measures.filter(request__commune=commune, request__status__in=TAKEN_ON)
    drafts = rows.filter(status=Status.DRAFT, direction=Direction.TO_COMMUNE, created_by=writer)
    return Open(
        lines(listed[:SHOWN], user),
        found.count() - SHOWN if len(listed) > SHOWN else 0,
        list(measures.select_related("standard", "request__commune").in_order()[:SHOWN]),
        list(drafts.order_by("pk")),
        _agreements(user, commune),
        due_soon(user, [commune.nis]),
    )


def _agreements(user: User, commune: Commune) -> list[AgreementLine]:
    """Return the agreements of a commune about which there is something to say."""
    conventions = Convention.objects.visible_to(user).filter(commune=commune)
    amendments = Amendment.objects.visible_to(user).open().filter(convention__commune=commune)
    found = [
        *agreement_lines(conventions.select_related("commune", "successor").order_by("pk"), user),
        *agreement_lines(amendments.select_related("convention__commune").order_by("pk"), user),
    ]
    return [line for line in found if line.next is not None]


def served(user: User) -> list[Served]:
    """Return the communes that a person may hand over, with the figures of what is open: two queries."""
    communes = communes_asked_by(user) if user.has_role(*AGENCY_ROLES) else []
    mine = Q(pk__in=ServiceRequest.objects.in_charge_of(user).to_hand_over().values("pk"))
    rows = ServiceRequest.objects.visible_to(user).open().filter(commune__in=communes).order_by()
    counted = rows.values_list("commune").annotate(open=Count("pk"), mine=Count("pk", filter=mine))
    found = {nis: (count, is_mine) for nis, count, is_mine in counted}
    return [Served(commune, *found.get(commune.nis, (0, 0))) for commune in communes]


def to_hand_over(user: User, commune: Commune) -> Any:
    """Return the requests of a commune in which a person may put another one in charge, theirs first by due date."""
    if not acts_for(user, Side.AGENCY, commune.nis):
        return ServiceRequest.objects.none()
    rows = ServiceRequest.objects.visible_to(user).filter(commune=commune).to_hand_over()
    return rows.select_related("assigned_to").order_by(*DUE_FIRST)


def coming(user: User, communes: Collection[Commune]) -> list[Coming]:
    """Return who takes these communes over within `AHEAD`, the nearest first: by an absence or an assignment."""
    today = timezone.localdate()
    by_nis = {commune.nis: commune for commune in communes}
    spocs = {nis: caller.spoc for nis, caller in callers(list(by_nis)).items() if caller.spoc}
    soon = {"starts_on__lte": today + AHEAD}
    away = Absence.objects.visible_to(user).filter(user__in=spocs.values(), ends_on__gte=today, **soon)
    found = []
    for row in away.select_related("user", "stand_in"):
        own = [commune for nis, commune in by_nis.items() if spocs.get(nis) == row.user]
        found.append(Coming(own, row.stand_in, row.user, row.starts_on, row.ends_on, True))
    rows = Assignment.objects.visible_to(user).filter(commune__in=by_nis, starts_on__gt=today, **soon)
    for new in rows.select_related("user"):
        spoc = spocs.get(new.commune_id)
        if new.user != spoc:
            found.append(Coming([by_nis[new.commune_id]], new.user, spoc, new.starts_on, None, False))
    return sorted(found, key=lambda item: (item.starts_on, item.communes[0].nis))


def proposed(user: User, commune: Commune) -> Coming | None:
    """Return whom the next absence or assignment names to take a commune over, None when it is nobody else."""
    at_agency = User.objects.holding(AGENCY_ROLES)
    known = [item for item in coming(user, [commune]) if item.person != user]
    named = set(at_agency.filter(pk__in=[item.person.pk for item in known]).values_list("pk", flat=True))
    return next((item for item in known if item.person.pk in named), None)


def notes_of(user: User) -> dict[str, list[HandoverNote]]:
    """Return the latest notes a person received, those they gave, and those between their colleagues."""
    rows = HandoverNote.objects.visible_to(user).select_related("commune", "giver", "receiver")
    own = Q(giver=user) | Q(receiver=user)
    return {
        "received": list(rows.filter(receiver=user)[:NOTES]),
        "given": list(rows.filter(giver=user)[:NOTES]),
        "others": list(rows.exclude(own)[:NOTES]),
    }
