"""Limits of signing in: they count by address, however the host and the address are written."""

import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from hubportal.accounts.models import JournalEntry, User
from hubportal.outbox.models import OutboxMessage
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db
HOSTS = ("testserver", "testserver:1", "TESTSERVER", "testserver.", "localhost", "127.0.0.1")


@pytest.fixture(autouse=True)
def _each_visitor_has_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the limit by visitor, which would stop these tests first, out of the way."""
    visitors = iter(range(1000))
    adapter = "allauth.account.adapter.DefaultAccountAdapter.get_client_ip"
    monkeypatch.setattr(adapter, lambda *_: f"203.0.113.{next(visitors) % 250}")


def wrong(address: str, host: str = "testserver") -> None:
    """Try a wrong password."""
    Client(HTTP_HOST=host).post(reverse("account_login"), {"login": address, "password": "not the one"})


def is_let_in(address: str) -> bool:
    """Tell whether the right password lets one in."""
    client = Client()
    client.post(reverse("account_login"), {"login": address, "password": PASSWORD})
    return "_auth_user_id" in client.session


def test_another_name_of_the_host_gives_no_further_attempt(echevine: User, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
    settings.LOOPBACK = {*settings.LOOPBACK, "testserver."}
    for host in HOSTS:
        wrong(echevine.email or "", host)
    assert not is_let_in(echevine.email or "")


def test_another_spelling_of_the_address_gives_no_further_attempt(echevine: User) -> None:
    for spelling in ("echevine", "ECHEVINE", "Echevine", "eCHEVINE", "echevinE"):
        wrong(f"{spelling}@anderlecht.example")
    assert not is_let_in("echevine@anderlecht.example")


def test_an_address_with_accents_is_counted_once(echevine: User) -> None:
    User.objects.filter(pk=echevine.pk).update(email="élue@anderlecht.example")
    for spelling in (
        "élue",
        "ÉLUE",
        "e\N{COMBINING ACUTE ACCENT}lue",
        "E\N{COMBINING ACUTE ACCENT}LUE",
        "Élue",
    ):
        wrong(f"{spelling}@anderlecht.example")
    assert not is_let_in("élue@anderlecht.example")


def test_the_limit_of_one_is_not_that_of_another(echevine: User, colleague: User) -> None:
    for _ in range(6):
        wrong(colleague.email or "")
    assert is_let_in(echevine.email or "")


def test_the_limits_hold_while_redis_is_away(echevine: User, settings: Any) -> None:
    settings.CACHES["redis"]["LOCATION"] = "redis://127.0.0.1:9/0"
    assert "db" in type(cache._connections["default"]).__module__  # type: ignore[attr-defined]
    for _ in range(5):
        wrong(echevine.email or "")
    assert not is_let_in(echevine.email or "")


def test_who_is_stopped_is_journalled(echevine: User) -> None:
    for _ in range(6):
        wrong(echevine.email or "")
    entry = JournalEntry.objects.get(kind="limited")
    assert (entry.actor, entry.target_id) == (None, str(echevine.pk))


@pytest.mark.parametrize("view", ["account_request_login_code", "account_reset_password"])
def test_nobody_fills_the_mailbox_of_another(
    echevine: User, view: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = time.time()
    for minute in range(12):
        monkeypatch.setattr(time, "time", lambda now=minute: moment + 90 * now)
        Client().post(reverse(view), {"email": echevine.email})
    assert OutboxMessage.objects.count() == 10


def test_a_link_to_a_new_password_begins_with_our_address(echevine: User, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "localhost"]
    Client(HTTP_HOST="localhost:8").post(reverse("account_reset_password"), {"email": echevine.email})
    mail = OutboxMessage.objects.get()
    assert f"{settings.BASE_URL}/fr/password/reset/key/" in mail.text
    assert "localhost:8/" not in mail.text


def test_the_desk_sends_to_the_page_that_limits_how_often_the_old_password_is_tried(spoc: User) -> None:
    client = Client()
    client.force_login(spoc)
    answer = client.get(reverse("admin:password_change"))
    assert answer.headers["Location"] == reverse("account_change_password")


def test_addresses_are_kept_in_one_place(echevine: User, spoc: User) -> None:
    client = Client()
    client.post(reverse("account_request_login_code"), {"email": echevine.email})
    code = OutboxMessage.objects.get().text.split("\n\n")[2].strip()
    client.post(reverse("account_confirm_login_code"), {"code": code})
    assert "_auth_user_id" in client.session
    Client().post(reverse("account_login"), {"login": spoc.email, "password": PASSWORD})
    Client().post(reverse("account_reset_password"), {"email": spoc.email})
    assert not EmailAddress.objects.exists()
