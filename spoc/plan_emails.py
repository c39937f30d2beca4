"""The mails of a plan, its measures and steering meetings: one function for each, always to the other party."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hubportal.accounts.models import User
from spoc.posting import other, page_of, plan_of, send

if TYPE_CHECKING:
    from datetime import date

    from spoc.models import Measure, Meeting, ServiceRequest


def measures_proposed(request: "ServiceRequest", by: User, measures: Sequence["Measure"]) -> None:
    """To the other party: measures to agree to, in one mail."""
    send("spoc/email/measures_proposed", other(request, by), request, plan_of, by=by, measures=measures)


def measures_agreed(request: "ServiceRequest", by: User, measures: Sequence["Measure"]) -> None:
    """To the other party: what was agreed to, in one mail."""
    send("spoc/email/measures_agreed", other(request, by), request, plan_of, by=by, measures=measures)


def measures_countered(
    request: "ServiceRequest", by: User, moved: "Sequence[tuple[Measure, date]]", text: str
) -> None:
    """To the party that proposed them: measures (each with its day before) for which the other one names other days."""
    send("spoc/email/measures_countered", other(request, by), request, plan_of, by=by, moved=moved, text=text)


def measure_moved(measure: "Measure", verb: str, by: User, text: str = "") -> None:
    """To the other party: a measure was agreed to, changed, has another day, or was dropped."""
    request = measure.request
    facts: dict[str, Any] = {"measure": measure, "verb": verb, "by": by, "text": text}
    send("spoc/email/measure_moved", other(request, by), request, plan_of, **facts)


def meeting_planned(meeting: "Meeting", by: User) -> None:
    """To the other party: when and where both meet."""
    _of_meeting("spoc/email/meeting_planned", meeting, by)


def meeting_moved(meeting: "Meeting", by: User, text: str) -> None:
    """To the other party: another moment or place, and why."""
    _of_meeting("spoc/email/meeting_moved", meeting, by, text)


def meeting_cancelled(meeting: "Meeting", by: User, text: str) -> None:
    """To the other party: the meeting does not take place, and why."""
    _of_meeting("spoc/email/meeting_cancelled", meeting, by, text)


def meeting_minutes(meeting: "Meeting", by: User) -> None:
    """To the other party: the minutes, and where to read and correct them."""
    _of_meeting("spoc/email/meeting_minutes", meeting, by, meeting.minutes)


def _of_meeting(name: str, meeting: "Meeting", by: User, text: str = "") -> None:
    def address(person: User, _request: "ServiceRequest") -> str:
        return page_of(person, meeting)

    request = meeting.request
    send(name, other(request, by), request, address, by=by, meeting=meeting, text=text)
