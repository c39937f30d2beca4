"""Who would receive an edition, commune by commune; contact data for the agency only."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from hubportal.accounts.models import Role, User
from mailings.models import Mailing, SuppressedAddress
from mailings.overview import overview
from tests.cast import MandateFactory, UserFactory
from tests.mailings.made import brought_to, in_state, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def page_of(client: Client, row: Mailing, user: User) -> str:
    """Return the page of the recipients."""
    client.force_login(user)
    answer = client.get(reverse("mailings:recipients", args=[row.number]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_19_are_listed_with_who_receives_it_and_what_is_missing(
    client: Client, echevine: User, stranger: User, lead: User
) -> None:
    row = brought_to("in_review")
    page = page_of(client, row, lead)
    assert page.count('<th scope="row">') == 20
    assert "Nadia Échevine" in page
    assert echevine.email in page
    assert "In Dutch" in page
    assert "nobody is bourgmestre" in page
    assert "1 in French, 1 in Dutch, 0 in both" in page
    assert "2/19" in page


def test_the_cabinet_sees_names_and_offices_but_no_address(
    client: Client, echevine: User, cabinet: User
) -> None:
    row = brought_to("in_review")
    page = page_of(client, row, cabinet)
    assert "Nadia Échevine" in page
    assert "Commerce" in page
    assert "anderlecht.example" not in page


def test_who_cannot_be_reached_is_named(client: Client, echevine: User, stranger: User, lead: User) -> None:
    SuppressedAddress.objects.create(address=echevine.email)
    silent = UserFactory(email=None, first_name="Sans", last_name="Adresse")
    MandateFactory(user=silent, commune_id="21003", bourgmestre=True)
    row = brought_to("in_review")
    page = page_of(client, row, lead)
    assert "the address of Nadia Échevine is stopped" in page
    assert "Sans Adresse has no address" in page
    found = overview(row)
    assert found.reached == 1
    assert found.with_gap == {21002}
    assert len(found.out_of_reach) == 18
    assert found.messages == 1


def test_a_text_for_no_bourgmestre_misses_none(echevine: User) -> None:
    row = brought_to("draft")
    row.revise(
        by=person(Role.EDITOR), texts=row.texts, to_bourgmestres=False, portfolios=["trade"],
        version=row.version,
    )  # fmt: skip
    assert not any("bourgmestre" in gap.text for gap in overview(row).missing)


def test_once_it_leaves_the_messages_tell(client: Client, echevine: User, lead: User) -> None:
    row = brought_to("sending")
    page = page_of(client, row, lead)
    assert "The recipients were fixed when sending began" in page
    assert "<table" not in page


def test_an_edition_that_never_left_says_so(client: Client, lead: User) -> None:
    assert "nobody received it" in page_of(client, in_state("cancelled"), lead)


@pytest.mark.parametrize("page", ["preview", "recipients"])
def test_the_people_of_communes_read_what_was_sent_but_not_how(
    page: str, client: Client, echevine: User
) -> None:
    row = in_state("sent")
    client.force_login(echevine)
    assert client.get(reverse(f"mailings:{page}", args=[row.number])).status_code == 403
