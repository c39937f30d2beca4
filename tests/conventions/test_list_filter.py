"""Looking for conventions: by commune, state, theme, end and words, as far as a person may know; page by page."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from communes.models import Commune
from conventions.listing import page_after, place
from conventions.models import Convention
from conventions.states import STATES
from hubportal.accounts.models import User
from tests.conventions.agreements import begun, frozen, shared, sign_one
from tests.conventions.drafts import CANARY, a_lead, a_theme, days, recorded, unlocked

pytestmark = pytest.mark.django_db
LIST = "/fr/conventions/"


def found(client: Client, **asked: str) -> list[str]:
    """Return the references that a filter finds."""
    response = client.get(LIST, asked)
    assert response.status_code == 200
    assert response.context["face"] == "found", response.context["form"].errors
    return [line.row.reference for line in response.context["lines"]]


def communes_found(client: Client, **asked: str) -> list[str]:
    """Return the communes that a filter of today's table finds."""
    response = client.get(LIST, asked)
    assert response.context["face"] == "today", response.context["form"].errors
    return [row["commune"].nis for row in response.context["rows"]]


def one_of_each() -> dict[str, str]:
    """Make one convention of each state; return the references by state."""
    lead = a_lead()
    by_state = {
        "superseded": recorded("21001", "CC-2019-01", in_force_from=days(-900), in_force_until=days(-101)),
        "in_force": recorded("21001", "CC-2025-01", in_force_until=days(900)),
        "notice": recorded("21002", "CC-2025-02", in_force_until=days(60)),
        "expired": recorded("21003", "CC-2025-03", in_force_until=days(-1)),
        "upcoming": recorded("21004", "CC-2025-04", in_force_from=days(5)),
        "terminated": recorded("21005", "CC-2025-05", in_force_from=days(-700)),
        "draft": begun(commune="21006"),
        "negotiation": shared(commune="21007"),
        "to_sign": frozen(commune="21008"),
        "abandoned": begun(commune="21009"),
    }  # fmt: skip
    by_state["terminated"].terminate(by=lead, notice_given_on=days(-200), ends_on=days(-1), reason="Fusion")
    by_state["abandoned"].abandon(by=lead, reason="Erreur")
    return {state: row.reference for state, row in by_state.items()}


def test_every_state_can_be_asked_for(client: Client, lead: User, stranger: User, cabinet: User) -> None:
    made = one_of_each()
    assert set(made) == set(STATES["convention"]) - {"none", "signed"}
    client.force_login(lead)
    for state, reference in made.items():
        assert found(client, state=state) == [reference], state
    assert found(client, state="open") == [made[state] for state in ("draft", "negotiation", "to_sign")]
    assert len(found(client, state="all")) == len(made)
    # What was replaced is asked for.
    assert found(client, commune="21001") == [made["in_force"]]
    assert found(client, commune="21001", state="all") == [made["in_force"], made["superseded"]]
    assert found(client, before=days(0).isoformat(), commune="21003") == [made["expired"]]
    assert communes_found(client, state="none")[:2] == ["21006", "21007"]
    # Another commune: the states of what is signed; nothing of what is written elsewhere.
    client.force_login(stranger)
    assert found(client, state="open") == []
    assert found(client, state="negotiation") == []
    assert found(client, state="in_force") == [made["in_force"]]
    # The cabinet: one state for each commune, no dates, no history, no link.
    client.force_login(cabinet)
    assert communes_found(client, state="notice") == ["21002"]
    assert communes_found(client, state="none", commune="21007") == ["21007"]
    html = client.get(LIST, {"state": "notice"}).content.decode()
    assert made["notice"] not in html
    assert client.get(LIST, {"state": "superseded"}).context["face"] == "refused"


def test_words_and_themes_are_found_in_texts_that_one_may_read(
    client: Client, lead: User, echevine: User, stranger: User
) -> None:
    first = begun()
    first.articles.get(number=3).revise(
        by=lead, version=1, body_fr="Les halles rénovées.", body_nl="De gerenoveerde markthallen."
    )
    recorded("21002", "CC-2025-02")
    client.force_login(lead)
    assert found(client, text="halles renovees") == [first.reference]
    assert found(client, text="markthallen", theme="data") == [first.reference]
    assert found(client, text=CANARY) == ["CC-2025-02"]
    # A draft is nobody's but the agency's; once shared, it is its commune's too.
    client.force_login(echevine)
    assert found(client, text="halles") == []
    assert found(client, text=first.reference) == []
    first.share(by=lead)
    assert found(client, text="halles") == [first.reference]
    # Its own reads all of it; of the other one she knows the title.
    assert found(client, theme="data") == [first.reference]
    assert found(client, text=CANARY) == []
    assert found(client, text="CC-2025-02") == ["CC-2025-02"]
    assert found(client, text="auderghem", before="2099-01-01") == []
    client.force_login(stranger)
    assert found(client, text="halles") == []
    assert found(client, theme="data") == ["CC-2025-02"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("commune", "21099"), ("commune", "\0"), ("state", "nonsense"), ("state", "signed"), ("theme", "x"),
        ("before", "hier"), ("before", "2026-02-30"), ("text", "a\0b"), ("text", "x" * 201),
    ],
)  # fmt: skip
def test_nonsense_is_answered_at_its_field(field: str, value: str, client: Client, echevine: User) -> None:
    a_theme()
    recorded()
    client.force_login(echevine)
    response = client.get(LIST, {field: value})
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    html = response.content.decode()
    assert f'id="id_{field}_error"' in html
    assert 'role="alert"' in html
    assert "CC-2025-01" not in html


def test_what_contradicts_itself_is_answered_at_its_field(client: Client, lead: User, cabinet: User) -> None:
    client.force_login(lead)
    response = client.get(LIST, {"state": "none", "before": "2026-01-01"})
    assert list(response.context["form"].errors) == ["state"]
    # What a person has no field for is not asked, however the address is written.
    recorded()
    client.force_login(cabinet)
    for asked in ({"text": "CC-2025"}, {"theme": "data"}, {"before": "2099-01-01"}):
        assert len(communes_found(client, **asked)) == 19


@pytest.mark.parametrize("after", ["x", "21001-1-1", "21001-20250230-1", "21001-0-x", "-0-1", "2100١-0-1"])
def test_an_address_that_is_no_place(after: str, client: Client, lead: User) -> None:
    client.force_login(lead)
    assert client.get(LIST, {"state": "all", "after": after}).status_code == 404


def many(communes: int) -> None:
    """Make communes beyond the 19, each with four conventions: three of the past, and a draft without days."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE communes_commune DROP CONSTRAINT commune_is_one_of_the_19")
    model = Commune.objects.get(pk="21001")
    facts = {
        name: getattr(model, name)
        for name in ("postal_codes", "population", "population_on", "area_km2")
    }  # fmt: skip
    Commune.objects.bulk_create(
        Commune(nis=f"{30000 + number}", name_fr=f"Commune {number}", name_nl=f"Gemeente {number}", **facts)
        for number in range(communes)
    )
    today = timezone.localdate()
    Convention.objects.bulk_create(
        Convention(
            commune_id=f"{30000 + number}", reference=f"CC-{2000 + term}-{number}", status="signed",
            in_force_from=date(2000 + term, 1, 1), in_force_until=date(2005 + term, 12, 31),
            signed_on=date(2000 + term, 1, 1),
        )
        for number in range(communes) for term in (0, 6, 12)
    )  # fmt: skip
    Convention.objects.bulk_create(
        Convention(commune_id=f"{30000 + number}", reference=f"CC-{today.year}-{number}")
        for number in range(communes)
    )


def test_pages_follow_each_other_and_ask_the_same_for_19_and_565_communes(
    client: Client, lead: User, echevine: User, cabinet: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The agency's menu leads to the pages of communes, whose addresses know 19.
    monkeypatch.setattr("communes.context.communes_for", lambda user: [])
    every = [{}, {"state": "all"}, {"state": "open"}, {"state": "notice"}, {"text": "halles"}]

    def counts() -> list[int]:
        numbers = []
        for person, asked in ((lead, every), (echevine, every[:2]), (cabinet, every[:1])):
            client.force_login(person)
            for query in asked:
                with CaptureQueriesContext(connection) as queries:
                    client.get(LIST, query)
                numbers.append(len(queries))
        return numbers

    # One of each sort, so that each question is asked at least once.
    recorded(in_force_until=days(60))
    begun(commune="21003")
    sign_one(frozen(commune="21002"), "secretary")
    counts()
    before = counts()
    many(546)
    assert Commune.objects.count() == 565
    assert counts() == before
    rows, following = page_after(Convention.objects.visible_to(lead), None)
    seen = rows
    while following:
        assert len(rows) == 25
        rows, following = page_after(Convention.objects.visible_to(lead), place(following))
        seen += rows
    assert len(seen) == len(set(seen)) == Convention.objects.count() == 2187
    order = [(row.commune_id, -(row.in_force_from or date.max).toordinal(), row.pk) for row in seen]
    assert order == sorted(order)


def test_a_page_goes_on_where_the_last_one_ended_whatever_came_in_between(client: Client, lead: User) -> None:
    rows = [
        Convention(commune_id="21001", reference=f"CC-2001-{number:02}", in_force_from=None if number < 13 else days(0))
        for number in range(60)
    ]  # fmt: skip
    Convention.objects.bulk_create(rows)
    client.force_login(lead)
    response = client.get(LIST, {"state": "all"})
    first = [line.row.reference for line in response.context["lines"]]
    # The first ones of the next page and of this one go; nothing is shown twice, nothing is passed over.
    with unlocked():
        Convention.objects.filter(reference__in=(first[0], first[-1])).delete()
    response = client.get(f"{LIST}?{response.context['following']}")
    second = [line.row.reference for line in response.context["lines"]]
    assert [*first, *second] == [f"CC-2001-{number:02}" for number in range(50)]
    assert 'href="?state=all"' in response.content.decode()
