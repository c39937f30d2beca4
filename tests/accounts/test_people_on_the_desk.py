"""People, roles and the journal on the desk."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.models import JournalEntry, Role, RoleGrant, User
from tests.cast import Cast, UserFactory

pytestmark = pytest.mark.django_db


def details(**values: Any) -> dict[str, Any]:
    """Return what the form of a person sends, without roles."""
    data = {"first_name": "Odile", "last_name": "Nouvelle", "email": "", "phone": "", "language": "fr"}
    inline = {"grants-TOTAL_FORMS": 0, "grants-INITIAL_FORMS": 0}
    return data | {"content_language": ""} | inline | values


def test_a_lead_records_a_person_without_a_password(client: Client, lead: User) -> None:
    client.force_login(lead)
    response = client.post(reverse("admin:accounts_user_add"), details(email="Odile@Anderlecht.example"))
    assert response.status_code == 302
    person = User.objects.get(email="odile@anderlecht.example")
    assert not person.is_active
    assert JournalEntry.objects.get(kind="recorded").target_id == str(person.pk)
    page = client.get(reverse("admin:accounts_user_change", args=[person.pk])).content.decode()
    assert "password" not in page.partition('id="content-main"')[2]


def test_a_known_address_is_refused_whatever_its_case(client: Client, lead: User, echevine: User) -> None:
    client.force_login(lead)
    response = client.post(reverse("admin:accounts_user_add"), details(email="ECHEVINE@anderlecht.example"))
    assert set(response.context["adminform"].form.errors) == {"email"}


def test_a_lead_does_not_change_the_address_of_a_role_holder(client: Client, lead: User, admin: User) -> None:
    client.force_login(lead)
    client.post(reverse("admin:accounts_user_change", args=[admin.pk]), details(email="mine@hub.example"))
    admin.refresh_from_db()
    assert admin.email == "admin@hub.example"


def test_a_lead_gives_no_roles(client: Client, lead: User) -> None:
    person = UserFactory()
    client.force_login(lead)
    grant = {
        "grants-TOTAL_FORMS": 1, "grants-INITIAL_FORMS": 0,
        "grants-0-role": "admin", "grants-0-starts_on": "2020-01-01", "grants-0-user": person.pk,
    }  # fmt: skip
    client.post(
        reverse("admin:accounts_user_change", args=[person.pk]), details(email="p@hub.example", **grant)
    )
    assert not person.grants.exists()


def test_an_administrator_gives_a_role_and_it_is_journalled(client: Client, admin: User) -> None:
    person = UserFactory()
    client.force_login(admin)
    grant = {
        "grants-TOTAL_FORMS": 1, "grants-INITIAL_FORMS": 0,
        "grants-0-role": "editor", "grants-0-starts_on": "2020-01-01", "grants-0-user": person.pk,
    }  # fmt: skip
    address = reverse("admin:accounts_user_change", args=[person.pk])
    assert client.post(address, details(email="p@hub.example", is_active="on", **grant)).status_code == 302
    assert person.grants.get().role == Role.EDITOR
    assert JournalEntry.objects.filter(kind="recorded", target_type="accounts.rolegrant").count() == 1


def test_a_role_is_held_once_at_a_time(client: Client, admin: User) -> None:
    client.force_login(admin)
    data = {"user": admin.pk, "role": "admin", "starts_on": "2026-01-01"}
    response = client.post(reverse("admin:accounts_rolegrant_add"), data)
    assert set(response.context["adminform"].form.errors) == {"role"}
    assert RoleGrant.objects.count() == 1


def test_the_desk_sends_to_the_portals_own_sign_in(client: Client) -> None:
    response = client.get("/admin/login/?next=/admin/")
    assert response.status_code == 302
    assert "/sign-in/" in response.headers["Location"]


def test_the_desk_is_closed_to_communes(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    assert client.get("/admin/").status_code == 302
    assert client.get("/admin/login/").status_code == 403


def test_the_journal_cannot_be_rewritten(echevine: User) -> None:
    entry = journal(Kind.SIGNED_IN, echevine, echevine)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        JournalEntry.objects.filter(pk=entry.pk).update(kind="refused")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        JournalEntry.objects.filter(pk=entry.pk).delete()


def test_the_journal_is_taken_along_as_the_list_shows_it(cast: Cast) -> None:
    journal(Kind.SIGNED_OUT, cast.echevine, cast.echevine)
    client = Client()
    client.force_login(cast.director)
    answer = client.get(reverse("admin:accounts_journalentry_export"), {"kind__exact": Kind.SIGNED_OUT})
    lines = b"".join(answer).decode().splitlines()  # type: ignore[arg-type]
    assert len(lines) == 2
    assert cast.echevine.full_name in lines[1]
    assert JournalEntry.objects.get(kind=Kind.EXPORTED).detail["narrowed_by"] == ["kind__exact"]
    astray = client.get(reverse("admin:accounts_journalentry_export"), {"nonsense": "1"})
    assert (astray.status_code, astray["Location"]) == (
        302,
        reverse("admin:accounts_journalentry_changelist"),
    )
    for closed in (cast.lead, cast.spoc, cast.cabinet, cast.echevine):
        client.force_login(closed)
        assert client.get(reverse("admin:accounts_journalentry_export")).status_code in {302, 403}
