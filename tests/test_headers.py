"""The exact headers of every kind of answer: pages, the desk, errors, redirects, static files.

Those of every answer to the test client are looked at in any test (`tests.conftest`); here, the server's own.
"""

import urllib.error
import urllib.request

import pytest
from django.test import Client
from django.urls import reverse

from hubportal.access.mail_page import mail_page
from hubportal.accounts.models import Role
from tests.browser import Portal
from tests.headers import CSP, MAIL, PREVIEW, directives, faults
from tests.mailings.made import in_state, person

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
    assert faults(headers, [CSP]) == []


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
    assert faults(preview.headers, [PREVIEW]) == []
    for name in ("detail", "recipients"):
        beside = client.get(reverse(f"mailings:{name}", args=[row.number]))
        assert faults(beside.headers, [CSP]) == []


@pytest.mark.django_db
def test_a_mail_in_that_frame_has_its_own_styles_no_script_and_no_origin(client: Client) -> None:
    row = in_state("in_review")
    client.force_login(person(Role.LEAD))
    mail = client.get(reverse("mailings:mail", args=[row.number, "fr"]))
    assert faults(mail.headers, [{**MAIL, "frame-ancestors": "'self'"}]) == []


def test_a_mail_on_a_page_of_its_own_stands_in_no_frame() -> None:
    response = mail_page("<p>Bonjour</p>")
    assert directives(response["Content-Security-Policy"]) == MAIL
    assert "X-Frame-Options" not in response
