"""The card of a commune's convention, at home and on the commune's page."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from communes.models import Delegation
from hubportal.accounts.models import User
from hubportal.look.dates import short_date
from tests.conventions.drafts import CANARY, a_draft, days, recorded

pytestmark = pytest.mark.django_db

LINK = 'href="/fr/conventions/CC-2025-01/"'


def get(client: Client, user: User, address: str) -> str:
    """Return a page as a person reads it."""
    client.force_login(user)
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_at_home_a_commune_finds_its_term_its_themes_and_the_way_to_the_text(
    client: Client, echevine: User
) -> None:
    recorded(in_force_until=days(900))
    html = get(client, echevine, "/fr/")
    assert LINK in html
    assert short_date(days(900)) in html
    assert "Thème data" in html
    assert CANARY not in html


def test_at_home_a_commune_without_one_is_told_so(client: Client, echevine: User) -> None:
    a_draft()
    html = get(client, echevine, "/fr/")
    assert 'id="h-convention"' in html
    assert LINK not in html


def test_the_themes_of_one_that_is_over_are_not_open(client: Client, echevine: User) -> None:
    recorded(in_force_until=days(-1))
    html = get(client, echevine, "/fr/")
    assert LINK in html
    assert "Thème data" not in html


def test_at_home_one_sees_the_chosen_commune_only(client: Client, delegate: User, echevine: User) -> None:
    Delegation.objects.create(user=delegate, commune_id="21002", given_by=echevine, starts_on=days(-10))
    recorded()
    recorded("21002", "CC-2025-02")
    html = get(client, delegate, "/fr/")
    assert LINK in html
    assert "CC-2025-02" not in html


@pytest.mark.parametrize("person", ["spoc", "lead", "cabinet"])
def test_at_home_it_is_for_communes(person: str, client: Client, request: pytest.FixtureRequest) -> None:
    recorded()
    assert 'id="h-convention"' not in get(client, request.getfixturevalue(person), "/fr/")


def test_on_the_page_of_another_commune_the_card_has_dates_and_no_text(
    client: Client, stranger: User
) -> None:
    recorded(in_force_until=days(900))
    html = get(client, stranger, "/fr/communes/21001/")
    assert short_date(days(900)) in html
    assert LINK not in html
    assert "Thème data" not in html


def test_on_the_page_of_a_commune_the_cabinet_reads_the_state(client: Client, cabinet: User) -> None:
    recorded(in_force_until=days(900))
    html = get(client, cabinet, "/fr/communes/21001/")
    assert 'id="h-convention"' in html
    assert short_date(days(900)) not in html


def test_on_the_page_of_a_commune_the_agency_reads_on(client: Client, spoc: User) -> None:
    recorded()
    assert LINK in get(client, spoc, "/fr/communes/21001/")


def test_the_same_number_of_queries_with_and_without_history(client: Client, echevine: User) -> None:
    recorded()

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            get(client, echevine, "/fr/")
        return len(queries)

    count()
    before = count()
    for number in range(19):
        recorded(
            reference=f"CC-2001-{number:02d}",
            in_force_from=days(-500 - number * 10),
            in_force_until=days(-495 - number * 10),
        )
    assert count() == before
