"""Signing in: the code for communes, the same page for everybody, messages at the field."""

import time

import pytest
from django.test import Client
from django.urls import reverse

from hubportal.accounts.models import JournalEntry, User
from hubportal.outbox.models import OutboxMessage
from tests.accounts.coming_in import is_in, mailed_code
from tests.cast import PASSWORD


def ask_for_code(client: Client, address: str) -> str:
    """Ask for a code and return the page that follows."""
    response = client.post(reverse("account_request_login_code"), {"email": address}, follow=True)
    assert response.status_code == 200
    return response.content.decode().replace(address, "ADDRESS")


@pytest.mark.django_db
def test_the_page_does_not_tell_who_is_known(echevine: User, spoc: User) -> None:
    pages = [
        ask_for_code(Client(), address)
        for address in (echevine.email or "", spoc.email or "", "nobody@nowhere.example")
    ]
    titles = [page[page.index("<main") : page.index("<form")] for page in pages]
    assert titles[0] == titles[1] == titles[2]


@pytest.mark.django_db
def test_a_commune_account_gets_a_code_in_its_language_and_others_get_advice(
    echevine: User, spoc: User
) -> None:
    ask_for_code(Client(), "ECHEVINE@anderlecht.example")
    ask_for_code(Client(), spoc.email or "")
    ask_for_code(Client(), "nobody@nowhere.example")
    kinds = dict(OutboxMessage.objects.values_list("to_address", "kind"))
    assert kinds["echevine@anderlecht.example"] == "login_code"
    assert kinds[spoc.email] == kinds["nobody@nowhere.example"] == "unknown_account"
    unknown = OutboxMessage.objects.get(to_address="nobody@nowhere.example")
    assert unknown.language == "fr, nl"
    assert all(mail.is_secret for mail in OutboxMessage.objects.all())


@pytest.mark.django_db
def test_a_mailed_code_lives_ten_minutes(echevine: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client, now = Client(), time.time
    page = ask_for_code(client, echevine.email or "")
    assert "valable 10 minutes" in page.replace("\xa0", " ")
    assert "pendant 10 minutes" in OutboxMessage.objects.get().text.replace("\xa0", " ")
    monkeypatch.setattr(time, "time", lambda: now() + 10 * 60 + 1)
    client.post(reverse("account_confirm_login_code"), {"code": mailed_code()})
    assert not is_in(client)


@pytest.mark.django_db
def test_a_wrong_password_is_said_in_french_and_journalled(client: Client, spoc: User) -> None:
    response = client.post(reverse("account_login"), {"login": spoc.email, "password": "not the one"})
    assert "Erreur" in response.content.decode()
    assert JournalEntry.objects.filter(kind="sign_in_failed", target_id=str(spoc.pk)).exists()


@pytest.mark.django_db
def test_a_person_who_may_no_longer_sign_in_is_out_at_once(client: Client, echevine: User) -> None:
    client.post(reverse("account_login"), {"login": echevine.email, "password": PASSWORD})
    assert client.get(reverse("home")).status_code == 200
    User.objects.filter(pk=echevine.pk).update(is_active=False)
    assert client.get(reverse("home")).status_code == 302


@pytest.mark.django_db
def test_who_has_no_account_reads_whom_to_ask(client: Client) -> None:
    assert client.get(reverse("account_signup"))["Location"] == reverse("help")
