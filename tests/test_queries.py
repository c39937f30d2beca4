"""The number of queries of a page does not grow with the rows it shows."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communes.models import Absence, Assignment, Commune, Delegation, District, MerchantsAssociation
from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.models import Invitation, Role, User
from hubportal.outbox.models import post
from mailings.models import Delivery, Mailing, SuppressedAddress
from tests.cast import COMMUNE_A, COMMUNE_B, Cast, MandateFactory, grant
from tests.mailings.leaving import marked, sent, serve
from tests.mailings.made import brought_to, in_state
from tests.test_access import DESK

pytestmark = pytest.mark.django_db

PORTAL = [("home", []), ("communes:list", []), ("communes:detail", [COMMUNE_A])]


def more(cast: Cast, number: int) -> None:
    """Add one row of every kind, of other people than before."""
    person = MandateFactory(trade=True, rank=number + 3).user
    servant = MandateFactory(commune_id="21003").user
    Delegation.objects.create(user=servant, commune_id=COMMUNE_A, given_by=person, starts_on=date(2025, 1, 6))
    spoc, day = grant(Role.SPOC), date(2026, 1, 5) + timedelta(days=7 * number)
    if number < 17:
        Assignment.objects.create(user=spoc, commune_id=f"{21003 + number}", starts_on=date(2025, 1, 6))
    Absence.objects.create(user=spoc, stand_in=cast.lead, starts_on=day, ends_on=day)
    district = District.objects.create(
        commune_id=COMMUNE_A, name_fr=f"Tilleul {number}", name_nl=f"Linde {number}"
    )
    MerchantsAssociation.objects.create(
        commune_id=COMMUNE_A, district=district, name=f"Les Tilleuls {number}"
    )
    Invitation.issue(person, spoc)
    journal(Kind.SIGNED_IN, person, person)
    receives(person, number)
    post(to=f"{number}@b.example", person=person, language="fr", subject="s", text="t", kind="test")


def receives(person: User, number: int) -> None:
    """Let a person receive an edition, in a state of their own; one address more is stopped."""
    row = Mailing.objects.order_by("pk").first() or brought_to("sending")
    message = Delivery(mailing=row, address=f"{number}@d.example", language="fr", message_id=f"<{number}@d>")
    message.save()
    serve(message, *person.mandates.all())
    marked(message, ("uncertain", "failed", "deferred", "accepted")[number % 4], 451, "busy")
    SuppressedAddress.objects.create(address=f"{number}@d.example")


def count(client: Client, address: str) -> int:
    """Return the queries of one GET, after one that warms what is kept."""
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return len(queries)


@pytest.fixture
def growth(cast: Cast) -> Callable[[User, list[str]], dict[str, Any]]:
    """A way to count the queries of addresses with one row of each kind and with twenty."""

    def measure(user: User, addresses: list[str]) -> dict[str, Any]:
        client = Client()
        client.force_login(user)
        more(cast, 0)
        few = {address: count(client, address) for address in addresses}
        for number in range(1, 20):
            more(cast, number)
        many = {address: count(client, address) for address in addresses}
        return {
            address: (few[address], many[address]) for address in addresses if many[address] > few[address]
        }

    return measure


@pytest.mark.parametrize("person", ["echevine", "stranger", "spoc", "lead", "cabinet"])
def test_pages_of_the_portal(
    person: str, cast: Cast, growth: Callable[[User, list[str]], dict[str, Any]]
) -> None:
    assert growth(getattr(cast, person), [reverse(name, args=args) for name, args in PORTAL]) == {}


def test_lists_of_the_desk(cast: Cast, growth: Callable[[User, list[str]], dict[str, Any]]) -> None:
    lists = [reverse(f"admin:{address_of(model)}_changelist") for model in DESK]
    assert growth(cast.admin, lists) == {}


def address_of(model: type[models.Model]) -> str:
    """Return the part of a route's name that stands for a model."""
    return f"{model._meta.app_label}_{model._meta.model_name}"


@pytest.mark.parametrize("person", ["editor", "cabinet"])
def test_the_progress_of_an_edition(
    person: str, cast: Cast, growth: Callable[[User, list[str]], dict[str, Any]]
) -> None:
    assert growth(getattr(cast, person), [reverse("mailings:progress", args=[1])]) == {}


def test_homes_and_a_communes_page_with_one_edition_of_each_sort_and_with_six(cast: Cast) -> None:
    people = [cast.echevine, cast.spoc, cast.editor, cast.lead, cast.cabinet, cast.taskforce, cast.director]
    addresses = [reverse("home"), reverse("communes:detail", args=[COMMUNE_A])]

    def counted() -> dict[tuple[str, str], int]:
        found = {}
        for person in people:
            client = Client()
            client.force_login(person)
            found |= {(str(person), address): count(client, address) for address in addresses}
        return found

    def editions() -> None:
        for row in (sent(), sent(), in_state("in_review"), in_state("sending")):
            message = row.deliveries.order_by("pk").first()
            if message is not None:
                marked(message, "uncertain")

    editions()
    few = counted()
    for _number in range(5):
        editions()
    assert {key: (few[key], many) for key, many in counted().items() if many > few[key]} == {}


@pytest.mark.parametrize("person", ["editor", "cabinet"])
def test_the_pages_of_an_edition_under_review(
    person: str, cast: Cast, growth: Callable[[User, list[str]], dict[str, Any]]
) -> None:
    number = brought_to("in_review").number
    pages = ["detail", "versions", "preview", "recipients", *(["edit"] if person == "editor" else [])]
    assert growth(getattr(cast, person), [reverse(f"mailings:{page}", args=[number]) for page in pages]) == {}


def test_home_costs_as_much_for_two_communes_as_for_one(cast: Cast, client: Client) -> None:
    client.force_login(cast.echevine)
    one = count(client, reverse("home"))
    # A commune without a SPOC asks for a lead besides.
    Assignment.objects.create(user=cast.spoc, commune_id=COMMUNE_B, starts_on=date(2025, 1, 6))
    MandateFactory(user=cast.echevine, commune_id=COMMUNE_B)
    assert count(client, reverse("home")) == one


def test_there_are_nineteen_communes() -> None:
    assert Commune.objects.count() == 19
