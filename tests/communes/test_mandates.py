"""Recording a mandate on the desk: what is refused, by the form and by the database, in French."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from communes.models import Mandate
from hubportal.accounts.models import JournalEntry, User
from tests.cast import COMMUNE_A, COMMUNE_B, MandateFactory, UserFactory

pytestmark = pytest.mark.django_db

TWO_MAYORS = "This commune has a titular bourgmestre on some of these days already: end that mandate first."
TWICE = "This person holds this office here already on some of these days."
END_FIRST = "The last day cannot come before the first day."


def record(client: Client, user: User, **values: Any) -> HttpResponse:
    """Fill in the form of a new mandate and send it."""
    data = {
        "user": user.pk,
        "commune": COMMUNE_A,
        "office": "echevin",
        "starts_on": "2024-12-01",
        "ends_on": "",
    }
    response: HttpResponse = client.post(reverse("admin:communes_mandate_add"), data | values)
    return response


def errors(response: Any) -> dict[str, list[str]]:
    """Return the errors of the form, by field."""
    return dict(response.context["adminform"].form.errors)


def in_french(text: str) -> str:
    """Return a message as a French reader sees it; it must differ from the English one."""
    with translation.override("fr"):
        french = gettext(text)
    assert french != text
    return french


@pytest.fixture
def desk(client: Client, lead: User) -> Client:
    """The desk, opened by a lead who reads French."""
    client.force_login(lead)
    return client


def test_a_lead_records_a_mandate(desk: Client, lead: User) -> None:
    person = UserFactory()
    response = record(desk, person, portfolios=["trade", "markets"], rank=2)
    assert response.status_code == 302
    mandate = Mandate.objects.get(user=person)
    assert mandate.portfolios == ["trade", "markets"]
    entry = JournalEntry.objects.get(kind="recorded", target_type="communes.mandate")
    assert (entry.actor, entry.target_id) == (lead, str(mandate.pk))
    assert person.last_name not in str(entry.detail)


def test_a_change_is_journalled_by_the_names_of_its_fields(desk: Client) -> None:
    mandate = MandateFactory(rank=1)
    data = {
        "user": mandate.user_id,
        "commune": COMMUNE_A,
        "office": "echevin",
        "rank": 1,
        "starts_on": "2024-12-01",
    }
    address = reverse("admin:communes_mandate_change", args=[mandate.pk])
    assert desk.post(address, data | {"ends_on": "2030-11-30"}).status_code == 302
    assert JournalEntry.objects.get(kind="changed").detail == {"fields": ["ends_on"]}
    mandate.refresh_from_db()
    assert mandate.ends_on == date(2030, 11, 30)


def test_a_spoc_may_read_but_not_record(client: Client, spoc: User) -> None:
    client.force_login(spoc)
    assert client.get(reverse("admin:communes_mandate_changelist")).status_code == 200
    assert record(client, UserFactory()).status_code == 403


def test_the_form_refuses_two_bourgmestres(desk: Client) -> None:
    held = MandateFactory(bourgmestre=True, ends_on=date(2030, 11, 30))
    # Neither an échevin's nor one that is over is in the way.
    MandateFactory()
    MandateFactory(bourgmestre=True, ended=True)
    found = errors(record(desk, UserFactory(), office="bourgmestre", starts_on="2026-01-01"))
    facts = f"({held.user.full_name}, du 01.12.2024 au 30.11.2030)"
    assert found == {"starts_on": [f"{in_french(TWO_MAYORS)} {facts}"]}


def test_the_database_refuses_two_bourgmestres() -> None:
    MandateFactory(bourgmestre=True)
    with pytest.raises(IntegrityError, match="mandate_one_titular_bourgmestre"), transaction.atomic():
        MandateFactory(bourgmestre=True, starts_on=date(2026, 1, 1))


def test_who_loses_a_race_reads_the_same_words(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    MandateFactory(bourgmestre=True)
    # The other lead saved between the check of the form and the save.
    monkeypatch.setattr(Mandate, "validate_constraints", lambda self, exclude=None: None)
    found = errors(record(desk, UserFactory(), office="bourgmestre", starts_on="2026-01-01"))
    assert found == {"starts_on": [in_french(TWO_MAYORS)]}


def test_an_acting_bourgmestre_stands_beside_the_titular_one(desk: Client) -> None:
    MandateFactory(bourgmestre=True)
    assert record(desk, UserFactory(), office="bourgmestre", is_acting="on").status_code == 302


def test_another_commune_has_its_own_bourgmestre(desk: Client) -> None:
    MandateFactory(bourgmestre=True)
    assert record(desk, UserFactory(), office="bourgmestre", commune=COMMUNE_B).status_code == 302


def test_the_next_bourgmestre_begins_the_day_after(desk: Client) -> None:
    MandateFactory(bourgmestre=True, ends_on=date(2026, 6, 30))
    assert record(desk, UserFactory(), office="bourgmestre", starts_on="2026-07-01").status_code == 302


def test_an_echevin_cannot_be_acting(desk: Client) -> None:
    assert set(errors(record(desk, UserFactory(), is_acting="on"))) == {"is_acting"}


def test_the_form_refuses_the_same_office_twice(desk: Client) -> None:
    mandate = MandateFactory()
    facts = f"({mandate.user.full_name}, à partir du 01.12.2024, sans date de fin)"
    assert errors(record(desk, mandate.user)) == {"user": [f"{in_french(TWICE)} {facts}"]}


def test_the_database_refuses_the_same_office_twice() -> None:
    mandate = MandateFactory()
    with pytest.raises(IntegrityError, match="mandate_once_per_person"), transaction.atomic():
        MandateFactory(user=mandate.user)


def test_the_form_refuses_an_end_before_the_start(desk: Client) -> None:
    found = errors(record(desk, UserFactory(), office="bourgmestre", ends_on="2024-11-30"))
    assert found == {"ends_on": [in_french(END_FIRST)]}


def test_the_database_refuses_an_end_before_the_start() -> None:
    mandate = MandateFactory()
    # The exclusion constraints cannot read such a range either: which one speaks first is PostgreSQL's choice.
    with pytest.raises(Exception, match=r"mandate_ends_after_start|range lower bound"), transaction.atomic():
        Mandate.objects.filter(pk=mandate.pk).update(ends_on=date(2024, 11, 30))


def test_the_database_refuses_an_unknown_portfolio() -> None:
    with pytest.raises(IntegrityError, match="mandate_known_portfolios"), transaction.atomic():
        MandateFactory(portfolios=["tarde"])


def test_a_mandate_is_ended_from_the_list_and_never_deleted(desk: Client, lead: User) -> None:
    mandate = MandateFactory()
    page = reverse("admin:communes_mandate_changelist")
    assert "delete_selected" not in desk.get(page).content.decode()
    desk.post(page, {"action": "end_today", "_selected_action": [mandate.pk]})
    mandate.refresh_from_db()
    assert mandate.ends_on is not None
    assert JournalEntry.objects.get(kind="changed").detail == {"fields": ["ends_on"]}
