"""The exact headers of every kind of answer: pages, the desk, errors, redirects, static files."""

import urllib.error
import urllib.request

import pytest
from django.test import Client

from tests.browser import Portal

CSP = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
EXACT = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
ADDRESSES = [
    *("/", "/fr/sign-in/", "/nl/help/", "/fr/", "/admin/", "/fr/no-such-page/", "/healthz", "/readyz"),
    "/fr/requests/calendar/no-such-token.ics",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_carries_the_headers(address: str, portal: Portal) -> None:
    try:
        answer = urllib.request.urlopen(urllib.request.Request(portal.url + address), timeout=10)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        headers = answer.headers
    assert {name: headers[name] for name in EXACT} == EXACT
    policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
    assert policy == CSP


@pytest.mark.django_db
def test_a_page_about_a_person_is_never_stored(client: Client, echevine: object) -> None:
    client.force_login(echevine)  # type: ignore[arg-type]
    response = client.get("/fr/")
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
