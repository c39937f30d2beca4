"""Assigning SPOCs and recording absences: exactly one SPOC a day, somebody else stands in."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from communes.models import Absence, Assignment, Delegation, Mandate
from hubportal.accounts.models import Role, User
from tests.cast import COMMUNE_A, COMMUNE_B, UserFactory, grant
from tests.communes.test_mandates import errors, in_french

pytestmark = pytest.mark.django_db

TWO_SPOCS = "This commune has a SPOC on some of these days already: end that assignment first."
NOT_AT_AGENCY = "This person holds no role at the agency on the first day."


def assign(client: Client, user: User, **values: Any) -> Any:
    """Send the form of a new assignment."""
    data = {"commune": COMMUNE_A, "user": user.pk, "starts_on": "2026-01-01", "ends_on": ""}
    return client.post(reverse("admin:communes_assignment_add"), data | values)


def be_away(client: Client, user: User, stand_in: User, **values: Any) -> Any:
    """Send the form of a new absence."""
    data = {"user": user.pk, "stand_in": stand_in.pk, "starts_on": "2026-11-23", "ends_on": "2026-11-27"}
    return client.post(reverse("admin:communes_absence_add"), data | values)


@pytest.fixture
def desk(client: Client, lead: User) -> Client:
    """The desk, opened by a lead."""
    client.force_login(lead)
    return client


def test_a_lead_assigns_a_spoc(desk: Client, spoc: User) -> None:
    assert assign(desk, spoc, commune=COMMUNE_B).status_code == 302
    assert Assignment.objects.valid().filter(user=spoc).count() == 2


def test_the_form_refuses_two_spocs_a_day(desk: Client, spoc: User) -> None:
    facts = "(Bilal Spoc, à partir du 01.09.2023, sans date de fin)"
    assert errors(assign(desk, grant(Role.SPOC))) == {"starts_on": [f"{in_french(TWO_SPOCS)} {facts}"]}


def test_the_database_refuses_two_spocs_a_day(spoc: User) -> None:
    other = grant(Role.SPOC)
    with pytest.raises(IntegrityError, match="assignment_one_spoc_a_day"), transaction.atomic():
        Assignment.objects.create(user=other, commune_id=COMMUNE_A, starts_on=date(2026, 1, 1))


def test_somebody_who_does_not_work_at_the_agency_is_refused(desk: Client, echevine: User) -> None:
    assert errors(assign(desk, echevine)) == {"user": [in_french(NOT_AT_AGENCY)]}


def test_an_absence_has_an_end(desk: Client, spoc: User, lead: User) -> None:
    assert set(errors(be_away(desk, spoc, lead, ends_on=""))) == {"ends_on"}


def test_the_database_wants_an_end_too(spoc: User, lead: User) -> None:
    with pytest.raises(IntegrityError, match="absence_has_an_end"), transaction.atomic():
        Absence.objects.create(user=spoc, stand_in=lead, starts_on=date(2026, 11, 23))


def test_nobody_stands_in_for_themselves(desk: Client, spoc: User) -> None:
    assert set(errors(be_away(desk, spoc, spoc))) == {"stand_in"}


def test_one_absence_at_a_time(desk: Client, spoc: User, lead: User) -> None:
    be_away(desk, spoc, lead)
    assert set(errors(be_away(desk, spoc, lead, starts_on="2026-11-27", ends_on="2026-11-30"))) == {
        "starts_on"
    }


def test_a_spoc_records_their_own_absence(client: Client, spoc: User, lead: User) -> None:
    client.force_login(spoc)
    assert be_away(client, spoc, lead).status_code == 302
    assert Absence.objects.get().user == spoc


def test_a_spoc_does_not_record_the_absence_of_another(client: Client, spoc: User, lead: User) -> None:
    other = grant(Role.SPOC)
    client.force_login(spoc)
    assert set(errors(be_away(client, other, lead))) == {"user"}


def test_a_spoc_does_not_change_the_absence_of_another(client: Client, spoc: User, lead: User) -> None:
    absence = Absence.objects.create(user=lead, stand_in=spoc, starts_on="2026-11-23", ends_on="2026-11-27")
    client.force_login(spoc)
    assert client.post(reverse("admin:communes_absence_change", args=[absence.pk]), {}).status_code == 403


def test_a_delegation_is_given_by_somebody_in_office(desk: Client, echevine: User, stranger: User) -> None:
    data = {"user": UserFactory().pk, "commune": COMMUNE_A, "starts_on": "2026-01-05"}
    address = reverse("admin:communes_delegation_add")
    assert set(errors(desk.post(address, data | {"given_by": stranger.pk}))) == {"given_by"}
    assert desk.post(address, data | {"given_by": echevine.pk}).status_code == 302
    assert Delegation.objects.get().given_by == echevine


def test_people_are_looked_for_on_the_server(desk: Client, echevine: User) -> None:
    query = {"app_label": "communes", "model_name": "mandate", "field_name": "user", "term": "échevine"}
    found = desk.get(reverse("admin:autocomplete"), query).json()["results"]
    assert [row["id"] for row in found] == [str(echevine.pk)]


def test_the_lists_of_the_desk_cost_the_same_for_1_and_20_rows(
    desk: Client, django_assert_max_num_queries: Any
) -> None:
    page = reverse("admin:communes_mandate_changelist")
    for _ in range(20):
        Mandate.objects.create(
            user=UserFactory(), commune_id=COMMUNE_A, office="echevin", starts_on="2024-12-01"
        )
    with django_assert_max_num_queries(9):
        assert desk.get(page).status_code == 200


@pytest.mark.django_db
def test_a_stand_in_who_is_away_on_the_same_days_is_refused(spoc: User, lead: User, editor: User) -> None:
    away = {"starts_on": date(2026, 3, 2), "ends_on": date(2026, 3, 6)}
    Absence.objects.create(user=lead, stand_in=editor, **away)
    with pytest.raises(ValidationError) as refusal:
        Absence(user=spoc, stand_in=lead, starts_on=date(2026, 3, 6), ends_on=date(2026, 3, 9)).full_clean()
    assert "stand_in" in refusal.value.message_dict
    Absence(user=spoc, stand_in=lead, starts_on=date(2026, 3, 7), ends_on=date(2026, 3, 9)).full_clean()


@pytest.mark.django_db
def test_somebody_who_stands_in_cannot_be_away_on_the_same_days(spoc: User, lead: User, editor: User) -> None:
    Absence.objects.create(user=spoc, stand_in=lead, starts_on=date(2026, 3, 2), ends_on=date(2026, 3, 6))
    with pytest.raises(ValidationError) as refusal:
        Absence(user=lead, stand_in=editor, starts_on=date(2026, 3, 6), ends_on=date(2026, 3, 9)).full_clean()
    assert spoc.full_name in str(refusal.value.message_dict["user"])
