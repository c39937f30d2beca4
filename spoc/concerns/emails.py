"""The mails of a concern: one function for each. A mail is a row written in the transaction of its act.

A note of the agency is in no mail; only the commune that raised it and who serves it today are written to.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from communes.callers import callers, who_to_call
from communes.models.mandate import know_communes_of, with_communes_of
from communes.recipients import answering_for, callers_of, reachable
from hubportal.accounts.models import User
from spoc.models.choices import Side
from spoc.posting import is_agency, page_of, ways, write

if TYPE_CHECKING:
    from spoc.models import Concern, ConcernAnswer, ConcernMessage, RelayNote


def raisers(concern: "Concern") -> list[User]:
    """Return who reads for the commune: whoever raised it; when they left, those who answer for it now."""
    author = concern.raised_by
    if author.is_active and concern.is_raisers(author):
        return reachable([author])
    return answering_for(concern.commune)


def servants(concern: "Concern") -> list[User]:
    """Return who reads for the agency: the SPOC of the commune, their stand-in, or a lead."""
    return callers_of(concern.commune)


def raised(concern: "Concern") -> None:
    """To whoever raised it: it arrived, its reference, whom to call; to the SPOC: a concern to qualify."""
    _send("spoc/concerns/email/concern_receipt", reachable([concern.raised_by]), concern)
    _send("spoc/concerns/email/concern_new", servants(concern), concern)


def question(concern: "Concern", message: "ConcernMessage") -> None:
    """To the commune: what the agency asks."""
    _send("spoc/concerns/email/concern_question", raisers(concern), concern, text=message.text)


def message(concern: "Concern", by: User, message: "ConcernMessage") -> None:
    """To the other party: what was written."""
    people = raisers(concern) if message.side == Side.AGENCY else servants(concern)
    _send("spoc/concerns/email/concern_message", people, concern, text=message.text, by=by)


def answered(concern: "Concern", answer: "ConcernAnswer") -> None:
    """To the commune: the answer, by the agency itself or passed on from the Region."""
    _send("spoc/concerns/email/concern_answered", raisers(concern), concern, answer=answer)


def declined(concern: "Concern") -> None:
    """To the commune: why it is not passed on."""
    _send("spoc/concerns/email/concern_declined", raisers(concern), concern, text=concern.not_relayed_reason)


def relayed(concerns: "Sequence[Concern]", note: "RelayNote") -> None:
    """To each raiser once: which of their concerns left with a note, to whom, by when an answer is needed."""
    _know_authors(concerns)
    found: dict[User, list[Concern]] = defaultdict(list)
    for concern in concerns:
        for person in raisers(concern):
            found[person].append(concern)
    serving = callers({concern.commune_id for concern in concerns})
    for person, own in found.items():
        # Who acts for two communes may have two SPOCs: then each page names its own.
        spocs = {serving[concern.commune_id].user for concern in own}
        contact = spocs.pop() if len(spocs) == 1 else None
        lines = [(concern, page_of(person, concern)) for concern in own]
        facts = {"note": note, "concerns": lines, "contact": contact, "ways": ways(contact)}
        write("spoc/concerns/email/concern_relayed", person, facts)


def handed_back(concerns: "Sequence[Concern]", reason: str) -> None:
    """To each SPOC, one mail for all of theirs: no answer of the Region is left, the communes still wait for one."""
    serving = callers({concern.commune_id for concern in concerns})
    found: dict[User, list[Concern]] = defaultdict(list)
    for concern in concerns:
        if person := serving[concern.commune_id].user:
            found[person].append(concern)
    for person in reachable(found):
        lines = [(concern, page_of(person, concern)) for concern in found[person]]
        facts = {"concern": lines[0][0], "lines": lines, "text": reason}
        write("spoc/concerns/email/concern_handed_back", person, facts)


def reopened(concern: "Concern", by: User, reason: str) -> None:
    """To the SPOC: what is still open."""
    _send("spoc/concerns/email/concern_reopened", servants(concern), concern, text=reason, by=by)


def settled(concern: "Concern", by: User) -> None:
    """To the SPOC: an answer that was given before helped, nothing is to be done."""
    _send("spoc/concerns/email/concern_settled", servants(concern), concern, by=by)


def withdrawn(concern: "Concern", by: User, reason: str) -> None:
    """To the SPOC: nothing is to be done any more."""
    _send("spoc/concerns/email/concern_withdrawn", servants(concern), concern, text=reason, by=by)


def _know_authors(concerns: "Sequence[Concern]") -> None:
    """Read who raised these concerns and for which communes they act today: one query, however many there are."""
    rows = User.objects.filter(pk__in={concern.raised_by_id for concern in concerns})
    authors = {person.pk: person for person in with_communes_of(rows, "pk")}
    for person in authors.values():
        know_communes_of(person, person)
    for concern in concerns:
        concern.raised_by = authors[concern.raised_by_id]


def _send(name: str, people: Iterable[User], concern: "Concern", **context: Any) -> None:
    """Write a mail to each of these people: with whom they deal, and where they go on with it."""
    # A commune talks to its SPOC of today, the agency to who speaks for the commune.
    spoc = who_to_call(concern.commune).user
    for person in people:
        contact = next(iter(raisers(concern)), None) if is_agency(person) else spoc
        facts = {"contact": contact, "ways": ways(contact), "link": page_of(person, concern)}
        write(name, person, {"concern": concern, **facts, **context})
