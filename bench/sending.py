"""The sender against B: smtplib on one connection, a prebuilt message of the same size, the same sink.

B is the floor: it knows nothing of who received what. Ours goes through PostgreSQL (fsync on) and one or two Celery
processes, and each message is durable before the next one. Beside them django-post_office with its own defaults and two
processes, and Django's plain EmailMultiAlternatives. Rounds alternate; the figures are medians of five. Then the time a
message for 1,000 and for 100,000 recipients (one round: a hundred thousand mails are their own median), and one
against four workers with a relay that answers in 20 ms (three rounds). The mail server is `bench.server`, for all
alike: it counts, and says after each round whether everybody received one message.
`bench/run sending [--quick]`: quick takes 400 and 4,000 recipients, and two rounds.
"""

import os
import smtplib
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import django

django.setup()

from django.conf import settings  # noqa: E402 - Django first
from django.core.mail import EmailMultiAlternatives, get_connection  # noqa: E402
from django.test.utils import override_settings  # noqa: E402

from bench import peer  # noqa: E402
from bench.bars import Bar, tell  # noqa: E402
from bench.databases import database  # noqa: E402
from bench.editions import edition, people, prepare  # noqa: E402
from bench.pool import Pool  # noqa: E402
from bench.talking import Talker  # noqa: E402
from hubportal.outbox.claim import CHUNK  # noqa: E402
from hubportal.outbox.consignment import OPEN  # noqa: E402
from mailings.models import Delivery, FrozenLetter, Mailing  # noqa: E402

B, PLAIN, ONE, TWO, PEER = (
    "B",
    "EmailMultiAlternatives",
    "ours, 1 worker",
    "ours, 2 workers",
    "django-post_office, 2",
)
TICKS: Final = os.sysconf("SC_CLK_TCK")
DOMAIN: Final = "@commune.example"
"""Where those live who receive the edition (bench.editions); who wrote it receives other mail meanwhile."""
SLOW: Final = 0.02
"""Seconds in which a slow relay answers."""


class Sizes(NamedTuple):
    """How much is measured."""

    recipients: int
    many: int
    rounds: int
    slow_rounds: int


class Lap(NamedTuple):
    """One round of one sender: seconds, and seconds of processor time of its own processes."""

    seconds: float
    cpu: float


def main() -> int:
    """Measure and tell; return the exit code."""
    # Whole chunks for four workers: else three would wait for the one that got the last of them.
    sizes = Sizes(400, 4_000, 2, 1) if "--quick" in sys.argv[1:] else Sizes(1_000, 100_000, 5, 3)
    with Talker([sys.executable, "-m", "bench.server"], os.environ) as server:
        port = server.greeting["port"]
        os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
        with override_settings(EMAIL_HOST="127.0.0.1", EMAIL_PORT=port):
            return tell(measured(sizes, server))


def measured(sizes: Sizes, server: Talker) -> list[Bar]:
    """Return all bars."""
    python = peer.POST_OFFICE.python()
    prepare()
    everybody = people(sizes.recipients, "trade")
    people(4 * CHUNK, "economy")  # they warm up the workers
    with TemporaryDirectory() as folder:
        env = peer.environment(database("post_office"), Path(folder))
        with Talker([str(python), "-m", "bench.postoffice"], env) as theirs:
            laps = rounds(sizes, everybody, server, theirs)
    return [*table(laps, sizes), *against_a_slow_relay(sizes, server), *with_many(sizes, server)]


def rounds(sizes: Sizes, everybody: list[str], server: Talker, theirs: Talker) -> dict[str, list[Lap]]:
    """Let each sender take its turn, round by round."""
    with Pool(1) as pool:
        ours(pool, ["economy"])
    message, letter = sample()
    senders: dict[str, Callable[[], Lap]] = {
        B: lambda: base(message, everybody),
        PLAIN: lambda: plain(letter, everybody),
        ONE: lambda: warm(1, ["trade"], server),
        TWO: lambda: warm(2, ["trade"], server),
        PEER: lambda: asked(theirs, letter, everybody),
    }
    laps: dict[str, list[Lap]] = {name: [] for name in senders}
    print(f"{len(everybody):,} recipients, {len(message):,} bytes a message", flush=True)
    for number in range(sizes.rounds):
        for name, send in senders.items():
            server.ask({"to": DOMAIN})
            laps[name].append(send())
            counted(server, len(everybody))
            seconds = laps[name][-1].seconds
            print(f"  round {number + 1}  {name:<24}{len(everybody) / seconds:7.0f} messages/s", flush=True)
    return laps


def table(laps: dict[str, list[Lap]], sizes: Sizes) -> list[Bar]:
    """Print the medians; return the bars on them. Ratios are taken round by round."""
    print(f"{sizes.rounds} rounds, medians")
    for name, found in laps.items():
        pace = sizes.recipients / median(lap.seconds for lap in found)
        cpu = median(lap.cpu for lap in found) / sizes.recipients * 1000
        print(
            f"{name:<24}{pace:7.0f} messages/s  {cpu:.3f} ms of processor a message  {ratio(laps[B], found):.3f} B"
        )
    cpus = median(ours.cpu / b.cpu for ours, b in zip(laps[TWO], laps[B], strict=True))
    return [
        Bar("speed, two workers, as a part of B", ratio(laps[B], laps[TWO]), 0.25, "at least"),
        Bar("speed, two workers, times django-post_office", ratio(laps[PEER], laps[TWO]), 2.5, "at least"),
        Bar("processor time a message, two workers, times B", cpus, 4.0, "at most"),
    ]


def ratio(slower: Sequence[Lap], faster: Sequence[Lap]) -> float:
    """Return the median of how many times the second is as fast as the first."""
    return median(one.seconds / other.seconds for one, other in zip(slower, faster, strict=True))


def against_a_slow_relay(sizes: Sizes, server: Talker) -> list[Bar]:
    """Return the bar on what more workers gain where the relay makes each one wait."""
    laps: dict[int, list[Lap]] = {1: [], 4: []}
    server.ask({"delay": SLOW})
    for _ in range(sizes.slow_rounds):
        for size, found in laps.items():
            found.append(warm(size, ["trade"], server))
            counted(server, sizes.recipients)
            pace = sizes.recipients / found[-1].seconds
            print(f"relay of {SLOW * 1000:.0f} ms, {size} workers: {pace:.0f} messages/s", flush=True)
    server.ask({"delay": 0})
    return [Bar("a relay of 20 ms: four workers against one", ratio(laps[1], laps[4]), 3.5, "at least")]


def with_many(sizes: Sizes, server: Talker) -> list[Bar]:
    """Return the bar on the time a message when there are many recipients."""
    began = time.monotonic()
    people(sizes.many, "markets")
    print(f"{sizes.many:,} more recipients made in {time.monotonic() - began:.0f} s", flush=True)
    few = []
    for _ in range(sizes.slow_rounds):
        few.append(warm(2, ["trade"], server).seconds / sizes.recipients)
        counted(server, sizes.recipients)
    many = warm(2, ["markets"], server).seconds / sizes.many
    counted(server, sizes.many)
    print(
        f"{sizes.recipients:,}: {median(few) * 1000:.2f} ms a message; {sizes.many:,}: {many * 1000:.2f} ms",
        flush=True,
    )
    return [
        Bar(
            f"time a message, {sizes.many:,} recipients against {sizes.recipients:,}",
            many / median(few),
            1.1,
            "at most",
        )
    ]


def counted(server: Talker, recipients: int) -> None:
    """Stop the measurement if not everybody received one message since the server was last asked."""
    found = server.ask({"to": DOMAIN})
    if found != {"messages": recipients, "recipients": recipients}:
        raise SystemExit(f"the mail server got {found} for {recipients} recipients: nothing was measured")


def warm(size: int, portfolios: list[str], server: Talker) -> Lap:
    """Send one edition with workers that have sent another one just before."""
    with Pool(size) as pool:
        ours(pool, ["economy"])
        server.ask({"to": DOMAIN})
        return ours(pool, portfolios)


def ours(pool: Pool, portfolios: list[str]) -> Lap:
    """Send one edition through Celery and PostgreSQL: from the freeze's commit to the last row."""
    row = edition(portfolios)
    row.start()
    before, began = cpu(pool.pids), time.monotonic()
    while is_under_way(row):
        time.sleep(0.02)
    lap = Lap(time.monotonic() - began, cpu(pool.pids) - before)
    refused = row.deliveries.exclude(status="accepted").count()
    if refused:
        raise SystemExit(f"{refused} messages were not accepted: nothing was measured")
    row.finish()
    return lap


def is_under_way(row: Mailing) -> bool:
    """Tell whether something has not left; asked so that a hundred thousand rows are not counted each time."""
    return row.deliveries.filter(status="queued").exists() or row.deliveries.filter(status__in=OPEN).exists()


def sample() -> tuple[bytes, FrozenLetter]:
    """Return one message of the last edition as it left, and the letter that it was made of."""
    last = Delivery.objects.select_related("mailing").latest("pk")
    return last.envelope().content, FrozenLetter.objects.get(mailing=last.mailing_id, language="fr")


def base(message: bytes, everybody: Sequence[str]) -> Lap:
    """Send the same bytes with smtplib on one connection."""
    began, before = time.monotonic(), time.process_time()
    with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT) as smtp:
        for address in everybody:
            smtp.sendmail("b@hubportal.example", [address], message)
    return Lap(time.monotonic() - began, time.process_time() - before)


def plain(letter: FrozenLetter, everybody: Sequence[str]) -> Lap:
    """Build and send each message with Django alone, on one connection."""
    began, before = time.monotonic(), time.process_time()
    with get_connection("django.core.mail.backends.smtp.EmailBackend") as relay:
        for address in everybody:
            mail = EmailMultiAlternatives(letter.subject, letter.text, to=[address], connection=relay)
            mail.attach_alternative(letter.html, "text/html")
            mail.send()
    return Lap(time.monotonic() - began, time.process_time() - before)


def asked(theirs: Talker, letter: FrozenLetter, everybody: list[str]) -> Lap:
    """Let the peer queue and send the same letter; only sending counts."""
    texts = {"subject": letter.subject, "text": letter.text, "html": letter.html}
    found = theirs.ask({**texts, "recipients": everybody})
    if found["sent"] != len(everybody):
        raise SystemExit(f"the peer sent {found['sent']} of {len(everybody)}: nothing was measured")
    return Lap(found["seconds"], found["cpu"])


def cpu(pids: Sequence[int]) -> float:
    """Return the processor seconds that processes have used so far."""
    fields = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids)
    return sum(int(row[11]) + int(row[12]) for row in fields) / TICKS


if __name__ == "__main__":
    sys.exit(main())
