"""Views of the desk's list kept by name: saved where one looks, shared by their address, changed by their maker."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hubportal.accounts.models import Role, User
from spoc.models import SavedView
from spoc.models.saved_view import MOST_VIEWS
from tests.cast import grant
from tests.spoc.stories import brought_to
from tests.spoc.test_desk import QUEUE, titles

pytestmark = pytest.mark.django_db
ADD = "admin:spoc_savedview_add"
QUERY = "mine=communes&state=submitted"


def a_view(owner: User, name: str = "À trier", query: str = QUERY, **facts: Any) -> SavedView:
    """Return a saved view."""
    return SavedView.objects.create(owner=owner, name=name, query=query, **facts)


def shown(client: Client, query: str = "") -> Any:
    """Return what stands above the list."""
    return client.get(f"{reverse(QUEUE)}?{query}").context["shelf"]


@pytest.fixture
def desk(client: Client, spoc: User) -> Client:
    """The SPOC of commune A, signed in."""
    client.force_login(spoc)
    return client


# --- Saving ----------------------------------------------------------------------------------------------------


def test_what_narrows_the_list_down_is_saved_and_opens_again(
    desk: Client, echevine: User, spoc: User
) -> None:
    brought_to("submitted", echevine, spoc, title="Neuf")
    brought_to("in_progress", echevine, spoc, title="En cours")
    address = f"{reverse(QUEUE)}?state=submitted&p=1&mine=communes&o=-3&q="
    page = desk.get(address.replace("p=1", "p=0"))
    to_save = page.context["shelf"].to_save
    assert to_save == "mine=communes&o=-3&state=submitted"
    assert f'name="query" value="{to_save.replace("&", "&amp;")}"' in page.text
    answer = desk.post(reverse(ADD), {"name": " À trier ", "query": to_save})
    view = SavedView.objects.get()
    assert (view.owner, view.name, view.query, view.is_shared) == (spoc, "À trier", to_save, False)
    assert answer.url == view.address  # type: ignore[attr-defined]
    page = desk.get(view.address)
    assert titles(page) == ["Neuf"]
    assert f'<a href="{view.address.replace("&", "&amp;")}" aria-current="page">À trier' in page.text
    assert not page.context["shelf"].to_save


def test_a_list_that_nothing_narrows_down_is_not_offered_to_be_saved(desk: Client) -> None:
    assert not shown(desk).to_save
    assert not shown(desk, "p=0&_facets=True").to_save
    assert shown(desk, "q=plan").to_save == "q=plan"


@pytest.mark.parametrize(("name", "words"), [("", "Donnez un nom"), ("À trier", "Vous avez déjà une vue")])
def test_an_empty_or_known_name_is_told_at_its_field_and_the_rest_stays(
    name: str, words: str, desk: Client, spoc: User
) -> None:
    a_view(spoc)
    page = desk.post(reverse(ADD), {"name": name, "query": "q=plan", "is_shared": "on"})
    form = page.context["adminform"].form
    assert set(form.errors) == {"name"}
    assert words in page.text
    assert 'value="q=plan"' in page.text
    assert SavedView.objects.count() == 1


def test_another_person_may_use_the_same_name(desk: Client, lead: User) -> None:
    a_view(lead, is_shared=True)
    assert desk.post(reverse(ADD), {"name": "À trier", "query": "q=plan"}).status_code == 302


@pytest.mark.parametrize(
    "query",
    [
        "",
        "p=2",
        "assigned_to__password__startswith=x",
        "created_by=1",
        "q=%00",
        "q=" + "x" * 2000,
        "https://elsewhere.example/",
    ],
)
def test_what_is_no_address_of_the_list_is_not_kept(query: str, desk: Client) -> None:
    page = desk.post(reverse(ADD), {"name": "Vue", "query": query})
    assert "celle de la liste" in page.text
    assert not SavedView.objects.exists()


def test_a_page_in_the_address_is_dropped(desk: Client) -> None:
    desk.post(reverse(ADD), {"name": "Vue", "query": "state=closed&p=3&_popup=1&commune__nis__exact=21001"})
    assert SavedView.objects.get().query == "commune__nis__exact=21001&state=closed"


def test_a_person_keeps_so_many(desk: Client, spoc: User) -> None:
    for number in range(MOST_VIEWS):
        a_view(spoc, name=f"Vue {number}")
    page = desk.post(reverse(ADD), {"name": "Une de trop", "query": QUERY})
    assert f"{MOST_VIEWS}\N{NO-BREAK SPACE}vues" in page.text
    assert SavedView.objects.count() == MOST_VIEWS


@pytest.mark.parametrize("facts", [{"name": ""}, {"query": ""}, {"name": "Autre"}])
def test_the_database_refuses_an_empty_one_and_a_name_twice(facts: dict[str, str], spoc: User) -> None:
    a_view(spoc, "Autre")
    row = a_view(spoc)
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedView.objects.filter(pk=row.pk).update(**facts)


# --- Sharing ---------------------------------------------------------------------------------------------------


def test_ones_own_stand_first_then_those_that_colleagues_share(desk: Client, spoc: User, lead: User) -> None:
    a_view(lead, "A partagée", is_shared=True)
    a_view(lead, "B privée")
    a_view(spoc, "Z mienne")
    assert [(view.name, view.owner) for view in shown(desk).views] == [
        ("Z mienne", ""),
        ("A partagée", lead.full_name),
    ]


def test_a_shared_view_shows_each_reader_their_own(client: Client, echevine: User, spoc: User) -> None:
    brought_to("submitted", echevine, spoc, title="Chez nous")
    view = a_view(spoc, is_shared=True)
    for person, found in ((spoc, ["Chez nous"]), (grant(Role.SPOC), [])):
        client.force_login(person)
        page = client.get(view.address)
        assert [item.is_shown for item in page.context["shelf"].views] == [True]
        assert titles(page) == found
        # Whoever did not make it reads why it lists something else to them.
        assert ("liste ce qui vous concerne" in page.text) == (person != spoc)
    assert not SavedView.objects.visible_to(echevine).exists()


def test_a_shared_view_that_is_about_nobody_says_nothing_more(client: Client, spoc: User, lead: User) -> None:
    view = a_view(spoc, query="state=submitted", is_shared=True)
    client.force_login(lead)
    assert "liste ce qui vous concerne" not in client.get(view.address).text


def test_whoever_shares_one_reads_that_each_sees_their_own(desk: Client) -> None:
    address = reverse(QUEUE)
    assert "chacun avec ses demandes" in desk.get(address, {"mine": "waits"}).text
    assert "chacun avec ses demandes" not in desk.get(address, {"state": "submitted"}).text


def test_many_views_ask_the_database_as_often_as_one(desk: Client, spoc: User) -> None:
    counts = []
    for size in (1, 20):
        while SavedView.objects.count() < size:
            a_view(spoc, f"Vue {SavedView.objects.count()}")
            a_view(grant(Role.SPOC), is_shared=True)
        with CaptureQueriesContext(connection) as queries:
            desk.get(reverse(QUEUE))
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- Changing --------------------------------------------------------------------------------------------------


def change(view: SavedView, page: str = "change") -> str:
    """Return the address of a page of a view."""
    return reverse(f"admin:spoc_savedview_{page}", args=[view.pk])


def test_its_maker_renames_shares_and_deletes_it(desk: Client, spoc: User) -> None:
    view = a_view(spoc)
    assert shown(desk, QUERY).edit == change(view)
    assert desk.get(change(view)).status_code == 200
    answer = desk.post(change(view), {"name": "Nouvelles", "is_shared": "on", "query": "q=autre"})
    view.refresh_from_db()
    assert (view.name, view.is_shared, view.query) == ("Nouvelles", True, QUERY)
    assert answer.url == view.address  # type: ignore[attr-defined]
    desk.post(change(view, "delete"), {"post": "yes"})
    assert not SavedView.objects.exists()


def test_a_name_is_not_changed_to_one_that_is_known(desk: Client, spoc: User) -> None:
    a_view(spoc, "Autre")
    page = desk.post(change(a_view(spoc)), {"name": "Autre"})
    assert set(page.context["adminform"].form.errors) == {"name"}


def test_a_colleague_changes_and_deletes_nothing(desk: Client) -> None:
    view = a_view(grant(Role.SPOC), is_shared=True)
    assert desk.get(change(view)).status_code == 200
    assert not shown(desk, QUERY).edit
    assert desk.post(change(view), {"name": "À moi"}).status_code == 403
    assert desk.post(change(view, "delete"), {"post": "yes"}).status_code == 403


def test_what_a_colleague_keeps_to_themselves_does_not_exist(client: Client, spoc: User, lead: User) -> None:
    client.force_login(lead)
    for page in ("change", "delete"):
        assert client.get(change(a_view(spoc, page), page)).status_code == 404


def test_a_lead_deletes_what_is_shared_but_does_not_rename_it(client: Client, spoc: User, lead: User) -> None:
    view = a_view(spoc, is_shared=True)
    client.force_login(lead)
    assert client.post(change(view), {"name": "À moi"}).status_code == 403
    assert client.post(change(view, "delete"), {"post": "yes"}).status_code == 302
    assert not SavedView.objects.exists()
