"""What each party gave the other: how many requests each way, how they ended, and what was handed over last."""

from typing import Final, NamedTuple

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from communes.models import Commune
from hubportal.accounts.models import User
from spoc.models import OPEN, Deliverable, Direction, Outcome, ServiceRequest, Status

SHOWN: Final = 5
GIVEN: Final = (Outcome.SOLVED, Outcome.PARTLY_SOLVED)
_WORDS: Final[dict[str, str | Promise]] = {
    Direction.TO_AGENCY: _("The commune asked the agency"),
    Direction.TO_COMMUNE: _("The agency asked the commune"),
}


class Side(NamedTuple):
    """One direction: requests that were submitted, of these open, delivered, ended otherwise."""

    label: str | Promise
    asked: int
    open: int
    given: int
    otherwise: int
    last: list[Deliverable]


def ledger(user: User, commune: Commune) -> list[Side]:
    """Return both directions, as far as a person may read the requests: three queries."""
    rows = ServiceRequest.objects.visible_to(user).filter(commune=commune, submitted_at__isnull=False)
    is_given = Q(status=Status.DELIVERED) | Q(status=Status.CLOSED, outcome__in=GIVEN)
    counted = rows.order_by().values_list("direction").annotate(
        asked=Count("*"),
        open=Count("status", filter=Q(status__in=OPEN) & ~Q(status=Status.DELIVERED)),
        given=Count("status", filter=is_given),
    )  # fmt: skip
    counts = {direction: numbers for direction, *numbers in counted}
    return [_side(user, commune, direction, *counts.get(direction, (0, 0, 0))) for direction in Direction]


def _side(user: User, commune: Commune, direction: str, asked: int, is_open: int, given: int) -> Side:
    handed = Deliverable.objects.visible_to(user).filter(
        request__commune=commune, request__direction=direction
    )
    last = list(handed.select_related("request").order_by("-added_at", "-pk")[:SHOWN])
    return Side(_WORDS[direction], asked, is_open, given, asked - is_open - given, last)
