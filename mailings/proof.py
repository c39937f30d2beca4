"""The proof of an edition: person by person, which text went to which address, and what became of it.

A message says how far it came in the words of the relay: "accepted by the relay" is all that SMTP promises. What is
counted is counted by what the pages count with, so that a proof and a page never disagree.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from communes.models import Delegation, Mandate
from hubportal.accounts.models import User
from hubportal.fingerprint import fingerprint
from hubportal.look.dates import hour, short_date
from hubportal.look.states import tables
from mailings.audience import Person, office_of, person_of
from mailings.content import short
from mailings.models import (
    Approval,
    Delivery,
    DeliveryEvent,
    DeliveryStatus,
    FrozenGap,
    FrozenLetter,
    GapCode,
    Mailing,
)
from mailings.models.choices import text_language
from mailings.models.served import Right, Served
from mailings.replies import told
from mailings.sendlog import shown

CHUNK: Final = 500
"""Messages read at once."""
_Event: Final = DeliveryEvent.Kind
_TELLING: Final = (_Event.UNCERTAIN, _Event.FAILED, _Event.SENT_AGAIN, _Event.QUEUED)
"""Events that tell whether a message was sent again though it may have left before."""


class Letter(NamedTuple):
    """A text as it left: its language (or "fr,nl"), its subject, and the fingerprint of its bytes."""

    language: str
    subject: str
    hash: str

    @property
    def languages(self) -> str:
        """The language as people write it: FR, NL, FR + NL."""
        return written(self.language)


class Line(NamedTuple):
    """One person to whom a message was written; two people who share an address have a line each."""

    pk: int
    name: str
    office: str
    commune: str
    address: str
    language: str
    hash: str
    status: str
    accepted_at: datetime | None
    code: int | None
    reply: str
    bounced_at: datetime | None
    acknowledged_at: datetime | None
    message_id: str
    doubt: str
    """Whether it was uncertain and was sent again, by whom and when: it may have arrived twice."""

    @property
    def languages(self) -> str:
        """The language as people write it."""
        return written(self.language)

    @property
    def short(self) -> str:
        """The beginning of the hash, as people compare it; nothing for what never left."""
        return short(self.hash)

    @property
    def state(self) -> str:
        """What became of the message, in a few words."""
        return str(tables()["delivery"][self.status].label)


def written(language: str) -> str:
    """Return a language of a message as people write it: FR, NL, FR + NL."""
    return " + ".join(code.upper() for code in language.split(","))


def letters(mailing: Mailing) -> list[Letter]:
    """Return the texts as they left, each with its fingerprint."""
    rows = FrozenLetter.objects.filter(mailing=mailing).order_by("pk")
    return [Letter(row.language, row.subject, _hash(row)) for row in rows]


def lines(mailing: Mailing, user: User, texts: Iterable[Letter]) -> Iterator[Line]:
    """Yield everybody to whom a message was written, in the order of the communes, as they are read."""
    hashes = {text.language: text.hash for text in texts}
    rows = Delivery.objects.visible_to(user).filter(mailing=mailing).order_by("pk")
    names = [f"{name}__{part}" for name in ("mandate", "delegation") for part in ("user", "commune")]
    served = Served.objects.visible_to(user).select_related(*names, "grant__user", "extra").order_by("pk")
    telling = (
        DeliveryEvent.objects.visible_to(user)
        .filter(kind__in=_TELLING)
        .select_related("by")
        .order_by("at", "pk")
    )
    ahead = Prefetch("served", served), Prefetch("events", telling, to_attr="telling")
    for row in rows.prefetch_related(*ahead).iterator(chunk_size=CHUNK):
        yield from _lines_of(row, hashes[row.language])


def gaps(mailing: Mailing, user: User) -> list[FrozenGap]:
    """Return who was not reached when it left, in the order of the communes, each with its closing."""
    return list(FrozenGap.objects.visible_to(user).filter(mailing=mailing).named())


def without_message(rows: Iterable[FrozenGap]) -> list[FrozenGap]:
    """Return the gaps of which no message tells: a stopped address has its own line, as a message not sent.

    Once a follow-up left, that line says that it arrived, so that the gap tells what was.
    """
    return [row for row in rows if row.code != GapCode.SUPPRESSED or not row.stands]


def decisions(mailing: Mailing, user: User) -> list[Approval]:
    """Return who said what of the text that left, oldest first."""
    rows = Approval.objects.visible_to(user).filter(mailing=mailing, content_hash=mailing.content_hash)
    return list(rows.select_related("user").order_by("at", "pk"))


def _hash(row: FrozenLetter) -> str:
    return fingerprint({"subject": row.subject, "text": row.text, "html": row.html})


def _lines_of(row: Any, text: str) -> Iterator[Line]:
    has_left = row.status not in (DeliveryStatus.SUPPRESSED, DeliveryStatus.CANCELLED)
    common: dict[str, Any] = {
        "pk": row.pk,
        "address": row.address,
        "language": row.language,
        "hash": text if has_left else "",
        "status": shown(row),
        "accepted_at": row.accepted_at,
        "code": row.smtp_code,
        "reply": told(row.smtp_reply),
        "bounced_at": row.bounced_at,
        "acknowledged_at": row.acknowledged_at,
        "message_id": row.message_id,
        "doubt": _doubt(row.telling),
    }
    for name, office, commune in _people(row):
        yield Line(name=name, office=office, commune=commune, **common)


def _doubt(events: Iterable[DeliveryEvent]) -> str:
    """Return who had an uncertain message sent again, and when; nothing of one that the relay had refused."""
    found, before = [], ""
    for event in events:
        facts = {"day": short_date(event.at), "hour": hour(event.at)}
        if event.kind == _Event.QUEUED:
            found.append(_("was cut off; sent again by the portal on %(day)s at %(hour)s") % facts)
        elif event.kind == _Event.SENT_AGAIN and before == _Event.UNCERTAIN and event.by:
            words = _("was uncertain; sent again by %(name)s on %(day)s at %(hour)s")
            found.append(words % {**facts, "name": event.by.full_name})
        before = event.kind
    return "; ".join(found)


def _people(row: Delivery) -> list[tuple[str, str, str]]:
    """Return name, office and commune of each person that a message serves."""
    served: dict[Person, list[Right]] = {}
    for each in row.served.all():
        served.setdefault(person_of(each.right), []).append(each.right)
    if len(served) > 1:
        return [
            (person.full_name, "; ".join(map(office_of, held)), ", ".join(dict.fromkeys(_communes(held))))
            for person, held in served.items()
        ]
    # As the letter itself has it: a mandate may have been corrected since.
    language = text_language()
    is_of_one = any(_communes(held) for held in served.values())
    commune = row.values.get(f"commune_{language}", "") if is_of_one or not served else ""
    return [(row.name, row.values.get(f"office_{language}", ""), commune)]


def _communes(rights: Iterable[Right]) -> list[str]:
    return [right.commune.name for right in rights if isinstance(right, Mandate | Delegation)]
