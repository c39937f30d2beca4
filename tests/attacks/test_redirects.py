"""Addresses that lead away, or that let a stranger's host into a link.

The colours' form: tests/dashboard/test_shell.py; a code and its next page: the same `next` as the password's.
"""

import re
from urllib.parse import quote, urljoin, urlsplit

import pytest
from allauth.account.adapter import get_adapter
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from conventions.models import Comment
from hubportal.accounts.models import User
from hubportal.outbox.models import OutboxMessage
from tests.cast import PASSWORD, Cast
from tests.conventions.agreements import shared
from tests.conventions.pages import at

pytestmark = pytest.mark.django_db
EVIL = (
    "https://evil.example/", "//evil.example/", "///evil.example", "\\\\evil.example", "/\\evil.example",
    "\\/evil.example",
    "http:evil.example", "http:///evil.example", "https:/\\evil.example", " //evil.example", "\t//evil.example",
    "/\t/evil.example", "\n//evil.example", "javascript:alert(1)", "data:text/html,x", "mailto:a@evil.example",
    "//evil.example%2f@testserver/", "//testserver@evil.example/", "/%0d%0aLocation:%20https://evil.example/",
    "/\r\nLocation: https://evil.example/", "%0d%0aLocation:%20https://evil.example/", "home", "evil",
    "\0//evil.example",
    "//1249763844/", "/%5cevil.example", "//evil\u3002example/",
)  # fmt: skip


def leads_away(location: str) -> bool:
    """Tell whether a browser would leave the portal: it reads a backslash as a slash and drops blanks and tabs."""
    read = re.sub(r"[\t\r\n]", "", location).strip("".join(map(chr, range(33)))).replace("\\", "/")
    target = urlsplit(urljoin("http://testserver/fr/", read))
    return target.scheme not in {"http", "https"} or target.netloc != "testserver"


@pytest.mark.parametrize(
    "address", ["//evil.example", "/\\evil.example", "\t//evil.example", "javascript:alert(1)"]
)
def test_the_judge_of_these_tests_knows_what_leads_away(address: str) -> None:
    """A judge that calls everything harmless would let each test below pass."""
    assert leads_away(address)
    assert not leads_away("/fr/help/")


@pytest.mark.parametrize("target", EVIL)
@pytest.mark.parametrize("name", ["account_login", "account_logout", "account_reauthenticate"])
def test_no_page_of_accounts_leads_away(name: str, target: str, client: Client, echevine: User) -> None:
    """CVE-2017-7233 (Django): numbers and odd slashes passed for an address of one's own site."""
    if name != "account_login":
        client.force_login(echevine)
    data = {"login": echevine.email, "password": PASSWORD, "next": target}
    for address in (reverse(name), f"{reverse(name)}?next={quote(target)}"):
        answer = client.post(address, data)
        assert answer.status_code in (200, 302, 400)
        assert not leads_away(answer.headers.get("Location", "/"))


@pytest.mark.parametrize("target", EVIL)
def test_who_is_signed_in_is_not_led_away_by_a_link(target: str, client: Client, spoc: User) -> None:
    """CVE-2015-2317 (Django): control signs at the beginning of the address that follows a sign-in."""
    client.force_login(spoc)
    for name in ("account_login", "account_request_login_code", "admin:login"):
        answer = client.get(reverse(name), {"next": target})
        assert answer.status_code in (200, 302, 400)
        assert not leads_away(answer.headers.get("Location", "/"))


@pytest.mark.parametrize(
    "path", ["//evil.example/fr/help", "/\\evil.example/fr/help", "//evil.example/admin", "//evil.example"]
)
def test_a_slash_that_is_added_leads_nowhere_else(path: str, client: Client) -> None:
    """CVE-2018-14574 (Django): CommonMiddleware added a slash to //evil.example, and led there."""
    answer = client.get("/", PATH_INFO=path)
    assert not leads_away(answer.headers.get("Location", "/"))


def test_a_comment_leads_back_to_its_own_agreement(client: Client, cast: Cast) -> None:
    """CVE-2017-7233 (Django), behind a form: whatever stands in `next`, one stays here, without an error."""
    row = shared()
    comment = Comment.objects.write(on=row.articles.get(number=4), by=cast.spoc, text="Où ?")
    client.force_login(cast.spoc)
    for number, target in enumerate(EVIL):
        verb = "comment-reopen" if number % 2 else "comment-resolve"
        answer = client.post(at(row, verb, pk=comment.pk), {"next": target})
        assert answer.status_code == 302
        assert not leads_away(answer["Location"])


@pytest.mark.parametrize(
    "host",
    ["evil.example", "testserver:80@evil.example", "testserver.evil.example", "evil.example#testserver"],
)
def test_another_host_is_refused(host: str, client: Client, echevine: User) -> None:
    """CVE-2012-4520 (Django): a Host with a user's part went into the link of a password mail."""
    for name in ("account_login", "account_reset_password"):
        assert client.post(reverse(name), {"email": echevine.email}, HTTP_HOST=host).status_code == 400
    assert not OutboxMessage.objects.exists()


FORWARDED = {
    "HTTP_X_FORWARDED_HOST": "evil.example", "HTTP_X_HOST": "evil.example", "HTTP_X_ORIGINAL_URL": "/admin/",
    "HTTP_X_REWRITE_URL": "/admin/", "HTTP_FORWARDED": "host=evil.example;proto=https", "HTTP_X_FORWARDED_PORT": "666",
    "HTTP_X_FORWARDED_SERVER": "evil.example", "HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE",
}  # fmt: skip


@pytest.mark.parametrize("header", FORWARDED)
def test_no_header_of_a_proxy_changes_a_link(
    header: str, client: Client, echevine: User, settings: Settings
) -> None:
    """CWE-644, as CVE-2012-4520 (Django) by way of a proxy: X-Forwarded-Host in the link that resets a password."""
    # The demonstration answers nobody behind a proxy.
    settings.DEMO = False
    asked = {header: FORWARDED[header]}
    assert client.get("/", **asked).headers["Location"] == client.get("/").headers["Location"]  # type: ignore[arg-type]
    client.post(reverse("account_reset_password"), {"email": echevine.email}, **asked)  # type: ignore[arg-type]
    mail = OutboxMessage.objects.get()
    assert "evil" not in mail.text + mail.html + mail.subject
    assert ":666" not in mail.text + mail.html


def test_a_visitor_does_not_choose_the_address_that_limits_count(settings: Settings) -> None:
    """Limits that count by the first address of X-Forwarded-For are passed by writing another one each time."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    seen = {
        get_adapter().get_client_ip(
            RequestFactory().get(
                "/", HTTP_X_FORWARDED_FOR=f"203.0.113.{n}, 198.51.100.7", REMOTE_ADDR="10.0.0.1"
            )
        )
        for n in range(5)
    }
    assert seen == {"198.51.100.7"}
