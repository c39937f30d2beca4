"""The mails of a request: one function for each. A mail is a row written in the transaction of its act.

A note of the agency is in no mail. Those of its plan: `plan_emails`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from hubportal.accounts.models import User
from spoc.posting import is_agency, link_for, other, page_of, plan_of, send, ways, write
from spoc.recipients import requesters, responders

if TYPE_CHECKING:
    from spoc.faq.reviews import Review
    from spoc.models import Concern, HandoverNote, Introduction, Measure, Meeting, Message, ServiceRequest
    from spoc.relay.reminding import Due


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


class ConcernItem(NamedTuple):
    """A line of a reminder: a concern that nobody has qualified, why (a `ConcernReminderKind`)."""

    concern: "Concern"
    kind: str


def receipt(request: "ServiceRequest", to: User) -> None:
    """To whoever submitted: it arrived, its reference, whom to call."""
    send("spoc/email/receipt", [to], request)


def new_request(request: "ServiceRequest") -> None:
    """To the responding party: a request to answer."""
    send("spoc/email/new_request", responders(request), request)


def accepted(request: "ServiceRequest") -> None:
    """To the requesting party: who takes it on, and by when."""
    send("spoc/email/accepted", requesters(request), request)


def put_in_charge(request: "ServiceRequest", by: User | None = None, note: str = "") -> None:
    """To a person whom another one put in charge: at its acceptance, or (`by`) to go on with it."""
    send("spoc/email/put_in_charge", responders(request), request, by=by, text=note)


def now_in_charge(request: "ServiceRequest", by: User, before: User | None) -> None:
    """To the requesting party, and to whoever was in charge: who goes on with it. Not to whom it is no news."""
    send("spoc/email/now_in_charge", _left(request, by, before), request, by=by)


def all_in_charge(receiver: User, by: User, moved: "Sequence[tuple[ServiceRequest, User | None]]") -> None:
    """To each person whom `now_in_charge` would tell of several requests (each with who was in charge): one mail."""
    found: dict[User, list[tuple[ServiceRequest, User | None]]] = defaultdict(list)
    for request, before in moved:
        for person in {person.pk: person for person in _left(request, by, before)}.values():
            found[person].append((request, before))
    for person, own in found.items():
        if len(own) == 1:
            send("spoc/email/now_in_charge", [person], own[0][0], by=by)
        elif person.email:
            facts = {"receiver": receiver, "ways": ways(receiver), "by": by, "commune": own[0][0].commune}
            rows = [(request, link_for(person, request)) for request, _before in own]
            write("spoc/email/all_in_charge", person, {**facts, "rows": rows})


def handed_over(note: "HandoverNote", rows: Sequence["ServiceRequest"], more: int) -> None:
    """To a successor: the note, and what is open in the commune; `more`: how many are not listed."""
    person = note.receiver
    if not person.email or not person.is_active or not is_agency(person):
        return
    found = [(row, link_for(person, row)) for row in rows]
    facts = {"note": note, "found": found, "more": more, "link": page_of(person, note)}
    write("spoc/email/handed_over", person, facts)


def declined(request: "ServiceRequest") -> None:
    """To the requesting party: why not."""
    _ended("spoc/email/declined", requesters(request), request)


def question(request: "ServiceRequest", message: "Message") -> None:
    """To the requesting party: what is asked; the clock stands still."""
    send("spoc/email/question", requesters(request), request, text=message.text)


def answer(request: "ServiceRequest", by: User, message: "Message | None") -> None:
    """To the responding party: the requester wrote, or sent a file."""
    send("spoc/email/answer", responders(request), request, text=message.text if message else "", by=by)


def message(request: "ServiceRequest", by: User, message: "Message | None") -> None:
    """To the requesting party: the other one wrote, or sent a file."""
    send("spoc/email/message", requesters(request), request, text=message.text if message else "", by=by)


def delivered(request: "ServiceRequest") -> None:
    """To the requesting party: what was delivered, to be confirmed."""
    titles = [*request.deliverables.values_list("title", flat=True)]
    titles += [row.name for row in request.introductions.with_people()]
    send("spoc/email/delivered", requesters(request), request, _deliverables_of, titles=titles)


def closed(request: "ServiceRequest", by: User | None) -> None:
    """To the other party, to both when it closed by itself: how it ended."""
    people = [] if by and request.side_of(by) == request.requesting_side else requesters(request)
    if by is None or not people:
        people = [*people, *responders(request)]
    _ended("spoc/email/closed", people, request, by_itself=by is None)


def reopened(request: "ServiceRequest", by: User, reason: str) -> None:
    """To the other party: what is still missing."""
    send("spoc/email/reopened", other(request, by), request, text=reason, by=by)


def withdrawn(request: "ServiceRequest") -> None:
    """To the responding party: nothing to do any more."""
    _ended("spoc/email/withdrawn", responders(request), request)


def introduction(row: "Introduction") -> None:
    """To both sides: how to reach each other, and what it is about; a partner gets no address of the portal."""
    facts = {
        "request": row.request,
        "introduction": row,
        "contact": row.contact,
        "other": row.other,
        "text": row.text,
    }
    write("spoc/email/introduction", row.contact, {**facts, "link": link_for(row.contact, row.request)})
    link = link_for(row.colleague, row.request) if row.colleague else ""
    write("spoc/email/introduction", row.other, {**facts, "link": link})


def reminder(
    person: User,
    items: Sequence[Item],
    concerns: Sequence[ConcernItem] = (),
    notes: "Sequence[Due]" = (),
    reviews: "Sequence[Review]" = (),
) -> None:
    """Everything a person is reminded of on one day, in one mail: requests, concerns, relay notes and answers."""
    links = [(item, item.request, _work_on(person, item)) for item in items]
    # A meeting to come waits for nobody; what waits is counted.
    waiting = sum(not item.is_news for item in items)
    others = len(concerns) + len(notes) + len(reviews)
    facts = {
        "items": links,
        "concerns": [(item.concern, page_of(person, item.concern)) for item in concerns],
        "notes": [(due, page_of(person, due.note)) for due in notes],
        "reviews": [(item.answer, page_of(person, item.answer)) for item in reviews],
        "count": len(items) + others,
        "near": sum(len(item.meetings) for item in items),
        "waiting": waiting + others,
        # Of several sorts there is no word for all but that they wait.
        "is_mixed": sum(map(bool, (waiting, concerns, notes, reviews))) > 1,
    }
    write("spoc/email/reminder", person, facts)


def _left(request: "ServiceRequest", by: User, before: User | None) -> list[User]:
    """Return whom it concerns that another person is in charge, and who does not know it."""
    people = [*requesters(request), *([before] if before and request.is_the_partys(before) else [])]
    known = {by.pk, request.assigned_to_id}
    return [person for person in people if person.pk not in known]


def _work_on(person: User, item: Item) -> str:
    """Return the address at which a person does what a line of a reminder says."""
    if item.meetings:
        return page_of(person, item.meetings[0])
    return (plan_of if item.measures else link_for)(person, item.request)


def _deliverables_of(person: User, request: "ServiceRequest") -> str:
    """Return where what was delivered stands on the page of a request: on a phone it is far down."""
    link = link_for(person, request)
    return link if is_agency(person) else f"{link}#h-deliverables"


def _ended(name: str, people: Iterable[User], request: "ServiceRequest", **context: Any) -> None:
    """Say that a request has ended, and which meetings take no place for that."""
    off = [*request.meetings.to_come().in_order()]
    send(name, people, request, off=off, **context)
