"""Submitting a request."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from communes.models import Commune, District
from conventions.models import Convention, ConventionTheme
from hubportal.accounts.models import User
from hubportal.businessdays import add_business_days
from hubportal.workflow import TransitionError
from spoc.models import ChantierDetails, ServiceRequest
from tests.conventions.drafts import recorded
from tests.spoc.stories import a_draft, day, mails

pytestmark = pytest.mark.django_db


def test_it_works(echevine: User, spoc: User) -> None:
    row = a_draft(echevine)
    row.submit(by=echevine)
    year = timezone.localdate().year
    assert (row.status, row.reference) == ("submitted", f"D-{year}-0001")
    assert row.due_on == add_business_days(timezone.localdate(), 2)
    event = row.events.get()
    assert (event.verb, event.by) == ("submit", echevine)
    assert [(mail.kind, mail.person) for mail in mails()] == [("receipt", echevine), ("new_request", spoc)]


@pytest.mark.parametrize("kind", ["audit", "development", "chantier"])
def test_each_service_can_be_asked_for(kind: str, echevine: User, spoc: User) -> None:
    row = a_draft(echevine, kind)
    row.submit(by=echevine)
    assert row.status == "submitted"


def test_a_delegate_and_a_colleague_of_the_college_may(
    delegate: User, colleague: User, echevine: User
) -> None:
    for person in (delegate, colleague):
        a_draft(echevine).submit(by=person)


def test_references_count_on(echevine: User) -> None:
    rows = [a_draft(echevine) for _ in range(3)]
    for row in rows:
        row.submit(by=echevine)
    assert [(row.reference or "")[-4:] for row in rows] == ["0001", "0002", "0003"]


def test_a_refused_submission_uses_no_number(echevine: User) -> None:
    with pytest.raises(ValidationError):
        a_draft(echevine, title="").submit(by=echevine)
    row = a_draft(echevine)
    row.submit(by=echevine)
    assert (row.reference or "").endswith("-0001")


def test_a_theme_of_the_convention_in_force_is_a_basis(echevine: User) -> None:
    theme = ConventionTheme.objects.get(convention=recorded())
    row = a_draft(echevine, outside_reason="", convention_theme=theme)
    row.submit(by=echevine)
    assert row.convention_theme == theme


def test_another_commune_may_not(echevine: User, stranger: User) -> None:
    with pytest.raises(PermissionDenied):
        a_draft(echevine).submit(by=stranger)


def test_a_former_echevin_may_not(echevine: User, ended: User) -> None:
    with pytest.raises(PermissionDenied):
        a_draft(echevine).submit(by=ended)


def test_the_spoc_may_not_ask_in_the_place_of_the_commune(echevine: User, spoc: User) -> None:
    with pytest.raises(PermissionDenied):
        a_draft(echevine).submit(by=spoc)


def test_twice_is_too_late(echevine: User) -> None:
    row = a_draft(echevine)
    row.submit(by=echevine)
    with pytest.raises(TransitionError):
        row.submit(by=echevine)


def refused(row: ServiceRequest, by: User) -> dict[str, list[str]]:
    """Submit, and return the fields that are refused."""
    with pytest.raises(ValidationError) as caught:
        row.submit(by=by)
    row.refresh_from_db()
    assert row.status == "draft"
    assert not mails()
    found: dict[str, list[str]] = caught.value.message_dict
    return found


def test_neither_theme_nor_reason_is_refused(echevine: User) -> None:
    assert set(refused(a_draft(echevine, outside_reason=" "), echevine)) == {"convention_theme"}


def test_a_theme_of_another_service_is_refused(echevine: User) -> None:
    theme = ConventionTheme.objects.get(convention=recorded())
    row = a_draft(echevine, "chantier", outside_reason="", convention_theme=theme)
    assert set(refused(row, echevine)) == {"convention_theme"}


def test_a_theme_of_a_convention_that_is_over_is_refused(echevine: User) -> None:
    convention = recorded(in_force_from=day(-300))
    theme = ConventionTheme.objects.get(convention=convention)
    Convention.objects.filter(pk=convention.pk).update(in_force_until=day(-1))
    row = a_draft(echevine, outside_reason="", convention_theme=theme)
    assert set(refused(row, echevine)) == {"convention_theme"}


def test_a_theme_of_another_commune_is_refused(echevine: User, commune_b: Commune) -> None:
    theme = ConventionTheme.objects.get(convention=recorded(commune_b.nis, "CC-2025-02"))
    row = a_draft(echevine, outside_reason="", convention_theme=theme)
    assert set(refused(row, echevine)) == {"convention_theme"}


def test_a_district_of_another_commune_is_refused(echevine: User, commune_b: Commune) -> None:
    district = District.objects.create(commune=commune_b, name_fr="Les Ormes", name_nl="De Olmen")
    assert set(refused(a_draft(echevine, district=district), echevine)) == {"district"}


def test_an_empty_title_is_refused(echevine: User) -> None:
    assert "title" in refused(a_draft(echevine, title=""), echevine)


def test_missing_details_are_refused(echevine: User) -> None:
    row = a_draft(echevine)
    row.auditdetails.delete()
    assert set(refused(ServiceRequest.objects.get(pk=row.pk), echevine)) == {"kind"}


def test_details_that_lack_something_are_refused(echevine: User) -> None:
    row = a_draft(echevine, "chantier")
    ChantierDetails.objects.filter(request=row).update(streets="")
    assert set(refused(ServiceRequest.objects.get(pk=row.pk), echevine)) == {"streets"}


def test_works_that_end_before_they_start_are_refused_by_the_form() -> None:
    details = ChantierDetails(starts_on=day(9), ends_on=day(9) - timedelta(days=1), streets="Rue")
    with pytest.raises(ValidationError) as caught:
        details.full_clean(exclude=["request"])
    assert set(caught.value.message_dict) >= {"ends_on"}


def test_the_agency_asks_a_commune_too(spoc: User, echevine: User) -> None:
    row = a_draft(spoc, direction="to_commune")
    row.submit(by=spoc)
    assert [(mail.kind, mail.person) for mail in mails()] == [("receipt", spoc), ("new_request", echevine)]
    assert not row.can_be_accept_by(spoc)
    assert row.can_be_accept_by(echevine)
