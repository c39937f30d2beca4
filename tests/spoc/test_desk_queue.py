"""The queue of the desk as one's own: the filter of responsibility, a phone's cards, and what waits at home."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communes.models import Absence, Assignment
from hubportal.accounts.models import Role, User
from spoc.admin import ServiceRequestAdmin
from spoc.models import ChantierDetails
from tests.cast import COMMUNE_B, MandateFactory, UserFactory, grant
from tests.spoc.stories import brought_to, day, set_back
from tests.spoc.test_desk import QUEUE, titles

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague() -> User:
    """Somebody of the agency who is neither SPOC nor lead."""
    return grant(Role.EDITOR)


@pytest.fixture
def elsewhere() -> User:
    """The SPOC of commune B."""
    person = grant(Role.SPOC)
    Assignment.objects.create(user=person, commune_id=COMMUNE_B, starts_on=day(-9))
    return person


def asker_elsewhere() -> User:
    """Return an échevin of commune B."""
    person: User = MandateFactory(user=UserFactory(), commune_id=COMMUNE_B, trade=True).user
    return person


# --- The queue -------------------------------------------------------------------------------------------------


def test_a_spoc_chooses_their_communes_or_what_they_are_in_charge_of(
    client: Client, echevine: User, spoc: User, elsewhere: User
) -> None:
    brought_to("in_progress", echevine, spoc, title="Chez moi")
    row = brought_to("in_progress", asker_elsewhere(), elsewhere, commune=COMMUNE_B, title="Ailleurs")
    client.force_login(spoc)
    address = reverse(QUEUE)
    assert titles(client.get(address)) == ["Chez moi", "Ailleurs"]
    assert titles(client.get(f"{address}?mine=communes")) == ["Chez moi"]
    set_back(row, assigned_to=spoc)
    assert set(titles(client.get(f"{address}?mine=charge"))) == {"Chez moi", "Ailleurs"}


def test_of_equals_urgent_roadworks_come_first_and_say_when_they_begin(
    client: Client, echevine: User, spoc: User
) -> None:
    plain = brought_to("submitted", echevine, spoc, title="Ordinaire")
    works = brought_to("submitted", echevine, spoc, title="Chantier", kind="chantier")
    assert plain.due_on == works.due_on
    client.force_login(spoc)
    # In forty days they are not urgent yet.
    assert titles(client.get(reverse(QUEUE))) == ["Ordinaire", "Chantier"]
    assert "Urgent" not in client.get(reverse(QUEUE)).text
    ChantierDetails.objects.filter(request=works).update(starts_on=day(13))
    answer = client.get(reverse(QUEUE))
    assert titles(answer) == ["Chantier", "Ordinaire"]
    assert answer.text.count("chantier dans 13 jours") == 1
    # A day that is promised lies before they begin.
    accept = client.get(reverse("admin:spoc_servicerequest_step", args=[works.pk, "accept"]))
    assert accept.context["form"].initial["due_on"] < day(13)


def test_who_serves_no_commune_is_not_offered_any(client: Client, colleague: User) -> None:
    client.force_login(colleague)
    text = client.get(reverse(QUEUE)).text
    assert "mine=charge" in text
    assert "mine=communes" not in text


def test_the_filter_costs_as_much_for_20_rows_as_for_1(client: Client, echevine: User, spoc: User) -> None:
    client.force_login(spoc)
    counts = []
    for more in (1, 19):
        for _ in range(more):
            brought_to("in_progress", echevine, spoc)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{reverse(QUEUE)}?mine=communes")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_row_says_its_reference_and_what_its_cells_are(client: Client, echevine: User, spoc: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    client.force_login(spoc)
    text = client.get(reverse(QUEUE)).text
    assert f"<small>{row.reference}</small>" in text
    assert '<span class="cell-name">Gestionnaire du dossier\N{NO-BREAK SPACE}: </span>' in text


# --- Home ------------------------------------------------------------------------------------------------------


def test_whoever_is_in_charge_finds_it_at_home(client: Client, echevine: User, colleague: User) -> None:
    brought_to("submitted", echevine, colleague, title="Pas encore")
    row = brought_to("submitted", echevine, colleague, title="À livrer")
    set_back(row, status="accepted", assigned_to=colleague, accepted_at=row.submitted_at)
    client.force_login(colleague)
    text = client.get(reverse("home")).text
    assert "À livrer" in text
    assert "Pas encore" not in text
    set_back(row, status="waiting_requester", waiting_since=row.submitted_at)
    assert "À livrer" not in client.get(reverse("home")).text


def test_whoever_stands_in_finds_it_too(client: Client, echevine: User, spoc: User, colleague: User) -> None:
    brought_to("in_progress", echevine, spoc, title="À livrer")
    Absence.objects.create(user=spoc, stand_in=colleague, starts_on=day(-1), ends_on=day(1))
    client.force_login(colleague)
    assert "À livrer" in client.get(reverse("home")).text


def test_from_home_the_queue_opens_on_ones_own_communes(
    client: Client, echevine: User, spoc: User, lead: User, elsewhere: User
) -> None:
    brought_to("submitted", echevine, spoc, title="Chez nous")
    brought_to("submitted", asker_elsewhere(), elsewhere, commune=COMMUNE_B, title="Ailleurs")
    for person, own, shown in ((spoc, "?mine=communes", 1), (lead, "", 2), (grant(Role.SPOC), "", 2)):
        client.force_login(person)
        address = f"{reverse(QUEUE)}{own}"
        assert f'href="{address}">Ouvrir la file' in client.get(reverse("home")).text
        text = client.get(address).text
        assert sum(title in text for title in ("Chez nous", "Ailleurs")) == shown


@pytest.mark.parametrize("due", [-2, 5])
def test_a_spoc_finds_what_they_deliver_for_another_commune_once(
    due: int, client: Client, spoc: User, elsewhere: User
) -> None:
    row = brought_to("in_progress", asker_elsewhere(), elsewhere, commune=COMMUNE_B, title="Ailleurs")
    set_back(row, assigned_to=spoc, due_on=day(due))
    client.force_login(spoc)
    assert client.get(reverse("home")).text.count("Ailleurs") == 1


def test_pages_read_group_by_group_hold_what_one_sorted_list_holds(
    client: Client, echevine: User, spoc: User, elsewhere: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ServiceRequestAdmin, "list_per_page", 3)
    for number, state in enumerate(["submitted", "waiting_requester", "in_progress", "submitted"]):
        theirs = {"commune": COMMUNE_B, "kind": "chantier", "title": f"B{number}"}
        rows = [
            brought_to(state, echevine, spoc, title=f"A{number}"),
            brought_to(state, asker_elsewhere(), elsewhere, **theirs),
        ]
        for row in rows:
            set_back(row, due_on=day(5 - number % 2))
    client.force_login(spoc)
    with CaptureQueriesContext(connection) as queries:
        pages = [client.get(f"{reverse(QUEUE)}?p={page}").context["cl"] for page in (1, 2, 3)]
    assert sum("UNION ALL" in query["sql"] and "sort_0" in query["sql"] for query in queries) == 3
    found = [row.pk for page in pages for row in page.result_list]
    assert found == list(pages[0].queryset.values_list("pk", flat=True))
    assert len(found) == 8
