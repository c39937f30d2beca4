"""Home: each role finds what it came for."""

import pytest
from django.test import Client
from django.urls import reverse

from hubportal.accounts.models import Role, User
from tests.cast import Cast, MandateFactory, grant

pytestmark = pytest.mark.django_db


def panels(client: Client, user: User) -> set[str]:
    """Return the names of the panels that a person's home shows, those of the floors above left out."""
    client.force_login(user)
    areas = client.get(reverse("home")).context["panels"]
    return {
        panel.template.rpartition("/")[2].removesuffix(".html")
        for area in areas.values()
        for panel in area
        if panel.template.startswith(("communes/", "dashboard/"))
    }


COMMUNE_SIDE = {"hello_commune", "your_commune", "who_to_call", "factor"}


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("echevine", COMMUNE_SIDE),
        ("delegate", COMMUNE_SIDE),
        ("stranger", COMMUNE_SIDE),
        ("ended", {"ended"}),
        ("spoc", {"figures", "my_communes", "map", "my_absences", "attention"}),
        ("editor", {"figures", "map"}),
        ("lead", {"figures", "attention", "spocs", "map"}),
        ("director", {"figures", "attention", "spocs", "map"}),
        ("admin", {"figures", "attention", "spocs", "map"}),
        ("cabinet", {"map", "the_19", "agency_contact"}),
        ("taskforce", {"map", "the_19", "agency_contact"}),
    ],
)
def test_each_role_has_its_panels(client: Client, cast: Cast, person: str, expected: set[str]) -> None:
    assert panels(client, getattr(cast, person)) == expected


def test_home_greets_by_first_name_with_the_week(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    response = client.get(reverse("home"))
    assert "Nadia" in response.content.decode()
    assert response.context["week"] == response.context["today"].isocalendar().week


def test_a_vacancy_of_trade_is_asked_of_the_commune(client: Client, colleague: User, spoc: User) -> None:
    client.force_login(colleague)
    found = client.get(reverse("home")).context["panels"]["main"]
    (panel,) = [panel for panel in found if panel.template == "communes/panels/your_commune.html"]
    assert panel.context["entries"][0]["college"].trade == []


def test_an_agency_person_with_a_mandate_sees_the_agency_side(client: Client) -> None:
    person = grant(Role.EDITOR)
    MandateFactory(user=person)
    assert panels(client, person) == {"figures", "map"}
