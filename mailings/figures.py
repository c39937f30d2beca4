"""Editions in numbers: what became of their messages, whom they reached, who acknowledged them."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from hubportal.accounts.models import User
from hubportal.outbox.consignment import OPEN
from mailings.models import Delivery, DeliveryStatus, FrozenGap, Mailing
from mailings.models.delivery import served_by
from mailings.models.delivery_queryset import ACCEPTED, MEANT, STANDING


class Figures(NamedTuple):
    """One edition: its messages, what became of them, the communes that were reached, and who was not.

    What came back was accepted, and is counted as such; it reached nobody. All messages count, those besides the
    communes too.
    """

    messages: int = 0
    accepted: int = 0
    came_back: int = 0
    """How many of the accepted ones."""
    refused: int = 0
    uncertain: int = 0
    waiting: int = 0
    acknowledged: int = 0
    communes: int = 0
    in_part: int = 0
    gaps: tuple[FrozenGap, ...] = ()
    """Whom nothing was written to when it left, and why; closed ones too."""

    @property
    def percent(self) -> int | None:
        """How many of a hundred messages were acknowledged; None when there is none.

        Of all that were written, not of the accepted ones: whose mailbox refused it may read it on the portal.
        """
        return round(100 * self.acknowledged / self.messages) if self.messages else None

    @property
    def standing(self) -> int:
        """How many of the gaps no follow-up has closed."""
        return sum(gap.stands for gap in self.gaps)

    @property
    def closed(self) -> int:
        """How many of them a follow-up has closed."""
        return len(self.gaps) - self.standing

    @property
    def done(self) -> int:
        """How many messages have nothing to wait for any more."""
        return self.messages - self.waiting


class Readers(NamedTuple):
    """The people of a commune to whom an edition was written, and how many of them acknowledged it."""

    total: int = 0
    acknowledged: int = 0


def figures(user: User, mailings: Iterable[Mailing]) -> dict[int, Figures]:
    """Return the figures by edition, in two queries; zeros for one of which the user sees no message."""
    keys = {row.pk for row in mailings}
    # A message may serve two rights, so that the join shows it twice.
    counts: dict[str, Any] = {
        "messages": _count(MEANT),
        "accepted": _count(STANDING & Q(status__in=ACCEPTED)),
        "came_back": _count(STANDING & Q(status=DeliveryStatus.BOUNCED)),
        "refused": _count(STANDING & Q(status=DeliveryStatus.FAILED)),
        "uncertain": _count(Q(status=DeliveryStatus.UNCERTAIN)),
        "waiting": _count(Q(status__in=OPEN)),
        "acknowledged": _count(MEANT & Q(acknowledged_at__isnull=False)),
        "reached": _communes(Q(status=DeliveryStatus.ACCEPTED)),
        "lacking": _communes(STANDING & ~Q(status=DeliveryStatus.ACCEPTED)),
    }
    rows = Delivery.objects.visible_to(user).filter(mailing__in=keys).order_by()
    counted = {row.pop("mailing"): row for row in rows.values("mailing").annotate(**counts)}
    gaps: dict[int, list[FrozenGap]] = defaultdict(list)
    for gap in FrozenGap.objects.filter(mailing__in=counted).named():
        gaps[gap.mailing_id].append(gap)
    return {key: _figures(counted[key], gaps[key]) if key in counted else Figures() for key in keys}


def _figures(row: dict[str, Any], gaps: list[FrozenGap]) -> Figures:
    reached = set(row.pop("reached"))
    lacking = {*row.pop("lacking"), *(gap.commune_id for gap in gaps if gap.stands)}
    return Figures(**row, communes=len(reached), in_part=len(reached & lacking), gaps=tuple(gaps))


def _communes(condition: Q) -> ArrayAgg:
    of_whom = Coalesce("served__mandate__commune_id", "served__delegation__commune_id")
    is_of_one = Q(served__mandate__isnull=False) | Q(served__delegation__isnull=False)
    return ArrayAgg(of_whom, filter=condition & is_of_one, distinct=True, default=[])


def _count(condition: Q) -> Count:
    return Count("pk", filter=condition, distinct=True)


def readers(mailings: Iterable[Mailing], communes: Iterable[str]) -> dict[tuple[int, str], Readers]:
    """Return the readers by edition and NIS code, in one query; only of communes that were written to."""
    served = served_by(Delivery.objects.filter(mailing__in=[row.pk for row in mailings]))
    people = {
        "total": Count("person", distinct=True),
        "done": Count("person", filter=Q(delivery__acknowledged_at__isnull=False), distinct=True),
    }
    rows = served.filter(nis__in=list(communes))
    counted = rows.order_by().values_list("delivery__mailing", "nis").annotate(**people)
    return {(mailing, nis): Readers(total, done) for mailing, nis, total, done in counted}
