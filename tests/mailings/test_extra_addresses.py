"""The named extra addresses at the desk: dated rows, kept by editors and leads."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from hubportal.accounts.models import JournalEntry, Role, User
from mailings.models import ExtraRecipient
from tests.cast import grant
from tests.mailings.leaving import page
from tests.mailings.made import an_extra_address, meant_for, person

pytestmark = pytest.mark.django_db
TYPED = {
    "full_name": "Griet Van Handel",
    "function_fr": "fédération du commerce",
    "function_nl": "handelsfederatie",
    "email": "Griet@Federatie.example",
    "content_language": "nl",
    "starts_on": "2026-01-05",
    "ends_on": "",
}


def at_the_desk(role: Role) -> Client:
    """Return a client of somebody with a role, whose desk speaks English."""
    client = Client()
    client.force_login(grant(role, email=f"{role.value}@desk.example", language="en"))
    return client


def address(name: str, *args: Any) -> str:
    return reverse(f"admin:mailings_extrarecipient_{name}", args=args)


@pytest.mark.parametrize("role", [Role.EDITOR, Role.LEAD])
def test_editors_and_leads_add_one_and_the_journal_knows(role: Role) -> None:
    answer = at_the_desk(role).post(address("add"), TYPED)
    assert answer.status_code == 302
    row = ExtraRecipient.objects.get()
    assert (row.email, row.content_language, row.ends_on) == ("griet@federatie.example", "nl", None)
    entry = JournalEntry.objects.get(kind="recorded")
    assert entry.target_id == str(row.pk)
    assert "federatie" not in str(entry.detail)


def test_it_ends_and_is_never_deleted() -> None:
    row = an_extra_address()
    client = at_the_desk(Role.EDITOR)
    client.post(address("changelist"), {"action": "end_today", "_selected_action": [row.pk]})
    row.refresh_from_db()
    assert row.ends_on == timezone.localdate()
    assert client.get(address("delete", row.pk)).status_code == 403


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "griet@federatie.example"}, "email"),
        ({"email": "no address"}, "email"),
        ({"function_nl": ""}, "function_nl"),
        ({"content_language": "en", "email": "x@y.example"}, "content_language"),
        ({"ends_on": "2026-01-04", "email": "x@y.example"}, "ends_on"),
    ],
)
def test_what_is_refused_is_told_at_its_field(changes: dict[str, str], field: str) -> None:
    an_extra_address()
    answer = at_the_desk(Role.EDITOR).post(address("add"), {**TYPED, **changes})
    assert answer.status_code == 200
    assert field in answer.context["adminform"].form.errors
    assert ExtraRecipient.objects.count() == 1


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"email": "Griet@x.example"}, "is_lower_case"),
        ({"content_language": "en"}, "known_language"),
        ({"ends_on": date(2020, 1, 1)}, "ends_after_start|range"),
        ({}, "once_at_a_time"),
    ],
)
def test_the_database_refuses_it_too(facts: dict[str, Any], rule: str) -> None:
    an_extra_address()
    with pytest.raises((IntegrityError, DataError), match=rule):
        an_extra_address(**facts)


def test_the_same_address_may_come_back_later() -> None:
    an_extra_address(ends_on=date(2025, 12, 31))
    row = ExtraRecipient(
        full_name="Griet", function_fr="a", function_nl="b", email="griet@federatie.example",
        starts_on=date(2026, 1, 1),
    )  # fmt: skip
    row.full_clean()
    row.starts_on = date(2025, 12, 31)
    with pytest.raises(ValidationError):
        row.full_clean()


def test_the_function_is_in_the_language_of_the_reader() -> None:
    row = an_extra_address()
    with translation.override("nl"):
        assert row.function == "handelsfederatie"
    with translation.override("en"):
        assert row.function == "fédération du commerce"


def test_the_list_of_messages_tells_by_which_right(echevine: User) -> None:
    an_extra_address()
    row = meant_for(to_extras=True)
    client = at_the_desk(Role.LEAD)
    for message in row.deliveries.all():
        text = page(client.get(reverse("admin:mailings_delivery_change", args=[message.pk])))
        assert message.name in text
        assert ("fédération du commerce" in text) == (message.address == "griet@federatie.example")


def test_nobody_outside_the_agency_sees_one(cabinet: User, echevine: User) -> None:
    an_extra_address()
    for user in (cabinet, echevine):
        assert not ExtraRecipient.objects.all().visible_to(user).exists()
    assert ExtraRecipient.objects.all().visible_to(person(Role.SPOC)).exists()
