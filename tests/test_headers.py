"""The exact headers of every kind of answer: pages, the desk, errors, redirects, static files."""

import urllib.error
import urllib.request

import pytest
from django.test import Client
from django.urls import reverse

from hubportal.access.mail_page import mail_page
from hubportal.accounts.models import Role
from tests.browser import Portal
from tests.mailings.made import in_state, person

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
MAIL = {
    "sandbox": "allow-popups allow-popups-to-escape-sandbox",
    "default-src": "'none'",
    "style-src": "'unsafe-inline'",
    "img-src": "data:",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
ADDRESSES = [
    *("/", "/fr/sign-in/", "/nl/help/", "/fr/", "/admin/", "/fr/no-such-page/", "/healthz", "/readyz"),
    "/fr/requests/calendar/no-such-token.ics",
]


def directives(policy: str) -> dict[str, str]:
    """Return the directives of a policy by their names."""
    return dict(part.strip().partition(" ")[::2] for part in policy.split(";"))


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_carries_the_headers(address: str, portal: Portal) -> None:
    try:
        answer = urllib.request.urlopen(urllib.request.Request(portal.url + address), timeout=10)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        headers = answer.headers
    assert {name: headers[name] for name in EXACT} == EXACT
    assert directives(headers["Content-Security-Policy"]) == CSP


@pytest.mark.django_db
def test_a_page_about_a_person_is_never_stored(client: Client, echevine: object) -> None:
    client.force_login(echevine)  # type: ignore[arg-type]
    response = client.get("/fr/")
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_the_preview_of_a_mail_may_hold_a_frame_of_our_own_and_no_other_page_may(client: Client) -> None:
    row = in_state("in_review")
    client.force_login(person(Role.LEAD))
    preview = client.get(reverse("mailings:preview", args=[row.number]))
    assert directives(preview["Content-Security-Policy"]) == {**CSP, "frame-src": "'self'"}
    assert preview["X-Frame-Options"] == "DENY"
    for name in ("detail", "recipients"):
        beside = client.get(reverse(f"mailings:{name}", args=[row.number]))
        assert directives(beside["Content-Security-Policy"]) == CSP


@pytest.mark.django_db
def test_a_mail_in_that_frame_has_its_own_styles_no_script_and_no_origin(client: Client) -> None:
    row = in_state("in_review")
    client.force_login(person(Role.LEAD))
    mail = client.get(reverse("mailings:mail", args=[row.number, "fr"]))
    assert directives(mail["Content-Security-Policy"]) == {**MAIL, "frame-ancestors": "'self'"}
    assert {name: mail[name] for name in EXACT} == {**EXACT, "X-Frame-Options": "SAMEORIGIN"}


def test_a_mail_on_a_page_of_its_own_stands_in_no_frame() -> None:
    response = mail_page("<p>Bonjour</p>")
    assert directives(response["Content-Security-Policy"]) == MAIL
    assert "X-Frame-Options" not in response
