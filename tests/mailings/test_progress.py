"""Watching an edition leave: figures, communes, names, and who sees what."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from communes.models import Commune
from hubportal.accounts.models import Role, User
from mailings import counting
from mailings.models import Delivery, DeliveryStatus, Mailing
from tests.cast import Cast, MandateFactory
from tests.mailings.leaving import marked, page, sent, serve
from tests.mailings.made import brought_to, person

pytestmark = pytest.mark.django_db


def address(row: Mailing) -> str:
    with translation.override("en"):
        return reverse("mailings:progress", args=[row.number])


def as_role(client: Client, role: Role) -> Client:
    client.force_login(person(role))
    return client


@pytest.fixture
def row(echevine: User, colleague: User, stranger: User) -> Mailing:
    """An edition being sent, of which nothing has left; the colleague holds trade too."""
    colleague.mandates.update(portfolios=["trade"])
    return brought_to("sending")


def to(row: Mailing, user: User) -> Delivery:
    return row.deliveries.get(address=user.email)


def test_it_counts_messages_and_communes(
    row: Mailing, echevine: User, colleague: User, stranger: User, client: Client
) -> None:
    marked(to(row, echevine), "accepted", 250)
    marked(to(row, colleague), "deferred", 451, "busy")
    response = as_role(client, Role.EDITOR).get(address(row))
    text = page(response)
    assert "Being sent: 1 message of 3" in text
    assert response.context["reached"] == 1
    assert len(response.context["communes"]) == 19
    assert "to be tried again, next at" in text
    states = {item.commune.nis: item.state for item in response.context["communes"] if item.total}
    assert states == {"21001": "deferred", "21002": "queued"}


@pytest.mark.parametrize("status", DeliveryStatus.values)
def test_every_state_of_a_message_has_a_tag_for_its_commune(
    status: str, row: Mailing, stranger: User, client: Client
) -> None:
    marked(to(row, stranger), status)
    text = page(as_role(client, Role.EDITOR).get(address(row)))
    assert "Auderghem" in text


def test_a_commune_reached_in_part_says_so(row: Mailing, echevine: User, colleague: User) -> None:
    marked(to(row, echevine), "accepted", 250)
    marked(to(row, colleague), "failed", 550)
    assert next(item.state for item in counting.by_commune(row) if item.total) == "partly"


def test_a_stopped_address_is_no_message_to_send(row: Mailing, stranger: User) -> None:
    marked(to(row, stranger), "suppressed")
    assert counting.tally(row).total == 2
    assert {item.commune.nis: item.state for item in counting.by_commune(row)}["21002"] == "suppressed"


def test_a_message_for_two_communes_counts_in_both(row: Mailing, echevine: User) -> None:
    serve(to(row, echevine), MandateFactory(user=echevine, commune_id="21003"))
    marked(to(row, echevine), "accepted", 250)
    found = {item.commune.nis: item.accepted for item in counting.by_commune(row) if item.total}
    assert found == {"21001": 1, "21002": 0, "21003": 1}
    assert counting.tally(row).total == 3


def test_the_agency_reads_by_which_number_to_ask(row: Mailing, echevine: User, client: Client) -> None:
    User.objects.filter(pk=echevine.pk).update(phone="02 000 00 42")
    marked(to(row, echevine), "uncertain")
    response = as_role(client, Role.EDITOR).get(address(row))
    assert 'href="tel:+3220000042"' in page(response)
    assert response.context["uncertain"][0].phones == {"02 000 00 42": echevine.full_name}
    assert "02 000 00 42" not in page(as_role(client, Role.CABINET).get(address(row)))


def test_uncertain_messages_are_named_with_two_buttons(row: Mailing, echevine: User, client: Client) -> None:
    marked(to(row, echevine), "uncertain", None, "the worker died")
    text = page(as_role(client, Role.EDITOR).get(address(row)))
    assert "1 message is uncertain" in text
    assert "Nadia Échevine" in text
    assert 'value="arrived"' in text
    assert 'value="again"' in text


@pytest.mark.parametrize("role", [Role.SPOC, Role.DIRECTOR, Role.ADMIN, Role.CABINET, Role.TASKFORCE])
def test_who_may_not_decide_sees_no_button(role: Role, row: Mailing, echevine: User, client: Client) -> None:
    marked(to(row, echevine), "uncertain")
    text = page(as_role(client, role).get(address(row)))
    assert "Nadia Échevine" in text
    assert 'name="decision"' not in text


@pytest.mark.parametrize("role", [Role.SPOC, Role.EDITOR, Role.LEAD, Role.DIRECTOR, Role.ADMIN])
def test_the_agency_reads_addresses_and_the_words_of_the_relay(
    role: Role, row: Mailing, echevine: User, client: Client
) -> None:
    marked(to(row, echevine), "failed", 550, f"<{echevine.email}> unknown here")
    text = page(as_role(client, role).get(address(row)))
    assert f"550 <{echevine.email}> unknown here" in text


@pytest.mark.parametrize("role", [Role.CABINET, Role.TASKFORCE])
def test_cabinet_and_task_force_read_names_and_no_address(
    role: Role, row: Mailing, echevine: User, colleague: User, stranger: User, client: Client
) -> None:
    marked(to(row, echevine), "failed", 550, f"<{echevine.email}> unknown here")
    marked(to(row, colleague), "uncertain", None, f"<{colleague.email}> timed out")
    to(row, stranger).propose("new@oudergem.example")
    marked(to(row, stranger), "suppressed")
    text = page(as_role(client, role).get(address(row)))
    assert "Nadia Échevine" in text
    assert "550" in text
    for secret in (echevine.email, colleague.email, stranger.email, "new@oudergem.example", "Message-ID"):
        assert str(secret) not in text
    assert not any(found.token in text for found in row.deliveries.all())


def test_steps_are_those_that_the_person_may_take(row: Mailing, client: Client) -> None:
    response = as_role(client, Role.EDITOR).get(address(row))
    assert [step.verb for step in response.context["steps"]] == ["pause", "cancel"]
    assert as_role(Client(), Role.DIRECTOR).get(address(row)).context["steps"] == []


def test_the_end_is_foretold_from_the_pace(row: Mailing, echevine: User, colleague: User) -> None:
    now = timezone.now()
    for user, seconds in ((echevine, 12), (colleague, 2)):
        marked(to(row, user), "accepted", 250)
        row.deliveries.filter(address=user.email).update(accepted_at=now - timedelta(seconds=seconds))
    at = counting.ends_at(row, counting.tally(row))
    assert at is not None
    assert timedelta(seconds=9) < at - now < timedelta(seconds=12)


def test_the_end_is_unknown_with_one_message_or_after_a_minute_of_silence(
    row: Mailing, echevine: User, colleague: User
) -> None:
    marked(to(row, echevine), "accepted", 250)
    assert counting.ends_at(row, counting.tally(row)) is None
    marked(to(row, colleague), "accepted", 250)
    row.deliveries.filter(status="accepted").update(accepted_at=timezone.now() - timedelta(minutes=2))
    assert counting.ends_at(row, counting.tally(row)) is None


def test_the_journal_tells_steps_and_troubles_latest_first(
    row: Mailing, echevine: User, client: Client
) -> None:
    marked(to(row, echevine), "deferred", 451, "busy")
    row.pause(by=person(Role.EDITOR), comment="Une erreur")
    lines = as_role(client, Role.EDITOR).get(address(row)).context["journal"]
    assert [str(line.label) for line in lines[:3]] == [
        "Paused", "Nadia Échevine – put off by the relay (451)", "Sending began",
    ]  # fmt: skip


def test_it_renews_itself_only_while_it_is_sent(row: Mailing, client: Client) -> None:
    as_role(client, Role.EDITOR)
    assert 'data-live="5"' in page(client.get(address(row)))
    sent(row)
    text = page(client.get(address(row)))
    assert "data-live=" not in text
    assert "live.js" not in text
    assert "Sent: 3 messages of 3" in text


def test_a_cancelled_edition_tells_what_had_left(row: Mailing, echevine: User, client: Client) -> None:
    marked(to(row, echevine), "accepted", 250)
    row.cancel(by=person(Role.EDITOR), reason="Une erreur")
    text = page(as_role(client, Role.EDITOR).get(address(row)))
    assert "Cancelled: 1 message of 3 had left" in text


def test_a_commune_finds_nothing_here(row: Mailing, cast: Cast, client: Client) -> None:
    sent(row)
    for user in (cast.echevine, cast.stranger, cast.delegate):
        client.force_login(user)
        assert client.get(address(row)).status_code == 404


def test_nothing_has_left_of_a_scheduled_edition(client: Client, echevine: User) -> None:
    row = brought_to("scheduled")
    response = as_role(client, Role.EDITOR).get(address(row))
    assert (response.status_code, response["Location"]) == (302, f"/en/mailings/{row.number}/")


def test_lists_are_capped_and_the_queries_stay_the_same(row: Mailing, echevine: User, client: Client) -> None:
    as_role(client, Role.EDITOR)
    marked(to(row, echevine), "uncertain")
    client.get(address(row))
    with CaptureQueriesContext(connection) as few:
        client.get(address(row))
    mandate = echevine.mandates.get()
    for number in range(60):
        made = Delivery.objects.create(
            mailing=row, address=f"{number}@x.example", language="fr", message_id=f"<{number}@x>",
            values={"name": f"Personne {number}"},
        )  # fmt: skip
        serve(made, mandate)
        marked(made, "uncertain" if number % 2 else "failed")
    row.deliveries.filter(status="failed").update(status="uncertain")
    with CaptureQueriesContext(connection) as many:
        response = client.get(address(row))
    assert len(many) <= len(few)
    assert len(response.context["uncertain"]) == 50
    assert "61 messages are uncertain" in page(response)
    assert "The first 50 are named." in page(response)


def test_the_19_are_always_there(row: Mailing) -> None:
    found = counting.by_commune(row)
    assert [item.commune for item in found] == list(Commune.objects.order_by("nis"))
    assert sum(item.state == "nobody" for item in found) == 17
