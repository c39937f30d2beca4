"""How far an edition is: counted by the database, message by message and commune by commune."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from communes.models import Commune
from hubportal.outbox import pace
from mailings.models import Delivery, DeliveryStatus, FrozenGap, Mailing, Served, Status
from mailings.models.delivery_queryset import ACCEPTED, ENDED, STANDING, UNSENT

RECENT: Final = 100
"""Messages whose pace tells when the last one leaves."""
STALE: Final = timedelta(minutes=1)
"""Nothing accepted for so long: nobody knows when it ends."""
UNMARKED: Final = (DeliveryStatus.QUEUED, DeliveryStatus.SENDING)
"""Of which no relay has said anything since they were queued."""
_BY_STATUS: Final = {str(code): Count("pk", filter=Q(status=code)) for code in DeliveryStatus.values}


@dataclass(frozen=True)
class Tally:
    """The messages of an edition, by state."""

    counts: Mapping[str, int]
    next_try_at: datetime | None
    tries: int
    """Attempts already made for what was put off."""
    ended: int = 0
    """Those of the cancelled ones whose right had ended before they were sent."""

    def of(self, *statuses: str) -> int:
        """Return how many messages are in one of these states."""
        return sum(self.counts[status] for status in statuses)

    @property
    def accepted(self) -> int:
        """Handed over to the relay, among them what came back later."""
        return self.of(*ACCEPTED)

    @property
    def came_back(self) -> int:
        """Accepted by the relay, and refused further on: these did not arrive."""
        return self.of(DeliveryStatus.BOUNCED)

    @property
    def waiting(self) -> int:
        """Not yet tried, or being tried now."""
        return self.of(*UNMARKED)

    @property
    def total(self) -> int:
        """All but the addresses that were stopped: nothing was to be sent there."""
        return self.of(*self.counts) - self.of(DeliveryStatus.SUPPRESSED)

    @property
    def meant(self) -> int:
        """What there is to deliver or to have delivered: neither stopped nor cancelled, as `MEANT` has it."""
        return self.of(*self.counts) - self.of(*UNSENT)


@dataclass(frozen=True)
class CommuneTally:
    """The messages to one commune; two communes may share one. No commune: those that went to none."""

    commune: Commune | None
    counts: Mapping[str, int] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    last_at: datetime | None = None
    gaps: tuple[FrozenGap, ...] = ()
    """Whom nothing was written to when it left, and why; closed ones too."""
    is_meant: bool = True
    """Whether the edition was meant for it."""

    @property
    def nis(self) -> int:
        """The NIS code of the commune as a number, for the hive; 0 for none."""
        return int(self.commune.nis) if self.commune else 0

    @property
    def total(self) -> int:
        """All, whatever became of them."""
        return sum(self.counts.values())

    @property
    def accepted(self) -> int:
        """Handed over to the relay, and not come back."""
        return self.counts.get(DeliveryStatus.ACCEPTED, 0)

    @property
    def is_in_part(self) -> bool:
        """Whether it is reached, though not through everybody who was meant."""
        has_gap = any(gap.stands for gap in self.gaps)
        return bool(self.accepted) and (has_gap or self.accepted < self.total)

    @property
    def state(self) -> str:
        """What to show first, as a code of the states called "reach": what somebody must see to comes first."""
        if not self.total:
            return "nobody" if self.is_meant else "not_meant"
        for code in ("uncertain", "deferred", "sending", "queued"):
            if self.counts.get(code):
                return code
        if self.accepted:
            return "partly" if self.is_in_part else "reached"
        return next(code for code, number in sorted(self.counts.items()) if number)


def tally(mailing: Mailing) -> Tally:
    """Return the counts: one query, however many messages; what a follow-up replaced counts no more."""
    late = Q(status=DeliveryStatus.DEFERRED)
    rows = Delivery.objects.filter(STANDING, mailing=mailing).order_by()
    found = rows.aggregate(
        **_BY_STATUS,
        at=Min("next_try_at"),
        tries=Max("attempts", filter=late),
        ended=Count("pk", filter=ENDED),
    )
    at, tries, ended = found.pop("at"), found.pop("tries"), found.pop("ended")
    return Tally(found, at, tries or 0, ended)


def by_commune(mailing: Mailing) -> list[CommuneTally]:
    """Return the 19 in NIS order, those to whom nothing is written too: three queries."""
    served = _serving(mailing).of_communes().order_by()
    found = {row.pop("nis"): row for row in served.values("nis").annotate(**_counts())}
    gaps: dict[str, list[FrozenGap]] = defaultdict(list)
    for gap in FrozenGap.objects.filter(mailing=mailing).named():
        gaps[gap.commune_id].append(gap)
    return [
        _tallied(row, found.get(row.nis), tuple(gaps[row.nis]), mailing.is_meant_for(row.nis))
        for row in Commune.objects.order_by("nis")
    ]


def besides(mailing: Mailing) -> CommuneTally | None:
    """Return the same of the messages to nobody in a commune; None when there are none."""
    served = _serving(mailing).besides().order_by()
    rows = list(served.values("delivery__mailing").annotate(**_counts()))
    return _tallied(None, rows[0]) if rows else None


def _serving(mailing: Mailing) -> Any:
    """Return by which rights messages were written; what a follow-up replaced counts no more."""
    return Served.objects.filter(delivery__mailing=mailing, delivery__replaced_at__isnull=True)


def _counts() -> dict[str, Any]:
    counts: dict[str, Any] = {
        code: Count("delivery", distinct=True, filter=Q(delivery__status=code))
        for code in DeliveryStatus.values
    }
    languages = ArrayAgg("delivery__language", distinct=True, default=[])
    return counts | {"languages": languages, "last_at": Max("delivery__accepted_at")}


def _tallied(
    commune: Commune | None,
    row: dict[str, Any] | None,
    gaps: tuple[FrozenGap, ...] = (),
    is_meant: bool = True,
) -> CommuneTally:
    if row is None:
        return CommuneTally(commune, gaps=gaps, is_meant=is_meant)
    # A message in both languages is kept as "fr,nl".
    languages = sorted({code for kept in row["languages"] for code in kept.split(",")})
    counts = {code: row[code] for code in DeliveryStatus.values}
    return CommuneTally(commune, counts, tuple(languages), row["last_at"], gaps, is_meant)


def ends_at(mailing: Mailing, counted: Tally) -> datetime | None:
    """Return when the last message leaves at the pace of the latest ones; None when nobody can tell."""
    if mailing.status != Status.SENDING or not counted.waiting:
        return None
    rows = Delivery.objects.filter(mailing=mailing, accepted_at__isnull=False)
    latest = rows.order_by("-accepted_at").values_list("accepted_at", flat=True)[:RECENT]
    moments = [moment for moment in latest if moment]
    now, slowest = timezone.now(), pace.gap() or timedelta()
    if len(moments) < 2 or now - moments[0] > max(STALE, 2 * slowest):
        return None
    # The first ones after a silence may have left faster than the relay lets the others.
    return now + max((moments[0] - moments[-1]) / (len(moments) - 1), slowest) * counted.waiting
