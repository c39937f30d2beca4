"""A person's own page: what is known of them alone, as page, JSON and PDF; objecting."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pikepdf
import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.models import JournalEntry, Objection, Session, User
from hubportal.outbox.models import OutboxMessage
from spoc.models import Message
from tests.conventions.test_pdf import everything
from tests.mailings.leaving import sent
from tests.spoc.stories import brought_to

pytestmark = pytest.mark.django_db
CANARY = "canari-confidentiel"
REASON = {"reason": "Je ne veux plus être rappelé."}


@pytest.fixture(autouse=True)
def french() -> Iterator[None]:
    with translation.override("fr"):
        yield


def exported(client: Client) -> dict[str, Any]:
    answer = client.get(reverse("accounts:my-data-json"))
    found: dict[str, Any] = json.loads(b"".join(answer))  # type: ignore[call-overload]
    return found


def test_it_shows_what_each_app_knows(client: Client, echevine: User, spoc: User) -> None:
    brought_to("accepted", echevine, spoc)
    sent()
    client.force_login(echevine)
    page = client.get(reverse("accounts:my-data")).content.decode()
    for words in ("02 000", str(echevine.email), "Mandats", "Demandes de service", "Envois"):
        assert words in page, words
    found = exported(client)
    assert found["accounts.user.pk"][0]["email"] == echevine.email
    assert found["communes.mandate.user"][0]["office"] == "echevin"
    assert found["mailings.delivery.address"][0]["status"]


def test_nothing_of_anybody_else_is_in_it(
    client: Client, echevine: User, spoc: User, colleague: User
) -> None:
    row = brought_to("accepted", echevine, spoc)
    row.write(by=spoc, text=f"Note : {CANARY}", is_public=False)
    row.write(by=spoc, text=f"Réponse : {CANARY}")
    Message.objects.filter(author=spoc).update(text=CANARY)
    client.force_login(echevine)
    for name in ("my-data", "my-data-json"):
        answer = client.get(reverse(f"accounts:{name}"))
        text = b"".join(answer).decode()  # type: ignore[call-overload]
        main = text.partition("<main")[2].partition("</main")[0] if name == "my-data" else text
        assert CANARY not in text
        for other in (spoc, colleague):
            assert str(other.email) not in main
            assert other.last_name not in main


def test_the_pdf_says_the_same(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    answer = client.get(reverse("accounts:my-data-pdf"))
    assert answer["Content-Type"] == "application/pdf"
    pdf = pikepdf.open(BytesIO(answer.getvalue()))  # type: ignore[attr-defined]
    words = re.sub(r"\s+", " ", everything(pdf))
    assert str(echevine.email) in words
    assert echevine.full_name in words


def test_what_was_taken_along_is_journalled(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    exported(client)
    entry = JournalEntry.objects.get(kind=Kind.EXPORTED)
    assert (entry.actor, entry.detail["format"]) == (echevine, "json")


def test_what_others_did_is_told_without_their_names(client: Client, echevine: User, admin: User) -> None:
    journal(Kind.INVITED, admin, echevine)
    journal(Kind.CHANGED, admin, admin)
    journal(Kind.CHANGED, admin, Objection(pk=echevine.pk))
    client.force_login(echevine)
    rows = exported(client)["accounts.journalentry.target_id"]
    assert [(row["kind"], set(row)) for row in rows] == [("invited", {"at", "kind"})]


def test_whose_mandate_ended_takes_theirs_along(client: Client, ended: User) -> None:
    client.force_login(ended)
    assert client.get(reverse("accounts:my-data")).status_code == 200
    assert exported(client)["communes.mandate.user"][0]["ends_on"]


def test_a_hundred_rows_cost_no_more_queries_than_one(client: Client, echevine: User, spoc: User) -> None:
    client.force_login(echevine)
    row = brought_to("accepted", echevine, spoc)
    row.write(by=echevine, text="Un")
    client.get(reverse("accounts:my-data"))
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(reverse("accounts:my-data"))
    for number in range(20):
        row.write(by=echevine, text=str(number))
    with CaptureQueriesContext(connection) as many:
        page = client.get(reverse("accounts:my-data")).content.decode()
    assert len(many) == len(few)
    assert "Les 10 plus récents" in page


def test_an_objection_is_a_row_a_mail_and_an_entry(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    answer = client.post(reverse("accounts:my-data-object"), REASON, follow=True)
    row = Objection.objects.get()
    assert (row.user, row.reason) == (echevine, REASON["reason"])
    mail = OutboxMessage.objects.get(kind="objection")
    assert mail.to_address == "contact@hubportal.example"
    assert REASON["reason"] in mail.text
    assert f"/admin/accounts/objection/{row.pk}/change/" in mail.text
    assert JournalEntry.objects.filter(kind=Kind.OBJECTED, actor=echevine).count() == 1
    assert "Elle attend une réponse" in answer.content.decode()


def test_a_second_one_waits_for_the_first(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    for _ in range(2):
        client.post(reverse("accounts:my-data-object"), REASON)
    assert Objection.objects.count() == OutboxMessage.objects.filter(kind="objection").count() == 1


def test_an_objection_without_a_reason_is_asked_for_one(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    answer = client.post(reverse("accounts:my-data-object"), {"reason": " "})
    assert answer.status_code == 200
    assert not Objection.objects.exists()
    assert 'aria-invalid="true"' in answer.content.decode()


def test_who_objected_still_receives_mail_in_a_crisis(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    client.post(reverse("accounts:my-data-object"), REASON)
    assert sent().deliveries.filter(address=echevine.email).exists()


def test_an_administrator_answers_once(client: Client, echevine: User, admin: User) -> None:
    row = Objection.objects.create(user=echevine, reason="Non")
    with pytest.raises(PermissionDenied):
        row.give_answer(by=echevine, text="Oui")
    address = reverse("admin:accounts_objection_change", args=[row.pk])
    client.force_login(admin)
    form = client.get(address).context["adminform"].form
    data = {"answer": "Nous gardons votre nom.", "row_version": form.initial["row_version"]}
    assert client.post(address, data).status_code == 302
    row.refresh_from_db()
    assert row.answered_at
    mail = OutboxMessage.objects.get(kind="objection answered")
    assert (mail.to_address, "Nous gardons votre nom." in mail.text) == (echevine.email, True)
    entry = JournalEntry.objects.get(kind=Kind.CHANGED, target_type="accounts.objection")
    assert (entry.actor, entry.detail) == (admin, {"fields": ["answer"]})
    assert "answer" not in client.get(address).context["adminform"].form.fields
    with pytest.raises(PermissionDenied):
        Objection(pk=row.pk, user=echevine).give_answer(by=admin, text="Encore")
    assert OutboxMessage.objects.filter(kind="objection answered").count() == 1
    client.force_login(echevine)
    assert "Nous gardons votre nom." in client.get(reverse("accounts:my-data")).content.decode()


def test_the_command_prints_the_same(client: Client, echevine: User) -> None:
    told = StringIO()
    call_command("export_person", str(echevine.email).upper(), stdout=told)
    client.force_login(echevine)
    own = exported(client)
    found = json.loads(told.getvalue())
    assert found["communes.mandate.user"] == own["communes.mandate.user"]
    signing_in = {"accounts.session.user", "accounts.journalentry.actor"}
    # The command's own entry: what others did.
    assert set(own) - set(found) <= signing_in | {"accounts.journalentry.target_id"}


def test_of_nobody_nothing_is_known() -> None:
    with pytest.raises(CommandError, match="Nothing"):
        call_command("export_person", "personne@poste.example")


def test_a_session_is_told_by_its_browser_only(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    assert Session.objects.filter(user=echevine).exists()
    assert timezone.now() - Session.objects.get(user=echevine).seen_at < timedelta(hours=1)
    assert set(exported(client)["accounts.session.user"][0]) == {"device", "started_at", "seen_at"}
