"""The mails of a request: one function for each. A mail is a row written in the transaction of its act.

Each person reads it in the language of their mail, both when that is unknown. A note of the agency is in no mail.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from communes.callers import who_to_call
from hubportal.accounts.letters import languages_of
from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.outbox.models import post
from spoc.recipients import contact_at_commune, requesters, responders

if TYPE_CHECKING:
    from spoc.models import HandoverNote, Introduction, Measure, Meeting, Message, Partner, ServiceRequest

BLANK: Final = re.compile(r"\n{3,}")


class Item(NamedTuple):
    """A line of a reminder: the request, why (a `Reminder.Kind`), the day it closes by itself if it will, measures,
    meetings."""

    request: "ServiceRequest"
    kind: str
    closes_on: Any = None
    measures: "Sequence[Measure]" = ()
    meetings: "Sequence[Meeting]" = ()

    @property
    def is_news(self) -> bool:
        """Whether it only says what is near: nothing waits for the reader."""
        return self.kind == "meeting_soon"


def receipt(request: "ServiceRequest", to: User) -> None:
    """To whoever submitted: it arrived, its reference, whom to call."""
    _send("spoc/email/receipt", [to], request)


def new_request(request: "ServiceRequest") -> None:
    """To the responding party: a request to answer."""
    _send("spoc/email/new_request", responders(request), request)


def accepted(request: "ServiceRequest") -> None:
    """To the requesting party: who takes it on, and by when."""
    _send("spoc/email/accepted", requesters(request), request)


def put_in_charge(request: "ServiceRequest", by: User | None = None, note: str = "") -> None:
    """To a person whom another one put in charge: at its acceptance, or (`by`) to go on with it."""
    _send("spoc/email/put_in_charge", responders(request), request, by=by, text=note)


def now_in_charge(request: "ServiceRequest", by: User, before: User | None) -> None:
    """To the requesting party, and to whoever was in charge: who goes on with it. Not to whom it is no news."""
    people = [*requesters(request), *([before] if before and request.is_the_partys(before) else [])]
    known = {by.pk, request.assigned_to_id}
    _send("spoc/email/now_in_charge", [person for person in people if person.pk not in known], request, by=by)


def handed_over(note: "HandoverNote", rows: Sequence["ServiceRequest"], more: int) -> None:
    """To a successor: the note, and what is open in the commune; `more`: how many are not listed."""
    person = note.receiver
    if not person.email or not person.is_active or not _is_agency(person):
        return
    with translation.override(person.content_language or person.language):
        link = f"{settings.BASE_URL}{note.get_absolute_url()}"
    found = [(row, link_for(person, row)) for row in rows]
    _post("spoc/email/handed_over", person, {"note": note, "found": found, "more": more, "link": link})


def declined(request: "ServiceRequest") -> None:
    """To the requesting party: why not."""
    _ended("spoc/email/declined", requesters(request), request)


def question(request: "ServiceRequest", message: "Message") -> None:
    """To the requesting party: what is asked; the clock stands still."""
    _send("spoc/email/question", requesters(request), request, text=message.text)


def answer(request: "ServiceRequest", by: User, message: "Message | None") -> None:
    """To the responding party: the requester wrote, or sent a file."""
    _send("spoc/email/answer", responders(request), request, text=message.text if message else "", by=by)


def message(request: "ServiceRequest", by: User, message: "Message | None") -> None:
    """To the requesting party: the other one wrote, or sent a file."""
    _send("spoc/email/message", requesters(request), request, text=message.text if message else "", by=by)


def delivered(request: "ServiceRequest") -> None:
    """To the requesting party: what was delivered, to be confirmed."""
    titles = [*request.deliverables.values_list("title", flat=True)]
    titles += [row.name for row in request.introductions.with_people()]
    _send("spoc/email/delivered", requesters(request), request, _deliverables_of, titles=titles)


def closed(request: "ServiceRequest", by: User | None) -> None:
    """To the other party, to both when it closed by itself: how it ended."""
    people = [] if by and request.side_of(by) == request.requesting_side else requesters(request)
    if by is None or not people:
        people = [*people, *responders(request)]
    _ended("spoc/email/closed", people, request, by_itself=by is None)


def reopened(request: "ServiceRequest", by: User, reason: str) -> None:
    """To the other party: what is still missing."""
    _send("spoc/email/reopened", _other(request, by), request, text=reason, by=by)


def withdrawn(request: "ServiceRequest") -> None:
    """To the responding party: nothing to do any more."""
    _ended("spoc/email/withdrawn", responders(request), request)


def measures_proposed(request: "ServiceRequest", by: User, measures: Sequence["Measure"]) -> None:
    """To the other party: measures to agree to, in one mail."""
    _send("spoc/email/measures_proposed", _other(request, by), request, _plan_of, by=by, measures=measures)


def measures_agreed(request: "ServiceRequest", by: User, measures: Sequence["Measure"]) -> None:
    """To the other party: what was agreed to, in one mail."""
    _send("spoc/email/measures_agreed", _other(request, by), request, _plan_of, by=by, measures=measures)


def measure_moved(measure: "Measure", verb: str, by: User, text: str = "") -> None:
    """To the other party: a measure was agreed to, has another day, or was dropped."""
    request = measure.request
    facts: dict[str, Any] = {"measure": measure, "verb": verb, "by": by, "text": text}
    _send("spoc/email/measure_moved", _other(request, by), request, _plan_of, **facts)


def introduction(row: "Introduction") -> None:
    """To both sides: how to reach each other, and what it is about; a partner gets no address of the portal."""
    facts = {
        "request": row.request,
        "introduction": row,
        "contact": row.contact,
        "other": row.other,
        "text": row.text,
    }
    _post("spoc/email/introduction", row.contact, {**facts, "link": link_for(row.contact, row.request)})
    link = link_for(row.colleague, row.request) if row.colleague else ""
    _post("spoc/email/introduction", row.other, {**facts, "link": link})


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


def reminder(person: User, items: Sequence[Item]) -> None:
    """Everything a person is reminded of on one day, in one mail."""
    links = [(item, item.request, _work_on(person, item)) for item in items]
    # A meeting to come waits for nobody; what waits is counted.
    waiting = sum(not item.is_news for item in items)
    near = sum(len(item.meetings) for item in items)
    _post(
        "spoc/email/reminder", person, {"items": links, "count": len(items), "near": near, "waiting": waiting}
    )


def link_for(person: User, request: "ServiceRequest") -> str:
    """Return the address at which a person works on a request: the desk for the agency, the portal for others."""
    if _is_agency(person):
        path = reverse("admin:spoc_servicerequest_change", args=[request.pk])
    else:
        with translation.override(person.content_language or person.language):
            path = request.get_absolute_url()
    return f"{settings.BASE_URL}{path}"


def _work_on(person: User, item: Item) -> str:
    """Return the address at which a person does what a line of a reminder says."""
    if item.meetings:
        return _page_of(person, item.meetings[0])
    return (_plan_of if item.measures else link_for)(person, item.request)


def _deliverables_of(person: User, request: "ServiceRequest") -> str:
    """Return where what was delivered stands on the page of a request: on a phone it is far down."""
    link = link_for(person, request)
    return link if _is_agency(person) else f"{link}#h-deliverables"


def _plan_of(person: User, request: "ServiceRequest") -> str:
    """Return the address of the plan of a request, where both parties work on it."""
    with translation.override(person.content_language or person.language):
        return f"{settings.BASE_URL}{reverse('spoc:request-plan', args=[request.pk])}"


def _page_of(person: User, meeting: "Meeting") -> str:
    """Return the address of a steering meeting, where both parties work on it."""
    with translation.override(person.content_language or person.language):
        return f"{settings.BASE_URL}{meeting.get_absolute_url()}"


def _of_meeting(name: str, meeting: "Meeting", by: User, text: str = "") -> None:
    def address(person: User, _request: "ServiceRequest") -> str:
        return _page_of(person, meeting)

    request = meeting.request
    _send(name, _other(request, by), request, address, by=by, meeting=meeting, text=text)


def _ended(name: str, people: Iterable[User], request: "ServiceRequest", **context: Any) -> None:
    """Say that a request has ended, and which meetings take no place for that."""
    off = [*request.meetings.to_come().in_order()]
    _send(name, people, request, off=off, **context)


def _other(request: "ServiceRequest", by: User) -> list[User]:
    """Return who reads for the party that a person does not speak for."""
    return (responders if request.side_of(by) == request.requesting_side else requesters)(request)


def _send(
    name: str,
    people: Iterable[User],
    request: "ServiceRequest",
    address: Callable[[User, "ServiceRequest"], str] = link_for,
    **context: Any,
) -> None:
    found = {person.pk: person for person in people if person.email}.values()
    # A commune talks to its SPOC of today, the agency to whoever speaks for the commune in this request.
    spoc = who_to_call(request.commune).user
    theirs = contact_at_commune(request) if any(_is_agency(person) for person in found) else None
    charge = (
        request.assigned_to if request.assigned_to and request.is_in_charge(request.assigned_to) else None
    )
    for person in found:
        contact = theirs if _is_agency(person) else spoc
        facts = {
            "request": request,
            "contact": contact,
            "ways": _ways(contact),
            "link": address(person, request),
        }
        # Who is in charge is reached directly, unless it is the same person, or whoever reads this.
        if charge and charge not in (person, contact):
            facts |= {"charge": charge, "charge_ways": _ways(charge)}
        _post(name, person, {**facts, **context})


def _ways(person: User | None) -> str:
    """Return how to reach a person: what is known of telephone and e-mail."""
    return ", ".join(way for way in (person.phone, person.email) if way) if person else ""


def _is_agency(person: User) -> bool:
    return person.has_role(*AGENCY_ROLES)


def _post(name: str, person: "User | Partner", context: dict[str, Any]) -> None:
    subjects, texts = [], []
    for language in languages_of(person):
        with translation.override(language):
            facts = {"person": person, **context}
            subjects.append(" ".join(render_to_string(f"{name}.subject.txt", facts).split()))
            texts.append(BLANK.sub("\n\n", render_to_string(f"{name}.txt", facts)).strip())
    post(
        to=person.email or "",
        person=person if isinstance(person, User) else None,
        language=person.content_language or "fr",
        subject=" / ".join(subjects)[:500],
        text="\n\n-- \n\n".join(texts) + "\n",
        kind=name.rpartition("/")[2],
    )
