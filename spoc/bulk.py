"""One step of many requests at once: which of them it takes, which it leaves out and why; each by its own verb."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext

from communes.models.spoc import communes_served_by
from hubportal.access.constraints import constraint_messages
from hubportal.accounts.models import Role, User
from hubportal.workflow import Transition, TransitionError
from spoc.answers import Answer
from spoc.models import ServiceRequest, Side
from spoc.subject import day_of, language_read

MOST: Final = 100
"""Requests that one confirmation moves: more than that nobody looks through."""


class Bulk(NamedTuple):
    """A step that is taken of many: its words in the list, above the form, on the button and afterwards."""

    choice: Any
    question: str | Promise
    button: Any
    done: Any
    asks_for_words: bool = False


BULK: Final[Mapping[str, Bulk]] = {
    "accept": Bulk(
        gettext_lazy("Accept and name a person in charge"),
        gettext_lazy("One person takes them all on, by one day. Each requester is told."),
        ngettext_lazy("Accept %(count)d request", "Accept %(count)d requests", "count"),
        ngettext_lazy("%(count)d request was accepted.", "%(count)d requests were accepted.", "count"),
    ),
    "reassign": Bulk(
        gettext_lazy("Put somebody else in charge"),
        gettext_lazy(
            "One person goes on with them all. They get a mail for each, and each requester is told."
        ),
        ngettext_lazy("Hand on %(count)d request", "Hand on %(count)d requests", "count"),
        ngettext_lazy("%(count)d request was handed on.", "%(count)d requests were handed on.", "count"),
    ),
    "start": Bulk(
        gettext_lazy("Start work"),
        gettext_lazy("The requesters see that work has begun."),
        ngettext_lazy("Start work on %(count)d request", "Start work on %(count)d requests", "count"),
        ngettext_lazy(
            "Work on %(count)d request has begun.", "Work on %(count)d requests has begun.", "count"
        ),
    ),
    "decline": Bulk(
        gettext_lazy("Decline, with one reason"),
        gettext_lazy("Each requester reads the same reason and the same text."),
        ngettext_lazy("Decline %(count)d request", "Decline %(count)d requests", "count"),
        ngettext_lazy("%(count)d request was declined.", "%(count)d requests were declined.", "count"),
        asks_for_words=True,
    ),
}
"""The others need words of their own for each request, or something to deliver."""


class LeftOut(NamedTuple):
    """A request that the step does not move, and why not."""

    row: ServiceRequest
    why: str


class Preview(NamedTuple):
    """A request that the step takes, as it is shown before: the day that matters to who asked, what they read."""

    row: ServiceRequest
    day: Answer | None
    language: str


class Taken(NamedTuple):
    """What became of the requests; `refused`: the last thing that a verb found wrong with its arguments."""

    done: list[ServiceRequest]
    left: list[LeftOut]
    refused: ValidationError | None


def answers_any(user: User) -> bool:
    """Tell whether a person answers requests at all today: a lead, a SPOC or their stand-in, who is in charge.

    The answer is kept on the instance, so for one request: the list asks for each of its acts.
    """
    rows = ServiceRequest.objects.visible_to(user).open().order_by()
    return user.once(
        "answers any",
        lambda: bool(
            user.has_role(Role.LEAD) or communes_served_by(user) or rows.in_charge_of(user).exists()
        ),
    )


def sort_out(
    rows: Sequence[ServiceRequest], verb: str, user: User
) -> tuple[list[ServiceRequest], list[LeftOut]]:
    """Return the requests of which a person may take a step now, and the others, each with the reason."""
    lines = [line for line in ServiceRequest.TRANSITIONS if line.verb == verb]
    found = [(row, _why_not(row, lines, user)) for row in rows]
    return [row for row, why in found if not why], [LeftOut(row, why) for row, why in found if why]


def take(rows: Sequence[ServiceRequest], verb: str, user: User, arguments: Mapping[str, Any]) -> Taken:
    """Take a step of each request, each in a transaction of its own; whoever was first is named."""
    taken = Taken([], [], None)
    for row in rows:
        why, refused = _took(row, verb, user, arguments)
        if why:
            taken.left.append(LeftOut(row, why))
        else:
            taken.done.append(row)
        taken = taken._replace(refused=refused or taken.refused)
    return taken


def preview(rows: Sequence[ServiceRequest]) -> list[Preview]:
    """Return how requests are shown before a step takes them."""
    return [Preview(row, day_of(row), language_read(row)) for row in rows]


class Languages(NamedTuple):
    """In which languages the requesters of some requests read, in words; whether one text is for several."""

    text: str
    differ: bool


def languages(rows: Sequence[ServiceRequest]) -> Languages:
    """Return in which languages the requesters read, and what to do where they differ."""
    read = Counter(language_read(row) for row in rows)
    if len(read) == 1:
        text = _("Language of the requesters: %(language)s.") % {"language": next(iter(read))}
        return Languages(text, differ=False)
    found = ", ".join(f"{words} {count}" for words, count in read.most_common())
    text = _("Languages of the requesters: %(languages)s. Decline them apart, or write in both languages.")
    return Languages(text % {"languages": found}, differ=True)


def _took(
    row: ServiceRequest, verb: str, user: User, arguments: Mapping[str, Any]
) -> tuple[str, ValidationError | None]:
    """Take the step of one request; return why not, empty when it was taken, and what was wrong with the arguments."""
    try:
        with constraint_messages():
            getattr(row, verb)(by=user, **arguments)
    except TransitionError as error:
        return ("" if error.is_repeated_by(user) else str(error)), None
    except PermissionDenied:
        return _not_yours(row), None
    except ValidationError as error:
        return " ".join(error.messages), error
    return "", None


def _why_not(row: ServiceRequest, lines: Sequence[Transition], user: User) -> str:
    if row.responding_side != Side.AGENCY:
        return _("The commune answers this one: the agency asked.")
    line = next((line for line in lines if row.status in line.sources), None)
    if line is None:
        facts = {"state": row.get_status_display()}
        return _("This is not possible now: the state is “%(state)s”.") % facts
    return "" if getattr(row, line.predicate)(user) else _not_yours(row)


def _not_yours(row: ServiceRequest) -> str:
    """Return who takes the step instead."""
    who = row.assigned_to.full_name if row.assigned_to else pgettext("who acts", "the SPOC of the commune")
    return _("Not yours: %(who)s or a lead takes this step.") % {"who": who}
