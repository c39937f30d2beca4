"""What every screen of the desk shares: hidden rows, stale forms, races, steps."""

import re
from unittest import mock

import pytest
from django.contrib import admin
from django.db import IntegrityError, connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communes.models import Commune, District, MerchantsAssociation
from hubportal.access.paging import CappedPaginator
from hubportal.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client, lead: User) -> Client:
    """A lead at the desk."""
    client.force_login(lead)
    return client


@pytest.fixture
def district(commune_a: Commune) -> District:
    """A district of commune A."""
    return District.objects.create(commune=commune_a, name_fr="Wayez", name_nl="Wayezstraat")


@pytest.fixture
def association(commune_a: Commune) -> MerchantsAssociation:
    """A planned association of commune A."""
    return MerchantsAssociation.objects.create(commune=commune_a, name="Les Tilleuls")


def page_of(district: District) -> str:
    """Return the address of a district's form."""
    return reverse("admin:communes_district_change", args=[district.pk])


def form_of(district: District, version: str) -> dict[str, str]:
    """Return what a browser sends back."""
    return {
        "commune": district.commune_id,
        "name_fr": "Wayez neuf",
        "name_nl": "Nieuwe Wayez",
        "about_fr": "",
        "about_nl": "",
        "row_version": version,
    }


def version_in(page: str) -> str:
    """Return the version that a form carries."""
    found = re.search(r'name="row_version" value="([0-9a-f]{32})"', page)
    assert found is not None
    return found[1]


def test_a_row_that_is_hidden_is_not_found(desk: Client, district: District) -> None:
    with mock.patch("communes.models.district.DistrictQuerySet.visible_to", lambda rows, user: rows.none()):
        for page in ("change", "history", "delete"):
            address = reverse(f"admin:communes_district_{page}", args=[district.pk])
            assert desk.get(address).status_code in (403, 404), page
        assert desk.get(page_of(district)).status_code == 404
    assert desk.get(reverse("admin:communes_district_change", args=["nonsense"])).status_code == 404


def test_a_form_that_nobody_overtook_is_saved(desk: Client, district: District) -> None:
    version = version_in(desk.get(page_of(district)).text)
    assert desk.post(page_of(district), form_of(district, version)).status_code == 302
    district.refresh_from_db()
    assert district.name_fr == "Wayez neuf"


def test_a_row_is_locked_while_its_form_is_saved(desk: Client, association: MerchantsAssociation) -> None:
    address = reverse("admin:communes_merchantsassociation_change", args=[association.pk])
    version = version_in(desk.get(address).text)
    found = {"name": "Les Tilleuls", "commune": association.commune_id, "row_version": version}
    with CaptureQueriesContext(connection) as queries:
        assert desk.post(address, found).status_code == 302
    # Else a step taken between the reading and the writing would be taken back by the writing.
    locks = [number for number, query in enumerate(queries) if "FOR UPDATE" in query["sql"]]
    writes = [number for number, query in enumerate(queries) if query["sql"].startswith('UPDATE "communes')]
    assert min(locks) < min(writes)


def test_a_form_that_somebody_overtook_is_shown_again_and_nothing_is_lost(
    desk: Client, district: District
) -> None:
    version = version_in(desk.get(page_of(district)).text)
    District.objects.filter(pk=district.pk).update(about_fr="Nouveau", about_nl="Nieuw")
    answer = desk.post(page_of(district), form_of(district, version))
    assert answer.status_code == 200
    assert answer.context["adminform"].form.non_field_errors()[0]
    assert "Wayez neuf" in answer.text
    district.refresh_from_db()
    assert (district.name_fr, district.about_fr) == ("Wayez", "Nouveau")

    again = form_of(district, version_in(answer.text))
    assert desk.post(page_of(district), again).status_code == 302


def test_who_lost_a_race_sees_the_form_again_with_the_reason(
    desk: Client, district: District, commune_a: Commune
) -> None:
    District.objects.create(commune=commune_a, name_fr="Wayez neuf", name_nl="Ailleurs")
    version = version_in(desk.get(page_of(district)).text)
    # The other row came in after the form's own check: let that check see nothing.
    with mock.patch("django.db.models.Model.validate_constraints", return_value=None):
        answer = desk.post(page_of(district), form_of(district, version))
    assert answer.status_code == 200
    errors = str(answer.context["adminform"].form.errors)
    assert "français" in errors or "French" in errors
    assert "Nieuwe Wayez" in answer.text


def test_a_fault_of_ours_is_no_message(desk: Client, district: District) -> None:
    version = version_in(desk.get(page_of(district)).text)
    broken = mock.patch("communes.models.District.save", side_effect=IntegrityError("no diagnosis"))
    with broken, pytest.raises(IntegrityError):
        desk.post(page_of(district), form_of(district, version))


def step(association: MerchantsAssociation, verb: str) -> str:
    """Return the address of a step."""
    return reverse("admin:communes_merchantsassociation_step", args=[association.pk, verb])


def test_a_step_is_offered_asked_and_taken(
    desk: Client, association: MerchantsAssociation, lead: User
) -> None:
    change = reverse("admin:communes_merchantsassociation_change", args=[association.pk])
    page = desk.get(change).text
    assert step(association, "activate") in page
    assert step(association, "suspend") not in page
    assert 'name="status"' not in page

    assert desk.get(step(association, "activate")).status_code == 200
    association.refresh_from_db()
    assert association.status == "planned", "a GET changes nothing"

    assert desk.post(step(association, "activate")).url == change  # type: ignore[attr-defined]
    association.refresh_from_db()
    assert association.status == "active"
    assert association.events.get().by == lead


def test_who_comes_late_is_told_who_was_first(
    desk: Client, association: MerchantsAssociation, admin: User
) -> None:
    association.activate(by=admin)
    answer = desk.post(step(association, "activate"), follow=True)
    assert admin.full_name in answer.text
    assert association.events.count() == 1


def test_a_step_that_does_not_exist_is_not_found(desk: Client, association: MerchantsAssociation) -> None:
    assert desk.post(step(association, "delete")).status_code == 404
    assert desk.post(step(association, "can_be_activate_by")).status_code == 404


def test_who_may_look_but_not_act_is_refused(
    client: Client, editor: User, association: MerchantsAssociation
) -> None:
    client.force_login(editor)
    assert client.post(step(association, "activate")).status_code == 403
    association.refresh_from_db()
    assert association.status == "planned"


def test_a_step_needs_the_token_of_a_form(association: MerchantsAssociation, lead: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(lead)
    assert client.post(step(association, "activate")).status_code == 403


def test_a_list_is_counted_only_as_far_as_a_person_reads(
    commune_a: Commune, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hubportal.access.paging.COUNT_MAX", 3)
    for number in range(5):
        District.objects.create(commune=commune_a, name_fr=f"f{number}", name_nl=f"n{number}")
    rows: QuerySet[District] = District.objects.order_by("pk")
    assert CappedPaginator(rows, 2).count == 3
    assert CappedPaginator(list(rows), 2).num_pages == 2


def test_pickers_list_their_choices_without_a_script(
    desk: Client, spoc: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("communes_mandate", "conventions_convention"):
        page = desk.get(reverse(f"admin:{name}_add")).text
        assert f'<option value="{spoc.pk}">{spoc}</option>' in page, name
        assert '<option value="21001">Anderlecht</option>' in page, name
    monkeypatch.setattr("hubportal.access.admin.LISTED", 1)
    page = desk.get(reverse("admin:communes_mandate_add")).text
    assert f'<option value="{spoc.pk}"' not in page
    assert (
        f'<option value="{spoc.pk}" selected'
        in desk.get(reverse("admin:communes_mandate_add"), {"user": spoc.pk}).text
    )


def test_titles_and_choices_begin_with_a_capital_and_no_list_shows_dashes(client: Client, lead: User) -> None:
    lead.language = "nl"
    lead.save()
    client.force_login(lead)
    new = client.get(reverse("admin:communes_merchantsassociation_add")).text
    assert "<h1>Handelaarsvereniging toevoegen</h1>" in new
    assert "Geen keuze" in new
    listed = client.get(reverse("admin:communes_merchantsassociation_changelist")).text
    assert re.search(r">Gepland</a>", listed)
    assigned = client.get(reverse("admin:communes_absence_changelist")).text
    for text in (new, listed, assigned):
        assert "-----" not in text


def test_every_group_of_the_desk_begins_with_a_capital() -> None:
    with_models = {model._meta.app_config for model in admin.site._registry}
    named = [str(config.verbose_name) for config in with_models if config]
    assert all(name[:1].isupper() for name in named), named
