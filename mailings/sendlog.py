"""What is told by name while an edition leaves: messages that somebody must see to, and what happened.

Names and offices are for whoever may follow an edition. Addresses, and the words of the relay, which often repeat
an address, are for the agency: others never get them into their page.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, Max, OuterRef, Q
from django.db.models.functions import Coalesce, JSONObject
from django.utils.functional import Promise

from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.outbox.words import RIGHT_ENDED
from mailings.history import WORDS, said
from mailings.models import (
    Delivery,
    DeliveryEvent,
    DeliveryStatus,
    FrozenGap,
    GapCode,
    Mailing,
    Served,
    Status,
)
from mailings.models.choices import text_language
from mailings.models.delivery_queryset import DOUBTFUL, ENDED, DeliveryQuerySet
from mailings.models.delivery_queryset import LOST as LOST_STATES
from mailings.replies import told

NAMED: Final = 50
"""Messages named in each list; the counts are always whole."""
MOMENTS: Final = 25
"""Lines of the journal."""
LOST: Final = "lost"
"""Shown of a message that failed without a word of the relay: it was never refused."""
Kind = DeliveryEvent.Kind
TOLD: Final = (
    *(Kind.DEFERRED, Kind.FAILED, Kind.UNCERTAIN, Kind.QUEUED),
    *(Kind.ARRIVED, Kind.LOST, Kind.SENT_AGAIN, Kind.EXPIRED, Kind.STOPPED, Kind.MOVED),
    *(Kind.BOUNCED, Kind.DELAYED, Kind.UNREACHABLE, Kind.FOLLOW_UP, Kind.RIGHT_ENDED),
)
TROUBLED: Final = (
    *(DeliveryStatus.FAILED, DeliveryStatus.DEFERRED),
    *(DeliveryStatus.BOUNCED, DeliveryStatus.SUPPRESSED),
)


class Named(NamedTuple):
    """A message by its recipient; `address` and `reply` are empty for those who may not read them."""

    pk: int
    status: str
    name: str
    language: str
    """The language of `office` and `commune`."""
    office: str
    commune: str
    at: datetime | None
    is_stopped: bool
    """Its address was stopped: it cannot be sent again."""
    may_leave: bool
    """Whether it is not too late for it: a follow-up has a moment of its own."""
    has_right: bool
    """Whether a right by which it was written holds today."""
    can_be_sent_again: bool
    """Whether a person may want it sent again."""
    next_try_at: datetime | None
    code: int | None
    reply: str
    address: str
    message_id: str
    phones: dict[str, str]
    """The numbers to ask at, each with whose it is; none for those who may not read the address."""


class Moment(NamedTuple):
    """A line of the journal."""

    at: datetime
    label: str | Promise
    by: User | None
    words: str


def uncertain(mailing: Mailing, user: User) -> list[Named]:
    """Return the first messages of which nobody knows whether they left."""
    return _named(Delivery.objects.filter(mailing=mailing, status=DeliveryStatus.UNCERTAIN), user)


def resent(mailing: Mailing, user: User) -> list[Named]:
    """Return the first messages that were sent again after a crash: their recipients may have two of them."""
    again = DeliveryEvent.objects.filter(delivery__mailing=mailing, kind=Kind.QUEUED).values("delivery")
    return _named(Delivery.objects.filter(mailing=mailing, pk__in=again), user)


def troubled(mailing: Mailing, user: User) -> list[Named]:
    """Return the first messages that did not arrive, or not yet."""
    return _named(_troubled(mailing), user)


def lost(mailing: Mailing, user: User) -> list[Named]:
    """Return the first messages that did not arrive, and will not: beside the gaps, who is not reached."""
    return _named(_troubled(mailing).filter(status__in=LOST_STATES), user)


def troubles(mailing: Mailing) -> int:
    """Return how many these are in all."""
    return _troubled(mailing).count()


def moments(mailing: Mailing, user: User) -> list[Moment]:
    """Return what happened, latest first."""
    steps = mailing.events.select_related("by").order_by("-at", "-pk")[:MOMENTS]
    lines = [Moment(row.at, WORDS.get(row.verb, row.verb), row.by, said(row)) for row in steps]
    # A follow-up is written down at the new message and at those in whose place it went: it is told once.
    elsewhere = Q(kind=Kind.FOLLOW_UP) & ~Q(smtp_reply__in=["", F("delivery__address")])
    rows = DeliveryEvent.objects.filter(~elsewhere, delivery__mailing=mailing, kind__in=TOLD)
    for event in rows.select_related("by", "delivery").order_by("-at", "-pk")[:MOMENTS]:
        lines.append(Moment(event.at, _label(event), event.by, _words(event, user)))
    return sorted(lines, key=lambda line: line.at, reverse=True)[:MOMENTS]


def _troubled(mailing: Mailing) -> DeliveryQuerySet:
    """Return these messages; an address that was stopped before it left is a gap, and told as one."""
    gaps = FrozenGap.objects.filter(mailing=mailing, code=GapCode.SUPPRESSED).values("mandate")
    known = Delivery.objects.filter(
        mailing=mailing, status=DeliveryStatus.SUPPRESSED, served__mandate__in=gaps
    )
    # After the last message, what was cancelled is what a person wanted sent again, too late.
    late = [DeliveryStatus.CANCELLED] if mailing.status == Status.SENT else []
    rows = Delivery.objects.filter(Q(status__in=[*TROUBLED, *late]) | ENDED, mailing=mailing)
    return rows.filter(replaced_at__isnull=True).exclude(pk__in=known.values("pk"))


def _named(rows: DeliveryQuerySet, user: User) -> list[Named]:
    is_agency = user.has_role(*AGENCY_ROLES)
    is_theirs = Exists(Served.objects.of_communes().filter(delivery=OuterRef("pk")))
    found = rows.with_sight_of_what_may_leave().annotate(at=Max("events__at"), is_of_a_commune=is_theirs)
    found = found.order_by("status", "pk")
    if is_agency:
        found = found.annotate(numbers=_numbers())
    return [_as_named(row, is_agency) for row in found[:NAMED]]


def _numbers() -> ArraySubquery:
    """Return the numbers of the people whom a message is for, with their names; a named extra address has none."""
    rows: Any = Served.objects.filter(delivery=OuterRef("pk"), extra__isnull=True)
    rows = rows.annotate(phone=_of_the_person("phone")).exclude(phone="").order_by("pk")
    names = {"first": _of_the_person("first_name"), "last": _of_the_person("last_name")}
    return ArraySubquery(rows.values(row=JSONObject(phone="phone", **names)))


def _of_the_person(field: str) -> Coalesce:
    return Coalesce(*(f"{right}__user__{field}" for right in ("mandate", "delegation", "grant")))


def _as_named(row: Any, is_agency: bool) -> Named:
    language = text_language()
    return Named(
        pk=row.pk,
        language=language,
        status=shown(row),
        name=row.name,
        office=row.values.get(f"office_{language}", ""),
        commune=row.values.get(f"commune_{language}", "") if row.is_of_a_commune else "",
        at=row.at,
        is_stopped=row.is_stopped,
        may_leave=row.may_leave,
        has_right=row.has_right,
        can_be_sent_again=row.status in DOUBTFUL and row.may_leave and row.has_right and not row.is_stopped,
        next_try_at=row.next_try_at,
        code=row.smtp_code,
        reply=told(row.smtp_reply) if is_agency else "",
        address=row.address if is_agency else "",
        message_id=row.message_id if is_agency else "",
        phones=_phones(row.numbers) if is_agency else {},
    )


def shown(row: Delivery) -> str:
    """Return the state as it is shown: one without a word of the relay was never refused, one ended not cancelled."""
    if row.status == DeliveryStatus.FAILED and row.smtp_code is None:
        return LOST
    is_ended = row.status == DeliveryStatus.CANCELLED and row.smtp_reply == RIGHT_ENDED
    return "right_ended" if is_ended else row.status


def _phones(numbers: Iterable[dict[str, str]]) -> dict[str, str]:
    return {row["phone"]: f"{row['first']} {row['last']}".strip() for row in numbers}


def _label(event: DeliveryEvent) -> str:
    code = f" ({event.smtp_code})" if event.smtp_code else ""
    return f"{event.delivery.name} – {event.get_kind_display()}{code}"


def _words(event: DeliveryEvent, user: User) -> str:
    return told(event.smtp_reply) if user.has_role(*AGENCY_ROLES) else ""
