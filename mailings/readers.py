"""Who has taken note of an edition: counted by commune, named as far as a page can show."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db.models import Count, Q, QuerySet

from communes.models import Commune
from mailings.models import Delivery, Mailing
from mailings.models.delivery import served_by

NAMED: Final = 200
"""People named on one page; the counts are always whole."""


class Reader(NamedTuple):
    """A recipient, and when they acknowledged the edition."""

    name: str
    at: datetime | None


@dataclass
class Readers:
    """The recipients of one commune."""

    commune: Commune
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
        .values_list("mandate__commune")
        .annotate(
            total=Count("mandate__user", distinct=True),
            done=Count("mandate__user", distinct=True, filter=have),
        )
    )
    communes = Commune.objects.in_bulk()
    found = {nis: Readers(communes[nis], total, done) for nis, total, done in sorted(counts)}
    for nis, reader in _people(mailing):
        rows = found[nis].have if reader.at else found[nis].have_not
        rows.append(reader)
    return list(found.values())


def colleagues_of(mailing: Mailing, communes: Collection[str], besides: int) -> list[str]:
    """Return the names of those of these communes who acknowledged it, but for one person, first come first."""
    rows = _served(mailing).filter(mandate__commune__in=communes, delivery__acknowledged_at__isnull=False)
    rows = rows.exclude(mandate__user=besides).select_related("mandate__user")
    rows = rows.order_by("delivery__acknowledged_at", "pk")[:NAMED]
    return list(dict.fromkeys(row.mandate.user.full_name for row in rows))


def _people(mailing: Mailing) -> list[tuple[str, Reader]]:
    """Return the first `NAMED` people with their communes, once for each commune."""
    rows = _served(mailing).select_related("mandate__user", "delivery")
    rows = rows.order_by("mandate__commune", "mandate__user__last_name", "pk")[:NAMED]
    found: dict[tuple[str, int], Reader] = {}
    for row in rows:
        key = row.mandate.commune_id, row.mandate.user_id
        before = found[key].at if key in found else None
        found[key] = Reader(row.mandate.user.full_name, row.delivery.acknowledged_at or before)
    return [(nis, reader) for (nis, _user), reader in found.items()]


def _served(mailing: Mailing) -> QuerySet[Any]:
    return served_by(Delivery.objects.filter(mailing=mailing))
