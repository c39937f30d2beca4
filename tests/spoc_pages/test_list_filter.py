"""Looking for requests: by words in both languages, state, service, direction, commune; the desk finds the same."""

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from hubportal.accounts.models import User
from spoc.models import ServiceRequest, queryset
from tests.cast import COMMUNE_A, COMMUNE_B
from tests.spoc.stories import CANARY, a_draft, brought_to, day, set_back

pytestmark = pytest.mark.django_db
LIST = "spoc:request-list"


def titles(client: Client, **asked: str) -> set[str]:
    """Return the titles that a filter finds."""
    return {line.row.title for line in client.get(reverse(LIST), asked).context["lines"]}


@pytest.fixture
def rows(echevine: User, spoc: User) -> dict[str, ServiceRequest]:
    """Three requests of commune A, one that the agency asked of it, one draft."""
    found = {
        "cells": brought_to("in_progress", echevine, spoc, title="Les cellules vides du marché"),
        "works": brought_to("submitted", echevine, spoc, kind="chantier", title="Égouts"),
        "over": brought_to("closed", echevine, spoc, title="Gidsen voor handelaars"),
        "asked": brought_to("submitted", spoc, echevine, direction="to_commune", title="Terrasses"),
        "draft": a_draft(echevine, title="Brouillon"),
    }
    found["works"].chantierdetails.streets = "Chaussée de Mons, 12 à 96"
    found["works"].chantierdetails.osiris_reference = "OSI-2027-4411"
    found["works"].chantierdetails.save()
    return found


@pytest.mark.parametrize("few", [0, queryset.FEW])
@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("cellule vide", "Les cellules vides du marché"),
        ("MARCHE", "Les cellules vides du marché"),
        ("egout", "Égouts"),
        ("chaussee mons", "Égouts"),
        ("OSI-2027-4411", "Égouts"),
        ("gidsen handelaar", "Gidsen voor handelaars"),
    ],
)
def test_words_are_found_in_both_languages_without_accents(
    words: str,
    title: str,
    few: int,
    client: Client,
    rows: dict[str, ServiceRequest],
    echevine: User,
    spoc: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # 0: as if the words stood everywhere, which is asked in another way.
    monkeypatch.setattr(queryset, "FEW", few)
    for person in (echevine, spoc):
        client.force_login(person)
        assert titles(client, text=words) == {title}
    # The desk finds the same; what has ended is asked for there.
    page = client.get(reverse("admin:spoc_servicerequest_changelist"), {"q": words, "state": "all"}).text
    assert title in page
    assert "Terrasses" not in page


def test_a_reference_or_a_part_of_it_finds(
    client: Client, rows: dict[str, ServiceRequest], spoc: User
) -> None:
    client.force_login(spoc)
    reference = rows["works"].reference or ""
    assert titles(client, text=reference) == {"Égouts"}
    assert titles(client, text=reference[-4:]) == {"Égouts"}
    assert titles(client, text=reference[:-2].lower()) >= {"Égouts"}


def test_each_field_narrows(
    client: Client, rows: dict[str, ServiceRequest], echevine: User, spoc: User
) -> None:
    client.force_login(echevine)
    assert titles(client, state="open") == {"Les cellules vides du marché", "Égouts", "Terrasses"}
    assert titles(client, state="closed") == {"Gidsen voor handelaars"}
    assert titles(client, kind="chantier") == {"Égouts"}
    assert titles(client, direction="to_commune") == {"Terrasses"}
    assert titles(client, kind="audit", state="open", direction="to_agency") == {
        "Les cellules vides du marché"
    }
    assert titles(client, text="cellules", kind="chantier") == set()
    set_back(rows["cells"], due_on=day(-3))
    assert titles(client, state="late") == {"Les cellules vides du marché"}


def test_a_draft_that_was_given_up_is_found_among_what_was_withdrawn_only(
    client: Client, echevine: User, spoc: User
) -> None:
    a_draft(echevine, title="Abandonné").withdraw(by=echevine)
    brought_to("withdrawn", echevine, spoc, title="Retirée")
    client.force_login(echevine)
    assert titles(client) == {"Retirée"}
    assert titles(client, text="abandonné") == set()
    assert titles(client, state="withdrawn") == {"Abandonné", "Retirée"}
    assert "Abandonné" not in client.get(reverse("spoc:request-csv")).getvalue().decode()


def test_the_desk_leaves_out_drafts_that_were_given_up_too(client: Client, spoc: User) -> None:
    a_draft(spoc, direction="to_commune", title="Abandonné").withdraw(by=spoc)
    client.force_login(spoc)
    desk = reverse("admin:spoc_servicerequest_changelist")
    assert "Abandonné" not in client.get(desk, {"state": "all"}).text
    assert "Abandonné" in client.get(desk, {"state": "withdrawn"}).text


def test_the_agency_narrows_to_a_commune_or_to_its_own(
    client: Client, rows: dict[str, ServiceRequest], spoc: User, lead: User, stranger: User
) -> None:
    brought_to("submitted", stranger, lead, commune=COMMUNE_B, title="Ailleurs")
    client.force_login(spoc)
    assert titles(client, commune=COMMUNE_B) == {"Ailleurs"}
    assert "Ailleurs" not in titles(client, commune="own")
    assert "Ailleurs" in titles(client, commune="")
    client.force_login(lead)
    assert titles(client, commune=COMMUNE_B) == {"Ailleurs"}


def test_what_cannot_be_looked_for_is_said_at_its_field(
    client: Client, rows: dict[str, ServiceRequest], echevine: User
) -> None:
    client.force_login(echevine)
    for asked in ({"state": "asleep"}, {"kind": "party"}, {"text": "x" * 201}):
        response = client.get(reverse(LIST), asked)
        assert response.status_code == 200
        assert set(response.context["form"].errors) == set(asked)
        assert response.context["lines"] == []
    # No field of the agency: an address cannot ask it.
    assert titles(client, commune=COMMUNE_B) == titles(client)


def test_words_of_another_commune_find_nothing(
    client: Client, rows: dict[str, ServiceRequest], stranger: User
) -> None:
    client.force_login(stranger)
    for words in ("cellules", "Mons", rows["works"].reference or "", CANARY):
        response = client.get(reverse(LIST), {"text": words})
        assert response.context["lines"] == []
        assert "cellules vides" not in response.text


def test_the_words_are_found_by_an_index(rows: dict[str, ServiceRequest]) -> None:
    with connection.cursor() as cursor:
        # A few rows are read faster one by one: what matters is that the condition can be asked of the index.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        found = ServiceRequest.objects.search("cellules").explain()
    assert found.count("request_search") == 2, found
    assert "chantier_search" in found


def test_nothing_odd_breaks_the_search(
    client: Client, rows: dict[str, ServiceRequest], echevine: User
) -> None:
    client.force_login(echevine)
    for words in ("'", '"', "a & b | !c", "\\", "%", "<script>", "\u202eabc", ":*"):
        assert client.get(reverse(LIST), {"text": words, "commune": COMMUNE_A}).status_code == 200
