"""Inviting a person, and coming in for the first time."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hubportal.accounts import invitations
from hubportal.accounts.models import Invitation, JournalEntry, Role, User
from hubportal.outbox.models import OutboxMessage
from tests.cast import MandateFactory, RoleGrantFactory, UserFactory

pytestmark = pytest.mark.django_db

CHOICES = {"language": "nl", "content_language": "nl"}


@pytest.fixture
def newcomer() -> User:
    """An échevin who was never let in."""
    person = UserFactory(uninvited=True, email="nouvelle@anderlecht.example", first_name="Odile")
    MandateFactory(user=person)
    return person


def path_of(link: str) -> str:
    """Return the path of a link in a mail."""
    return link[link.index("/", len("https://")) :]


def test_an_invitation_is_mailed_in_the_language_of_the_person(newcomer: User, lead: User) -> None:
    User.objects.filter(pk=newcomer.pk).update(content_language="nl")
    newcomer.refresh_from_db()
    link = invitations.invite(newcomer, lead)
    mail = OutboxMessage.objects.get()
    assert (mail.to_address, mail.is_secret, mail.language) == (newcomer.email, True, "nl")
    assert "/nl/invitation/" in link
    assert link in mail.text


def test_a_person_of_unknown_language_is_written_to_in_both(newcomer: User, lead: User) -> None:
    User.objects.filter(pk=newcomer.pk).update(content_language="")
    newcomer.refresh_from_db()
    invitations.invite(newcomer, lead)
    text = OutboxMessage.objects.get().text
    assert len(re.findall(r"/fr/invitation/|/nl/invitation/", text)) == 2


def test_opening_the_link_spends_nothing(client: Client, newcomer: User, lead: User) -> None:
    path = path_of(invitations.invite(newcomer, lead))
    assert client.get(path).status_code == 200
    assert client.get(path).status_code == 200


def test_accepting_lets_the_person_in(client: Client, newcomer: User, lead: User) -> None:
    path = path_of(invitations.invite(newcomer, lead))
    response = client.post(path, CHOICES)
    assert response.headers["Location"] == "/nl/"
    assert client.get("/nl/").context["user"] == newcomer
    newcomer.refresh_from_db()
    assert (newcomer.is_active, newcomer.language, newcomer.content_language) == (True, "nl", "nl")
    assert JournalEntry.objects.filter(kind="invitation_accepted", actor=newcomer).exists()


def test_an_invitation_works_once(client: Client, newcomer: User, lead: User) -> None:
    path = path_of(invitations.invite(newcomer, lead))
    client.post(path, CHOICES)
    assert Client().post(path, CHOICES).status_code == 410


def test_an_invitation_ends_after_seven_days(client: Client, newcomer: User, lead: User) -> None:
    path = path_of(invitations.invite(newcomer, lead))
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(path).status_code == 410


def test_a_second_invitation_ends_the_first(client: Client, newcomer: User, lead: User) -> None:
    first = path_of(invitations.invite(newcomer, lead))
    invitations.invite(newcomer, lead)
    assert client.get(first).status_code == 410


def test_the_token_is_not_kept(newcomer: User, lead: User) -> None:
    token = invitations.invite(newcomer, lead).rstrip("/").rpartition("/")[2]
    assert Invitation.objects.get().digest == Invitation.digest_of(token) != token


def test_a_role_holder_chooses_a_password(client: Client, lead: User) -> None:
    person = UserFactory(uninvited=True)
    RoleGrantFactory(user=person, role=Role.EDITOR)
    path = path_of(invitations.invite(person, lead))
    assert "password" in client.post(path, CHOICES).context["form"].errors
    assert "password" in client.post(path, CHOICES | {"password": "short"}).context["form"].errors
    assert client.post(path, CHOICES | {"password": "nineteen small hexagons"}).status_code == 302
    person.refresh_from_db()
    assert person.check_password("nineteen small hexagons")


def test_the_command_prints_the_link_of_the_first_account(
    capsys: pytest.CaptureFixture[str], client: Client
) -> None:
    call_command("invite", "first@hub.example", "--role", "admin")
    found = re.search(r"https?://\S+/invitation/\S+/", capsys.readouterr().out)
    assert found
    assert client.get(path_of(found[0])).status_code == 200
    assert User.objects.get(email="first@hub.example").grants.valid().get().role == Role.ADMIN


def test_a_lead_invites_from_the_desk(client: Client, newcomer: User, lead: User) -> None:
    client.force_login(lead)
    page = reverse("admin:accounts_user_change", args=[newcomer.pk])
    address = reverse("admin:accounts_user_invite", args=[newcomer.pk])
    assert address in client.get(page).content.decode()
    assert client.get(address).status_code == 405
    assert client.post(address).status_code == 302
    assert OutboxMessage.objects.get().person == newcomer
    assert JournalEntry.objects.get(kind="invited").actor == lead


def test_a_spoc_does_not_invite(client: Client, newcomer: User, spoc: User) -> None:
    client.force_login(spoc)
    assert client.post(reverse("admin:accounts_user_invite", args=[newcomer.pk])).status_code == 403
    assert not Invitation.objects.exists()


def test_whoever_came_in_already_is_not_invited_again(client: Client, echevine: User, lead: User) -> None:
    client.force_login(lead)
    client.post(reverse("admin:accounts_user_invite", args=[echevine.pk]))
    assert not Invitation.objects.exists()
