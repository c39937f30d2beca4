"""What this app shows elsewhere: at home, to each role what it has to do about the mailing, then how the last one went;
on the page of a commune, which editions its people have acknowledged; its columns of the coverage matrix."""

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import BooleanField, Case, Count, ExpressionWrapper, Q, When, Window

from communes.context import communes_for, served_communes
from communes.models import Commune
from communes.models.mandate import communes_of
from hubportal.accounts.models import AGENCY_ROLES, Role, User
from hubportal.dashboard.panels import Column, Panel
from mailings import matrix, nextstep, receipts
from mailings.figures import Figures, Readers, figures, readers
from mailings.models import STEERERS, WRITERS, Approval, Capacity, Decision, Delivery, Mailing
from mailings.models.choices import Status, text_language
from mailings.models.consent import capacities_of, held, missing
from mailings.models.queryset import MailingQuerySet
from mailings.readers import of_communes
from mailings.rhythm_showing import Line, lines

SHOWN: Final = 4
"""Editions of a list at home; what waits for the reader comes before the others."""
NAMED: Final = 6
"""People of one commune who are named at home; the edition's page names the others."""


def home(user: User) -> list[Panel]:
    """Return the panels of a person's home page; whoever has several roles gets those of each."""
    panels = _in_preparation(user)
    if user.has_role(Role.DIRECTOR):
        panels += _director(user)
    if user.has_role(Role.SPOC):
        panels += _spoc(user)
    if user.has_role(Role.CABINET, Role.TASKFORCE) and (latest := _latest(user)):
        panels.append(Panel("mailings/panels/last.html", _words(latest), "main", 10))
    return panels + _commune_people(user)


def commune(user: User, commune: Commune) -> list[Panel]:
    """Return how many of a commune's people acknowledged the last editions, for themselves and the agency."""
    if not (user.has_role(*AGENCY_ROLES) or commune.nis in communes_of(user)):
        return []
    rows = list(_sent(user).with_texts()[:SHOWN])
    counts = readers(rows, [commune.nis])
    entries = [{**_words(row), "count": counts.get((row.pk, commune.nis))} for row in rows]
    return [Panel("mailings/panels/commune.html", {"entries": entries}, "main", 40)] if entries else []


def columns(user: User) -> list[Column]:
    """Return how far the last edition came in each commune, and how many there acknowledged it, to the agency.

    As many queries for one message as for a thousand.
    """
    latest = _latest(user) if user.has_role(*AGENCY_ROLES) else None
    return matrix.columns_of(latest) if latest else []


def _sent(user: User) -> MailingQuerySet:
    """Return the editions that were sent, newest first."""
    return Mailing.objects.visible_to(user).sent().order_by("-number")


def _latest(user: User) -> Mailing | None:
    """Return the last edition that was sent, with what it says."""
    return _sent(user).with_texts().first()


def _words(mailing: Mailing) -> dict[str, Any]:
    """Return an edition with its title and preview line, and the language that they are in."""
    language = text_language()
    return {"mailing": mailing, "language": language, "preheader": mailing.texts[language]["preheader"]}


# --- The people of a commune -------------------------------------------------------------------------------


def _commune_people(user: User) -> list[Panel]:
    """Show what they still have to acknowledge, newest first, else the last edition.

    The template picks the chosen commune.
    """
    acting = [] if user.is_staff else communes_for(user)
    if not acting:
        return []
    rows = _waiting_or_sent(user)
    if not rows:
        return []
    first, waiting = rows[0], [row for row in rows if row.waits]
    counts = readers([first], [item.commune.nis for item in acting])
    said = {first.pk: receipts.Receipt(waits=True)} if waiting else receipts.receipts(user, [first])
    context = {
        **_words(first),
        "receipt": said.get(first.pk),
        "earlier": waiting[1:],
        "more": waiting[0].total - len(waiting) if waiting else 0,
        "entries": [(item.commune, counts.get((first.pk, item.commune.nis), Readers())) for item in acting],
    }
    # What waits is done with one click: above all that takes longer.
    return [Panel("mailings/panels/latest.html", context, "main", 3 if waiting else 7)]


def _waiting_or_sent(user: User) -> list[Any]:
    """Return the first editions that wait for a person, then those sent, newest first: one query.

    Each says whether it waits, and `total` how many do.
    """
    asked = receipts.waiting(user).order_by().values("pk")
    waits = ExpressionWrapper(Q(pk__in=asked), BooleanField())
    rows = (
        Mailing.objects.visible_to(user).filter(Q(status=Status.SENT) | Q(pk__in=asked)).annotate(waits=waits)
    )
    total = Window(Count("pk", filter=Q(waits=True)))
    return list(rows.with_texts().annotate(total=total).order_by("-waits", "-number")[:SHOWN])


# --- Who writes and who approves ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """An edition under way: the reader's step, and how far its messages are (the agency sees that)."""

    line: nextstep.Line
    figures: Figures
    may_decide: bool

    @property
    def is_mine(self) -> bool:
        """Whether the reader has something to do about it."""
        return self.line.next.is_mine or (self.may_decide and self.figures.uncertain > 0)


def _in_preparation(user: User) -> list[Panel]:
    """Show what to approve first, then the other editions under way: the agency's also with uncertain messages."""
    if not user.has_role(*STEERERS, Role.CABINET):
        return []
    rows = list(_under_way(user))
    awaited = [row for row in rows if nextstep.is_awaited(row, user)]
    panels = []
    if awaited or user.has_role(Role.CABINET):
        context = {"entries": [_asked(row, user) for row in awaited]}
        panels.append(Panel("mailings/panels/to_approve.html", context, "main", 0))
    # Whoever writes them also sees how the last one went.
    latest = _latest(user) if user.has_role(*WRITERS) else None
    counts = figures(user, [*rows, *([latest] if latest else [])])
    may_decide = user.has_role(*STEERERS)
    entries = [
        Entry(nextstep.line(row, user), counts[row.pk], may_decide) for row in rows if row not in awaited
    ]
    rhythms = lines(user)
    if entries or rhythms or user.has_role(*WRITERS):
        panels.append(Panel(*_editions(user, entries, rhythms, latest, counts)))
    return panels


def _under_way(user: User) -> list[Mailing]:
    """Return the editions in preparation, and those sent with messages that a person must decide on."""
    rows = Mailing.objects.visible_to(user).with_review()
    wanted = rows.in_preparation()
    if user.has_role(*STEERERS):
        undecided = Delivery.objects.visible_to(user).filter(status="uncertain").order_by()
        wanted |= rows.sent().filter(pk__in=undecided.values("mailing"))
    # What was sent comes last: it takes no place of what is in preparation.
    was_sent = Case(When(status=Status.SENT, then=1), default=0)
    found = list(wanted.order_by(was_sent, "-number")[: nextstep.PREPARED])
    prepared = nextstep.lines([row for row in found if row.status != Status.SENT], user)
    sent = [row for row in found if row.status == Status.SENT]
    return [*(line.mailing for line in prepared[:SHOWN]), *sent[:SHOWN]]


def _editions(
    user: User, entries: list[Entry], rhythms: list[Line], latest: Mailing | None, counts: dict[int, Figures]
) -> tuple[str, dict[str, Any], Any, int]:
    """Return the panel of editions: first for who writes them, or who has a step to take."""
    is_writer = user.has_role(*WRITERS)
    context = {
        "entries": entries,
        "rhythms": rhythms,
        "language": text_language(),
        "latest": latest,
        "figures": counts.get(latest.pk) if latest else None,
    }
    comes_first = is_writer or user.has_role(Role.CABINET) or any(entry.is_mine for entry in entries)
    return ("mailings/panels/editions.html", context, "main", 1 if comes_first else 8)


def _asked(mailing: Mailing, user: User) -> dict[str, Any]:
    """Return who asks for approval, what this person's side said of an earlier version, and what the other said."""
    decisions = list(mailing.approvals.all())
    approvals = held(mailing, decisions)
    own = capacities_of(user)
    earlier = [row for row in decisions if row.capacity in own and _is_an_answer(row)]
    return {
        **_words(mailing),
        "asked": next((row for row in reversed(decisions) if row.decision == Decision.SUBMITTED), None),
        "earlier": earlier[-1] if earlier else None,
        "has_changed": bool(earlier) and earlier[-1].content_hash != mailing.content_hash,
        "approved": next(iter(approvals.values()), None),
        "other": next((side for side in missing(approvals) if side not in own), None),
        "is_for_cabinet": Capacity.CABINET in own,
    }


def _is_an_answer(row: Approval) -> bool:
    return row.decision in (Decision.APPROVED, Decision.REMARKED)


# --- Who looks at what came of it --------------------------------------------------------------------------


def _spoc(user: User) -> list[Panel]:
    """Show a SPOC who has not acknowledged the last edition, in the communes that they serve today."""
    served = served_communes(user)
    latest = _latest(user) if served else None
    if latest is None:
        return []
    people = of_communes(latest, [row.nis for row in served])
    not_yet = [(row, [reader for reader in people[row.nis] if not reader.at]) for row in served]
    total = sum(len(rows) for rows in people.values())
    context = {
        **_words(latest),
        "total": total,
        "acknowledged": total - sum(len(rows) for _row, rows in not_yet),
        "silent": [row for row, rows in not_yet if rows and len(rows) == len(people[row.nis])],
        "not_yet": [(row, rows[:NAMED], len(rows[NAMED:])) for row, rows in not_yet if rows],
    }
    return [Panel("mailings/panels/spoc.html", context, "aside", 10)]


def _director(user: User) -> list[Panel]:
    """Show what came of the last editions."""
    rows = list(_sent(user)[:SHOWN])
    counts = figures(user, rows)
    entries = [(row, counts[row.pk]) for row in rows]
    return [Panel("mailings/panels/figures.html", {"entries": entries}, "main", 15)] if entries else []
