"""The list of the 19: state and dates to communes, the state to the cabinet, a way to the desk for leads."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communes.models import Commune
from hubportal.accounts.models import User
from hubportal.look.dates import short_date
from tests.conventions.agreements import begun, shared
from tests.conventions.drafts import CANARY, days, recorded

pytestmark = pytest.mark.django_db


def page(client: Client, user: User) -> str:
    """Return the list as a person reads it in French."""
    client.force_login(user)
    response = client.get("/fr/conventions/")
    assert response.status_code == 200
    return response.content.decode()


def test_each_of_the_19_has_a_row(client: Client, echevine: User) -> None:
    recorded()
    html = page(client, echevine)
    assert html.count('<th scope="row">') == 19
    for commune in Commune.objects.all():
        assert commune.name_fr in html or commune.nis == "21004"


def test_a_commune_reads_the_dates_of_the_others_and_its_own_history(client: Client, stranger: User) -> None:
    recorded(in_force_until=days(900))
    recorded("21002", "CC-2019-02", in_force_from=days(-900), in_force_until=days(-400))
    html = page(client, stranger)
    assert short_date(days(900)) in html
    assert "CC-2019-02" in html
    assert CANARY not in html


def test_the_cabinet_reads_states_only(client: Client, cabinet: User) -> None:
    recorded(in_force_until=days(900))
    html = page(client, cabinet)
    assert "tag--good" in html
    assert html.count("tag--bad") == 18
    assert short_date(days(900)) not in html
    assert short_date(days(-100)) not in html
    assert "CC-2025-01" not in html


def test_those_not_signed_yet_are_listed_to_who_reads_them_with_the_next_step(
    client: Client, lead: User, spoc: User, echevine: User, stranger: User, cabinet: User
) -> None:
    convention = shared()
    draft = begun(commune="21002")
    for person, mine in ((lead, [True, True]), (spoc, [False, False]), (echevine, [True]), (stranger, [])):
        page(client, person)
        context = client.get("/fr/conventions/").context
        section = context["open"] or context["own"]
        assert [line.row for line in section] == [convention, draft][: len(mine)], person
        assert [line.next.is_mine for line in section] == mine, person
    for person in (stranger, cabinet):
        html = page(client, person)
        assert convention.reference not in html
        assert draft.reference not in html


def test_a_lead_finds_the_desk_and_others_do_not(
    client: Client, lead: User, spoc: User, echevine: User
) -> None:
    address = reverse("admin:conventions_convention_add")
    assert address in page(client, lead)
    assert address not in page(client, spoc)
    assert address not in page(client, echevine)


def test_the_menu_leads_here(client: Client, echevine: User) -> None:
    assert '<a href="/fr/conventions/" aria-current="page">' in page(client, echevine)


@pytest.mark.parametrize("person", ["echevine", "lead", "cabinet"])
def test_the_same_number_of_queries_for_1_and_19(
    person: str, client: Client, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(person)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            page(client, user)
        return len(queries)

    recorded()
    count()
    before = count()
    for commune in Commune.objects.exclude(pk="21001"):
        recorded(commune.pk, f"CC-2025-{commune.pk}")
    recorded(reference="CC-2019-01", in_force_from=days(-900), in_force_until=days(-400))
    assert count() == before
