"""What this app shows elsewhere: at home, to each role what it has to do about the mailing, then how the last one went;
on the page of a commune, which editions its people have acknowledged."""

from dataclasses import dataclass
from typing import Any, Final

from communes.context import communes_for
from communes.models import Commune
from communes.models.mandate import communes_of
from hubportal.accounts.models import AGENCY_ROLES, Role, User
from hubportal.dashboard.panels import Panel
from mailings import nextstep, receipts
from mailings.figures import Figures, Readers, figures, readers
from mailings.models import STEERERS, WRITERS, Approval, Capacity, Decision, Delivery, Mailing
from mailings.models.choices import text_language
from mailings.models.consent import capacities_of, held, missing
from spoc.models.parties import communes_served_by

SHOWN: Final = 4
"""Editions of a list at home; what waits for the reader comes before the others."""


def home(user: User) -> list[Panel]:
    """Return the panels of a person's home page; whoever has several roles gets those of each."""
    latest = Mailing.objects.visible_to(user).sent().with_review().order_by("-number").first()
    panels = _in_preparation(user, latest)
    if user.has_role(Role.DIRECTOR):
        panels += _director(user)
    if latest is None:
        return panels
    if user.has_role(Role.SPOC):
        panels += _spoc(user, latest)
    if user.has_role(Role.CABINET, Role.TASKFORCE):
        panels.append(Panel("mailings/panels/last.html", _words(latest), "main", 10))
    return panels + _commune_people(user, latest)


def commune(user: User, commune: Commune) -> list[Panel]:
    """Return how many of a commune's people acknowledged the last editions, for themselves and the agency."""
    if not (user.has_role(*AGENCY_ROLES) or commune.nis in communes_of(user)):
        return []
    rows = list(_sent(user))
    counts = readers(rows, [commune.nis])
    entries = [{**_words(row), "count": counts.get((row.pk, commune.nis))} for row in rows]
    return [Panel("mailings/panels/commune.html", {"entries": entries}, "main", 40)] if entries else []


def _sent(user: User) -> Any:
    """Return the last editions that were sent, newest first."""
    return Mailing.objects.visible_to(user).sent().with_review().order_by("-number")[:SHOWN]


def _words(mailing: Mailing) -> dict[str, Any]:
    """Return an edition with its title and preview line, and the language that they are in."""
    language = text_language()
    return {"mailing": mailing, "language": language, "preheader": mailing.texts[language]["preheader"]}


# --- The people of a commune -------------------------------------------------------------------------------


def _commune_people(user: User, latest: Mailing) -> list[Panel]:
    """Show what they still have to acknowledge, newest first, else the last edition.

    The template picks the chosen commune.
    """
    acting = [] if user.is_staff else communes_for(user)
    if not acting:
        return []
    waiting = receipts.waiting(user)
    first, *earlier = [*waiting.prefetch_related("variants")[:SHOWN]] or [latest]
    counts = readers([first], [item.commune.nis for item in acting])
    context = {
        **_words(first),
        "receipt": receipts.receipts(user, [first]).get(first.pk),
        "earlier": earlier,
        "more": max(0, waiting.count() - SHOWN),
        "entries": [(item.commune, counts.get((first.pk, item.commune.nis), Readers())) for item in acting],
    }
    return [Panel("mailings/panels/latest.html", context, "main", 7)]


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


def _in_preparation(user: User, latest: Mailing | None) -> list[Panel]:
    """Show what to approve first, then the other editions under way: the agency's also with uncertain messages."""
    if not user.has_role(*STEERERS, Role.CABINET):
        return []
    rows = list(_under_way(user))
    awaited = [row for row in rows if nextstep.is_awaited(row, user)]
    panels = []
    if awaited or user.has_role(Role.CABINET):
        context = {"entries": [_asked(row, user) for row in awaited]}
        panels.append(Panel("mailings/panels/to_approve.html", context, "main", 0))
    counts = figures(user, [*rows, *([latest] if latest else [])])
    may_decide = user.has_role(*STEERERS)
    entries = [
        Entry(nextstep.line(row, user), counts[row.pk], may_decide) for row in rows if row not in awaited
    ]
    if entries or user.has_role(*WRITERS):
        panels.append(Panel(*_editions(user, entries, latest, counts)))
    return panels


def _under_way(user: User) -> list[Mailing]:
    """Return the editions in preparation, and those sent with messages that a person must decide on."""
    rows = Mailing.objects.visible_to(user).with_review().order_by("-number")
    found = [line.mailing for line in nextstep.prepared(rows, user)[:SHOWN]]
    if user.has_role(*STEERERS):
        undecided = Delivery.objects.visible_to(user).filter(status="uncertain").order_by()
        found += rows.sent().filter(pk__in=undecided.values("mailing"))[:SHOWN]
    return found


def _editions(
    user: User, entries: list[Entry], latest: Mailing | None, counts: dict[int, Figures]
) -> tuple[str, dict[str, Any], Any, int]:
    """Return the panel of editions: first for who writes them, or who has a step to take."""
    is_writer = user.has_role(*WRITERS)
    context = {
        "entries": entries,
        "language": text_language(),
        "latest": latest if is_writer else None,
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


def _spoc(user: User, latest: Mailing) -> list[Panel]:
    """Show a SPOC in which of the communes they serve today nobody has acknowledged the last edition."""
    served = Commune.objects.filter(nis__in=communes_served_by(user)).order_by("nis")
    counts = readers([latest], [row.nis for row in served])
    found = [(row, counts.get((latest.pk, row.nis), Readers())) for row in served]
    context = {
        **_words(latest),
        "total": sum(count.total for _row, count in found),
        "acknowledged": sum(count.acknowledged for _row, count in found),
        "silent": [row for row, count in found if count.total and not count.acknowledged],
    }
    return [Panel("mailings/panels/spoc.html", context, "aside", 10)] if found else []


def _director(user: User) -> list[Panel]:
    """Show what came of the last editions."""
    rows = list(_sent(user))
    counts = figures(user, rows)
    entries = [(row, counts[row.pk]) for row in rows]
    return [Panel("mailings/panels/figures.html", {"entries": entries}, "main", 15)] if entries else []
