"""What erasing and retention do to what still waits, and what stays of a message once its address is a hash."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import Error, OperationalError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from communes.models import Mandate
from hubportal.accounts.forgetting import about, known, retain
from hubportal.accounts.models import JournalEntry, Role, User
from hubportal.outbox.models import OutboxMessage, post
from hubportal.outbox.words import NO_REPLY, RIGHT_ENDED
from hubportal.retention import hashed, retention
from mailings import counting, keeping
from mailings.audience import besides
from mailings.jobs import AT_ONCE, store_proofs
from mailings.keeping import hash_rows
from mailings.models import Delivery, DeliveryEvent, ExtraRecipient, FrozenLetter, Mailing
from spoc.models import RelayNote, RelayNoteEvent
from tests.cast import yesterday
from tests.mailings.leaving import marked, page, sent
from tests.mailings.made import an_extra_address, brought_to, meant_for, person
from tests.spoc.concerns.stories import a_note

pytestmark = pytest.mark.django_db


def erase(address: str | None) -> None:
    call_command("erase_person", str(address), verbosity=0)


def test_an_erased_extra_address_receives_nothing_any_more_also_today(echevine: User) -> None:
    extra = an_extra_address()
    row = meant_for(to_extras=True)
    waiting = row.deliveries.get(address=extra.email)
    erase(extra.email)
    waiting.refresh_from_db()
    assert waiting.status == "cancelled"
    assert [event.kind for event in waiting.events.order_by("pk")] == ["right_ended"]
    assert row.deliveries.get(address=echevine.email).status == "queued"
    assert counting.tally(row).ended == 1
    for day in (timezone.localdate(), timezone.localdate() + timedelta(days=1)):
        assert besides(row, day) == []


def test_an_extra_address_that_was_still_to_begin_is_written_to_on_no_day(echevine: User) -> None:
    begins = timezone.localdate() + timedelta(days=7)
    extra = an_extra_address(starts_on=begins)
    erase(extra.email)
    assert besides(meant_for(to_extras=True), begins) == []


def test_what_waits_for_somebody_else_at_a_shared_address_still_leaves(echevine: User) -> None:
    extra = an_extra_address(email=echevine.email)
    row = meant_for(to_extras=True)
    (shared,) = row.deliveries.filter(address=extra.email)
    # The mailbox was renamed since; the échevine has another one now.
    ExtraRecipient.objects.update(email="griet@federatie.example")
    Delivery.objects.filter(pk=shared.pk).update(address="griet@federatie.example")
    erase("griet@federatie.example")
    shared.refresh_from_db()
    assert shared.status == "queued"


def test_erasing_finds_editions_at_an_older_address_and_leaves_those_of_another_at_the_same_one(
    echevine: User, stranger: User
) -> None:
    row = sent()
    mine, other = (row.deliveries.get(address=person.email) for person in (echevine, stranger))
    # The échevine has another address since; the stranger had the one that she has now.
    now, before = str(echevine.email), "avant@poste.example"
    Delivery.objects.filter(pk=mine.pk).update(address=before)
    Delivery.objects.filter(pk=other.pk).update(address=now)
    nobodys = Delivery.objects.create(
        mailing=row, address="personne@poste.example", language="fr", values={}, message_id="<n@b.example>",
        status="failed",
    )  # fmt: skip
    (section,) = (part for part in known(about(echevine)) if part.name == "mailings.delivery.address")
    assert [[cell.value for cell in cells if cell.name == "address"] for cells in section.rows] == [[before]]
    Mandate.objects.filter(user=echevine).update(ends_on=yesterday())
    erase(now)
    erase("personne@poste.example")
    for message in (mine, other, nobodys):
        message.refresh_from_db()
    assert mine.address == hashed(before)
    assert other.address == now
    assert nobodys.address == hashed("personne@poste.example")
    assert row.proofs.exists()


def test_once_the_address_is_a_hash_the_page_and_the_proof_still_say_that_the_right_had_ended(
    echevine: User, stranger: User, client: Client
) -> None:
    row = brought_to("sending")
    row.deliveries.update(created_at=timezone.now() - timedelta(days=1))
    Mandate.objects.filter(user=echevine).update(ends_on=yesterday())
    Delivery.objects.all().end_rights(timezone.localdate())
    marked(row.deliveries.get(address=stranger.email), "accepted", 250, f"ok <{stranger.email}>")
    row.finish()
    erase(echevine.email)
    ended = row.deliveries.get(status="cancelled")
    assert (ended.address, ended.smtp_reply) == (hashed(str(echevine.email)), RIGHT_ENDED)
    assert counting.tally(row).ended == 1
    client.force_login(person(Role.EDITOR))
    assert "droit terminé" in page(client.get(reverse("mailings:progress", args=[row.number])))
    table = b"".join(client.get(reverse("mailings:proof-csv", args=[row.number])))  # type: ignore[call-overload]
    assert "droit terminé" in table.decode()


@pytest.mark.parametrize(
    ("reply", "kept"),
    [
        (f"{NO_REPLY} (SMTPServerDisconnected)", NO_REPLY),
        ("a person found that it arrived", "a person found that it arrived"),
        ("550 <x@y.example> unknown", ""),
    ],
)
def test_the_portals_own_words_stay_and_a_relays_go(reply: str, kept: str, echevine: User) -> None:
    row = sent()
    delivery = row.deliveries.get()
    Delivery.objects.filter(pk=delivery.pk).update(smtp_reply=reply)
    delivery.events.create(kind="moved", smtp_reply="new@y.example")
    delivery.events.create(kind="failed", smtp_reply=reply)
    hash_rows(row.deliveries.all())
    delivery.refresh_from_db()
    said = delivery.events.order_by("-pk").values_list("smtp_reply", flat=True)
    assert (delivery.smtp_reply, list(said[:2])) == (kept, [kept, ""])


def test_an_everyday_mail_still_says_that_its_right_had_ended(spoc: User) -> None:
    post(to="a@poste.example", person=spoc, language="fr", subject="s", text="t", kind="test")
    OutboxMessage.objects.all().end_right()
    OutboxMessage.objects.update(created_at=timezone.now() - timedelta(days=400))
    retain(timezone.now())
    assert OutboxMessage.objects.get(to_address=hashed("a@poste.example")).smtp_reply == RIGHT_ENDED


def refusing(numbers: set[int], error: type[Exception] = ZeroDivisionError) -> Callable[..., None]:
    """Return what stores proofs, but not those of these editions."""
    really = keeping.store_proof

    def store(mailing: Mailing, **more: Any) -> None:
        if mailing.number in numbers:
            raise error
        really(mailing, **more)

    return store


def editions(count: int) -> list[Mailing]:
    """Return editions that were sent, all but the first without a message."""
    first = sent()
    facts = {
        field.attname: getattr(first, field.attname)
        for field in Mailing._meta.concrete_fields
        if not (field.primary_key or field.generated)
    }
    rows = [Mailing(**{**facts, "number": first.number + step}) for step in range(1, count)]
    more = Mailing.objects.bulk_create(rows)
    for row in more:
        letter = FrozenLetter.objects.filter(mailing=first, language="fr").values().get()
        FrozenLetter.objects.create(**{**letter, "id": None, "mailing_id": row.pk})
    return [first, *more]


def test_editions_whose_proof_fails_hold_up_no_other(
    echevine: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    *failing, last = editions(AT_ONCE + 1)
    monkeypatch.setattr("mailings.jobs.store_proof", refusing({row.number for row in failing}))
    with caplog.at_level(logging.ERROR):
        assert store_proofs(timezone.now()) == 1
    assert last.proofs.exists()
    assert len([entry for entry in caplog.records if entry.name == "mailings.jobs"]) == AT_ONCE


def test_without_its_proof_an_edition_keeps_its_addresses_and_the_others_go_on(
    echevine: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = editions(2)
    kept = first.deliveries.get()
    gone = Delivery.objects.create(
        mailing=second, address="b@b.example", language="fr", values=kept.values, message_id="<b@b.example>",
        status="failed",
    )  # fmt: skip
    Delivery.objects.update(created_at=timezone.now() - timedelta(days=400))
    address, now = kept.address, timezone.now()
    # A lost connection is not the edition's: no other is tried on it.
    monkeypatch.setattr("mailings.keeping.store_proof", refusing({first.number}, OperationalError))
    assert retain(now).failed == ["mailings.addresses"]
    gone.refresh_from_db()
    assert gone.address == "b@b.example"
    monkeypatch.setattr("mailings.keeping.store_proof", refusing({first.number}))
    with caplog.at_level(logging.ERROR):
        assert retain(now).rows["mailings.addresses"] == 1
    for row in (kept, gone):
        row.refresh_from_db()
    # What was done stays, and the rule is told as failed.
    told = JournalEntry.objects.filter(detail__has_key="failed").latest("pk").detail
    assert (told["failed"], told["mailings.addresses"]) == (["mailings.addresses"], 1)
    assert (kept.address, gone.address) == (address, hashed("b@b.example"))
    assert "its addresses stay" in caplog.text


@pytest.fixture
def discarded(lead: User) -> RelayNote:
    """The draft of a note to an administration that was discarded."""
    note = a_note(lead, "administration", addressee_name="Mobilité", addressee_email="a@mobilite.example")
    note.drop(by=lead, reason="Remplacée.")
    return note


@pytest.mark.parametrize(("months", "kept"), [(11, "a@mobilite.example"), (13, "")])
def test_the_address_of_a_discarded_note_goes_by_time(months: int, kept: str, discarded: RelayNote) -> None:
    with retention():
        RelayNoteEvent.objects.update(at=timezone.now() - timedelta(days=31 * months))
    retain(timezone.now())
    discarded.refresh_from_db()
    assert discarded.addressee_email == kept


def test_the_address_of_a_discarded_note_goes_when_it_is_erased(discarded: RelayNote) -> None:
    erase("A@mobilite.example")
    discarded.refresh_from_db()
    assert discarded.addressee_email == ""


def test_a_door_within_a_door_leaves_the_outer_one_open_and_both_close(echevine: User) -> None:
    event = sent().deliveries.get().events.order_by("pk").first()
    assert event
    rows = DeliveryEvent.objects.filter(pk=event.pk)
    with retention():
        with retention():
            rows.update(smtp_reply="a")
        rows.update(smtp_reply="b")
        with pytest.raises(ZeroDivisionError), retention():
            raise ZeroDivisionError
        rows.update(smtp_reply="c")
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        rows.update(smtp_reply="d")
