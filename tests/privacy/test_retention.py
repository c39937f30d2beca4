"""What is forgotten by time: the rules, the dry run, what is left alone."""

from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from communes.models import Delegation, Mandate
from hubportal.accounts.forgetting import about, erase, known, retain, retained_on, subject_of
from hubportal.accounts.jobs import retain_once_a_day
from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.models import Invitation, JournalEntry, Objection, User
from hubportal.moments import midnight
from hubportal.months import months_after
from hubportal.outbox.models import OutboxMessage, post
from hubportal.outbox.words import ERASED
from hubportal.retention import hashed, retention
from mailings import people
from mailings.jobs import store_proofs
from mailings.models import Delivery, StoredProof, SuppressedAddress
from spoc.models import CalendarFeed
from tests.cast import COMMUNE_A, MandateFactory, UserFactory
from tests.mailings.leaving import sent
from tests.mailings.made import an_extra_address
from tests.spoc.stories import brought_to

pytestmark = pytest.mark.django_db


def today() -> date:
    return timezone.localdate()


def former(last_day: date, **facts: Any) -> User:
    """Return somebody whose mandate ended on a day, with all that opens the portal."""
    person: User = UserFactory(is_active=True, phone="02 000 00 19", **facts)
    MandateFactory(user=person, starts_on=date(2018, 12, 1), ends_on=last_day)
    return person


def run() -> dict[str, int]:
    return {name: count for name, count in retain(timezone.now()).rows.items() if count}


def test_twelve_months_after_the_last_mandate_nobody_can_be_reached() -> None:
    person = former(months_after(today(), -12) - timedelta(days=1))
    Invitation.issue(person, None)
    CalendarFeed.objects.issue(by=person)
    client = Client()
    client.force_login(person)
    name = person.full_name
    assert run()["accounts.contacts"] == 1
    person.refresh_from_db()
    assert (person.email, person.phone, person.is_active) == (None, "", False)
    assert not person.has_usable_password()
    assert not person.sessions.exists()
    assert not person.invitations.exists()
    assert not CalendarFeed.objects.exists()
    assert client.get(reverse("accounts:details")).status_code == 302
    # What the public knows stays.
    assert person.full_name == name
    assert Mandate.objects.get(user=person).ends_on is not None


@pytest.mark.parametrize("days", [0, 1, 300])
def test_until_then_they_can(days: int) -> None:
    person = former(months_after(today(), -12) + timedelta(days=days))
    assert "accounts.contacts" not in run()
    person.refresh_from_db()
    assert person.email


def test_whoever_holds_another_right_is_left_alone(spoc: User) -> None:
    MandateFactory(user=spoc, starts_on=date(2012, 12, 3), ends_on=date(2018, 12, 2))
    assert "accounts.contacts" not in run()


def test_a_delegation_without_an_end_lasts_as_long_as_its_giver() -> None:
    giver = former(months_after(today(), -13))
    delegate: User = UserFactory(is_active=True)
    Delegation.objects.create(user=delegate, given_by=giver, commune_id=COMMUNE_A, starts_on=date(2019, 1, 1))
    assert run()["accounts.contacts"] == 2
    delegate.refresh_from_db()
    assert delegate.email is None


def test_whoever_never_held_a_right_is_forgotten_a_year_after_their_last_sign() -> None:
    old, new = (timezone.now() - timedelta(days=days) for days in (400, 300))
    gone, invited, seen, elected, recent = UserFactory.create_batch(5, uninvited=True)
    User.objects.exclude(pk=recent.pk).update(created_at=old)
    User.objects.filter(pk=gone.pk).update(last_login=old)
    User.objects.filter(pk=seen.pk).update(last_login=new)
    MandateFactory(user=elected, starts_on=today() + timedelta(days=9))
    for person, at in ((gone, old), (invited, new)):
        Invitation.issue(person, None)
        Invitation.objects.filter(user=person).update(created_at=at)
    assert run()["accounts.contacts"] == 1
    assert list(User.objects.filter(email=None)) == [gone]


def test_answered_objections_go_with_the_contact_data(admin: User, echevine: User) -> None:
    person = former(months_after(today(), -13))
    for who in (echevine, person):
        Objection.objects.create(user=who, reason="Non").give_answer(by=admin, text="Oui")
    Objection.objects.create(user=person, reason="Non")
    assert "accounts.objections" not in run()
    # The one that waits is answered first.
    assert sorted(Objection.objects.values_list("user", flat=True)) == sorted([echevine.pk, person.pk])
    person.objections.get().give_answer(by=admin, text="Oui")
    assert run()["accounts.objections"] == 1
    assert list(Objection.objects.all()) == list(echevine.objections.all())


def test_nobody_is_forgotten_twice() -> None:
    former(months_after(today(), -13))
    assert "accounts.contacts" in run()
    assert "accounts.contacts" not in run()


def test_sign_ins_go_after_a_year_and_changes_of_rights_stay(spoc: User) -> None:
    for kind in (Kind.SIGNED_IN, Kind.REFUSED, Kind.CHANGED):
        for months in (11, 13):
            row = journal(kind, spoc)
            with retention():
                at = timezone.now() - timedelta(days=31 * months)
                JournalEntry.objects.filter(pk=row.pk).update(at=at)
    assert run()["accounts.sign_ins"] == 2
    kinds = JournalEntry.objects.filter(actor=spoc).values_list("kind", flat=True)
    assert sorted(kinds) == ["changed", "changed", "refused", "signed_in"]


def test_everyday_mails_lose_address_and_text(spoc: User) -> None:
    for name in ("old", "new"):
        post(to=f"{name}@poste.example", person=spoc, language="fr", subject=name, text="Secret", kind="test")
    rows = OutboxMessage.objects.all()
    rows.update(status="accepted", accepted_at=timezone.now())
    rows.filter(subject="old").update(created_at=timezone.now() - timedelta(days=400))
    assert run()["outbox.mails"] == 1
    assert not rows.filter(to_address="old@poste.example").exists()
    row = rows.get(to_address=hashed("old@poste.example"))
    assert (row.text, row.subject, row.kind) == ("", "–", "test")
    assert "Secret" in rows.get(to_address="new@poste.example").text


@pytest.fixture
def delivery(echevine: User) -> Delivery:
    """A message of an edition that was sent 13 months ago."""
    row = sent()
    long_ago = timezone.now() - timedelta(days=400)
    found = row.deliveries.get(address=echevine.email)
    Delivery.objects.filter(mailing=row).update(created_at=long_ago, smtp_reply=f"250 <{echevine.email}>")
    found.refresh_from_db()
    return found


def test_addresses_become_hashes_and_the_proof_keeps_them(
    client: Client, delivery: Delivery, echevine: User, spoc: User
) -> None:
    address, token = delivery.address, delivery.token
    assert run()["mailings.addresses"] == Delivery.objects.filter(mailing=delivery.mailing).count()
    delivery.refresh_from_db()
    assert delivery.address == hashed(address) != address
    assert delivery.token != token
    assert delivery.smtp_reply == ""
    assert delivery.name == echevine.full_name
    assert "caller_email" not in delivery.values
    assert {row.language for row in StoredProof.objects.filter(is_last=True)} == {"fr", "nl"}
    client.force_login(spoc)
    table = client.get(reverse("mailings:proof-csv", args=[delivery.mailing.number]))
    assert address in b"".join(table).decode()  # type: ignore[call-overload]


def test_the_proof_is_stored_once_when_the_last_message_left(echevine: User) -> None:
    row = sent()
    assert store_proofs(timezone.now()) == 1
    assert store_proofs(timezone.now()) == 0
    stored = StoredProof.objects.get(mailing=row, language="fr")
    assert echevine.email
    assert echevine.email in stored.table
    assert not stored.is_last


def test_a_stored_proof_is_never_changed(delivery: Delivery) -> None:
    store_proofs(timezone.now())
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        StoredProof.objects.update(table="")


def test_a_rule_that_fails_is_told_and_the_other_rules_go_on(
    delivery: Delivery, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*args: Any, **more: Any) -> None:
        raise ZeroDivisionError

    failing = [rule._replace(forget=fail) for rule in people.RULES if rule.name == "mailings.addresses"]
    monkeypatch.setattr(people, "RULES", failing)
    person, address = former(months_after(today(), -13)), delivery.address
    with pytest.raises(CommandError, match=r"mailings\.addresses"):
        call_command("retain", "--dry-run", stdout=StringIO())
    now = timezone.now()
    assert retain_once_a_day(now) == 1
    delivery.refresh_from_db()
    assert delivery.address == address
    # The other rules went on, and the journal tells which one did not; it is tried again the next day.
    person.refresh_from_db()
    assert person.email is None
    assert "retention rule mailings.addresses failed" in caplog.text
    detail = JournalEntry.objects.get(kind=Kind.ERASED).detail
    assert (detail["failed"], detail["accounts.contacts"]) == (["mailings.addresses"], 1)
    assert "mailings.addresses" not in detail
    assert retained_on(now)


def test_a_stopped_address_stays_readable(delivery: Delivery) -> None:
    SuppressedAddress.objects.create(address=delivery.address)
    run()
    assert SuppressedAddress.objects.filter(address=delivery.address).exists()


def test_an_extra_address_goes_a_year_after_its_last_day() -> None:
    last = months_after(today(), -12) - timedelta(days=1)
    row = an_extra_address(starts_on=date(2020, 1, 1), ends_on=last)
    name = row.full_name
    assert run()["mailings.extras"] == 1
    row.refresh_from_db()
    assert row.email.endswith("@hash.invalid")
    assert row.full_name == name


def test_the_dry_run_tells_what_the_run_does_and_does_nothing(delivery: Delivery) -> None:
    person = former(months_after(today(), -13))
    journal_before = JournalEntry.objects.count()
    told = StringIO()
    call_command("retain", "--dry-run", stdout=told)
    person.refresh_from_db()
    assert person.email
    assert JournalEntry.objects.count() == journal_before
    really = StringIO()
    call_command("retain", stdout=really)
    assert told.getvalue() == really.getvalue()
    assert "accounts.contacts: 1\n" in really.getvalue()


def test_a_day_runs_once_and_is_journalled_with_its_counts() -> None:
    former(months_after(today(), -13))
    now = timezone.now()
    assert retain_once_a_day(now) == 1
    former(months_after(today(), -13))
    assert retain_once_a_day(now) == 0
    (row,) = JournalEntry.objects.filter(kind=Kind.ERASED)
    assert row.detail["accounts.contacts"] == 1
    assert retain_once_a_day(now + timedelta(days=1)) == 1


def test_the_day_of_a_run_is_that_of_brussels() -> None:
    row = journal(Kind.ERASED, None, None, failed=[])
    for hours, is_that_day in ((-1, False), (0, True), (23.9, True), (24, False)):
        with retention():
            at = midnight(date(2026, 7, 6)) + timedelta(hours=hours)
            JournalEntry.objects.filter(pk=row.pk).update(at=at)
        assert retained_on(midnight(date(2026, 7, 6)) + timedelta(hours=12)) is is_that_day, hours


def test_outside_the_block_the_journal_is_closed(spoc: User) -> None:
    journal(Kind.SIGNED_IN, spoc)
    with retention():
        JournalEntry.objects.update(detail={"a": 1})
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        JournalEntry.objects.update(detail={})


def test_erasing_by_hand_tells_of_each_app(delivery: Delivery, echevine: User) -> None:
    Mandate.objects.filter(user=echevine).update(ends_on=today() - timedelta(days=1))
    address = echevine.email
    told, really = StringIO(), StringIO()
    call_command("erase_person", str(address).upper(), "--dry-run", stdout=told)
    echevine.refresh_from_db()
    assert echevine.email == address
    call_command("erase_person", address, stdout=really)
    assert told.getvalue() == really.getvalue()
    echevine.refresh_from_db()
    delivery.refresh_from_db()
    assert echevine.email is None
    assert delivery.address == hashed(str(address))
    assert StoredProof.objects.filter(mailing=delivery.mailing, language="fr", is_last=False).exists()
    entry = JournalEntry.objects.get(kind=Kind.ERASED)
    assert (entry.target_id, str(address) in str(entry.detail)) == (str(echevine.pk), False)


@pytest.mark.parametrize("is_active", [True, False])
def test_whoever_holds_a_right_is_not_erased(echevine: User, is_active: bool) -> None:
    User.objects.update(is_active=is_active)
    with pytest.raises(CommandError):
        call_command("erase_person", echevine.email)
    echevine.refresh_from_db()
    assert echevine.email


def written(person: User | None, address: str, **facts: Any) -> OutboxMessage:
    row = post(to=address, person=person, language="fr", subject="Bonjour", text="Secret", kind="test")
    OutboxMessage.objects.filter(pk=row.pk).update(**facts)
    row.refresh_from_db()
    return row


def test_mails_are_those_of_whom_they_were_written_for(echevine: User, ended: User) -> None:
    """At an older address too, and never those of another who had the same one."""
    ours, done = str(ended.email), {"status": "accepted", "accepted_at": timezone.now()}
    mine = [written(ended, "avant@poste.example", **done), written(None, ours.upper(), **done)]
    other = written(echevine, ours, **done)
    wait = {"next_try_at": timezone.now(), "status": "deferred"}
    mine += [written(ended, ours), written(ended, "avant@poste.example", **wait)]
    (section,) = (part for part in known(about(ended)) if part.name == "outbox.outboxmessage.person")
    assert section.total == 4
    assert known(subject_of("avant@poste.example")) == []
    erase(about(ended))
    for row in mine:
        row.refresh_from_db()
        assert (row.to_address[-13:], row.subject, row.text) == ("@hash.invalid", "–", "")
    assert [(row.status, row.smtp_reply) for row in mine[2:]] == [("cancelled", ERASED)] * 2
    other.refresh_from_db()
    assert (other.to_address, other.status) == (ours, "accepted")
    assert "Secret" in other.text


def test_who_asked_and_held_office_is_erased_twice_and_stays_by_name(echevine: User, spoc: User) -> None:
    row, name, address = brought_to("accepted", echevine, spoc), echevine.full_name, echevine.email
    Mandate.objects.filter(user=echevine).update(ends_on=today() - timedelta(days=1))
    for subject in (about(echevine), about(User.objects.get(pk=echevine.pk)), subject_of(str(address))):
        erase(subject)
    row.refresh_from_db()
    assert row.created_by.full_name == name
    assert Mandate.objects.filter(user=echevine).exists()
    assert JournalEntry.objects.filter(kind=Kind.ERASED).count() == 3
