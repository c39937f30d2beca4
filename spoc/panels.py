"""What this app shows elsewhere: at home, to the SPOCs and leads what is to triage and what is late, to the people
of a commune their next steps; on the page of a commune, what is open there; on that of a convention, its use; its
columns of the coverage matrix."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Count, Exists, OuterRef, Q, Subquery, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communes.context import communes_for, served_communes
from communes.models import Commune
from communes.models.mandate import communes_of
from communes.models.spoc import communes_served_by
from conventions.models import Convention
from hubportal.accounts.models import AGENCY_ROLES, Role, User
from hubportal.dashboard.panels import Cell, Column, Panel
from hubportal.look.dates import short_date
from hubportal.look.states import free_tag
from spoc.concerns import panels as concerns
from spoc.faq import panels as faq
from spoc.figures import DAYS, figures
from spoc.ledger import ledger
from spoc.list_filter import GOING_ON, LATE
from spoc.listing import together
from spoc.meetings import coming
from spoc.models import (
    OPEN,
    Direction,
    HandoverNote,
    MeasureStatus,
    Message,
    RequestEvent,
    ServiceRequest,
    Side,
    Status,
)
from spoc.models.parties import communes_asked_by
from spoc.models.queryset import RequestQuerySet
from spoc.nextstep import awaits, lines
from spoc.plan import waiting_soon
from spoc.relay import panels as relay
from spoc.use import USED, use_of

SHOWN = 5
PLANNED = 3
"""Measures, and meetings, at home: what is below them must be found on a phone too."""
_GOES_ON = Q(status__in=(Status.DRAFT, *OPEN))


def home(user: User) -> list[Panel]:
    """Return the panels of a person's home page."""
    acting = [] if user.is_staff else [item.commune for item in communes_for(user)]
    return [
        *_commune_people(user, acting),
        *concerns.home(user, acting),
        *_handed_over(user),
        *_desk(user),
        *relay.home(user),
        *_director(user),
        *faq.home(user),
    ]


def commune(user: User, commune: Commune) -> list[Panel]:
    """Return what is open in a commune, for its own people and the agency."""
    is_agency = user.has_role(*AGENCY_ROLES)
    if not (is_agency or commune.nis in communes_of(user)):
        return []
    side = Side.AGENCY if is_agency else Side.COMMUNE
    (entry,) = _open_in(user, [commune], side)
    context = {**entry, "is_own": not is_agency}
    may_ask = any(row.pk == commune.pk for row in communes_asked_by(user))
    return [
        Panel("spoc/panels/commune.html", context | {"may_ask": may_ask}, "main", 20),
        *concerns.commune(user, commune),
        Panel("spoc/panels/ledger.html", {"sides": ledger(user, commune)}, "main", 25),
    ]


def columns(user: User) -> list[Column]:
    """Return how many requests of each commune go on and are late, and when the last step or message was.

    Two queries, whatever there is, and one for concerns.
    """
    if not user.has_role(*AGENCY_ROLES):
        return []
    rows = ServiceRequest.objects.visible_to(user).order_by().open().values_list("commune")
    # What is late is open: both are counted at once.
    late = Count("status", filter=ServiceRequest.objects.is_late())
    counted = list(rows.annotate(open=Count("*"), late=late))
    contacts = {nis: Cell(short_date(at)) for nis, at in _last_contacts(user).items()}
    return [
        Column(_("Open requests"), _cells({nis: number for nis, number, _late in counted}, GOING_ON), 40),
        Column(_("Late requests"), _cells({nis: number for nis, _open, number in counted}, LATE), 41),
        Column(_("Last contact"), contacts, 42),
        *concerns.columns(user),
    ]


def _cells(found: Mapping[str, int], state: str) -> dict[str, Cell]:
    """Return how many requests each commune has, each figure leading to the list that it counts."""
    address = reverse("spoc:request-list")
    return {
        nis: Cell(
            free_tag("bad", "alert", str(count)) if state == LATE else str(count),
            f"{address}?{urlencode({'commune': nis, 'state': state})}",
        )
        for nis, count in found.items()
        if count
    }


def _last_contacts(user: User) -> dict[str, datetime]:
    """Return when somebody of either party last took a step in a request of each commune, or wrote to the other."""
    rows = ServiceRequest.objects.visible_to(user).filter(commune=OuterRef("pk")).order_by()
    steps = RequestEvent.objects.visible_to(user).filter(subject__commune=OuterRef("pk"), by__isnull=False)
    written = Message.objects.visible_to(user).public().filter(request__commune=OuterRef("pk"))
    # The newest of each commune, found from the newest of all on: a maximum by commune would read every step.
    asked = Commune.objects.filter(Exists(rows)).annotate(
        step=Subquery(steps.order_by("-at").values("at")[:1]),
        word=Subquery(written.order_by("-written_at").values("written_at")[:1]),
    )
    found = {nis: [at for at in moments if at] for nis, *moments in asked.values_list("nis", "step", "word")}
    return {nis: max(moments) for nis, moments in found.items() if moments}


def convention(user: User, convention: Convention) -> list[Panel]:
    """Return how a convention is used, theme by theme, to its own people and the agency: two queries."""
    if not convention.text_visible_to(user) or convention.status not in USED:
        return []
    return [Panel("spoc/panels/convention.html", {"themes": use_of(user, convention)}, "main", 20)]


def _commune_people(user: User, communes: list[Commune]) -> list[Panel]:
    """Show what goes on in each commune that a person acts for; the template shows the chosen one."""
    if not communes:
        return []
    entries = _open_in(user, communes, Side.COMMUNE)
    for entry in entries:
        # What waits for nobody here is folded below what does.
        entry["waiting"] = [line for line in entry["lines"] if line.next.is_mine]
        entry["calm"] = [line for line in entry["lines"] if not line.next.is_mine]
    return [
        Panel("spoc/panels/home.html", {"entries": entries}, "main", 5),
        *_meetings(user, communes, Side.COMMUNE),
        *_measures(user, communes, Side.COMMUNE),
    ]


def _measures(user: User, communes: list[Commune], side: Side) -> list[Panel]:
    """Show what waits for a party in the plans of communes; nothing where none does."""
    found = waiting_soon(user, [commune.nis for commune in communes], side)
    panels = _planned("spoc/panels/measures.html", found, communes, side)
    # Each proposal waits for a word of its own; of what was agreed the step is the same, and is said once.
    for entry in (entry for panel in panels for entry in panel.context["entries"]):
        entry["to_do"] = any(measure.status != MeasureStatus.PROPOSED for measure in entry["rows"])
    return panels


def _meetings(user: User, communes: list[Commune], side: Side) -> list[Panel]:
    """Show the steering meetings that are near or lack minutes."""
    found = coming(user, [commune.nis for commune in communes], side)
    return _planned("spoc/panels/meetings.html", found, communes, side)


def _planned(template: str, found: Sequence[Any], communes: list[Commune], side: Side) -> list[Panel]:
    """Show what stands in plans: of each commune to its people; all together to the agency, below its requests."""
    whose: list[Commune | None] = [None] if side == Side.AGENCY else [*communes]
    entries = [
        {"commune": commune, "rows": own[:PLANNED], "more": len(own) - PLANNED}
        for commune in whose
        if (own := [row for row in found if commune in (None, row.request.commune)])
    ]
    order = 8 if side == Side.AGENCY else 6
    return [Panel(template, {"entries": entries}, "main", order)] if entries else []


def _open_in(user: User, communes: list[Commune], side: Side) -> list[dict[str, Any]]:
    """Return the first requests of each commune that go on, and how many there are: all communes asked together."""
    rows = ServiceRequest.objects.visible_to(user)
    shown, counts = lines(_first_going_on(rows, communes, side), user), _counts(rows, communes)
    return [
        {
            "commune": commune,
            "lines": [line for line in shown if line.row.commune_id == commune.nis],
            **counts.get(commune.nis, {"count": 0, "open": 0}),
        }
        for commune in communes
    ]


def _first_going_on(rows: RequestQuerySet, communes: list[Commune], side: Side) -> RequestQuerySet:
    """Return what waits for the people of each commune first.

    A draft waits for them too, but nobody waits for it.
    """
    ours = awaits(side)
    first = Case(
        When(ours & Q(submitted_at__isnull=False), then=Value(0)), When(ours, then=Value(1)), default=Value(2)
    )
    order = (first, "-created_at", "-pk")
    # Their keys first: those of all that goes on are sorted, the rows of five are read.
    going_on = rows.filter(_GOES_ON).order_by(*order).values("pk")
    keys = together([going_on.filter(commune=commune)[:SHOWN] for commune in communes])
    return rows.filter(pk__in=keys).with_people().order_by(*order)


def _counts(rows: RequestQuerySet, communes: list[Commune]) -> dict[str, dict[str, int]]:
    """Return by commune how many requests there are, and how many go on."""
    counted = rows.filter(commune__in=communes).order_by().values_list("commune")
    found = counted.annotate(all=Count("*"), open=Count("status", filter=_GOES_ON))
    return {nis: {"count": count, "open": is_open} for nis, count, is_open in found}


def _desk(user: User) -> list[Panel]:
    """Show a SPOC what waits in the communes they serve, a lead what waits in all 19; all, what they work on."""
    if not user.has_role(*AGENCY_ROLES):
        return []
    # Lists are read together, so each has the columns that one of them needs.
    rows = ServiceRequest.objects.visible_to(user).select_related("commune", "assigned_to")
    rows = rows.annotate(number=Value(0))
    mine = rows.in_charge_of(user).to_work_on()
    if not user.has_role(Role.SPOC, Role.LEAD):
        found = _first(mine=mine)
        charge = [Panel("spoc/panels/charge.html", found, "main", 7)] if found["mine"]["rows"] else []
        return [*charge, *_meetings(user, [], Side.AGENCY)]
    served = served_communes(user)
    return [
        Panel("spoc/panels/desk.html", _queue(user, rows, mine), "main", 7),
        *_meetings(user, served, Side.AGENCY),
        *_measures(user, served, Side.AGENCY),
    ]


def _queue(user: User, rows: RequestQuerySet, mine: RequestQuerySet) -> dict[str, Any]:
    """Return what is to triage, what is late, what somebody is in charge of, and how many are open: one query."""
    is_whole, today = user.has_role(Role.LEAD), timezone.localdate()
    # A request comes to a person by its commune or by its name; the second reads what `in_charge_of` reads.
    of_communes = rows if is_whole else rows.filter(commune__in=communes_served_by(user))
    own = rows if is_whole else of_communes | rows.in_charge_of(user)
    found = _first(
        triage=own.to_triage(),
        # What is to triage is listed above, late or not.
        late=own.late().exclude(status=Status.SUBMITTED, direction=Direction.TO_AGENCY),
        # Nor here what is late: each request stands once.
        mine=mine.filter(due_on__gte=today),
        # Only its number is shown, which comes with its first row.
        open=_counted(of_communes.open()),
    )
    first_open = next(iter(found.pop("open")["rows"]), None)
    return {
        **found,
        "today": today,
        "open": first_open.number if first_open else 0,
        "is_whole": is_whole,
        "queue": "?mine=communes" if not is_whole and communes_served_by(user) else "",
    }


def _handed_over(user: User) -> list[Panel]:
    """Show a successor the notes that they have not read yet."""
    notes = HandoverNote.objects.visible_to(user).unread_by(user).select_related("commune", "giver")
    found = list(notes) if user.has_role(*AGENCY_ROLES) else []
    return [Panel("spoc/panels/handover.html", {"notes": found}, "main", 2)] if found else []


def _director(user: User) -> list[Panel]:
    """Show a director how many requests are open and late, and how soon communes are answered."""
    if not user.has_role(Role.DIRECTOR):
        return []
    rows, every = figures(user)
    context = {"rows": rows, "every": every, "days": DAYS}
    return [Panel("spoc/panels/figures.html", context, "main", 12)]


def _first(**lists: RequestQuerySet) -> dict[str, dict[str, Any]]:
    """Return of each list the first rows by due date, and whether there are more: one query for all of them."""
    order = ("due_on", "pk")
    parts = [rows.annotate(part=Value(name)).order_by(*order)[: SHOWN + 1] for name, rows in lists.items()]
    found: dict[str, list[Any]] = {name: [] for name in lists}
    for row in together(parts, *order):
        found[row.part].append(row)
    return {name: {"rows": rows[:SHOWN], "has_more": len(rows) > SHOWN} for name, rows in found.items()}


def _counted(rows: RequestQuerySet) -> RequestQuerySet:
    """Add to each row how many there are; the database counts once."""
    every = rows.order_by().values(every=Value(1)).annotate(count=Count("*")).values("count")
    return rows.annotate(number=Subquery(every))
