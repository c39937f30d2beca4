"""The card of a commune's convention, at home and on the commune's page; at home, what each does next."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from communes.models import Delegation
from conventions import pages
from conventions.todo import lines
from hubportal.accounts.models import User
from hubportal.look.dates import short_date
from tests.conventions.agreements import an_amendment, begun, frozen, shared, sign_all, sign_one
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


# --- Next steps -----------------------------------------------------------------------------------------------


def steps(client: Client, user: User) -> list[tuple[str, bool]]:
    """Return the references at home, in their order, and whether the reader must act."""
    client.force_login(user)
    page = client.get("/fr/")
    found = [
        panel.context for panel in page.context["panels"]["main"] if panel.template.endswith("steps.html")
    ]
    shown = [line for context in found for line in context.get("lines") or context["entries"][0]["lines"]]
    assert all(str(line.next.text) in page.content.decode().replace("&#x27;", "'") for line in shown)
    return [(line.row.reference, line.next.is_mine) for line in shown]


def test_at_home_each_finds_the_step_that_is_theirs(
    client: Client, lead: User, spoc: User, echevine: User, stranger: User, editor: User, cabinet: User
) -> None:
    row = begun()
    other = begun(commune="21003")
    name = row.reference
    assert steps(client, lead) == [(name, True), (other.reference, True)]
    assert steps(client, spoc) == [(name, True)]
    for person in (echevine, stranger, editor, cabinet):
        assert steps(client, person) == [], person
    row.share(by=lead)
    assert steps(client, echevine) == [(name, True)]
    assert steps(client, spoc) == [(name, False)]
    row.agree(by=echevine)
    assert steps(client, echevine) == [(name, False)]
    row.agree(by=lead)
    assert dict(steps(client, lead))[name]
    row.freeze(by=lead)
    assert "Odette Secrétaire" in get(client, echevine, "/fr/")
    assert steps(client, echevine) == [(name, True)]
    for office in ("bourgmestre", "secretary"):
        sign_one(row, office)
    # The commune has signed: the lead records what is missing, its own people wait.
    assert steps(client, echevine) == [(name, False)]
    assert steps(client, lead)[0] == (name, True)
    html = get(client, lead, "/fr/")
    assert "Paul Agence" in html
    assert "Odette Secrétaire" not in html
    sign_all(row)
    assert steps(client, echevine) == steps(client, spoc) == []


def test_at_home_leads_and_spocs_find_what_ends(client: Client, lead: User, spoc: User) -> None:
    ending = recorded(in_force_until=days(100), notice_months=1)
    recorded("21002", "CC-2025-02", in_force_until=days(700), notice_months=24)
    recorded("21003", "CC-2025-03", in_force_until=days(-1))
    recorded("21004", "CC-2025-04", in_force_until=days(900))
    tacit = {"renewal_months": 12, "notice_months": 3}
    recorded("21005", "CC-2025-05", first_period_until=days(200), **tacit)
    recorded("21006", "CC-2025-06", first_period_until=days(350), **tacit)
    assert steps(client, lead) == [(f"CC-2025-0{number}", True) for number in (1, 2, 3, 5)]
    assert steps(client, spoc) == [("CC-2025-01", True)]
    # Once it is renewed, the draft that follows is what there is to do.
    following = ending.renew(by=lead)
    assert steps(client, spoc) == [(following.reference, True)]
    assert steps(client, lead)[0] == (following.reference, True)


@pytest.mark.parametrize("person", ["echevine", "spoc", "lead"])
def test_next_steps_ask_the_same_for_one_and_for_many(
    person: str, client: Client, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(person)

    def count() -> int:
        get(client, user, "/fr/")
        with CaptureQueriesContext(connection) as queries:
            get(client, user, "/fr/")
        return len(queries)

    frozen()
    begun()
    recorded(in_force_until=days(60))
    before = count()
    for number in range(3):
        begun()
        shared(commune=f"2101{number}")
    frozen(commune="21003")
    recorded("21004", "CC-2025-04", in_force_until=days(60))
    assert count() == before


def test_an_amendment_that_is_discussed_is_a_step_of_its_own(
    client: Client, echevine: User, stranger: User, spoc: User, lead: User
) -> None:
    row = an_amendment()
    address = pages.address(row, "detail")
    assert address not in get(client, echevine, "/fr/")
    row.share(by=lead)
    for user in (echevine, spoc, lead):
        assert address in get(client, user, "/fr/")
    assert address not in get(client, stranger, "/fr/")
    (line,) = lines([row], echevine)
    assert line.next is not None
    assert line.next.is_mine

    def count() -> int:
        get(client, echevine, "/fr/")
        with CaptureQueriesContext(connection) as queries:
            get(client, echevine, "/fr/")
        return len(queries)

    before = count()
    an_amendment(row.convention).share(by=lead)
    assert count() == before
