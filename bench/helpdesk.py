"""The peer's side: django-helpdesk with the settings of its documentation, seeded like the portal, in its own venv.

Started by `bench.pages` as `python -m bench.helpdesk NUMBER` with DATABASE_URL in the environment. Models are asked of
Django's registry: the portal's venv, where types are checked, does not have the peer.
"""

import gzip
import os
import random
import re
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import django
from django.conf import settings

from bench.words import COMMON, RARE, Words

SEED: Final = 19
QUEUES: Final = 19
ROWS: Final = "?draw=1&start=0&length=25"
"""What its table asks for first."""


def main(number: int) -> None:
    """Set up, seed, and answer until the input ends."""
    _configure()
    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    from bench.worker import serve

    serve(_visits(_seed(number)), _static)


def _configure() -> None:
    parts = urlsplit(os.environ["DATABASE_URL"])
    query = dict(parse_qsl(parts.query))
    database = {"NAME": parts.path.strip("/"), "USER": query["user"], "HOST": query["host"]}
    django_apps = (
        "admin",
        "auth",
        "contenttypes",
        "sessions",
        "messages",
        "staticfiles",
        "sites",
        "humanize",
    )
    settings.configure(
        DEBUG=False, SECRET_KEY="x" * 50, ALLOWED_HOSTS=["localhost"], USE_TZ=True, SITE_ID=1,
        TIME_ZONE="Europe/Brussels", ROOT_URLCONF="bench.helpdesk_urls", STATIC_URL="/static/",
        DEFAULT_AUTO_FIELD="django.db.models.AutoField", HELPDESK_TEAMS_MODE_ENABLED=False,
        LOGIN_URL="/login/", MEDIA_ROOT=os.environ["BENCH_FOLDER"],
        DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": 60,
                               "CONN_HEALTH_CHECKS": True, **database}},
        INSTALLED_APPS=[*(f"django.contrib.{name}" for name in django_apps), "rest_framework", "helpdesk"],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        TEMPLATES=[{
            "BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
            "OPTIONS": {"context_processors": [
                "django.template.context_processors.request", "django.template.context_processors.i18n",
                "django.template.context_processors.static", "django.template.context_processors.media",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]},
        }],
    )  # fmt: skip


def _seed(number: int) -> int:
    """Make so many tickets with their follow-ups; return the key of the one with ten, the last."""
    from django.apps import apps
    from django.db import connection
    from django.utils import timezone

    get: Any = apps.get_model
    user_model, queue_model = get("auth.User"), get("helpdesk.Queue")
    ticket_model, reply_model = get("helpdesk.Ticket"), get("helpdesk.FollowUp")
    chance = random.Random(SEED)  # noqa: S311 - the same rows each time
    words, now = Words(chance), timezone.now()
    people = [
        user_model.objects.create_user(f"p{n}", f"p{n}@hub.example", is_staff=True, is_superuser=n == 0)
        for n in range(QUEUES)
    ]
    queues = [queue_model.objects.create(title=f"Commune {n}", slug=f"c{n}") for n in range(QUEUES)]
    days = (now - now.replace(year=2019, month=3, day=1)).days
    tickets = []
    for count in range(number):
        at = now - timedelta(days=days) * (1 - (count + chance.random()) / number)
        # As many are open as of the portal's requests.
        is_open = count == number - 1 or chance.random() < (0.8 if now - at < timedelta(days=120) else 0.05)
        tickets.append(ticket_model(
            title=f"{words.topic()}, {words.street()}", queue=chance.choice(queues), created=at, modified=at,
            submitter_email=f"e{chance.randrange(QUEUES)}@commune.example", status=1 if is_open else 4,
            assigned_to=chance.choice([None, *people[:3], *people]) if is_open else chance.choice(people),
            description=words.sentence(chance.randrange(12, 30)), due_date=at + timedelta(days=60),
        ))  # fmt: skip
    made = ticket_model.objects.bulk_create(tickets, 2000)
    reply_model.objects.bulk_create(
        (
            reply_model(
                ticket=ticket, title="Comment", comment=words.sentence(chance.randrange(8, 30)), public=True,
                date=ticket.created + timedelta(days=turn), user=chance.choice(people),
            )
            for ticket in made for turn in range(10 if ticket is made[-1] else chance.randrange(1, 5))
        ), 2000,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    return int(made[-1].pk)


def _visits(ticket: int) -> list[Any]:
    from django.contrib.auth import get_user_model
    from django.test import Client

    from bench.worker import BARE, BARE_ADDRESS, Visit

    client = Client(SERVER_NAME="localhost")
    client.force_login(get_user_model().objects.get(username="p0"))

    def table(address: str) -> tuple[str, str]:
        """Return a page and what its table asks for at once."""
        found = re.search(
            r'"url": "(/[^"]*datatables_ticket_list/[^"]*)"', client.get(address).content.decode()
        )
        if found is None:
            raise SystemExit(f"{address} asks for no rows: nothing was measured")
        return address, found[1] + ROWS

    return [
        Visit(BARE, client, (BARE_ADDRESS,)),
        Visit("dashboard", client, ("/helpdesk/dashboard/",)),
        Visit("list", client, table("/helpdesk/tickets/")),
        Visit("search, rare", client, table(f"/helpdesk/tickets/?q={RARE}")),
        Visit("search, common", client, table(f"/helpdesk/tickets/?q={COMMON}")),
        Visit("ticket", client, (f"/helpdesk/tickets/{ticket}/",)),
        Visit("reports", client, ("/helpdesk/reports/",)),
    ]


def _static(address: str) -> bytes:
    """Return a static file as a server with compression would hand it out."""
    from django.contrib.staticfiles.finders import find

    from bench.worker import LEVEL

    path: Any = find(address.removeprefix("/static/"))
    body = Path(path).read_bytes() if path else b""
    return body if address.endswith((".woff2", ".png")) else gzip.compress(body, LEVEL)


if __name__ == "__main__":
    main(int(sys.argv[1]))
