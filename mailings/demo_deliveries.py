"""What befell the messages of the demonstration's past editions: accepted, put off, refused, uncertain; read or not."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils import timezone

from hubportal.accounts.models import User
from hubportal.outbox.words import NO_REPLY
from mailings.models import Delivery, DeliveryEvent, DeliveryStatus, Mailing
from mailings.models.choices import FOUND_ARRIVED

Kind = DeliveryEvent.Kind

NOT_YET: Final = ("nadia.clermontois@anderlecht.example", "philomene.vandroogh@uccle.example")
"""One-click accounts that have the latest edition still to acknowledge."""
READERS: Final = (17, 15, 15, 12)
"""How many of twenty have acknowledged, the oldest edition first."""
LATEST: Final = len(READERS) - 1
MINUTES: Final = (7, 31, 58, 94, 185, 322, 1555, 3080)
"""After how long people acknowledge: most on the same day."""
UNCERTAIN, REFUSED, PUT_OFF = (1, 9), (2, 14), (3, 22)
"""Age of the edition and place of the message to which something else happened."""
WORDS: Final = {
    "accepted": (250, "2.0.0 Ok: queued as {:X}"),
    "deferred": (451, "4.7.1 Greylisted, please try again in 60 seconds"),
    "failed": (552, "5.2.2 Mailbox full"),
    "uncertain": (None, f"{NO_REPLY} (SMTPServerDisconnected)"),
    "arrived": (None, FOUND_ARRIVED),
}
CHANGED: Final = ["status", "accepted_at", "attempts", "smtp_code", "smtp_reply", "acknowledged_at"]


def deliver(mailing: Mailing, age: int, editor: User) -> None:
    """Write what became of each message that the freeze queued; the oldest edition has the age 0."""
    rows = list(mailing.deliveries.filter(status=DeliveryStatus.QUEUED).order_by("pk"))
    events: list[DeliveryEvent] = []
    for place, row in enumerate(rows):
        events += _sent(row, (age, place), editor)
        if row.status == DeliveryStatus.ACCEPTED and _has_read(row, age, place):
            events.append(_read(row, place))
    Delivery.objects.bulk_update(rows, CHANGED)
    DeliveryEvent.objects.bulk_create(events)


def _sent(row: Delivery, case: tuple[int, int], editor: User) -> Iterator[DeliveryEvent]:
    """Set what the attempts led to, and yield an event for each."""
    at = row.created_at + timedelta(milliseconds=400 + 130 * case[1])
    if case == UNCERTAIN:
        yield _mark(row, Kind.UNCERTAIN, at)
        yield _mark(row, Kind.ARRIVED, row.created_at + timedelta(hours=1, minutes=24), editor)
    elif case == REFUSED:
        yield _mark(row, Kind.FAILED, at)
    elif case == PUT_OFF:
        yield _mark(row, Kind.DEFERRED, at)
        yield _mark(row, Kind.ACCEPTED, at + timedelta(seconds=94))
    else:
        yield _mark(row, Kind.ACCEPTED, at)


def _mark(row: Delivery, kind: DeliveryEvent.Kind, at: datetime, by: User | None = None) -> DeliveryEvent:
    """Set the columns as the sender does, or a person who decides, and return the event."""
    code, words = WORDS[kind]
    reply = words.format(0x4F1A9C + row.pk * 7919)
    has_arrived = kind in (Kind.ACCEPTED, Kind.ARRIVED)
    facts: dict[str, Any] = {
        "status": DeliveryStatus.ACCEPTED if has_arrived else DeliveryStatus(kind),
        "smtp_reply": reply,
        "accepted_at": at if has_arrived else None,
    }
    if by is None:
        facts |= {"attempts": row.attempts + 1, "smtp_code": code}
    for name, value in facts.items():
        setattr(row, name, value)
    said: dict[str, Any] = {} if by else {"smtp_code": code, "smtp_reply": reply}
    return DeliveryEvent(delivery=row, at=at, kind=kind, by=by, **said)


def _has_read(row: Delivery, age: int, place: int) -> bool:
    if row.address in NOT_YET:
        return age != LATEST
    return (place * 7 + age * 3) % 20 < READERS[age]


def _read(row: Delivery, place: int) -> DeliveryEvent:
    """Let the recipient acknowledge, with the link in the message."""
    after = timedelta(minutes=MINUTES[place * 5 % len(MINUTES)] + place)
    row.acknowledged_at = min((row.accepted_at or row.created_at) + after, timezone.now())
    return DeliveryEvent(delivery=row, at=row.acknowledged_at, kind=Kind.ACKNOWLEDGED)
