"""Stopping an address and proposing another, by the link of a message."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation

from hubportal.accounts.models import Role, User
from hubportal.outbox.claim import Chunk
from hubportal.outbox.models import OutboxMessage
from mailings.models import Delivery, DeliveryEvent, SuppressedAddress
from mailings.models.choices import Verdict
from tests.mailings.leaving import marked, page
from tests.mailings.made import brought_to, person

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def delivery(echevine: User, stranger: User) -> Delivery:
    """The message to the échevine."""
    return Delivery.objects.get(mailing=brought_to("sending"), address=echevine.email)


def address(delivery: Delivery) -> str:
    with translation.override("en"):
        return reverse("mailings:stop", args=[delivery.token])


def kinds(delivery: Delivery) -> list[str]:
    return list(delivery.events.order_by("pk").values_list("kind", flat=True))


def test_one_click_stops_the_address_and_staff_are_told(delivery: Delivery) -> None:
    response = Client(enforce_csrf_checks=True).post(address(delivery), ONE_CLICK)
    assert response.status_code == 200
    assert not response.cookies
    row = SuppressedAddress.objects.get()
    assert (row.address, row.reason) == (delivery.address, "asked")
    assert kinds(delivery) == ["stopped"]
    mails = OutboxMessage.objects.filter(kind="mailing stopped")
    assert {mail.to_address for mail in mails} == {"editor@team.example", "lead@team.example"}
    assert all(delivery.address in mail.text and "Nadia Échevine" in mail.text for mail in mails)


def test_the_address_of_the_header_is_the_address_of_the_page(delivery: Delivery, client: Client) -> None:
    header = delivery.envelope().content.split(b"List-Unsubscribe: <")[1].split(b">")[0].decode()
    path = header[header.index("/fr/") :]
    assert client.post(path, ONE_CLICK).status_code == 200
    assert SuppressedAddress.objects.exists()


def test_twice_is_once(delivery: Delivery, client: Client) -> None:
    client.post(address(delivery), ONE_CLICK)
    client.post(address(delivery), ONE_CLICK)
    client.post(address(delivery), {"stop": "1"})
    assert kinds(delivery) == ["stopped"]
    assert OutboxMessage.objects.filter(kind="mailing stopped").count() == 2


def test_looking_stops_nothing(delivery: Delivery, client: Client) -> None:
    assert client.get(address(delivery)).status_code == 200
    assert client.head(address(delivery)).status_code == 200
    assert client.get(address(delivery), ONE_CLICK).status_code == 200
    assert client.post(address(delivery), {}).status_code == 200
    assert not SuppressedAddress.objects.exists()
    assert kinds(delivery) == []


def test_the_button_stops_it_and_the_page_says_so(delivery: Delivery, client: Client) -> None:
    response = client.post(address(delivery), {"stop": "1"})
    assert (response.status_code, response["Location"]) == (302, address(delivery) + "#stopped")
    text = page(client.get(response["Location"]))
    assert "nothing more is sent to the address of this link" in text
    assert "Stop this address" not in text


def test_the_page_names_the_person_and_no_address(delivery: Delivery, client: Client) -> None:
    text = page(client.get(address(delivery)))
    assert "Nadia Échevine receives the crisis mailing" in text
    assert delivery.address not in text


def test_another_address_is_proposed_and_this_one_stays_in_use(delivery: Delivery, client: Client) -> None:
    response = client.post(address(delivery), {"propose": "1", "address": "New@Anderlecht.example"})
    assert (response.status_code, response["Location"]) == (302, address(delivery) + "#proposed")
    text = page(client.get(response["Location"]))
    assert "Another address was proposed" in text
    assert "new@anderlecht.example" not in text
    assert not SuppressedAddress.objects.exists()
    event = delivery.events.get()
    assert (event.kind, event.smtp_reply) == ("moved", "new@anderlecht.example")
    mails = OutboxMessage.objects.filter(kind="mailing moved")
    assert mails.count() == 2
    assert all("new@anderlecht.example" in mail.text for mail in mails)


def test_the_same_proposal_twice_is_one(delivery: Delivery) -> None:
    delivery.propose("new@anderlecht.example")
    delivery.propose(" NEW@anderlecht.example")
    assert kinds(delivery) == ["moved"]


@pytest.mark.parametrize("typed", ["", "nobody", "a@b\r\nBcc: c@d.example", "x" * 300 + "@a.example"])
def test_what_is_no_address_is_refused_at_its_field(delivery: Delivery, client: Client, typed: str) -> None:
    response = client.post(address(delivery), {"propose": "1", "address": typed})
    assert response.status_code == 200
    assert "address" in response.context["form"].errors
    assert kinds(delivery) == []


def test_the_present_address_is_no_proposal(delivery: Delivery, client: Client) -> None:
    response = client.post(address(delivery), {"propose": "1", "address": delivery.address})
    assert "This is the address that we write to." in page(response)
    assert kinds(delivery) == []


def test_a_link_does_not_write_to_staff_for_ever(delivery: Delivery) -> None:
    for number in range(3):
        delivery.propose(f"{number}@anderlecht.example")
    with pytest.raises(ValidationError):
        delivery.propose("3@anderlecht.example")
    assert DeliveryEvent.objects.filter(kind="moved").count() == 3


def test_the_link_of_another_person_stops_theirs_only(delivery: Delivery, stranger: User) -> None:
    other = Delivery.objects.get(address=stranger.email)
    Client().post(address(other), ONE_CLICK)
    assert [row.address for row in SuppressedAddress.objects.all()] == [stranger.email]
    assert "nothing more is sent" not in page(Client().get(address(delivery)))


@pytest.mark.parametrize("token", ["no-such-token", "x" * 500])
def test_an_unknown_link_is_404_whoever_asks(token: str, delivery: Delivery, client: Client) -> None:
    path = reverse("mailings:stop", args=[token])
    assert client.get(path).status_code == client.post(path, ONE_CLICK).status_code == 404
    assert client.post(path.replace(token, "a%00b"), ONE_CLICK).status_code == 404
    assert not SuppressedAddress.objects.exists()


def test_a_stopped_address_does_not_receive_the_next_edition(delivery: Delivery) -> None:
    delivery.stop()
    row = brought_to("sending")
    assert row.deliveries.get(address=delivery.address).status == "suppressed"


def test_what_a_worker_held_when_its_address_was_stopped_leaves_no_more(delivery: Delivery) -> None:
    marked(delivery, "sending")
    delivery.stop()
    # The relay says "not now"; then it is due again.
    marked(delivery, "queued")
    assert not Delivery.objects.filter(pk=delivery.pk).claimable().exists()
    held = {row.pk for row in Chunk(Delivery).rows}
    assert held == set(Delivery.objects.exclude(pk=delivery.pk).values_list("pk", flat=True))
    for other in Delivery.objects.exclude(pk=delivery.pk).order_by("pk"):
        marked(other, "accepted")
    call_command("tick")
    delivery.refresh_from_db()
    assert (delivery.status, delivery.mailing.status) == ("suppressed", "sent")
    # What ended it is told: the first one by its owner, the second one by the tick.
    assert kinds(delivery) == ["stopped", "queued", "stopped"]


def test_nobody_sends_again_to_an_address_that_was_stopped(delivery: Delivery, client: Client) -> None:
    marked(delivery, "uncertain")
    delivery.stop()
    with pytest.raises(ValidationError) as caught:
        delivery.decide(by=person(Role.EDITOR), verdict=Verdict.AGAIN)
    assert caught.value.code == "stopped"
    delivery.refresh_from_db()
    assert delivery.status == "uncertain"
    # The page offers what is left, and that works.
    client.force_login(person(Role.EDITOR))
    with translation.override("en"):
        progress = reverse("mailings:progress", args=[delivery.mailing.number])
    text = page(client.get(progress))
    assert "This address was stopped in the meantime" in text
    assert ("It did not arrive" in text, "Send it again" in text) == (True, False)
    delivery.decide(by=person(Role.EDITOR), verdict=Verdict.LOST)
    assert delivery.status == "failed"
