"""The archive page of a sent edition, and "I have taken note" by somebody who is signed in."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from hubportal.accounts.models import Role, User
from mailings import readers
from mailings.models import Delivery, Mailing
from tests.cast import Cast, MandateFactory
from tests.mailings.leaving import page, sent, serve
from tests.mailings.made import TEXTS, brought_to, person

pytestmark = pytest.mark.django_db
BUTTON = "I have taken note"


@pytest.fixture
def row(echevine: User, colleague: User, stranger: User) -> Mailing:
    """A sent edition; the colleague holds trade too."""
    colleague.mandates.update(portfolios=["trade"])
    return sent()


def address(row: Mailing, name: str = "detail", language: str = "en") -> str:
    with translation.override(language):
        return reverse(f"mailings:{name}", args=[row.number])


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def to(row: Mailing, user: User) -> Delivery:
    return row.deliveries.get(address=user.email)


def test_the_reader_finds_the_letter_in_her_language_and_a_button(row: Mailing, echevine: User) -> None:
    text = page(as_user(echevine).get(address(row)))
    assert TEXTS["fr"]["subject"] in text
    assert "de votre marché, Nadia Échevine." in text
    assert TEXTS["nl"]["subject"] not in text
    assert BUTTON in text
    assert "Who has read it" not in text


@pytest.mark.parametrize(
    ("query", "language"),
    [
        ("", "fr"),
        ("?language=nl", "nl"),
        ("?language=fr", "fr"),
        ("?language=xx", "fr"),
        ("?language=", "fr"),
    ],
)
def test_the_other_language_is_one_link_away(query: str, language: str, row: Mailing, echevine: User) -> None:
    response = as_user(echevine).get(address(row) + query)
    assert response.context["letter"].language == language


def test_whose_mail_is_dutch_reads_dutch_on_an_english_page(row: Mailing, stranger: User) -> None:
    assert as_user(stranger).get(address(row)).context["letter"].language == "nl"
    assert as_user(stranger).get(address(row, language="fr")).context["letter"].language == "fr"


def test_she_acknowledges_it_once(row: Mailing, echevine: User) -> None:
    client = as_user(echevine)
    for _click in range(2):
        response = client.post(address(row, "acknowledge"), follow=True)
        assert "it is noted that you have read this edition" in page(response)
    assert BUTTON not in page(client.get(address(row)))
    assert [(event.kind, event.by) for event in to(row, echevine).events.filter(kind="acknowledged")] == [
        ("acknowledged", echevine)
    ]


def test_all_her_messages_are_acknowledged_at_once(row: Mailing, echevine: User) -> None:
    second = Delivery.objects.create(mailing=row, address="two@x.example", language="fr", message_id="<2@x>")
    serve(second, MandateFactory(user=echevine, commune_id="21003"))
    client = as_user(echevine)
    to(row, echevine).acknowledge(by=echevine)
    assert BUTTON in page(client.get(address(row)))
    client.post(address(row, "acknowledge"))
    assert not row.deliveries.serving(echevine).filter(acknowledged_at__isnull=True).exists()


def test_a_reader_learns_who_of_the_own_commune_has(
    row: Mailing, echevine: User, colleague: User, stranger: User
) -> None:
    to(row, colleague).acknowledge()
    text = page(as_user(echevine).get(address(row)))
    assert "Of your commune, these have read it: Marc Collègue." in text
    assert str(colleague.email) not in text
    assert "Marc Collègue" not in page(as_user(stranger).get(address(row)))


def test_a_delegate_reads_it_without_a_button(row: Mailing, delegate: User) -> None:
    to(row, delegate.delegations.get().given_by).acknowledge()
    text = page(as_user(delegate).get(address(row)))
    assert BUTTON not in text
    assert "Read in your commune" in text
    assert "de votre marché, Souad Déléguée." in text
    response = as_user(delegate).post(address(row, "acknowledge"), follow=True)
    assert "This edition was not sent to you" in page(response)
    assert row.deliveries.filter(acknowledged_at__isnull=False).count() == 1


@pytest.mark.parametrize("role", [Role.SPOC, Role.EDITOR, Role.LEAD, Role.DIRECTOR, Role.ADMIN])
def test_the_agency_sees_who_has_and_who_has_not(role: Role, row: Mailing, echevine: User) -> None:
    to(row, echevine).acknowledge()
    response = as_user(person(role)).get(address(row))
    text = page(response)
    assert "1 of 3 people of the communes have acknowledged it." in text
    found = {
        item.commune.nis: ([who.name for who in item.have], [who.name for who in item.have_not])
        for item in response.context["readers"]
    }
    assert found == {
        "21001": (["Nadia Échevine"], ["Marc Collègue"]), "21002": ([], ["Wouter Vreemdeling"]),
    }  # fmt: skip
    assert address(row, "progress") in text


@pytest.mark.parametrize("role", [Role.CABINET, Role.TASKFORCE])
def test_cabinet_and_task_force_read_it_and_see_how_it_was_sent(role: Role, row: Mailing) -> None:
    text = page(as_user(person(role)).get(address(row)))
    assert "Who has read it" not in text
    assert address(row, "progress") in text


def test_many_readers_are_counted_whole_and_named_in_part(
    row: Mailing, echevine: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "NAMED", 2)
    text = page(as_user(person(Role.EDITOR)).get(address(row)))
    assert "Of 3 people, the first 2 are named." in text
    assert "0 of 3 people" in text


def test_the_number_of_queries_does_not_grow(row: Mailing) -> None:
    client = as_user(person(Role.EDITOR))
    client.get(address(row))
    with CaptureQueriesContext(connection) as few:
        client.get(address(row))
    for number in range(20):
        mandate = MandateFactory(commune_id=f"{21001 + number % 19}", trade=True)
        made = Delivery.objects.create(
            mailing=row, address=f"{number}@x.example", language="fr", message_id=f"<{number}@x>"
        )
        serve(made, mandate)
    for _other in range(3):
        sent(brought_to("sending"))
    with CaptureQueriesContext(connection) as many:
        client.get(address(row))
    assert len(many) <= len(few)


def test_what_is_not_sent_yet_is_not_there_for_a_commune(echevine: User) -> None:
    row = brought_to("sending")
    client = as_user(echevine)
    assert client.get(address(row)).status_code == 404
    assert client.post(address(row, "acknowledge")).status_code == 404
    assert row.deliveries.filter(acknowledged_at__isnull=False).count() == 0


def test_the_doors_are_closed_to_others(row: Mailing, cast: Cast) -> None:
    assert Client().post(address(row, "acknowledge")).status_code == 302
    assert as_user(cast.ended).post(address(row, "acknowledge")).status_code == 403
    assert as_user(cast.echevine).get(address(row, "acknowledge")).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.echevine)
    assert strict.post(address(row, "acknowledge")).status_code == 403
