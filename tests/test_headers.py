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
from tests.headers import CSP, DOWNLOAD, DOWNLOADS, FRAMED, MAIL, PAGES, PREVIEW, directives, faults
from tests.mailings.made import in_state, person
from tests.routes import route_names

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
        headers, status = answer.headers, answer.status
    assert faults(address, int(status or 0), headers) == []
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
    for name, policy in {"preview": PREVIEW, "detail": CSP, "recipients": CSP}.items():
        page = client.get(reverse(f"mailings:{name}", args=[row.number]))
        assert directives(page["Content-Security-Policy"]) == policy


@pytest.mark.django_db
def test_a_mail_in_that_frame_has_its_own_styles_no_script_and_no_origin(client: Client) -> None:
    row = in_state("in_review")
    client.force_login(person(Role.LEAD))
    mail = client.get(reverse("mailings:mail", args=[row.number, "fr"]))
    assert directives(mail["Content-Security-Policy"]) == FRAMED
    assert mail["X-Frame-Options"] == "SAMEORIGIN"


def test_a_mail_on_a_page_of_its_own_stands_in_no_frame() -> None:
    response = mail_page("<p>Bonjour</p>")
    assert directives(response["Content-Security-Policy"]) == MAIL
    assert "X-Frame-Options" not in response


FILE = "attachment; filename=a.pdf"


def test_a_policy_holds_only_at_the_addresses_that_are_named() -> None:
    assert set(PAGES) | DOWNLOADS <= route_names()
    page, mail, pdf = (
        reverse("home"),
        reverse("mailings:mail", args=[1, "fr"]),
        reverse("spoc:request-pdf", args=[1]),
    )
    asked = [
        # Its own, elsewhere, and in the place of an error.
        *((mail, 200, FRAMED, {}, True), (page, 200, FRAMED, {}, False), (mail, 404, FRAMED, {}, False)),
        *((pdf, 200, DOWNLOAD, {"Content-Disposition": FILE}, True), (pdf, 200, DOWNLOAD, {}, False)),
        *((page, 200, DOWNLOAD, {"Content-Disposition": FILE}, False), (page, 200, PREVIEW, {}, False)),
        *((mail, 200, {**FRAMED, "script-src": "'self'"}, {}, False), (page, 200, {}, {}, False)),
        (page, 200, {**CSP, "style-src": "'self' 'unsafe-inline'"}, {}, False),
    ]  # fmt: skip
    for path, status, policy, more, is_right in asked:
        told = "; ".join(f"{name} {value}".strip() for name, value in policy.items())
        found = faults(path, status, {"Content-Security-Policy": told, **more})
        named = [fault for fault in found if fault.startswith("Content-Security-Policy")]
        assert (named == []) is is_right, (path, status, policy)
