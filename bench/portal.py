"""The portal's side: fills its database unless that is done, then visits its pages as people of the demonstration.

Started by `bench.pages` as `python -m bench.portal NUMBER` with DATABASE_URL in the environment.
"""

import logging
import sys
import time
from typing import Any, Final

import django

django.setup()

from django.conf import settings  # noqa: E402 - Django first
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from bench.bars import PANELS_AT_HOME  # noqa: E402
from bench.seeding import MEASURED, fill  # noqa: E402
from bench.words import COMMON, RARE  # noqa: E402
from bench.worker import BARE, BARE_ADDRESS, Visit, serve  # noqa: E402
from hubportal.accounts import demo as accounts  # noqa: E402
from hubportal.accounts.models import User  # noqa: E402
from hubportal.dashboard.panels import matrix  # noqa: E402
from spoc.listing import Place  # noqa: E402
from spoc.models import ServiceRequest  # noqa: E402

HOMES: Final = ("echevine", "spoc", "director")


def main(number: int) -> None:
    """Seed, and answer until the input ends."""
    logging.getLogger("hubportal").setLevel(logging.WARNING)
    settings.ROOT_URLCONF = "bench.portal_urls"
    made = ServiceRequest.objects.count()
    last = ServiceRequest.objects.latest("pk").pk if made >= number else fill(number)
    serve(_visits(last), _static)


def _visits(last: int) -> list[Visit]:
    people = accounts.people()
    clients = {key: _client(people[key]) for key in HOMES}
    home, listing, desk = (
        reverse("home"),
        reverse("spoc:request-list"),
        reverse("admin:spoc_servicerequest_changelist"),
    )
    half = ServiceRequest.objects.filter(status="closed", pk__lte=last // 2).latest("pk")
    deep = Place(2, int(half.created_at.timestamp() * 1_000_000), half.pk)
    request = reverse("spoc:request-detail", args=[last])
    pages = [
        ("home, échevine", "echevine", home),
        ("home, SPOC", "spoc", home),
        ("home, director", "director", home),
        ("coverage of the 19", "spoc", reverse("communes:coverage")),
        ("a commune", "spoc", reverse("communes:detail", args=[MEASURED])),
        ("list, échevine", "echevine", listing),
        ("list, SPOC", "spoc", listing),
        ("list, half-way down", "spoc", f"{listing}?after={deep}"),
        ("search, rare", "spoc", f"{listing}?text={RARE}"),
        ("search, common", "spoc", f"{listing}?text={COMMON}"),
        ("search, common, échevine", "echevine", f"{listing}?text={COMMON}"),
        ("request, échevine", "echevine", request),
        ("desk", "spoc", desk),
        ("desk, own communes", "spoc", f"{desk}?mine=communes"),
        ("desk, search, rare", "spoc", f"{desk}?q={RARE}&state=all"),
        ("desk, search, common", "spoc", f"{desk}?q={COMMON}&state=all"),
        ("desk, request", "spoc", reverse("admin:spoc_servicerequest_change", args=[last])),
    ]
    bare = Visit(BARE, clients["spoc"], (BARE_ADDRESS,))
    return [
        bare,
        *(
            Visit(name, clients[key], (address,), _parts(people[key], key, name))
            for name, key, address in pages
        ),
    ]


def _parts(person: User, key: str, name: str) -> int:
    """Return of how many panels or columns a page is made, each of which may ask the database."""
    if name == "coverage of the 19":
        return len(matrix(person))
    return PANELS_AT_HOME[key] if name.startswith("home") else 0


def _client(person: User) -> Client:
    client = Client(SERVER_NAME="localhost", HTTP_ACCEPT_LANGUAGE="fr")
    client.force_login(person)
    # A role opens nothing without a second factor.
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time(), "type": "totp"}]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return client


def _static(address: str) -> bytes:
    """Return a static file as the portal hands it out."""
    answer: Any = Client(SERVER_NAME="localhost", HTTP_ACCEPT_ENCODING="gzip").get(address)
    return b"".join(answer.streaming_content)


if __name__ == "__main__":
    main(int(sys.argv[1]))
