"""Pages that a cache between would keep for everybody, because their address looks like that of a file.

What each page itself says to caches: tests/test_access.py.
"""

from typing import Final

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from hubportal.accounts import demo
from tests.objects import NO_ROW, address, routes, rows_of
from tests.routes import route_names
from tests.test_relations import code

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]
ENDINGS: Final = ("x.css", "/x.css", ";x.css", "%2fx.css", "%00.css", "%0ax.css", "x.js?", ".css")


def pages() -> list[tuple[str, str]]:
    """Return the address of each page, with a row where it takes one."""
    found = []
    for name in sorted(route_names()):
        if "<" not in name and not name.startswith("demo:"):
            try:
                found.append((name, reverse(name)))
            except NoReverseMatch:
                continue
    for route, named in routes():
        rows = rows_of(route) if route not in NO_ROW else None
        row = rows.all().first() if rows else None
        if rows is not None and row is not None:
            found.append((route, address(route, named, rows, row)))
    return found


def test_an_address_that_ends_like_a_file_s_shows_no_page() -> None:
    """Web cache deception (Omer Gil, 2017, on PayPal): /account/x.css showed the account, and the cache kept it."""
    client = Client()
    client.force_login(demo.people()["schepen"])
    wrong = {}
    for number, (_, page) in enumerate(pages()):
        target = page + ENDINGS[number % len(ENDINGS)]
        answer = client.get(target)
        if code(answer) == 200 and "no-store" not in answer.headers.get("Cache-Control", ""):
            wrong[target] = answer.headers.get("Cache-Control")
    assert wrong == {}
