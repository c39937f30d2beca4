"""Nobody learns from the portal whose address is known: the same words, the same work."""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hubportal.accounts.models import User
from tests.cast import UserFactory

pytestmark = pytest.mark.django_db
UNKNOWN = "nobody@nowhere.example"


@pytest.fixture
def addresses(echevine: User, spoc: User) -> list[str]:
    """One of each kind: a commune's, a role's, one without a password, one that is closed, one that nobody has."""
    UserFactory(email="no.password@commune.example", password="!")
    UserFactory(email="closed@commune.example", uninvited=True)
    return [
        str(echevine.email), str(spoc.email), "no.password@commune.example", "closed@commune.example", UNKNOWN
    ]  # fmt: skip


def answers(addresses: list[str], ask: Callable[[Client, str], Any]) -> list[tuple[int, str, str]]:
    """Return the code, the way on and the words that each address gets."""
    found = []
    for address in addresses:
        client = Client()
        answer = ask(client, address)
        page = client.get(answer.headers["Location"]) if "Location" in answer.headers else answer
        words = page.text.split("<main")[1].split("</main")[0].replace(address, "ADDRESS")
        found.append((answer.status_code, answer.headers.get("Location", ""), _without_tokens(words)))
    return found


def _without_tokens(words: str) -> str:
    return "".join(line for line in words.splitlines(True) if "csrfmiddlewaretoken" not in line)


def password(client: Client, address: str) -> Any:
    """Try a password."""
    return client.post(reverse("account_login"), {"login": address, "password": "not the one"})


def code(client: Client, address: str) -> Any:
    """Ask for a code."""
    return client.post(reverse("account_request_login_code"), {"email": address})


def link(client: Client, address: str) -> Any:
    """Ask for a link to a new password."""
    return client.post(reverse("account_reset_password"), {"email": address})


@pytest.mark.parametrize("ask", [password, code, link])
def test_the_answer_is_the_same(addresses: list[str], ask: Callable[[Client, str], Any]) -> None:
    assert len(set(answers(addresses, ask))) == 1


@pytest.mark.parametrize("ask", [password, code, link])
def test_the_queries_are_as_many(addresses: list[str], ask: Callable[[Client, str], Any]) -> None:
    counts = {}
    ask(Client(), "warm.up@nowhere.example")
    for address in addresses:
        with CaptureQueriesContext(connection) as queries:
            ask(Client(), address)
        counts[address] = len(queries)
    assert len(set(counts.values())) == 1, counts


def test_a_password_is_hashed_once_for_each(addresses: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    User.objects.exclude(password__startswith="!").update(password=make_password("another one"))
    for act in ("encode", "verify"):
        original = getattr(Argon2PasswordHasher, act)

        def counted(self: Any, *args: Any, original: Any = original, **kwargs: Any) -> Any:
            done.append("hashed")
            return original(self, *args, **kwargs)

        monkeypatch.setattr(Argon2PasswordHasher, act, counted)
    counts = {}
    for address in addresses:
        done.clear()
        password(Client(), address)
        counts[address] = len(done)
    assert set(counts.values()) == {1}, counts


def test_a_passkey_of_nobody_is_answered_as_that_of_somebody_else(echevine: User) -> None:
    found = set()
    for handle in (user_pk_to_url_str(echevine), "zzzzzz"):
        client = Client()
        ways = client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"}).json()
        assert not ways["request_options"]["publicKey"].get("allowCredentials")
        told = urlsafe_b64encode(handle.encode()).decode().rstrip("=")
        sent = (
            '{"id":"AAAA","rawId":"AAAA","type":"public-key","clientExtensionResults":{},"response":{"clientDataJSON":'
            f'"e30","authenticatorData":"AAAA","signature":"AAAA","userHandle":"{told}"}}}}'
        )
        answer = client.post(reverse("mfa_login_webauthn"), {"credential": sent})
        page = client.get(answer.headers["Location"])
        found.add((answer.status_code, answer.headers["Location"], *map(str, page.context["messages"])))
    assert len(found) == 1
