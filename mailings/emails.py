"""News of an edition to those who write and approve it: one function for each, a mail in each one's language.

A mail is a row written in the transaction of its act; whoever acted gets none about it.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from hubportal.accounts.letters import write_to
from hubportal.accounts.models import Role, User
from hubportal.outbox.consignment import OPEN
from mailings.models.choices import STEERERS, Status
from mailings.since import since

if TYPE_CHECKING:
    from mailings.models.delivery import Delivery
    from mailings.models.failure import FailedStep
    from mailings.models.gap import FrozenGap
    from mailings.models.mailing import Mailing


def to_approve(mailing: "Mailing", by: User, leaves_at: datetime | None) -> None:
    """To those who may approve: a text waits for them, for when it is planned, what changed since their last word."""
    _tell("to_approve", mailing, approvers(mailing), by, leaves_at=leaves_at, own=since(mailing))


def voided(mailing: "Mailing", by: User, approved_by: Iterable[User]) -> None:
    """To authors and approvers: the text was changed, approvals are void."""
    _tell("voided", mailing, [*authors(mailing), *approvers(mailing), *approved_by], by)


def approved(mailing: "Mailing", by: User, *, is_last: bool) -> None:
    """To the authors: somebody approved; the last one lets it be scheduled, or go on.

    What was being sent may be resumed by leads, too.
    """
    if is_last and mailing.status == Status.PAUSED:
        _tell("approved_again", mailing, [*authors(mailing), *_steerers()], by)
    else:
        _tell("approved" if is_last else "approved_by_one", mailing, authors(mailing), by)


def remarked(mailing: "Mailing", by: User, comment: str) -> None:
    """To the authors: what is to be changed."""
    _tell("remarked", mailing, authors(mailing), by, comment)


def withdrawn(mailing: "Mailing", by: User, comment: str) -> None:
    """To authors and approvers: an approval is gone, nothing leaves."""
    _tell("withdrawn", mailing, _everybody(mailing), by, comment)


def scheduled(mailing: "Mailing", by: User | None) -> None:
    """To authors and approvers: when it leaves."""
    _tell("scheduled", mailing, _everybody(mailing), by)


def paused(mailing: "Mailing", by: User | None, comment: str) -> None:
    """To authors and approvers: sending stopped, by whom and why, and how much of it has left."""
    rows = mailing.deliveries
    counts: dict[str, Any] = {
        "left": rows.perhaps_arrived().count(),
        "waiting": rows.filter(status__in=OPEN).count(),
    }
    _tell("paused", mailing, _everybody(mailing), by, comment, **counts)


def cancelled(mailing: "Mailing", by: User, comment: str) -> None:
    """To authors and approvers: it does not leave, and why."""
    _tell("cancelled", mailing, _everybody(mailing), by, comment)


def expired(mailing: "Mailing") -> None:
    """To authors and approvers: it was not sent in time."""
    _tell("expired", mailing, _everybody(mailing), None)


def failed(failure: "FailedStep") -> None:
    """To editors and leads: a step that was due could not be taken, why, and what to do."""
    _tell("failed", failure.mailing, _steerers(), None, failure=failure)


def gaps_found(mailing: "Mailing", gaps: "Iterable[FrozenGap]") -> None:
    """To editors and leads: it leaves, and these gaps were not there when it was scheduled."""
    _tell("gaps_found", mailing, _steerers(), None, gaps=list(gaps))


def stopped(delivery: "Delivery") -> None:
    """To editors and leads: the owner of an address wants nothing more there."""
    _tell_of("stopped", delivery)


def moved(delivery: "Delivery", proposal: str) -> None:
    """To editors and leads: a recipient proposes another address."""
    _tell_of("moved", delivery, proposal=proposal)


def _tell_of(what: str, delivery: "Delivery", **more: Any) -> None:
    _tell(what, delivery.mailing, _steerers(), None, address=delivery.address, name=delivery.name, **more)


def _steerers() -> list[User]:
    return list(User.objects.holding(STEERERS))


def authors(mailing: "Mailing") -> list[User]:
    """Return those who wrote in it and still may."""
    return list(mailing.authors.filter(pk__in=User.objects.holding(STEERERS)))


def approvers(mailing: "Mailing", roles: Iterable[Role] = (*STEERERS, Role.CABINET)) -> list[User]:
    """Return those of these roles who may approve it: nobody who wrote in it."""
    holding = User.objects.holding(roles)
    return list(holding.exclude(pk__in=mailing.authors.values("pk")))


def _everybody(mailing: "Mailing") -> list[User]:
    return [*authors(mailing), *approvers(mailing)]


def _tell(
    what: str,
    mailing: "Mailing",
    people: Iterable[User],
    by: User | None,
    comment: str = "",
    own: Callable[[User], str] | None = None,
    **more: Any,
) -> None:
    """Write one mail to each of the people who have an address, but for who acted; `own` says a line to each."""
    context = {
        "what": what,
        "mailing": mailing,
        "by": by,
        "comment": comment,
        "base": settings.BASE_URL,
        **more,
    }
    for person in sorted({row.pk: row for row in people}.values(), key=lambda row: row.pk):
        if person.email and person != by:
            with translation.override(person.language):
                context["url"] = settings.BASE_URL + reverse("mailings:detail", args=[mailing.number])
                context["own"] = own(person) if own else ""
            write_to(
                person.email, person, "mailings/email/news.subject.txt", "mailings/email/news.txt", context,
                kind=f"mailing {what}",
            )  # fmt: skip
