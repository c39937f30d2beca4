"""Groups on the portal: made of concerns that stay whole, counted for others by three."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from hubportal.accounts.models import User
from spoc.models import Concern, ConcernGroup, ConcernTheme, repeats
from tests.cast import COMMUNE_B
from tests.spoc.concerns.stories import (
    CANARY,
    a_concern,
    a_group,
    a_theme,
    of_communes,
    qualified,
    relayed,
)

pytestmark = pytest.mark.django_db
TITLES = {"title_fr": "Distance en terrasse", "title_nl": "Afstand op terras", "theme": "terraces"}


def new(client: Client, query: str = "", **changes: str) -> Any:
    """Return the answer to the form of a new group."""
    return client.post(reverse("spoc:group-new") + query, {**TITLES, **changes})


def test_a_group_is_made_of_a_concern_and_others_are_put_into_it(
    client: Client, echevine: User, spoc: User
) -> None:
    first, second = a_concern(echevine), a_concern(echevine, title="Terrasses aussi")
    client.force_login(spoc)
    assert first.reference in client.get(f"{reverse('spoc:group-new')}?concern={first.pk}").text
    response = new(client, f"?concern={first.pk}")
    group = ConcernGroup.objects.get()
    address = reverse("spoc:group-add", args=[group.pk])
    assert response["Location"] == address
    # The first one is in already.
    assert [row.pk for row in client.get(address).context["form"].fields["concerns"].queryset] == [second.pk]
    client.post(address, {"concerns": [second.pk]})
    rows = Concern.objects.in_group(group)
    assert {row.pk for row in rows} == {first.pk, second.pk}
    assert {row.status for row in rows} == {"raised"}


def test_two_clicks_make_one_group(client: Client, echevine: User, spoc: User) -> None:
    row = a_concern(echevine)
    client.force_login(spoc)
    first, second = (new(client, f"?concern={row.pk}")["Location"] for _click in range(2))
    assert first == second == reverse("spoc:group-add", args=[ConcernGroup.objects.get().pk])
    assert [event.verb for event in row.events.all()] == ["join_group"]


@pytest.mark.parametrize("changes", [{"title_fr": "Chauffage"}, {"theme": "rents"}])
def test_another_subject_makes_another_group(changes: dict[str, str], client: Client, spoc: User) -> None:
    a_theme()
    client.force_login(spoc)
    for given in ({}, changes):
        new(client, **given)
    assert ConcernGroup.objects.count() == 2


def test_the_same_subject_of_a_colleague_or_of_later_makes_another_group(spoc: User, lead: User) -> None:
    first = a_group(spoc)
    assert a_group(lead) != first
    ConcernGroup.objects.filter(pk=first.pk).update(made_at=repeats.since())
    assert a_group(spoc) != first


def test_a_title_that_names_the_commune_of_a_confidential_concern_makes_no_group(
    client: Client, echevine: User, spoc: User
) -> None:
    row = a_concern(echevine)
    client.force_login(spoc)
    page = new(client, f"?concern={row.pk}", title_fr="Terrasses à Anderlecht")
    assert page.status_code == 200
    assert "Terrasses à Anderlecht" in page.text
    # At the title that names it, once.
    assert set(page.context["form"].errors) == {"title_fr"}
    assert not ConcernGroup.objects.exists()


def test_the_group_of_a_concern_begins_with_its_theme_also_when_it_is_offered_no_more(
    client: Client, echevine: User, spoc: User
) -> None:
    row = a_concern(echevine, theme=a_theme("rents"))
    ConcernTheme.objects.filter(pk="rents").update(is_active=False)
    client.force_login(spoc)
    field = client.get(reverse("spoc:group-new"), {"concern": row.pk}).context["form"]["theme"]
    assert field.value() == "rents"
    assert "rents" in {choice.pk for choice in field.field.queryset}


def test_a_confidential_title_is_not_proposed_for_the_group(
    client: Client, echevine: User, spoc: User
) -> None:
    client.force_login(spoc)
    for row, title in (
        (a_concern(echevine), None),
        (a_concern(echevine, title="Ouverte", is_shareable=True), "Ouverte"),
    ):
        form = client.get(reverse("spoc:group-new"), {"concern": row.pk}).context["form"]
        assert form["title_fr"].value() == title


@pytest.mark.parametrize("concern", ["x", "٣", "9" * 30])
def test_what_is_no_concern_begins_an_empty_group(concern: str, client: Client, spoc: User) -> None:
    client.force_login(spoc)
    assert client.get(reverse("spoc:group-new"), {"concern": concern}).context["first"] is None


def test_a_concern_of_a_commune_that_one_does_not_serve_begins_none(
    client: Client, stranger: User, spoc: User
) -> None:
    row = a_concern(stranger, COMMUNE_B)
    client.force_login(spoc)
    assert new(client, f"?concern={row.pk}").status_code == 404


def test_only_concerns_of_communes_that_one_serves_are_put(
    client: Client, echevine: User, stranger: User, spoc: User, lead: User
) -> None:
    own, other, group = a_concern(echevine), a_concern(stranger, COMMUNE_B), a_group(spoc)
    client.force_login(spoc)
    address = reverse("spoc:group-add", args=[group.pk])
    assert client.post(address, {"concerns": [own.pk, other.pk]}).status_code == 200
    assert not Concern.objects.in_group(group).exists()
    client.force_login(lead)
    client.post(address, {"concerns": [own.pk, other.pk]})
    assert Concern.objects.in_group(group).count() == 2


def test_what_is_relayed_stays_where_it_is(client: Client, echevine: User, spoc: User, lead: User) -> None:
    row, _ = relayed(echevine, spoc, lead)
    group = a_group(lead)
    client.force_login(lead)
    client.post(reverse("spoc:group-add", args=[group.pk]), {"concerns": [row.pk]})
    row.refresh_from_db()
    assert row.group is None


def test_one_that_cannot_go_in_keeps_no_other_out(
    client: Client, echevine: User, stranger: User, lead: User
) -> None:
    group = a_group(lead)
    ConcernGroup.objects.filter(pk=group.pk).update(title_fr="Terrasses à Anderlecht")
    named, other = a_concern(echevine), a_concern(stranger, COMMUNE_B)
    client.force_login(lead)
    page = client.post(
        reverse("spoc:group-add", args=[group.pk]), {"concerns": [named.pk, other.pk]}, follow=True
    )
    assert [row.pk for row in Concern.objects.in_group(group)] == [other.pk]
    assert f"{named.reference}\N{NO-BREAK SPACE}: " in page.text


def test_its_subject_is_changed(client: Client, spoc: User) -> None:
    group = a_group(spoc)
    client.force_login(spoc)
    client.post(
        reverse("spoc:group-edit", args=[group.pk]), {**TITLES, "title_fr": "Loyers", "theme": "rents"}
    )
    group.refresh_from_db()
    assert (group.title_fr, group.theme_id) == ("Loyers", "rents")


def test_a_subject_that_names_a_confidential_commune_is_refused_at_its_field(
    client: Client, echevine: User, spoc: User
) -> None:
    group = a_group(spoc)
    qualified(echevine, spoc, group=group)
    client.force_login(spoc)
    page = client.post(
        reverse("spoc:group-edit", args=[group.pk]), {**TITLES, "title_nl": "Terras Anderlecht"}
    )
    assert page.context["form"].has_error("title_nl")


# --- Who sees what of it -----------------------------------------------------------------------------------------


@pytest.fixture
def group(echevine: User, stranger: User, spoc: User, lead: User) -> ConcernGroup:
    """A group of a confidential concern of A, a shared one of B, and confidential ones of two more communes."""
    found = a_group(lead)
    qualified(echevine, spoc, group=found)
    qualified(
        stranger, lead, commune=COMMUNE_B, group=found, title="Terrassen", text="Ja?", is_shareable=True
    )
    of_communes(2, found, title=f"{CANARY}-2", text=f"{CANARY}-2")
    return found


def reach(client: Client, group: ConcernGroup, person: User) -> Any:
    """Return how far a group reaches, as its page and the list tell a person."""
    client.force_login(person)
    page = client.get(group.get_absolute_url())
    listed = client.get(reverse("spoc:group-list")).context["groups"]
    assert [(row, touched) for row, touched in listed] == [(group, page.context["touched"])]
    return page.context["touched"]


def test_the_agency_counts_all_others_by_three(
    client: Client, group: ConcernGroup, spoc: User, stranger: User, echevine: User
) -> None:
    assert reach(client, group, spoc)[::2] == (4, True)
    # Three are hidden from B: they are told as three. Two from A: as none.
    assert reach(client, group, stranger)[::2] == (4, False)
    assert reach(client, group, echevine)[::2] == (2, False)


def test_nothing_of_a_confidential_concern_is_on_the_page_of_another_commune(
    client: Client, group: ConcernGroup, stranger: User
) -> None:
    client.force_login(stranger)
    for address in (group.get_absolute_url(), reverse("spoc:group-list")):
        text = client.get(address).text
        assert CANARY not in text
        assert "Anderlecht" not in text
    assert "Terrassen" in client.get(group.get_absolute_url()).text


def test_who_sees_none_of_its_concerns_does_not_see_it(
    client: Client, stranger: User, echevine: User, spoc: User
) -> None:
    group = a_group(spoc)
    qualified(echevine, spoc, group=group)
    client.force_login(stranger)
    assert client.get(group.get_absolute_url()).status_code == 404
    assert client.get(reverse("spoc:group-list")).context["groups"] == []


@pytest.mark.parametrize("has_ended", [True, False])
def test_which_groups_a_commune_reads_of_tells_nothing_of_a_confidential_concern(
    has_ended: bool, client: Client, echevine: User, stranger: User, spoc: User, lead: User
) -> None:
    """B reads of the same groups whether the confidential concern of A is open or closed."""
    going_on, over = a_group(lead), a_group(lead, "Terrasses")
    for group in (going_on, over):
        hidden = qualified(echevine, spoc, group=group, title=f"Terrasses {group.pk}")
        own = qualified(stranger, lead, commune=COMMUNE_B, group=group, title=f"Terrassen {group.pk}")
        if group == over:
            own.answer_locally(by=lead, text="Ja.")
            own.close(by=stranger)
        if has_ended:
            hidden.answer_locally(by=spoc, text="Oui.")
            hidden.close(by=echevine)
    seen = {}
    for person in (stranger, lead):
        client.force_login(person)
        listed = client.get(reverse("spoc:group-list")).context["groups"]
        seen[person] = {row for row, _touched in listed}
    assert seen == {stranger: {going_on}, lead: {going_on} if has_ended else {going_on, over}}


@pytest.mark.parametrize("person", ["spoc", "stranger"])
def test_two_concerns_cost_as_much_as_twelve(
    person: str, client: Client, group: ConcernGroup, counted: Any, lead: User, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(person))
    addresses = (group.get_absolute_url(), reverse("spoc:group-list"))
    for address in addresses:
        client.get(address)
    with counted() as few:
        for address in addresses:
            client.get(address)
    of_communes(10, group, first=5, is_shareable=True)
    of_communes(2, a_group(lead, "Autre"), first=5, is_shareable=True, title="Autre")
    with counted() as many:
        for address in addresses:
            client.get(address)
    assert len(many) == len(few)
