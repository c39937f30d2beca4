"""Who has taken note of an edition: counted by commune, named as far as a page can show."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from communes.models import Commune
from mailings.models import Delivery, DeliveryEvent, Mailing
from mailings.models.delivery import served_besides, served_by
from mailings.models.delivery_queryset import LOST

NAMED: Final = 200
"""People named on one page; the counts are always whole."""
_NAMES: Final = ("mandate__user", "delegation__user")


class Reader(NamedTuple):
    """A recipient, and when they acknowledged the edition."""

    name: str
    at: datetime | None
    is_lost: bool = False
    """Their message was refused or came back; they may have read the edition on the portal."""
    reminded_at: datetime | None = None


@dataclass
class Readers:
    """The recipients of one commune; no commune: of none."""

    commune: Commune | None
    total: int
    acknowledged: int
    have: list[Reader] = field(default_factory=list)
    have_not: list[Reader] = field(default_factory=list)


def by_commune(mailing: Mailing) -> list[Readers]:
    """Return the communes that were written to, in NIS order: three queries, however many people."""
    have = Q(delivery__acknowledged_at__isnull=False)
    counts = (
        _served(mailing)
        .order_by()
        .values_list("nis")
        .annotate(total=Count("person", distinct=True), done=Count("person", distinct=True, filter=have))
    )
    communes = Commune.objects.in_bulk()
    found = {nis: Readers(communes[nis], total, done) for nis, total, done in sorted(counts)}
    for nis, reader in _people(mailing):
        rows = found[nis].have if reader.at else found[nis].have_not
        rows.append(reader)
    return list(found.values())


def colleagues_of(mailing: Mailing, communes: Collection[str], besides: int) -> list[str]:
    """Return the names of those of these communes who acknowledged it, but for one person, first come first."""
    rows = _served(mailing).filter(nis__in=communes, delivery__acknowledged_at__isnull=False)
    rows = rows.exclude(person=besides).select_related(*_NAMES)
    rows = rows.order_by("delivery__acknowledged_at", "pk")[:NAMED]
    return list(dict.fromkeys(row.name for row in rows))


def others(mailing: Mailing) -> Readers | None:
    """Return whoever received it besides the people of communes, message by message; None when nobody did."""
    rows = served_besides(Delivery.objects.filter(mailing=mailing)).order_by("pk")
    rows = rows.select_related("grant__user", "extra", "delivery")
    found: dict[int, Reader] = {}
    for row in rows:
        # Somebody may hold two of the roles: one message, one reader.
        found.setdefault(row.delivery_id, Reader(row.name, row.delivery.acknowledged_at))
    if not found:
        return None
    have = [reader for reader in found.values() if reader.at]
    have_not = [reader for reader in found.values() if not reader.at]
    return Readers(None, len(found), len(have), have[:NAMED], have_not[:NAMED])


def of_communes(mailing: Mailing, communes: Collection[str]) -> dict[str, list[Reader]]:
    """Return the recipients of these communes by NIS code, all of them: one query."""
    found: dict[str, list[Reader]] = defaultdict(list)
    for nis, reader in _named(_served(mailing).filter(nis__in=communes)):
        found[nis].append(reader)
    return found


def _people(mailing: Mailing) -> list[tuple[str, Reader]]:
    """Return the first `NAMED` people with their communes, once for each commune."""
    return _named(_served(mailing), NAMED)


def _named(served: QuerySet[Any], limit: int | None = None) -> list[tuple[str, Reader]]:
    rows = served.select_related(*_NAMES, "delivery")
    last_name = Coalesce("mandate__user__last_name", "delegation__user__last_name")
    reminders = DeliveryEvent.objects.filter(delivery=OuterRef("delivery"), kind=DeliveryEvent.Kind.REMINDED)
    rows = rows.annotate(reminded_at=Subquery(reminders.order_by("-at").values("at")[:1]))
    rows = rows.order_by("nis", last_name, "pk")[:limit]
    found: dict[tuple[str, int], Reader] = {}
    for row in rows:
        key = row.nis, row.person
        before = found.get(key, Reader("", None, is_lost=True))
        is_lost = before.is_lost and row.delivery.status in LOST
        at, reminded_at = row.delivery.acknowledged_at or before.at, row.reminded_at or before.reminded_at
        found[key] = Reader(row.name, at, is_lost, reminded_at)
    return [(nis, reader) for (nis, _person), reader in found.items()]


def _served(mailing: Mailing) -> QuerySet[Any]:
    return served_by(Delivery.objects.filter(mailing=mailing))
