"""Sessions: whose each is, and the two ways in which one ends by itself."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from hubportal.accounts.forgetting import about, known
from hubportal.accounts.jobs import JOBS, forget_sessions
from hubportal.accounts.models import Session, User
from hubportal.accounts.sessions import SessionStore, device_of

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
    " Edg/140.0.0.0"
)
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0"
    " Mobile/15E148 Safari/604.1"
)


def later(monkeypatch: pytest.MonkeyPatch, **by: float) -> None:
    """Let the clock of the portal go on."""
    moment = timezone.now() + timedelta(**by)
    monkeypatch.setattr(timezone, "now", lambda: moment)


def is_in(client: Client) -> bool:
    """Tell whether the home page opens."""
    return int(client.get("/fr/").status_code) == 200


def test_a_session_says_whose_it_is_and_since_when(client: Client, echevine: User, spoc: User) -> None:
    client.force_login(echevine)
    client.get("/fr/", headers={"user-agent": FIREFOX})
    row = Session.objects.get()
    assert row.user == echevine
    assert row.started_at is not None
    assert timezone.now() - row.started_at < timedelta(minutes=1)
    assert list(Session.objects.visible_to(echevine)) == [row]
    assert not Session.objects.visible_to(spoc).exists()


def test_it_ends_when_nobody_used_it(client: Client, echevine: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(echevine)
    later(monkeypatch, seconds=settings.SESSION_IDLE - 60)
    assert is_in(client)
    later(monkeypatch, seconds=settings.SESSION_IDLE - 60)
    assert is_in(client)
    later(monkeypatch, seconds=settings.SESSION_IDLE + 60)
    assert not is_in(client)


def test_it_ends_however_much_it_is_used(
    client: Client, echevine: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(echevine)
    started = timezone.now()
    while timezone.now() - started < timedelta(seconds=settings.SESSION_COOKIE_AGE) - timedelta(hours=1):
        later(monkeypatch, hours=1)
        assert is_in(client)
    later(monkeypatch, hours=1, minutes=1)
    assert not is_in(client)


def test_it_is_written_once_in_five_minutes(
    client: Client, echevine: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(echevine)
    client.get("/fr/")
    first = Session.objects.get().seen_at
    later(monkeypatch, minutes=4)
    client.get("/fr/")
    assert Session.objects.get().seen_at == first
    later(monkeypatch, minutes=2)
    client.get("/fr/")
    assert Session.objects.get().seen_at > first


def test_a_tick_throws_away_those_that_ended_and_no_other(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    old = SessionStore()
    old.save()
    Session.objects.filter(pk=old.session_key).update(expire_date=timezone.now() - timedelta(minutes=1))
    assert forget_sessions in JOBS
    assert forget_sessions(timezone.now()) == 1
    assert Session.objects.get().user == echevine


def test_those_used_last_are_shown_first_to_their_person(echevine: User) -> None:
    now = timezone.now()
    for number, key in enumerate(["m", "z", "a"]):
        seen = {"seen_at": now - timedelta(minutes=number), "device": key, "expire_date": now}
        Session.objects.create(session_key=key, session_data="", user=echevine, **seen)
    [shown] = [one for one in known(about(echevine), 2) if one.name == "accounts.session.user"]
    assert [row[0].value for row in shown.rows] == ["m", "z"]


def test_one_that_was_ended_lets_nobody_in(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    assert is_in(client)
    assert Session.objects.visible_to(echevine).end() == 1
    assert not is_in(client)


@pytest.mark.parametrize(
    ("told", "name"),
    [
        (FIREFOX, "Firefox, Linux"),
        (EDGE, "Edge, Windows"),
        (PHONE, "Safari, iPhone"),
        ("curl/8.0", ""),
        ("", ""),
    ],
)
def test_a_browser_is_told_as_people_call_it(told: str, name: str, rf: Any) -> None:
    assert device_of(rf.get("/", headers={"user-agent": told})) == name


def test_a_visitor_has_no_person(client: Client) -> None:
    store = SessionStore()
    store["theme"] = "dark"
    store.save()
    assert Session.objects.get().user is None
