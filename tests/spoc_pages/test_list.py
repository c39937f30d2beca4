"""The list of requests, and the panels."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communes.models import Delegation
from hubportal.accounts.models import User
from spoc.models import ServiceRequest
from tests.cast import COMMUNE_A, COMMUNE_B
from tests.spoc.stories import a_draft, ago, brought_to, set_back

pytestmark = pytest.mark.django_db
LIST = "spoc:request-list"


def titles(client: Client, address: str = "") -> list[str]:
    """Return the titles on a page of the list."""
    return [line.row.title for line in client.get(address or reverse(LIST)).context["lines"]]


def test_what_waits_for_the_reader_comes_first_then_what_goes_on(
    client: Client, echevine: User, spoc: User
) -> None:
    for number, status in enumerate(["waiting_requester", "closed", "draft", "declined", "submitted"]):
        set_back(brought_to(status, echevine, spoc, title=status), created_at=ago(9 - number))
    client.force_login(echevine)
    assert titles(client) == ["waiting_requester", "submitted", "draft", "declined", "closed"]
    client.force_login(spoc)
    assert titles(client) == ["submitted", "waiting_requester", "declined", "closed"]


def test_pages_follow_each_other_without_a_gap(client: Client, echevine: User, spoc: User) -> None:
    rows = [a_draft(echevine, title=f"{number:02}") for number in range(60)]
    # The same moment for many: the key decides. Half of them ended.
    ServiceRequest.objects.update(created_at=ago(3))
    for row in rows[:30]:
        row.submit(by=echevine)
        row.withdraw(by=echevine)
    client.force_login(echevine)
    seen, address = [], reverse(LIST)
    while address:
        response = client.get(address)
        seen += [line.row.title for line in response.context["lines"]]
        following = response.context["following"]
        address = f"{reverse(LIST)}?{following}" if following else ""
    assert seen == [f"{number:02}" for number in [*range(59, 29, -1), *range(29, -1, -1)]]


@pytest.mark.parametrize(
    "after", ["x", "3-1-1", "0-1", "0-9999999999999999-1", "0-1-999999999999999999", "0--1-1"]
)
def test_an_address_that_is_no_place(after: str, client: Client, echevine: User) -> None:
    client.force_login(echevine)
    assert client.get(reverse(LIST), {"after": after}).status_code in (200, 404)


def test_the_list_asks_the_same_for_1_and_20(client: Client, echevine: User, spoc: User) -> None:
    for person in (echevine, spoc):
        client.force_login(person)
        for name in (LIST, "home"):
            ServiceRequest.objects.filter(status="draft").delete()
            counts = []
            for many in (1, 19):
                for _ in range(many):
                    brought_to("in_progress", echevine, spoc)
                client.get(reverse(name))
                with CaptureQueriesContext(connection) as queries:
                    client.get(reverse(name))
                counts.append(len(queries))
            assert counts[0] == counts[1], name


def test_each_row_says_the_next_step(client: Client, echevine: User, spoc: User) -> None:
    brought_to("waiting_requester", echevine, spoc)
    client.force_login(echevine)
    (line,) = client.get(reverse(LIST)).context["lines"]
    assert line.next.is_mine
    assert line.next.text == "Votre étape\N{NO-BREAK SPACE}: répondez à la question."
    client.force_login(spoc)
    (line,) = client.get(reverse(LIST)).context["lines"]
    assert not line.next.is_mine


def test_home_shows_five_what_she_must_do_first(client: Client, echevine: User, spoc: User) -> None:
    client.force_login(echevine)
    page = client.get(reverse("home"))
    assert reverse("spoc:request-new") in page.content.decode()
    first = brought_to("delivered", echevine, spoc, title="À confirmer")
    set_back(first, created_at=ago(30))
    for number in range(6):
        brought_to("submitted", echevine, spoc, title=f"Autre {number}")
    page = client.get(reverse("home"))
    (panel,) = [
        panel for panel in page.context["panels"]["main"] if panel.template == "spoc/panels/home.html"
    ]
    assert page.context["panels"]["main"][0] == panel
    shown = panel.context["entries"][0]["lines"]
    assert len(shown) == 5
    assert shown[0].row == first
    assert "À confirmer" in page.content.decode()


def test_home_shows_first_what_the_agency_asks_of_her(client: Client, echevine: User, spoc: User) -> None:
    asked = a_draft(spoc, direction="to_commune", title="Une liste")
    asked.submit(by=spoc)
    set_back(asked, created_at=ago(30))
    for number in range(6):
        brought_to("submitted", echevine, spoc, title=f"Autre {number}")
    client.force_login(echevine)
    panels = {panel.template: panel for panel in client.get(reverse("home")).context["panels"]["main"]}
    assert panels["spoc/panels/home.html"].context["entries"][0]["lines"][0].row == asked
    client.force_login(spoc)
    page = client.get(reverse("communes:detail", args=[COMMUNE_A])).content.decode()
    assert "Une liste" not in page


def test_of_two_communes_the_chosen_one_is_shown(client: Client, delegate: User, stranger: User) -> None:
    Delegation.objects.create(
        user=delegate, commune_id=COMMUNE_B, given_by=stranger, starts_on=date(2025, 1, 6)
    )
    a_draft(delegate, title="Demande A")
    a_draft(delegate, title="Demande B", commune=COMMUNE_B)
    client.force_login(delegate)
    for nis, here, elsewhere in (
        (COMMUNE_A, "Demande A", "Demande B"),
        (COMMUNE_B, "Demande B", "Demande A"),
    ):
        client.post(reverse("communes:switch"), {"commune": nis})
        for name in (LIST, "home"):
            page = client.get(reverse(name)).content.decode()
            assert here in page
            assert elsewhere not in page


def test_the_page_of_a_commune_shows_insiders_what_is_open(
    client: Client, echevine: User, stranger: User, cabinet: User, spoc: User
) -> None:
    brought_to("accepted", echevine, spoc, title="Cureghem")
    address = reverse("communes:detail", args=[COMMUNE_A])
    for person, sees in ((echevine, True), (spoc, True), (stranger, False), (cabinet, False)):
        client.force_login(person)
        assert ("Cureghem" in client.get(address).content.decode()) is sees


@pytest.mark.parametrize(
    ("person", "code"), [("echevine", 200), ("spoc", 200), ("cabinet", 403), ("ended", 403)]
)
def test_who_reads_the_list(person: str, code: int, client: Client, request: pytest.FixtureRequest) -> None:
    client.force_login(request.getfixturevalue(person))
    assert client.get(reverse(LIST)).status_code == code
    menu = client.get(reverse("home")).content.decode()
    assert (f'href="{reverse(LIST)}"' in menu) is (code == 200)


def test_home_folds_what_asks_nothing_of_the_reader_below_what_does(
    client: Client, echevine: User, spoc: User
) -> None:
    asked = brought_to("waiting_requester", echevine, spoc, title="Terrasses")
    client.force_login(echevine)
    assert '<details class="fold' not in _requests_at_home(client)
    calm = brought_to("submitted", echevine, spoc, title="Chantier Wayez")
    shown, _fold, folded = _requests_at_home(client).partition('<details class="fold')
    assert asked.title in shown
    assert calm.title not in shown
    assert calm.title in folded


def test_home_folds_nothing_when_nothing_is_asked_of_the_reader(
    client: Client, echevine: User, spoc: User
) -> None:
    calm = brought_to("submitted", echevine, spoc, title="Chantier Wayez")
    client.force_login(echevine)
    section = _requests_at_home(client)
    assert calm.title in section
    assert '<details class="fold' not in section


def _requests_at_home(client: Client) -> str:
    """Return the section of the open requests."""
    return client.get(reverse("home")).text.partition('id="h-requests"')[2].partition("</section>")[0]
