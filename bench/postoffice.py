"""The peer of the sender: django-post_office with its own defaults, two processes, in its own venv.

Started by `bench.sending` as `python -m bench.postoffice` with DATABASE_URL and EMAIL_URL in the environment. A line of
JSON on standard input (subject, text, html, recipients) asks; the seconds and processor seconds of sending answer.
"""

import json
import os
import resource
import sys
import time
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import django
from django.conf import settings

PROCESSES: Final = 2
BATCH: Final = 1000


def main() -> None:
    """Set up, and send as often as asked."""
    configure()
    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    # Whatever else is printed must not get between the answers.
    wire = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    print(json.dumps("ready"), file=wire, flush=True)
    for line in sys.stdin:
        print(json.dumps(lap(json.loads(line))), file=wire, flush=True)


def configure() -> None:
    """Use the database and the mail server that the environment names."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    query, relay = dict(parse_qsl(parts.query)), urlsplit(os.environ["EMAIL_URL"])
    settings.configure(
        SECRET_KEY="x" * 50, USE_TZ=True, INSTALLED_APPS=["django.contrib.contenttypes", "post_office"],
        EMAIL_HOST=relay.hostname, EMAIL_PORT=relay.port, EMAIL_TIMEOUT=20,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", MEDIA_ROOT=os.environ["BENCH_FOLDER"],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": parts.path.strip("/"),
                               "USER": query["user"], "HOST": query["host"]}},
    )  # fmt: skip


def lap(asked: dict[str, Any]) -> dict[str, float]:
    """Queue the mails, send them, and return how long sending took."""
    from post_office import mail  # type: ignore[import-not-found]  # the peer's venv has it

    same = {"sender": "b@hubportal.example", "subject": asked["subject"], "message": asked["text"],
            "html_message": asked["html"]}  # fmt: skip
    everybody = asked["recipients"]
    for start in range(0, len(everybody), BATCH):
        mail.send_many([{"recipients": [address], **same} for address in everybody[start : start + BATCH]])
    before, began = cpu(), time.monotonic()
    mail.send_queued_mail_until_done(
        lockfile=f"{os.environ['BENCH_FOLDER']}/post_office", processes=PROCESSES
    )
    seconds, used = time.monotonic() - began, cpu() - before
    sent = mail.Email.objects.filter(status=mail.STATUS.sent).count()
    mail.Email.objects.all().delete()
    return {"seconds": seconds, "cpu": used, "sent": sent}


def cpu() -> float:
    """Return the processor seconds of this process and of those that it started."""
    found = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(row.ru_utime + row.ru_stime for row in found)


if __name__ == "__main__":
    main()
