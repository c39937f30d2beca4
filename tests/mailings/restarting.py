"""An edition is being sent while PostgreSQL is stopped and started again: `python -m tests.mailings.restarting`.

Runs inside services of its own (`hubportal.stack services`), because it stops a server that other tests would miss.
Prints one line of JSON: what the rows say, and what the mail server kept.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402 - Django first
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from hubportal.stack import identity  # noqa: E402
from hubportal.stack.layout import Layout  # noqa: E402
from hubportal.stack.postgres import binaries, clean_env  # noqa: E402
from hubportal.tick import tick  # noqa: E402
from mailings.models import Delivery, Mailing  # noqa: E402
from tests.cast import MandateFactory, UserFactory  # noqa: E402
from tests.mailings.made import brought_to  # noqa: E402

RECIPIENTS = 40
WORKER = """
import time
import django; django.setup()
from django.db import connection
from hubportal.outbox.consignment import OPEN
from hubportal.outbox.deliver import deliver
from mailings.models import Delivery
while True:
    try:
        deliver(Delivery)
        if not Delivery.objects.filter(status__in=OPEN).exists():
            break
    except Exception:
        connection.close()
    time.sleep(0.1)
"""


def main() -> None:
    """Send, stop and start the database in the middle, and tell."""
    try:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("load_communes", verbosity=0)
        send()
    finally:
        # The server that was started here is nobody's child: who started it stops it.
        control("-m", "immediate", "stop")


def send() -> None:
    """Send an edition, with the restart in the middle."""
    for n in range(RECIPIENTS):
        MandateFactory(user=UserFactory(email=f"p{n:02}@commune.example"), trade=True)
    brought_to("sending")
    Path(os.environ["HUBPORTAL_SINK_FAULTS"]).write_text('[{"match": "@", "delay": 0.05, "at": "data"}]')
    worker = subprocess.Popen([sys.executable, "-c", WORKER])
    while len(kept()) < 5:
        time.sleep(0.02)
    before = len(kept())
    restart()
    worker.wait(60)
    tick(timezone.now())
    print(json.dumps({  # noqa: T201
        "kept_before": before,
        "kept": len(kept()),
        "twice": [address for address, count in Counter(kept()).items() if count > 1],
        "states": Counter(Delivery.objects.order_by("pk").values_list("status", flat=True)),
        "mailing": Mailing.objects.get().status,
    }))  # fmt: skip


def restart() -> None:
    """Stop PostgreSQL, cutting every connection, leave it down for a second, and start it again."""
    options = (data_folder() / "postmaster.opts").read_text().split(maxsplit=1)[1].strip()
    control("-m", "fast", "stop")
    time.sleep(1)
    control("-l", "/dev/null", "-o", options, "start")
    connection.close()


def control(*arguments: str) -> None:
    """Run pg_ctl, as the user who owns the server."""
    command = [*identity.prefix(), str(binaries() / "pg_ctl"), "-D", str(data_folder()), "-w"]
    subprocess.run([*command, *arguments], env=clean_env(os.environ), check=True, stdout=2, cwd="/")


def data_folder() -> Path:
    """Return where the server keeps its data."""
    return Layout.create(Path(os.environ["HUBPORTAL_VAR"])).postgres


def kept() -> list[str]:
    """Return the addresses of the messages that the mail server kept."""
    files = sorted((Path(settings.HUBPORTAL_MAILBOX or "") / "new").glob("*"))
    heads = (path.read_text(errors="replace").splitlines()[1] for path in files)
    return [head.partition(": ")[2] for head in heads]


if __name__ == "__main__":
    main()
