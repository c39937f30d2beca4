"""The pages of the 19: map, list, one commune; what another commune's reader is not shown."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from communes.models import Absence, Commune, District, Mandate, MerchantsAssociation
from communes.templatetags.communes import grouped
from hubportal.accounts.models import Role, User
from tests.cast import COMMUNE_A, COMMUNE_B, MandateFactory, UserFactory, grant

pytestmark = pytest.mark.django_db

CANARY = "Kanarie-Canari"


def page(client: Client, nis: str = COMMUNE_A) -> str:
    """Return the page of a commune."""
    response = client.get(reverse("communes:detail", args=[nis]))
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def file_of_a(echevine: User, colleague: User, delegate: User, spoc: User) -> None:
    """Commune A with a district, an association and contact data, all marked with a canary."""
    commune = Commune.objects.get(pk=COMMUNE_A)
    about = f"**{CANARY}** <script>alert(1)</script>"
    district = District.objects.create(
        commune=commune, name_fr=f"Place {CANARY}", name_nl=f"{CANARY}plein", about_fr=about, about_nl=about
    )
    MerchantsAssociation.objects.create(
        commune=commune,
        district=district,
        name=f"Vitrines {CANARY}",
        contact_email=f"{CANARY}@vitrines.example",
    )
    User.objects.filter(pk=echevine.pk).update(
        email="kanarie-canari@anderlecht.example", phone="02 000 77 77"
    )


def test_the_map_links_19_communes_by_name(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    html = client.get(reverse("communes:list")).content.decode()
    assert html.count("<path class=") == 19
    for commune in Commune.objects.all():
        assert f'href="/fr/communes/{commune.nis}/" class="inv" aria-label=' in html or (
            f'href="/fr/communes/{commune.nis}/" aria-label=' in html
        )
        assert f". {commune.name}" in html
    assert "Statbel" in html


def test_there_is_no_twentieth_page(client: Client, lead: User) -> None:
    client.force_login(lead)
    assert client.get("/fr/communes/21020/").status_code == 404
    assert client.get("/fr/communes/21000/").status_code == 404


def test_the_list_says_whom_to_call_and_who_stands_in(client: Client, spoc: User, echevine: User) -> None:
    stand_in = grant(Role.SPOC, last_name="Remplaçante")
    today = timezone.localdate()
    Absence.objects.create(user=spoc, stand_in=stand_in, starts_on=today, ends_on=today + timedelta(days=2))
    client.force_login(echevine)
    assert "Remplaçante" in client.get(reverse("communes:list")).content.decode()
    html = page(client)
    assert "Remplaçante" in html
    assert "Bilal Spoc" in html


def test_both_names_are_shown_each_in_its_language(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    assert '<span class="muted" lang="nl">Oudergem</span>' in page(client, COMMUNE_B)


@pytest.mark.parametrize("reader", ["echevine", "colleague", "delegate", "spoc", "lead"])
def test_its_own_people_and_the_agency_read_the_file(
    client: Client, file_of_a: None, reader: str, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(reader))
    html = page(client)
    assert f"Place {CANARY}" in html
    assert f"Vitrines {CANARY}" in html
    assert f"<strong>{CANARY}</strong>" in html
    assert "<script>alert" not in html
    assert "02 000 77 77" in html


@pytest.mark.parametrize("reader", ["stranger", "cabinet", "taskforce"])
@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_a_stranger_reads_names_and_offices_only(
    client: Client, file_of_a: None, reader: str, language: str, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(reader))
    html = client.get(f"/{language}/communes/{COMMUNE_A}/").content.decode()
    assert "Nadia Échevine" in html
    assert CANARY.lower() not in html.lower()
    assert "02 000 77 77" not in html
    assert "Souad Déléguée" not in html


def test_an_acting_bourgmestre_comes_first(client: Client, echevine: User) -> None:
    MandateFactory(bourgmestre=True, user=UserFactory(last_name="Titulaire"))
    MandateFactory(bourgmestre=True, is_acting=True, user=UserFactory(last_name="Faisantfonction"))
    client.force_login(echevine)
    html = page(client)
    assert (
        html.index("Faisantfonction")
        < html.index("Titulaire")
        < html.index("Nadia Échevine", html.index("Titulaire"))
    )


def test_gaps_are_said_to_the_agency_only(client: Client, echevine: User, lead: User) -> None:
    client.force_login(lead)
    codes = {gap.code for gap in client.get(reverse("communes:detail", args=[COMMUNE_B])).context["gaps"]}
    assert codes == {"no_spoc", "no_bourgmestre", "no_trade"}
    client.force_login(echevine)
    assert client.get(reverse("communes:detail", args=[COMMUNE_B])).context["gaps"] == []


def test_a_bourgmestre_who_holds_trade_leaves_no_gap(client: Client, lead: User) -> None:
    MandateFactory(bourgmestre=True, trade=True)
    client.force_login(lead)
    codes = {gap.code for gap in client.get(reverse("communes:detail", args=[COMMUNE_A])).context["gaps"]}
    assert codes == {"no_spoc"}


def test_a_mandate_that_ends_within_30_days_is_said(client: Client, lead: User) -> None:
    today = timezone.localdate()
    MandateFactory(trade=True, ends_on=today + timedelta(days=30))
    MandateFactory(ends_on=today + timedelta(days=31))
    client.force_login(lead)
    gaps = client.get(reverse("communes:detail", args=[COMMUNE_A])).context["gaps"]
    assert [gap.day for gap in gaps if gap.code == "ending"] == [today + timedelta(days=30)]


def queries(client: Client, address: str) -> int:
    """Return how many queries a page costs."""
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


@pytest.mark.parametrize("reader", ["echevine", "spoc", "lead", "cabinet"])
def test_pages_cost_the_same_for_1_and_20_rows(client: Client, cast: Any, reader: str) -> None:
    client.force_login(getattr(cast, reader))
    commune = Commune.objects.get(pk=COMMUNE_A)
    addresses = [reverse("home"), reverse("communes:list"), reverse("communes:detail", args=[COMMUNE_A])]
    few = [queries(client, address) for address in addresses]
    for number in range(20):
        MandateFactory(trade=True)
        MandateFactory(trade=True, commune_id=COMMUNE_B)
        district = District.objects.create(commune=commune, name_fr=f"fr {number}", name_nl=f"nl {number}")
        MerchantsAssociation.objects.create(commune=commune, district=district, name=f"association {number}")
    assert [queries(client, address) for address in addresses] == few
    assert Mandate.objects.count() > 40


@pytest.mark.parametrize(("language", "written"), [("fr", "273\N{NO-BREAK SPACE}092"), ("nl", "273.092")])
def test_numbers_are_written_as_the_language_writes_them(language: str, written: str) -> None:
    with override(language):
        assert grouped(273092) == written
