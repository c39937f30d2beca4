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
from django.core.cache import cache
from django.test import Client

from hubportal.accounts.identity.adapter import IdentityAdapter
from hubportal.accounts.journal import Kind
from hubportal.accounts.models import JournalEntry, User
from hubportal.outbox.models import OutboxMessage
from tests.accounts.coming_in import an_app, by_password, confirm, grow_old, mailed_code, shown
from tests.cast import PASSWORD
from tests.issuer import Issuer, begin_linking

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
    sent = parse_qs(urlsplit(client.get("/identity/outside/login/")["Location"]).query)
    issuer.server.shutdown()
    issuer.server.server_close()
    assert client.get("/identity/outside/login/").status_code == 401
    back = {"code": "a-code", "state": sent["state"][0]}
    assert client.get("/identity/outside/login/callback/", back).status_code == 401


@pytest.mark.parametrize("place", ["configuration", "token", "keys"])
def test_an_issuer_that_answers_nonsense_is_a_page_and_no_fault(
    place: str, client: Client, linked: User, issuer: Issuer, subtests: pytest.Subtests
) -> None:
    nonsense = [
        b"<html>",
        b"[]",
        b"{}",
        b'"text"',
        b"null",
        b'{"keys": 1, "access_token": []}',
        b'{"keys": [[]]}',
    ]
    for told in nonsense:
        with subtests.test(told):
            cache.clear()
            sent = parse_qs(urlsplit(client.get("/identity/outside/login/")["Location"]).query)
            issuer.claims = {"sub": SUB, "nonce": sent["nonce"][0]}
            issuer.told = {place: told}
            back = {"code": "a-code", "state": sent["state"][0]}
            assert client.get("/identity/outside/login/callback/", back).status_code == 401
            assert client.get("/identity/outside/login/").status_code == (
                401 if place == "configuration" else 302
            )
            issuer.told = {}
    assert not is_in(client, linked)


def test_a_fault_of_our_own_is_not_the_issuers(
    client: Client, linked: User, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise KeyError("ours")

    monkeypatch.setattr(IdentityAdapter, "pre_social_login", broken)
    with pytest.raises(KeyError, match="ours"):
        issuer.come_back(client, SUB)


def test_it_is_linked_and_unlinked_by_its_person(client: Client, echevine: User, issuer: Issuer) -> None:
    client.force_login(echevine)
    others = [Client(), Client()]
    others[0].force_login(echevine)
    assert 'action="/identity/link/"' in client.get("/fr/my-details/").text
    assert "process=connect" not in client.get("/fr/my-details/").text
    begun = begin_linking(client)
    assert begun["Location"] == "/fr/my-details/#h-identity"
    assert "process=connect" in client.get("/fr/my-details/").text
    answer = issuer.come_back(client, SUB, "connect")
    assert answer.status_code == 302
    assert SocialAccount.objects.get().user == echevine
    assert SESSION_KEY not in others[0].session
    others[1].force_login(echevine)
    parted = client.post("/identity/unlink/")
    assert parted["Location"] == "/fr/my-details/"
    assert not SocialAccount.objects.exists()
    assert SESSION_KEY not in others[1].session
    kinds = [Kind.IDENTITY_LINKED, Kind.IDENTITY_UNLINKED]
    assert (
        list(JournalEntry.objects.filter(kind__in=kinds).order_by("pk").values_list("kind", flat=True))
        == kinds
    )
    # Their person is told of each, in words that fit.
    said = OutboxMessage.objects.filter(to_address=echevine.email)
    assert "a été liée à votre compte" in said.get(kind="account_connected").text
    assert "n’est plus liée à votre compte" in said.get(kind="account_disconnected").text


def test_nothing_is_linked_by_a_link_from_elsewhere(client: Client, echevine: User, issuer: Issuer) -> None:
    assert client.get("/identity/outside/login/?process=connect").status_code == 403
    client.force_login(echevine)
    assert client.get("/identity/outside/login/?process=connect").status_code == 403
    assert client.get("/identity/link/").status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(echevine)
    assert strict.post("/identity/link/").status_code == 403
    # Begun, it leads there once.
    begin_linking(client)
    assert client.get("/identity/outside/login/?process=connect").status_code == 302
    assert client.get("/identity/outside/login/?process=connect").status_code == 403
    # Another way than these two does not exist.
    state = parse_qs(urlsplit(client.get("/identity/outside/login/?process=redirect")["Location"]).query)[
        "state"
    ]
    assert client.session["socialaccount_states"][state[0]][0]["process"] == "login"


def test_linking_waits_until_its_person_has_shown_that_it_is_them(
    client: Client, echevine: User, issuer: Issuer
) -> None:
    by_password(echevine, client)
    asked = client.post("/identity/link/")
    assert asked["Location"].startswith("/fr/sign-in/again/")
    assert client.get("/identity/outside/login/?process=connect").status_code == 403
    client.post(asked["Location"], {"password": "another"})
    assert client.get("/identity/outside/login/?process=connect").status_code == 403
    assert client.post(asked["Location"], {"password": PASSWORD})["Location"] == "/fr/my-details/#h-identity"
    # Whoever dawdles on the way is asked when they come back, and nothing is linked until then.
    went = parse_qs(urlsplit(client.get("/identity/outside/login/?process=connect")["Location"]).query)
    grow_old(client)
    issuer.claims = {"sub": SUB, "nonce": went["nonce"][0]}
    back = client.get("/identity/outside/login/callback/", {"code": "a-code", "state": went["state"][0]})
    assert back["Location"] == "/fr/sign-in/again/"
    assert not SocialAccount.objects.exists()
    assert "opaque" not in str(dict(client.session))
    confirm(client)
    assert SocialAccount.objects.get().user == echevine
    # So does parting from it.
    grow_old(client)
    assert client.post("/identity/unlink/")["Location"].startswith("/fr/sign-in/again/")
    assert SocialAccount.objects.exists()


def test_a_commune_without_a_password_shows_it_by_a_mailed_code(
    client: Client, echevine: User, issuer: Issuer
) -> None:
    User.objects.filter(pk=echevine.pk).update(password="!")
    echevine.refresh_from_db()
    client.force_login(echevine)
    asked = client.post("/identity/link/")
    assert asked["Location"].startswith("/fr/sign-in/again/code/")
    client.post(asked["Location"], {"send": "1"})
    client.post(asked["Location"], {"code": mailed_code()})
    issuer.come_back(client, SUB, "connect")
    assert SocialAccount.objects.get().user == echevine


def test_a_role_gives_its_second_factor_before_it_links(client: Client, spoc: User, issuer: Issuer) -> None:
    secret = an_app(spoc)
    by_password(spoc, client)
    # In the session of a role that has no second factor, not even the button works.
    half, _ = by_password(spoc)
    assert half.post("/identity/link/")["Location"].startswith("/fr/sign-in/")
    client.post("/fr/sign-in/factor/", {"code": shown(secret)})
    issuer.link(client, SUB)
    assert SocialAccount.objects.get().user == spoc


def test_an_identity_of_somebody_else_is_not_taken_over(
    client: Client, linked: User, stranger: User, issuer: Issuer
) -> None:
    client.force_login(stranger)
    issuer.link(client, SUB)
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
