"""One run over a mailbox of bounces: each notice is read, matched with its message, written down; staff get one mail.

A notice that cannot be read, or that makes something fail, is counted and stops no other. What was read is moved
only once it is committed, so a run that is killed is begun again and finds the first half known.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Final

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Q

from hubportal.tick import lock_of
from mailings.bounces import telling
from mailings.bounces.boxes import Box, Item
from mailings.bounces.notices import Read, Sort, plain, read
from mailings.models import Delivery
from mailings.models.returning import Effect

logger = logging.getLogger(__name__)
TOGETHER: Final = 200
"""Messages of the mailbox in one transaction, with one mail to each of staff."""
OK, UNCLEAR, AGAIN = 0, 65, 75
"""Exit codes, as sysexits.h has them and mail servers read them: fine, EX_DATAERR, EX_TEMPFAIL."""


@dataclass
class Report:
    """What a run found, by kind, and what a person has to look at."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    held: int = 0

    @property
    def exit_code(self) -> int:
        """0: all was understood; 65: somebody has to look at something; 75: it is to be run again."""
        if self.held:
            return AGAIN
        return UNCLEAR if self.problems else OK

    def lines(self) -> Iterator[str]:
        """Yield the counts, as a command prints them; no address of anybody."""
        yield f"read: {self.counts.total()}"
        yield from (f"{name}: {number}" for name, number in sorted(self.counts.items()))


@dataclass
class _Batch:
    """What one transaction did."""

    settled: list[tuple[str, bool]] = field(default_factory=list)
    returned: list[telling.Returned] = field(default_factory=list)


def run(box: Box) -> Report:
    """Read a mailbox and write down what it says. OperationalError when the database is away: nothing is lost."""
    report, items = Report(), iter(box)
    while (first := next(items, None)) is not None:
        batch = _Batch()
        with transaction.atomic():
            _alone()
            for item in chain([first], islice(items, TOGETHER - 1)):
                _write(item, report, batch)
            telling.tell(batch.returned)
        for name, is_understood in batch.settled:
            box.settle(name, is_understood=is_understood)
    return report


def _alone() -> None:
    """Wait until no other run is writing: two that lock many messages in different orders would stop each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock_of(__name__)])


def _write(item: Item, report: Report, batch: _Batch) -> None:
    """Deal with one message of the mailbox; whatever it is, the next one follows."""
    try:
        with transaction.atomic():
            name, problem = _dealt_with(item, batch)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        logger.exception("a notice could not be written down")
        name, problem = "failed", type(error).__name__
    report.counts[name] += 1
    if name == Effect.HELD.value:
        report.held += 1
        return
    if problem:
        report.problems.append(f"{plain(item.name, 200)}: {problem}")
    batch.settled.append((item.name, not problem))


def _dealt_with(item: Item, batch: _Batch) -> tuple[str, str]:
    """Return what a message was, and what a person has to know of it, if anything."""
    found = read(item.content)
    if found.sort != Sort.NOTICE:
        if item.is_cut:
            return "too large", "too large, and no notice at its beginning"
        return found.sort.value, found.sort.value if found.sort == Sort.UNREADABLE else ""
    delivery = _message_of(found)
    if delivery is None:
        mark = (*found.lefts, *found.names, "nothing that names a message")[0]
        return "of no message of ours", f"of no message of ours: {plain(mark, 100)}"
    notice = found.about(delivery.address)
    effect = delivery.take_notice(notice)
    if effect in (Effect.BOUNCED, Effect.STOPPED):
        batch.returned.append(telling.Returned(delivery, notice, effect == Effect.STOPPED))
    return effect.value, ""


def _message_of(found: Read) -> Delivery | None:
    """Return the message that a notice is about: by the envelope sender (VERP), then by the Message-ID."""
    return _first(Q(message_id__startswith=f"<{left}@") for left in found.lefts) or _first(
        [Q(message_id__in=found.names)] if found.names else []
    )


def _first(conditions: Iterable[Q]) -> Delivery | None:
    rows = Delivery.objects.select_related("mailing").order_by("pk")
    return next((row for condition in conditions if (row := rows.filter(condition).first())), None)
