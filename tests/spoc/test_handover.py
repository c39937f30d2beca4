"""Hand-over notes: given once and whole, read by the successor, seen by the agency only."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from communes.models import Absence, Commune
from hubportal.accounts.models import Role, RoleGrant, User
from hubportal.outbox.models import OutboxMessage
from hubportal.workflow import TransitionError
from spoc.models import HandoverNote, ServiceRequest
from tests.cast import COMMUNE_B, grant, yesterday
from tests.spoc.stories import CANARY, brought_to, day, mails

pytestmark = pytest.mark.django_db
WORDS = "note-mélèze : appelez le matin."


@pytest.fixture
def other(db: None) -> User:
    """The SPOC who takes over."""
    return grant(Role.SPOC, first_name="Ilse", last_name="Opvolger", content_language="nl", language="nl")


def give(by: User, to: User, commune: Commune, **facts: Any) -> HandoverNote:
    facts = {"starts_on": day(0), "text": WORDS} | facts
    return HandoverNote.objects.give(by=by, receiver=to, commune=commune, **facts)


def test_it_keeps_the_note_and_puts_the_successor_in_charge(
    spoc: User, other: User, echevine: User, commune_a: Commune
) -> None:
    rows = [brought_to("in_progress", echevine, spoc), brought_to("waiting_requester", echevine, spoc)]
    kept = brought_to("accepted", echevine, spoc)
    note = give(spoc, other, commune_a, requests=rows)
    assert (note.giver, note.receiver, note.text, note.read_at) == (spoc, other, WORDS, None)
    assert set(ServiceRequest.objects.filter(assigned_to=other)) == set(rows)
    assert ServiceRequest.objects.get(pk=kept.pk).assigned_to == spoc


def test_the_successor_gets_one_mail_in_their_language_with_what_is_open(
    spoc: User, other: User, echevine: User, stranger: User, commune_a: Commune
) -> None:
    row, submitted = brought_to("in_progress", echevine, spoc), brought_to("submitted", echevine, spoc)
    elsewhere = brought_to("submitted", stranger, spoc, commune=COMMUNE_B, title="Kastanje")
    brought_to("closed", echevine, spoc, title="Terminé")
    OutboxMessage.objects.all().delete()
    give(spoc, other, commune_a, requests=[row])
    (mail,) = [mail for mail in mails() if mail.person == other]
    assert mail.kind == "handed_over"
    assert "aan u overgedragen door" in mail.subject
    assert f"definitief\n\n{WORDS}\n\n" in mail.text
    for found in (row, submitted):
        assert f"{found.reference} {found.title}" in mail.text
        assert f"/admin/spoc/servicerequest/{found.pk}/change/" in mail.text
    assert f"{elsewhere.reference} " not in mail.text
    assert "Terminé" not in mail.text
    assert [mail.person for mail in mails("now_in_charge")] == [echevine]


def test_the_requester_reads_nothing_of_the_note(
    spoc: User, other: User, echevine: User, commune_a: Commune
) -> None:
    give(spoc, other, commune_a, requests=[brought_to("in_progress", echevine, spoc)])
    assert not [mail for mail in mails() if mail.person == echevine and "mélèze" in mail.text]


def test_a_second_click_gives_none(spoc: User, other: User, echevine: User, commune_a: Commune) -> None:
    row = brought_to("in_progress", echevine, spoc)
    first = give(spoc, other, commune_a, requests=[row])
    assert give(spoc, other, commune_a, requests=[ServiceRequest.objects.get(pk=row.pk)]) == first
    assert len(mails("handed_over")) == 1
    assert row.events.filter(verb="reassign").count() == 1


def test_one_that_the_successor_has_already_is_left_as_it_is(
    spoc: User, other: User, echevine: User, commune_a: Commune
) -> None:
    row = brought_to("in_progress", echevine, spoc)
    row.reassign(by=spoc, assigned_to=other)
    give(spoc, other, commune_a, requests=[row])
    assert row.events.filter(verb="reassign").count() == 1


def test_nothing_is_kept_when_one_request_has_ended_meanwhile(
    spoc: User, other: User, echevine: User, commune_a: Commune
) -> None:
    row, ended = brought_to("in_progress", echevine, spoc), brought_to("in_progress", echevine, spoc)
    ServiceRequest.objects.get(pk=ended.pk).withdraw(by=echevine)
    OutboxMessage.objects.all().delete()
    with pytest.raises(TransitionError):
        give(spoc, other, commune_a, requests=[row, ended])
    assert not HandoverNote.objects.exists()
    assert ServiceRequest.objects.get(pk=row.pk).assigned_to == spoc
    assert not mails()


def test_a_lead_and_a_stand_in_may(spoc: User, other: User, lead: User, commune_a: Commune) -> None:
    give(lead, other, commune_a)
    stand_in = grant(Role.SPOC)
    Absence.objects.create(user=spoc, stand_in=stand_in, starts_on=day(-1), ends_on=day(1))
    give(User.objects.get(pk=stand_in.pk), other, commune_a)


@pytest.mark.parametrize(
    "person", ["editor", "director", "admin", "cabinet", "taskforce", "echevine", "stranger"]
)
def test_these_may_not(
    person: str, spoc: User, other: User, commune_a: Commune, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(PermissionDenied):
        give(request.getfixturevalue(person), other, commune_a)


def test_the_spoc_of_another_commune_may_not(spoc: User, other: User, commune_b: Commune) -> None:
    with pytest.raises(PermissionDenied):
        give(spoc, other, commune_b)


@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("starts_on", {"starts_on": day(-1)}),
        ("starts_on", {"starts_on": day(400)}),
        ("ends_on", {"starts_on": day(5), "ends_on": day(4)}),
        ("text", {"text": "  "}),
        ("text", {"text": "x" * 100_000}),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(
    field: str, facts: dict[str, Any], spoc: User, other: User, commune_a: Commune
) -> None:
    with pytest.raises(ValidationError) as caught:
        give(spoc, other, commune_a, **facts)
    assert field in caught.value.message_dict
    assert not HandoverNote.objects.exists()


@pytest.mark.parametrize("person", ["spoc", "echevine", "cabinet"])
def test_these_cannot_take_over(
    person: str, spoc: User, commune_a: Commune, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(ValidationError) as caught:
        give(spoc, request.getfixturevalue(person), commune_a)
    assert "receiver" in caught.value.message_dict


def test_a_colleague_who_left_cannot_take_over(spoc: User, other: User, commune_a: Commune) -> None:
    RoleGrant.objects.filter(user=other).update(ends_on=yesterday())
    with pytest.raises(ValidationError) as caught:
        give(spoc, User.objects.get(pk=other.pk), commune_a)
    assert "receiver" in caught.value.message_dict
    assert not mails()


def test_the_agency_sees_it_and_nobody_else(
    spoc: User, other: User, editor: User, director: User, echevine: User, cabinet: User, commune_a: Commune
) -> None:
    note = give(spoc, other, commune_a)
    for person in (spoc, other, editor, director):
        assert note in HandoverNote.objects.visible_to(person)
    for person in (echevine, cabinet):
        assert note not in HandoverNote.objects.visible_to(person)


def test_who_left_the_agency_sees_none(spoc: User, other: User, commune_a: Commune) -> None:
    give(spoc, other, commune_a)
    RoleGrant.objects.filter(user=other).update(ends_on=yesterday())
    assert not HandoverNote.objects.visible_to(User.objects.get(pk=other.pk)).exists()


def test_the_successor_says_once_that_they_read_it(spoc: User, other: User, commune_a: Commune) -> None:
    note = give(spoc, other, commune_a)
    assert note in HandoverNote.objects.unread_by(other)
    note.read(by=other)
    first = note.read_at
    note.read(by=other)
    assert note.read_at == first
    assert note not in HandoverNote.objects.unread_by(other)


def test_nobody_reads_it_for_them(spoc: User, other: User, lead: User, commune_a: Commune) -> None:
    note = give(spoc, other, commune_a)
    for person in (spoc, lead):
        with pytest.raises(PermissionDenied):
            note.read(by=person)
    note.refresh_from_db()
    assert note.read_at is None


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("handover_to_another_person", {"same": True}),
        ("handover_ends_after_start", {"ends_on": day(-1)}),
        ("handover_says_something", {"text": ""}),
        ("handover_says_something", {"text": "x" * 4001}),
        ("handover_read_after_written", {"read_at": timezone.now() - timedelta(days=2)}),
    ],
)
def test_the_database_refuses(
    name: str, facts: dict[str, Any], spoc: User, other: User, commune_a: Commune
) -> None:
    given = {"starts_on": day(0), "text": WORDS, "receiver": spoc if "same" in facts else other}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        HandoverNote.objects.create(
            commune=commune_a,
            giver=spoc,
            **given | {key: value for key, value in facts.items() if key != "same"},
        )


def test_the_canary_of_another_commune_is_in_no_hand_over(
    spoc: User, other: User, echevine: User, lead: User, commune_b: Commune
) -> None:
    brought_to("in_progress", echevine, spoc)
    OutboxMessage.objects.all().delete()
    give(lead, other, commune_b)
    (mail,) = mails()
    assert CANARY not in mail.text


def test_each_whom_it_concerns_gets_one_mail_with_all_their_requests(
    spoc: User, other: User, echevine: User, editor: User, commune_a: Commune
) -> None:
    rows = [brought_to("in_progress", echevine, spoc, title=f"Rue {number}") for number in range(3)]
    rows[2].reassign(by=spoc, assigned_to=editor)
    OutboxMessage.objects.all().delete()
    give(spoc, other, commune_a, requests=rows)
    (to_requester,) = mails("all_in_charge")
    assert to_requester.person == echevine
    for row in rows:
        assert f"{row.reference} {row.title}" in to_requester.text
        assert row.get_absolute_url().partition("/requests/")[2] in to_requester.text
    # Of one request alone, its own mail.
    (to_editor,) = mails("now_in_charge")
    assert to_editor.person == editor
    assert rows[2].reference in to_editor.subject
    assert "mélèze" not in to_requester.text + to_editor.text
