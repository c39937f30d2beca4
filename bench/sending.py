"""The sender against B: smtplib on one connection, a prebuilt message of the same size, the same sink.

B is the floor: it knows nothing of who received what. Ours goes through PostgreSQL (fsync on) and two Celery worker
processes, and each message is durable before the next one. Rounds alternate; the figures are medians.
`bench/run sending [--quick]`: quick takes 300 recipients instead of 2,000, five rounds either way.
"""

import os
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import NamedTuple

import django

django.setup()

from django.conf import settings  # noqa: E402 - Django first
from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench.bars import Bar, tell  # noqa: E402
from communes.models import Commune, Mandate  # noqa: E402
from hubportal.accounts.models import Role, RoleGrant, User  # noqa: E402
from hubportal.outbox.consignment import OPEN  # noqa: E402
from mailings.models import Delivery, Mailing  # noqa: E402

ROUNDS = 5
TICKS = os.sysconf("SC_CLK_TCK")
PARAGRAPH = "Les chantiers de la semaine, rue par rue, avec les accès, les dates et les personnes à appeler. "


class Lap(NamedTuple):
    """One round of one sender: seconds, and seconds of processor time of its own processes."""

    seconds: float
    cpu: float


def main() -> int:
    """Measure and tell; return the exit code."""
    number = 300 if "--quick" in sys.argv[1:] else 2000
    call_command("migrate", interactive=False, verbosity=0)
    call_command("load_communes", verbosity=0)
    people(number)
    with workers() as pids:
        ours(pids)  # warms both up; not counted
        message = sample()
        base(message, number)
        pairs = [(base(message, number), ours(pids)) for _ in range(ROUNDS)]
    first, second = (([pair[side] for pair in pairs]) for side in (0, 1))
    b, us = median(lap.seconds for lap in first), median(lap.seconds for lap in second)
    cpu_b, cpu_us = median(lap.cpu for lap in first), median(lap.cpu for lap in second)
    print(f"{number} recipients, {len(message):,} bytes a message, {ROUNDS} rounds, medians")
    print(f"B     {number / b:7.0f} messages/s  {cpu_b / number * 1000:.3f} ms of processor a message")
    print(f"ours  {number / us:7.0f} messages/s  {cpu_us / number * 1000:.3f} ms of processor a message")
    return tell([
        Bar("speed, two workers, as a part of B", b / us, 0.25, "at least"),
        Bar("processor time a message, times B", cpu_us / cpu_b, 4.0, "at most"),
    ])  # fmt: skip


def people(number: int) -> None:
    """Make recipients, and the three people who write and approve."""
    since = date(2025, 1, 1)
    communes = list(Commune.objects.order_by("nis"))
    users = User.objects.bulk_create(
        User(email=f"p{n}@commune.example", first_name="Prénom", last_name=f"Nom {n}", content_language="fr")
        for n in range(number)
    )
    Mandate.objects.bulk_create(
        Mandate(user=user, commune=communes[n % 19], office="echevin", portfolios=["trade"], starts_on=since)
        for n, user in enumerate(users)
    )
    for role in (Role.EDITOR, Role.LEAD, Role.CABINET):
        user = User.objects.create(email=f"{role}@team.example", last_name=role, is_active=True)
        RoleGrant.objects.create(user=user, role=role, starts_on=since)


def edition() -> Mailing:
    """Write an edition of about 30 kB and bring it to the minute before it is sent."""
    editor, lead, cabinet = (
        User.objects.holding([role]).get() for role in (Role.EDITOR, Role.LEAD, Role.CABINET)
    )
    row = Mailing.begin(by=editor)
    side = {"subject": "Mesure", "preheader": "", "body": (PARAGRAPH * 3 + "\n\n") * 34}
    row.revise(
        by=editor, texts={"fr": side, "nl": side}, to_bourgmestres=False, portfolios=["trade"], version=row.version
    )  # fmt: skip
    row.submit(by=editor)
    for person in (lead, cabinet):
        row.approve(by=person, seen_hash=row.content_hash)
    now = timezone.now()
    row.schedule(by=editor, scheduled_for=now, expires_at=now + timedelta(days=1), gap_reason="-")
    return row


def ours(pids: list[int]) -> Lap:
    """Send one edition through Celery and PostgreSQL: from the freeze's commit to the last row."""
    row = edition()
    row.start()
    before, began = cpu(pids), time.monotonic()
    while row.deliveries.filter(status__in=OPEN).exists():
        time.sleep(0.02)
    lap = Lap(time.monotonic() - began, cpu(pids) - before)
    refused = Delivery.objects.filter(mailing=row).exclude(status="accepted").count()
    if refused:
        raise SystemExit(f"{refused} messages were not accepted: nothing was measured")
    row.finish()
    return lap


def sample() -> bytes:
    """Return one message of the last edition, as it left."""
    return Delivery.objects.latest("pk").envelope().content


def base(message: bytes, number: int) -> Lap:
    """Send the same bytes with smtplib on one connection."""
    began, before = time.monotonic(), time.process_time()
    with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT) as smtp:
        for n in range(number):
            smtp.sendmail("b@hubportal.example", [f"p{n}@commune.example"], message)
    return Lap(time.monotonic() - began, time.process_time() - before)


def cpu(pids: list[int]) -> float:
    """Return the processor seconds that processes have used so far."""
    fields = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids)
    return sum(int(row[11]) + int(row[12]) for row in fields) / TICKS


@contextmanager
def workers() -> Iterator[list[int]]:
    """Run a Celery worker with two processes; yield the ids of all its processes."""
    command = ["celery", "-A", "hubportal.celery", "worker", "-c", "2", "--loglevel", "ERROR"]
    alone = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    quiet = {**os.environ, "PYTHONWARNINGS": "ignore"}
    process = subprocess.Popen(
        [sys.executable, "-m", *command, *alone], env=quiet, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield [process.pid, *_children(process)]
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _children(process: "subprocess.Popen[bytes]") -> list[int]:
    """Wait until both processes of the worker are there."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        found = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        if len(found) >= 2:
            return [int(pid) for pid in found]
        time.sleep(0.1)
    raise SystemExit("the Celery worker did not start")


if __name__ == "__main__":
    sys.exit(main())
