"""One request on paper: what both parties may read of it, in the reader's language. `hubportal.pdf` draws it.

The notes of the agency are never printed, not for the agency either: what it prints can be handed over.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from communes.callers import who_to_call
from hubportal.accounts.models import User
from hubportal.look.dates import hour, short_date
from hubportal.look.states import tables
from hubportal.pdf import drawn
from spoc.answers import answers
from spoc.meetings import meetings
from spoc.models import (
    Deliverable,
    Introduction,
    Message,
    RequestFile,
    ServiceRequest,
    Side,
    Status,
)
from spoc.nextstep import last_day_to_confirm
from spoc.plan import PhaseOf, plan, who_of
from spoc.plan import agency as agency_name
from spoc.states import label
from spoc.timeline import timeline

MOST: Final = 200
"""Messages printed at most, the last ones."""
LONGEST: Final = 40_000
"""Characters of messages, and of minutes, printed at most: drawing more would keep the reader waiting."""
Fact = tuple[str, str]


def rendered(row: ServiceRequest, user: User) -> bytes:
    """Return the PDF of a request for a person who may see it."""
    return drawn(markup(row, user))


def markup(row: ServiceRequest, user: User) -> str:
    """Return the HTML that is drawn, in the active language."""
    return render_to_string("spoc/pdf/request.html", context(row, user))


def context(row: ServiceRequest, user: User) -> dict[str, Any]:
    """Return what the template needs: as many queries for a long request as for a short one."""
    side, agency = row.side_of(user), agency_name()
    messages = Message.objects.visible_to(user).public().filter(request=row)
    newest = messages.select_related("author").prefetch_related("files").order_by("-written_at", "-pk")[:MOST]
    last = _fitting(newest, lambda message: message.text)
    met = [item for item in meetings(row, user).all if not item.is_off]
    kept = _fitting(met, lambda meeting: meeting.minutes + meeting.agenda)
    now = timezone.now()
    printed = {"day": short_date(now), "hour": hour(now), "name": user.full_name}
    return {
        "language": get_language(),
        "agency": agency,
        "row": row,
        "foot": _("Printed on %(day)s, %(hour)s, by %(name)s") % printed,
        "facts": [fact for fact in _facts(row, side, agency) if fact[1]],
        "asked": list(_asked(row)),
        "files": RequestFile.objects.visible_to(user).filter(request=row, message=None),
        "phases": [(phase.label, _measures(phase, row, agency)) for phase in plan(row, user).phases],
        "deliverables": Deliverable.objects.visible_to(user).filter(request=row),
        "introductions": Introduction.objects.visible_to(user).filter(request=row).with_people(),
        "meetings": [(item, item in kept) for item in met],
        "left_out": messages.count() - len(last),
        "thread": list(reversed(last)),
        "moments": [moment for moment in timeline(row, side) if moment.css != "todo"],
    }


def _fitting(rows: Iterable[Any], text_of: Callable[[Any], str]) -> list[Any]:
    """Return the first rows whose texts together are short enough to be drawn while somebody waits."""
    found: list[Any] = []
    room = LONGEST
    for row in rows:
        room -= len(text_of(row))
        if room < 0:
            break
        found.append(row)
    return found


def _facts(row: ServiceRequest, side: Side, agency: str) -> Iterator[Fact]:
    """Yield who asks whom, who answers for it, and how it stands or ended: label and value, some empty."""
    parties = {Side.COMMUNE: row.commune.name, Side.AGENCY: agency}
    yield _("State"), str(label(row, side) or tables()["request"][row.status].label)
    yield _("Commune"), row.commune.name
    yield _("Asked by"), f"{row.created_by.full_name}, {parties[row.requesting_side]}"
    yield _("Asked of"), parties[row.responding_side]
    yield _("Submitted on"), short_date(row.submitted_at) if row.submitted_at else ""
    yield from _people(row)
    yield from _days(row)
    yield capfirst(_("outcome")), capfirst(row.get_outcome_display())
    yield from _reasons(row)


def _people(row: ServiceRequest) -> Iterator[Fact]:
    """Yield who is called for the commune today, and who is in charge."""
    caller = who_to_call(row.commune)
    yield _("SPOC"), caller.spoc.full_name if caller.spoc else _("vacant")
    if caller.user and caller.user != caller.spoc:
        yield (_("Stand-in") if caller.capacity == "stand_in" else _("Lead")), caller.user.full_name
    yield _("Person in charge"), row.assigned_to.full_name if row.assigned_to else ""


def _days(row: ServiceRequest) -> Iterator[Fact]:
    if row.clock_runs and row.due_on:
        yield _("Due date"), short_date(row.due_on)
    elif row.waiting_since:
        since = {"day": short_date(row.waiting_since)}
        yield _("Due date"), _("The clock stands still since %(day)s.") % since
    elif row.status == Status.DELIVERED:
        yield _("To confirm by"), last_day_to_confirm(row)


def _reasons(row: ServiceRequest) -> Iterator[Fact]:
    """Yield what was told to the requester at the end, and what they answered."""
    yield capfirst(_("reason of the refusal")), capfirst(row.get_decline_reason_display())
    yield capfirst(_("explanation")), row.decline_text
    yield capfirst(_("why it was closed")), row.closing_text
    yield capfirst(_("useful")), row.get_usefulness_display()


def _asked(row: ServiceRequest) -> Iterator[Fact]:
    """Yield questions and answers, without the title, which stands above; and when shops ask for the certificate."""
    for item in answers(row):
        if item.field == "convention_theme" and row.convention_theme:
            yield str(item.label), f"{item.text}, {row.convention_theme.convention.reference}"
        elif item.text and item.field != "title":
            yield str(item.label), item.text
        if item.field == "interruptions":
            for window in getattr(row.details, "windows", ()):
                days = " – ".join(short_date(day) for day in window)
                yield _("The shops ask for the certificate"), days


def _measures(phase: PhaseOf, row: ServiceRequest, agency: str) -> list[dict[str, Any]]:
    """Return the measures of a phase: what, who, its day, its state, and what came of it or why it was dropped."""
    words = tables()["measure"]
    return [
        {
            "what": measure.name,
            "who": who_of(measure, row.commune.name, agency),
            "day": short_date(measure.done_on or measure.due_on),
            "state": _("Late") if measure.is_late else words[measure.status].label,
            "more": measure.result or measure.drop_reason,
        }
        for measure in phase.measures
    ]
