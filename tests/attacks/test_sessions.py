"""Sessions that somebody else chose, and what is typed at the doors.

How sessions end: tests/accounts/test_sessions.py.
"""

import json
import logging
import unicodedata

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from hubportal.accounts.models import JournalEntry, User
from hubportal.logs import JsonFormatter, PersonalDataFilter
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db
COOKIE = settings.SESSION_COOKIE_NAME


def sign_in(client: Client, user: User, **more: str) -> int:
    """Try a password; return the code."""
    data = {"login": user.email, "password": PASSWORD, **more}
    return client.post(reverse("account_login"), data).status_code


def test_a_session_that_was_planted_is_not_the_one_that_signs_in(client: Client, echevine: User) -> None:
    """CVE-2014-0482 (Django): a session went on when another person came in with it."""
    client.get(reverse("account_login"))
    client.cookies[COOKIE] = "planted0planted0planted0planted0"
    assert sign_in(client, echevine) == 302
    assert client.cookies[COOKIE].value != "planted0planted0planted0planted0"


def test_the_key_changes_when_somebody_signs_in_and_out(
    client: Client, echevine: User, colleague: User
) -> None:
    """CVE-2014-0482 (Django): the key before, during and after is never the same, and the old ones open nothing."""
    sign_in(client, echevine)
    during = client.cookies[COOKIE].value
    client.post(reverse("account_logout"))
    sign_in(client, colleague)
    assert client.cookies[COOKIE].value != during
    old = Client()
    old.cookies[COOKIE] = during
    assert old.get(reverse("home")).status_code == 302


def test_a_session_is_never_taken_from_an_address(client: Client, echevine: User) -> None:
    """Peers that take a session from the address (PHP's session.use_trans_sid) leak it in each link and log."""
    sign_in(client, echevine)
    key = client.cookies[COOKIE].value
    other = Client()
    assert other.get(reverse("home"), {COOKIE: key, "sessionid": key, "session": key}).status_code == 302


@pytest.mark.parametrize(
    "name", ["a" * 1_000_000, "é" * 500_000 + "@x.example", "\u2460" * 300_000, "@" * 1_000_000]
)
def test_a_name_of_a_megabyte_is_refused_at_once(name: str, client: Client) -> None:
    """CVE-2023-46695 (Django): a very long user name kept the normalisation busy."""
    for page, field in (
        ("account_login", "login"),
        ("account_request_login_code", "email"),
        ("account_reset_password", "email"),
    ):
        answer = client.post(reverse(page), {field: name, "password": PASSWORD})
        assert answer.status_code in (200, 400, 413)
        assert len(answer.content) < 100_000 + 2 * len(name.encode())


def test_a_password_of_a_megabyte_is_not_hashed_for_ever(client: Client, echevine: User) -> None:
    """CVE-2013-1443 (Django): the hash of a password of a megabyte took a minute."""
    assert sign_in(client, echevine, password="x" * 1_000_000) in (200, 400)


@pytest.mark.parametrize(
    "address", ["échevine@anderlecht.example", "ECHEVINE@anderlecht.example", "ｅchevine@anderlecht.example"]
)
def test_another_way_of_writing_an_address_is_no_new_account(
    address: str, client: Client, echevine: User
) -> None:
    """CVE-2019-19844 (Django): an address that looks alike got the link of the one that was known."""
    known = unicodedata.normalize("NFKD", address).encode("ascii", "ignore").decode().lower()
    assert known == echevine.email
    for _ in range(5):
        client.post(
            reverse("account_login"), {"login": echevine.email, "password": "not the one, not the one"}
        )
    answer = client.post(reverse("account_login"), {"login": address, "password": PASSWORD})
    assert answer.status_code == 200 or answer.status_code == 429


def test_a_line_of_the_log_is_one_line(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    """CVE-2025-48432 (Django): control signs of an address wrote lines of their own into the log."""
    forged = '\n{"level": "INFO", "message": "signed in"}\r\x1b[31m\u2028'
    with caplog.at_level(logging.INFO):
        client.get(f"/fr/{forged}/", HTTP_USER_AGENT=forged.replace("\n", " "))
        client.generic("GET" + "X\n", "/fr/help/")
        logging.getLogger("hubportal").warning("seen: %s", forged)
    assert caplog.records
    for record in caplog.records:
        PersonalDataFilter().filter(record)
        line = JsonFormatter().format(record)
        assert len(line.split("\n")) == 1
        assert not set(line) & set("\r\x1b")
        assert json.loads(line)


def test_a_name_that_is_typed_is_not_journalled(client: Client) -> None:
    """CVE-2025-48432 (Django) again: what is typed at the door, a password in the wrong field too, is kept nowhere."""
    client.post(reverse("account_login"), {"login": "typed<b>@x.example", "password": "my secret password"})
    entries = JournalEntry.objects.filter(kind="sign_in_failed")
    assert all(not entry.target_id and "typed" not in str(entry.detail) for entry in entries)
