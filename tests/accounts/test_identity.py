"""Signing in by an outside identity: linked first, one true token, and each way in which a token can be false."""

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.test import Client

from hubportal.accounts.journal import Kind
from hubportal.accounts.models import JournalEntry, User
from tests.issuer import Issuer

pytestmark = pytest.mark.django_db
SUB = "u-4711"


@pytest.fixture
def linked(echevine: User) -> User:
    """An échevine whose identity is linked."""
    SocialAccount.objects.create(user=echevine, provider="outside", uid=SUB)
    return echevine


def is_in(client: Client, user: User) -> bool:
    """Tell whether the person is signed in."""
    return client.session.get(SESSION_KEY) == str(user.pk)


def test_without_an_issuer_there_is_no_such_way(client: Client) -> None:
    assert client.get("/identity/outside/login/").status_code == 404
    assert client.get("/identity/outside/login/callback/?code=1&state=2").status_code == 404
    assert "/identity/" not in client.get("/fr/sign-in/").text


def test_a_true_token_lets_in(client: Client, linked: User, issuer: Issuer) -> None:
    assert "CSAM" in client.get("/fr/sign-in/").text
    before = client.session.session_key
    answer = issuer.come_back(client, SUB)
    assert answer.status_code == 302
    assert is_in(client, linked)
    assert client.session.session_key != before
    # Nothing of the person is kept but the number, and no token.
    account = SocialAccount.objects.get()
    assert (account.uid, account.extra_data) == (SUB, {})
    assert not SocialToken.objects.exists()
    assert not EmailAddress.objects.exists()


def test_the_way_to_the_issuer_is_bound_to_this_browser(client: Client, issuer: Issuer) -> None:
    went = client.get(
        "/identity/outside/login/?scope=admin&auth_params=prompt%3Dnone", headers={"host": "localhost:99"}
    )
    sent = parse_qs(urlsplit(went["Location"]).query)
    assert sent["scope"] == ["openid"]
    assert "prompt" not in sent
    assert sent["code_challenge_method"] == ["S256"]
    assert sent["redirect_uri"] == [f"{settings.BASE_URL}/identity/outside/login/callback/"]
    assert sent["state"] != sent["nonce"]


FALSE: dict[str, Any] = {
    "another key": {"signing_key": rsa.generate_private_key(public_exponent=65537, key_size=2048)},
    "unsigned": {"signing_key": None, "algorithm": "none"},
    "signed with the shared secret": {"signing_key": "a secret of the tests" * 2, "algorithm": "HS256"},
    "a key nobody knows": {"kid": "key-2"},
    "for another client": {"claims": {"aud": "somebody-else"}},
    "for two clients, given to the other": {"claims": {"aud": ["hubportal", "other"], "azp": "other"}},
    "of another issuer": {"claims": {"iss": "https://issuer.example"}},
    "out of date": {"claims": {"exp": int(time.time()) - 3600}},
    "of another sign-in": {"claims": {"nonce": "of another"}},
    "without a nonce": {"left_out": {"nonce"}},
    "without an end": {"left_out": {"exp"}},
    "of nobody": {"left_out": {"sub"}},
    "of a number": {"claims": {"sub": 4711}},
    "no token": {"answer": {"access_token": "opaque"}},
    "nonsense": {"answer": {"access_token": "opaque", "id_token": "a.b.c"}},
    "an error": {"answer": {"error": "invalid_grant"}},
}


@pytest.mark.parametrize("fault", FALSE)
def test_a_false_token_lets_nobody_in(fault: str, client: Client, linked: User, issuer: Issuer) -> None:
    for name, value in FALSE[fault].items():
        setattr(issuer, name, value)
    answer = issuer.come_back(client, SUB)
    assert answer.status_code == 401
    assert not is_in(client, linked)
    assert "nous a répondu" in answer.text or "identit" in answer.text
    entry = JournalEntry.objects.get(kind=Kind.SIGN_IN_FAILED)
    assert (entry.actor, entry.detail) == (None, {"reason": "identity refused"})


def test_a_state_is_spent_once_and_belongs_to_its_browser(
    client: Client, linked: User, issuer: Issuer
) -> None:
    went = client.get("/identity/outside/login/")
    sent = parse_qs(urlsplit(went["Location"]).query)
    issuer.claims = {"sub": SUB, "nonce": sent["nonce"][0]}
    back = {"code": "a-code", "state": sent["state"][0]}
    stranger = Client()
    assert stranger.get("/identity/outside/login/callback/", back).status_code == 401
    assert client.get("/identity/outside/login/callback/", back).status_code == 302
    client.logout()
    assert client.get("/identity/outside/login/callback/", back).status_code == 401
    assert not is_in(client, linked)


def test_whoever_turns_back_is_told_so(client: Client, issuer: Issuer) -> None:
    sent = parse_qs(urlsplit(client.get("/identity/outside/login/")["Location"]).query)
    answer = client.get(
        "/identity/outside/login/callback/", {"error": "access_denied", "state": sent["state"][0]}
    )
    assert answer.status_code == 200
    assert not JournalEntry.objects.filter(kind=Kind.SIGN_IN_FAILED).exists()


def test_an_identity_that_nobody_linked_opens_and_makes_nothing(
    client: Client, echevine: User, issuer: Issuer
) -> None:
    # Not even with the address of somebody whom the portal knows.
    issuer.claims = {"email": echevine.email, "email_verified": True}
    people = User.objects.count()
    answer = issuer.come_back(client, "u-1")
    assert answer.status_code == 403
    assert SESSION_KEY not in client.session
    assert (User.objects.count(), SocialAccount.objects.count()) == (people, 0)


def test_a_closed_account_stays_closed(client: Client, linked: User, issuer: Issuer) -> None:
    User.objects.filter(pk=linked.pk).update(is_active=False)
    issuer.come_back(client, SUB)
    assert SESSION_KEY not in client.session


def test_an_issuer_that_is_away_is_a_page_and_no_fault(client: Client, issuer: Issuer) -> None:
    issuer.server.shutdown()
    issuer.server.server_close()
    assert client.get("/identity/outside/login/").status_code == 401


def test_it_is_linked_and_unlinked_by_its_person(client: Client, echevine: User, issuer: Issuer) -> None:
    client.force_login(echevine)
    assert "process=connect" in client.get("/fr/my-details/").text
    answer = issuer.come_back(client, SUB, "connect")
    assert answer.status_code == 302
    assert SocialAccount.objects.get().user == echevine
    assert client.post("/identity/unlink/").status_code == 302
    assert not SocialAccount.objects.exists()
    kinds = [Kind.IDENTITY_LINKED, Kind.IDENTITY_UNLINKED]
    assert (
        list(JournalEntry.objects.filter(kind__in=kinds).order_by("pk").values_list("kind", flat=True))
        == kinds
    )


def test_an_identity_of_somebody_else_is_not_taken_over(
    client: Client, linked: User, stranger: User, issuer: Issuer
) -> None:
    client.force_login(stranger)
    issuer.come_back(client, SUB, "connect")
    assert SocialAccount.objects.get().user == linked
    assert is_in(client, stranger)


@pytest.mark.parametrize("place", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_it_leads_nowhere_else(place: str, client: Client, linked: User, issuer: Issuer) -> None:
    went = client.get("/identity/outside/login/", {"next": place})
    sent = parse_qs(urlsplit(went["Location"]).query)
    issuer.claims = {"sub": SUB, "nonce": sent["nonce"][0]}
    answer = client.get("/identity/outside/login/callback/", {"code": "a", "state": sent["state"][0]})
    assert "evil" not in answer["Location"]
    assert is_in(client, linked)


def test_going_there_is_limited(client: Client, issuer: Issuer) -> None:
    codes = [client.get("/identity/outside/login/").status_code for _ in range(31)]
    assert codes[0] == 302
    assert codes[-1] == 429
