"""Messages and stopped addresses on the desk."""

import pytest
from django.test import Client
from django.urls import reverse

from hubportal.accounts.models import JournalEntry, Role, User
from mailings.models import Delivery, SuppressedAddress
from tests.cast import grant
from tests.mailings.leaving import marked, page
from tests.mailings.made import brought_to, person

pytestmark = pytest.mark.django_db
LIST = "admin:mailings_delivery_changelist"


def as_role(role: Role) -> Client:
    client = Client()
    client.force_login(person(role))
    return client


@pytest.fixture(autouse=True)
def _in_english(db: None) -> None:
    """The desk speaks each person's own language."""
    for role in (Role.EDITOR, Role.LEAD, Role.SPOC):
        grant(role, email=f"{role.value}@desk.example")
    User.objects.update(language="en")


@pytest.fixture
def delivery(echevine: User, stranger: User) -> Delivery:
    """A message that the relay refused."""
    row = brought_to("sending")
    User.objects.update(language="en")
    return marked(row.deliveries.get(address=echevine.email), "failed", 550, "no such mailbox")


def test_a_message_is_found_by_its_address(delivery: Delivery, stranger: User) -> None:
    text = page(as_role(Role.SPOC).get(reverse(LIST), {"q": "anderlecht"}))
    assert delivery.address in text
    assert str(stranger.email) not in text
    assert "Refused by the relay" in text


def test_messages_are_filtered_by_state_and_edition(delivery: Delivery, stranger: User) -> None:
    client = as_role(Role.EDITOR)
    text = page(client.get(reverse(LIST), {"status__exact": "queued"}))
    assert str(stranger.email) in text
    assert delivery.address not in text
    assert delivery.address in page(client.get(reverse(LIST), {"mailing__id__exact": delivery.mailing_id}))


def test_a_message_shows_what_became_of_it_and_never_its_private_link(delivery: Delivery) -> None:
    delivery.propose("new@anderlecht.example")
    text = page(as_role(Role.EDITOR).get(reverse("admin:mailings_delivery_change", args=[delivery.pk])))
    assert "no such mailbox" in text
    assert "new@anderlecht.example" in text
    assert delivery.message_id in text
    assert delivery.token not in text


@pytest.mark.parametrize("role", [Role.EDITOR, Role.LEAD])
def test_an_address_is_taken_off_the_stopped_ones_and_the_journal_knows(
    role: Role, delivery: Delivery
) -> None:
    delivery.stop()
    row = SuppressedAddress.objects.get()
    client, address = as_role(role), reverse("admin:mailings_suppressedaddress_delete", args=[row.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"post": "yes"}).status_code == 302
    assert not SuppressedAddress.objects.exists()
    entry = JournalEntry.objects.get(kind="deleted")
    assert (entry.actor, entry.target_id) == (person(role), str(row.pk))
    assert row.address not in str(entry.detail)


def test_several_are_taken_off_at_once(delivery: Delivery, stranger: User) -> None:
    for found in Delivery.objects.order_by("pk"):
        found.stop()
    keys = list(SuppressedAddress.objects.values_list("pk", flat=True))
    form = {"action": "delete_selected", "_selected_action": keys, "post": "yes"}
    as_role(Role.LEAD).post(reverse("admin:mailings_suppressedaddress_changelist"), form)
    assert not SuppressedAddress.objects.exists()
    assert JournalEntry.objects.filter(kind="deleted").count() == 2


@pytest.mark.parametrize("role", [Role.SPOC, Role.DIRECTOR, Role.ADMIN])
def test_others_of_the_agency_read_the_stopped_addresses_only(role: Role, delivery: Delivery) -> None:
    delivery.stop()
    row = SuppressedAddress.objects.get()
    client = as_role(role)
    assert row.address in page(client.get(reverse("admin:mailings_suppressedaddress_changelist")))
    address = reverse("admin:mailings_suppressedaddress_delete", args=[row.pk])
    assert client.get(address).status_code == client.post(address, {"post": "yes"}).status_code == 403
    form = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    client.post(reverse("admin:mailings_suppressedaddress_changelist"), form)
    assert SuppressedAddress.objects.exists()


def test_nobody_writes_here(delivery: Delivery) -> None:
    delivery.stop()
    client = as_role(Role.LEAD)
    stopped = SuppressedAddress.objects.get()
    for address in (
        reverse("admin:mailings_delivery_add"),
        reverse("admin:mailings_delivery_change", args=[delivery.pk]),
        reverse("admin:mailings_delivery_delete", args=[delivery.pk]),
        reverse("admin:mailings_suppressedaddress_add"),
        reverse("admin:mailings_suppressedaddress_change", args=[stopped.pk]),
    ):
        assert client.post(address, {"address": "x@y.example", "post": "yes"}).status_code == 403, address
