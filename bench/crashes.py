"""An edition whose workers are killed while they send it, judged by what the mail server kept.

The same for `bench/run crash` and for tests/mailings/test_crash.py. A round sends one edition through real Celery
workers. At a seeded point all of them are killed; besides, replies are lost after the message was handed over, and
recipients are put off or refused. Then the claims of the dead run out, and the sweep and the workers do the rest.
"""

import json
import random
import time
from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.db.models.functions import Now
from django.utils import timezone

from bench.pool import Pool
from hubportal.outbox.consignment import OPEN
from mailings import jobs
from mailings.models import CrashPolicy, Delivery, DeliveryEvent, Mailing
from mailings.models.delivery_queryset import DeliveryQuerySet

PATIENCE: Final = 120
"""Seconds for an edition to leave."""
PACE: Final = 0.004
"""Seconds that the server takes for a message, so that there is something to kill."""
PUT_OFF: Final = ("421 4.3.2 going down", "451 4.3.0 not now", "454 4.7.0 not now")
HANG: Final = 30
"""Seconds: more than EMAIL_TIMEOUT."""
REFUSED: Final = "552 5.2.2 mailbox full"


class Post:
    """The recording mail server, by the files it keeps and the file that says what goes wrong."""

    def __init__(self, mailbox: Path, faults: Path) -> None:
        self._new, self._faults = mailbox / "new", faults

    def fault(self, *rules: dict[str, Any]) -> None:
        """Let these faults happen (hubportal.stack.sink.Rule)."""
        side = self._faults.with_suffix(".side")
        side.write_text(json.dumps(rules))
        side.rename(self._faults)

    def count(self) -> int:
        """Return how many messages it kept."""
        return sum(1 for _ in self._new.iterdir())

    def clear(self) -> None:
        """Forget them."""
        for path in self._new.iterdir():
            path.unlink()

    def kept(self, addresses: Container[str]) -> dict[str, list[bytes]]:
        """Return the messages to these addresses by recipient, without what the server wrote above them."""
        found: dict[str, list[bytes]] = defaultdict(list)
        for path in sorted(self._new.iterdir()):
            _sender, head, _at, message = path.read_bytes().split(b"\r\n", 3)
            recipient = head.partition(b": ")[2].decode()
            if recipient in addresses:
                found[recipient].append(message)
        return found


@dataclass(frozen=True)
class Troubles:
    """Whose reply is lost, who is put off, who is refused: every so many recipients, in the order they are given."""

    lost: tuple[str, ...]
    put_off: tuple[str, ...]
    refused: tuple[str, ...]
    hang: tuple[str, ...] = ()
    """For whom the server says nothing for longer than it is waited for, and keeps nothing."""

    @classmethod
    def every(cls, number: int, addresses: Sequence[str]) -> "Troubles":
        """Return those for every `number`th recipient; the others receive theirs without any."""
        third = max(1, number // 4)
        return cls(*(tuple(addresses[number - 1 - third * part :: number]) for part in range(3)))

    def rules(self) -> Iterator[dict[str, Any]]:
        """Yield what the mail server does; of the replies that are lost, every second message is lost too."""
        for number, address in enumerate(self.lost):
            yield {"match": address, "drop_after_data": True, "store": number % 2 == 0}
        for number, address in enumerate(self.put_off):
            yield {"match": address, "reply": PUT_OFF[number % len(PUT_OFF)]}
        for address in self.refused:
            yield {"match": address, "reply": REFUSED, "at": "data"}
        for address in self.hang:
            yield {"match": address, "delay": HANG, "reply": PUT_OFF[1], "at": "data"}
        yield {"match": "@", "delay": PACE, "at": "data"}


@dataclass(frozen=True)
class Judgement:
    """What became of an edition, by the mail server and by its rows: addresses, each named."""

    killed: int
    held: int
    """Messages that were in the hands of those who were killed."""
    replies_lost: int
    lost: tuple[str, ...]
    """Received by nobody, and no row says why."""
    doubled: tuple[str, ...]
    uncertain: tuple[str, ...]
    unnamed: tuple[str, ...]
    """Received twice, and no event says that this might be."""
    altered: tuple[str, ...]
    """Received twice, and not the same bytes."""

    @property
    def in_doubt(self) -> tuple[str, ...]:
        """Those of whom a person must know: received twice, or nobody knows."""
        return tuple(sorted({*self.doubled, *self.uncertain}))

    @property
    def excess(self) -> int:
        """How many more these are than workers were killed and replies lost: never any."""
        return max(0, len(self.in_doubt) - self.killed - self.replies_lost)


def run(
    row: Mailing, policy: CrashPolicy, pool: Pool, post: Post, troubles: Troubles, seed: int
) -> Judgement:
    """Send a scheduled edition to the end, with the workers killed once; judge."""
    chance = random.Random(f"point {seed}")  # noqa: S311 - to be the same each time
    post.clear()
    post.fault(*troubles.rules())
    row.start()
    # As the freeze would have decided for more, or fewer, recipients.
    Mailing.objects.filter(pk=row.pk).update(crash_policy=policy)
    at = chance.randrange(1, int(row.deliveries.count() * 0.8))
    _await(lambda: post.count() >= at)
    time.sleep(chance.random() * 2 * PACE)
    killed = pool.kill_all() if seed % 5 == 4 else pool.kill()
    held = _held(row, killed).count()
    post.fault(*(rule for rule in troubles.rules() if rule["match"] not in troubles.put_off))
    # Not more often than need be: each sweep rings.
    _await(lambda: recovered(row, killed), every=0.3)
    row.refresh_from_db()
    row.finish()
    return judge(row, post, troubles, len(killed), held)


def recovered(row: Mailing, killed: Sequence[int]) -> bool:
    """Let the claims of the dead run out, and what was put off be due; sweep, as each tick does; True at the end."""
    _held(row, killed).update(lease_until=Now() - timedelta(seconds=1))
    row.deliveries.filter(status="deferred").update(next_try_at=Now())
    jobs.sweep_deliveries(timezone.now())
    return not row.deliveries.filter(status__in=OPEN).exists()


def _held(row: Mailing, pids: Sequence[int]) -> DeliveryQuerySet:
    """Return what processes of these ids have claimed and not marked."""
    named = r":({}):".format("|".join(map(str, pids)))
    rows: DeliveryQuerySet = row.deliveries.filter(status="sending", worker__regex=named)
    return rows


def judge(row: Mailing, post: Post, troubles: Troubles, killed: int, held: int) -> Judgement:
    """Compare what was kept with what the rows say."""
    states = dict(row.deliveries.order_by("pk").values_list("address", "status"))
    kept = post.kept(states)
    again = DeliveryEvent.objects.filter(delivery__mailing=row, kind=DeliveryEvent.Kind.QUEUED)
    named = set(again.values_list("delivery__address", flat=True))
    doubled = [address for address, copies in kept.items() if len(copies) > 1]
    explained = {address for address, status in states.items() if status == "uncertain"} | set(
        troubles.refused
    )
    return Judgement(
        killed,
        held,
        len(troubles.lost) + len(troubles.hang),
        lost=tuple(sorted(states.keys() - kept.keys() - explained)),
        doubled=tuple(sorted(doubled)),
        uncertain=tuple(sorted(address for address, status in states.items() if status == "uncertain")),
        unnamed=tuple(address for address in doubled if address not in named),
        altered=tuple(address for address in doubled if len(set(kept[address])) > 1),
    )


def _await(condition: Callable[[], bool], every: float = 0.005) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            states = Delivery.objects.filter(status__in=OPEN).order_by("pk").values_list("status", "worker")
            raise RuntimeError(f"it does not come to an end: {list(states[:5])}")
        time.sleep(every)
