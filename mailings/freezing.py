"""The freeze, when sending starts: letters, gaps, recipients, their values, tokens, Message-IDs, in one transaction."""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext

from communes.callers import Caller, callers
from mailings.audience import Coverage, Recipient, besides, coverage, office_of, recipients
from mailings.letter import Frame, letter
from mailings.letter.posting import headers_of, letter_of, sender_domain, values_of
from mailings.letter.skeleton import Skeleton, differences, reference
from mailings.models.checks import reaches_somebody
from mailings.models.choices import BOTH, LANGUAGES, Capacity
from mailings.models.consent import standing
from mailings.models.delivery import Delivery
from mailings.models.delivery_queryset import DeliveryStatus
from mailings.models.gap import FrozenGap
from mailings.models.served import FIELDS, Served
from mailings.models.texts import FrozenLetter
from mailings.reasons import why

if TYPE_CHECKING:
    from mailings.models.mailing import Mailing

KEYS: Final = (*LANGUAGES, BOTH)
BATCH: Final = 1000
COMPARED: Final = 200
"""Messages compared with Django's own build at the freeze, at 1.5 ms each: everybody, in an edition of today."""


class FreezeError(Exception):
    """The letters cannot be sent as they are: a fault of ours, found before anything leaves."""


class Frozen(NamedTuple):
    """What the freeze wrote: how many messages, and the gaps that nobody knew of when it was scheduled."""

    messages: int
    new_gaps: list[FrozenGap]


def freeze(mailing: "Mailing", now: datetime) -> Frozen:
    """Write the letters, the gaps, and a delivery for each address. Runs in the caller's transaction.

    A new gap holds nothing up, but ValidationError when nobody at all would be reached (docs/decisions/0008).
    FreezeError when a letter built from its skeleton differs from Django's own build.
    """
    found = coverage(mailing, timezone.localdate(now))
    reaches_somebody(found)
    rows, letters = write(mailing, found, now)
    _check(rows, letters)
    return Frozen(len(rows), list(FrozenGap.objects.filter(mailing=mailing, is_new=True).named()))


def write(
    mailing: "Mailing", covered: Sequence[Coverage], now: datetime
) -> tuple[list[Delivery], dict[str, FrozenLetter]]:
    """Write the same without the checks, which cost most of the time: for a past that never leaves."""
    found = recipients(covered, besides(mailing, timezone.localdate(now)))
    letters = {letter.language: letter for letter in FrozenLetter.objects.bulk_create(frozen(mailing, now))}
    FrozenGap.objects.bulk_create(_gaps(mailing, covered))
    rows = Delivery.objects.bulk_create(deliveries(mailing, found, now), batch_size=BATCH)
    served = (
        Served(delivery=row, **{FIELDS[type(right)]: right})
        for row, recipient in zip(rows, found, strict=True)
        for right in recipient.rights
    )
    Served.objects.bulk_create(served, batch_size=BATCH)
    return rows, letters


def frozen(mailing: "Mailing", now: datetime, keys: Sequence[str] = KEYS) -> Iterator[FrozenLetter]:
    """Yield the letter in French, in Dutch and in both, or only in those that are asked for."""
    approved = standing(mailing).get(Capacity.CABINET)
    frame = Frame(
        number=mailing.number,
        sent_on=timezone.localdate(now),
        approved_on=timezone.localdate(approved.at) if approved else None,
        base_url=settings.BASE_URL,
        contact_email=settings.CONTACT_EMAIL,
    )
    for key in keys:
        made = letter([mailing.text(language) for language in key.split(",")], frame)
        yield FrozenLetter(
            mailing=mailing, language=key, subject=made.subject, text=made.text, html=made.html
        )


def values(recipient: Recipient, to_call: dict[str, Caller]) -> dict[str, str]:
    """Return what stands for the placeholders in a recipient's letter, in both languages.

    Whoever acts for no commune calls the agency.
    """
    nis = next(iter(recipient.communes), None)
    caller = to_call[nis].user if nis else None
    found = {"name": recipient.person.full_name, "spoc": caller.full_name if caller else "hub.brussels"}
    email = (caller.email if caller else None) or settings.CONTACT_EMAIL
    found["caller_email"] = email
    found["caller_contact"] = ", ".join(part for part in (caller.phone if caller else "", email) if part)
    for language in LANGUAGES:
        with translation.override(language):
            found |= _localised(recipient, language)
    return found


def _localised(recipient: Recipient, language: str) -> dict[str, str]:
    offices = " ; ".join(dict.fromkeys(office_of(right) for right in recipient.rights))
    communes = ", ".join(commune.name for commune in recipient.communes.values())
    facts = {"name": recipient.person.full_name, "office": offices, "commune": communes}
    for_line = gettext("For %(name)s, %(office)s, %(commune)s")
    if not communes:
        for_line = gettext("For %(name)s, %(office)s")
    return {
        f"office_{language}": offices,
        # In a text "for [[commune]]", to somebody who acts for none.
        f"commune_{language}": communes or gettext("the communes"),
        f"for_{language}": for_line % facts,
        f"about_{language}": why(recipient.rights),
    }


def _gaps(mailing: "Mailing", covered: Iterable[Coverage]) -> Iterator[FrozenGap]:
    """Yield who is not reached, in the order of the communes."""
    known = set(mailing.known_gaps)
    for row in covered:
        for gap in row.gaps:
            is_new = gap.mark(row.commune.nis) not in known
            yield FrozenGap(mailing=mailing, commune=row.commune, is_new=is_new, **gap._asdict())


def deliveries(mailing: "Mailing", found: Iterable[Recipient], now: datetime) -> list[Delivery]:
    """Return a message to each recipient, not saved yet, with its token and the values of the day."""
    domain = sender_domain()
    found = list(found)
    to_call = callers({nis for recipient in found for nis in recipient.communes})
    return [
        Delivery(
            mailing=mailing,
            address=recipient.address,
            language=recipient.language,
            values=values(recipient, to_call),
            message_id=f"<{secrets.token_hex(16)}@{domain}>",
            created_at=now,
            status=DeliveryStatus.SUPPRESSED if recipient.is_suppressed else DeliveryStatus.QUEUED,
        )
        for recipient in found
    ]


def _check(rows: list[Delivery], letters: dict[str, FrozenLetter]) -> None:
    """Compare messages with Django's own build, before any leaves: one of each language, and the first ones."""
    for row in {
        row.pk: row for row in [*{row.language: row for row in rows}.values(), *rows[:COMPARED]]
    }.values():
        content, common = letter_of(letters[row.language])
        mine = Skeleton(content, common).build(values_of(row), headers_of(row))
        theirs = reference(content, common, values_of(row), headers_of(row))
        if found := differences(mine, theirs):
            raise FreezeError("; ".join(found))
