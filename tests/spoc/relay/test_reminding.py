"""Reminders of relay notes through the tick; and where notes stand at home and in a calendar."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from hubportal.accounts.models import Role, User
from hubportal.businessdays import add_business_days
from hubportal.outbox.models import OutboxMessage
from spoc import deadlines, emails, feed, jobs
from spoc.models import NoteReminder, RelayNote
from tests.cast import grant
from tests.spoc.concerns.stories import CANARY, INTRODUCTIONS, a_note, of_communes, with_concern
from tests.spoc.stories import brought_to, failing_for, set_back

pytestmark = pytest.mark.django_db


def at(day: date, hour: int = 9) -> datetime:
    """Return a moment of a day in Brussels."""
    return timezone.make_aware(datetime.combine(day, time(hour)))


def due(note: RelayNote) -> date:
    """Return the day by which a note is to be answered."""
    return deadlines.held(note.due_on)


def soon(note: RelayNote) -> date:
    """Return the first day on which is reminded of a note."""
    days = (due(note) - timedelta(days=count) for count in range(10, 0, -1))
    return next(day for day in days if add_business_days(day, 3) >= due(note))


def reminders(person: User | None = None) -> list[OutboxMessage]:
    """Return the reminders in the outbox, those of a person."""
    rows = OutboxMessage.objects.filter(kind="reminder").order_by("pk")
    return list(rows.filter(person=person) if person else rows)


def test_the_addressee_is_reminded_three_business_days_before_once(
    sent: RelayNote, taskforce: User, lead: User
) -> None:
    assert jobs.remind(at(soon(sent) - timedelta(days=1))) == 0
    assert jobs.remind(at(soon(sent), 6)) == 0
    assert jobs.remind(at(soon(sent))) == 1
    assert jobs.remind(at(soon(sent), 10)) == 0
    (mail,) = reminders()
    assert mail.person == taskforce
    assert str(sent.reference) in mail.text
    assert f"/requests/notes/{sent.pk}/" in mail.text
    assert NoteReminder.objects.get().kind == "soon"


def test_on_the_day_the_addressee_then_each_week_the_leads(
    sent: RelayNote, taskforce: User, lead: User
) -> None:
    told: dict[date, list[Any]] = {}
    for count in range(-8, 16):
        day = due(sent) + timedelta(days=count)
        before = len(reminders())
        jobs.remind(at(day))
        if found := reminders()[before:]:
            told[day] = [mail.person for mail in found]
    week = timedelta(days=7)
    assert told == {
        soon(sent): [taskforce], due(sent): [taskforce], due(sent) + week: [lead], due(sent) + 2 * week: [lead],
    }  # fmt: skip


def test_an_answered_note_reminds_nobody(sent: RelayNote, taskforce: User) -> None:
    sent.answer(by=taskforce, item=1, text_fr="Oui.")
    assert jobs.remind(at(due(sent))) == 0


def test_of_an_administration_the_leads_are_reminded(stranger: User, lead: User) -> None:
    note = a_note(
        lead, "administration", addressee_name="Bruxelles Mobilité", addressee_email="a@mobilite.example"
    )
    (row,) = of_communes(1)
    with_concern(note, lead, row)
    note.send(by=lead)
    jobs.remind(at(soon(note)))
    # The story of the concern brought another lead.
    assert {mail.person for mail in reminders()} == set(User.objects.holding([Role.LEAD]))
    assert reminders(lead)


def test_who_got_it_today_is_not_reminded_today(lead: User, taskforce: User) -> None:
    today = timezone.localdate()
    note = a_note(lead)
    facts = {"addressee": note.addressee, "due_on": add_business_days(today, 1)}
    note.change(by=lead, **facts, **INTRODUCTIONS)
    (row,) = of_communes(1)
    with_concern(note, lead, row)
    note.send(by=lead)
    assert jobs.remind(at(today)) == 0
    assert jobs.remind(at(today + timedelta(days=1))) == 1


def test_notes_and_requests_of_a_day_are_one_mail(
    sent: RelayNote, echevine: User, spoc: User, lead: User, taskforce: User
) -> None:
    row = brought_to("submitted", echevine, spoc, title="Audit attendu")
    day = due(sent) + timedelta(days=7)
    NoteReminder.objects.create(note=sent, user=taskforce, kind="due", sent_on=due(sent))
    set_back(row, submitted_at=at(day - timedelta(days=15)))
    jobs.remind(at(day))
    (mail,) = reminders(lead)
    assert "Audit attendu" in mail.text
    assert str(sent.reference) in mail.text


def test_one_bad_mail_stops_no_other_and_stays_due(
    sent: RelayNote, taskforce: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = grant(Role.TASKFORCE, email="autre@taskforce.example")
    with monkeypatch.context() as patch:
        patch.setattr(emails, "reminder", failing_for(taskforce))
        assert jobs.remind(at(due(sent))) == 1
    assert [mail.person for mail in reminders()] == [other]
    # The next tick, or the next day: only who was not told is, and of the same.
    tomorrow = due(sent) + timedelta(days=1)
    assert jobs.remind(at(tomorrow)) == 1
    assert [mail.person for mail in reminders()] == [other, taskforce]
    assert {row.kind for row in NoteReminder.objects.all()} == {"due"}


def test_who_could_not_be_told_on_the_day_holds_up_no_reminder_of_the_leads(
    sent: RelayNote, taskforce: User, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant(Role.TASKFORCE, email="autre@taskforce.example")
    monkeypatch.setattr(emails, "reminder", failing_for(taskforce))
    for days in (0, 7):
        jobs.remind(at(due(sent) + timedelta(days=days)))
    assert [mail.person for mail in reminders()][1:] == [lead]


def test_a_reminder_tells_nothing_of_a_concern(sent: RelayNote, taskforce: User, lead: User) -> None:
    jobs.remind(at(due(sent)))
    for mail in reminders():
        assert CANARY not in mail.text
        assert "Anderlecht" not in mail.text


# --- Home ------------------------------------------------------------------------------------------------------------


def test_home_shows_the_addressee_what_waits_for_them(
    client: Client, sent: RelayNote, taskforce: User, cabinet: User
) -> None:
    for person, is_theirs in ((taskforce, True), (cabinet, False)):
        client.force_login(person)
        assert (str(sent.reference) in client.get(reverse("home")).content.decode()) == is_theirs


def test_home_shows_leads_what_is_to_send_to_ask_for_and_to_close(
    client: Client, sent: RelayNote, lead: User, spoc: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = reverse("spoc:note-detail", args=[sent.pk])
    draft = a_note(lead)
    client.force_login(lead)
    text = client.get(reverse("home")).content.decode()
    assert reverse("spoc:note-write", args=[draft.pk]) in text
    assert address not in text
    monkeypatch.setattr(timezone, "localdate", lambda *_: due(sent) + timedelta(days=3))
    assert address in client.get(reverse("home")).content.decode()
    client.force_login(spoc)
    assert address not in client.get(reverse("home")).content.decode()


@pytest.mark.parametrize("person", ["lead", "taskforce"])
def test_home_asks_as_often_for_20_notes_as_for_one(
    person: str, client: Client, lead: User, taskforce: User, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(person))
    counts = []
    for many in (1, 19):
        for number in range(many):
            note = a_note(lead)
            with_concern(note, lead, of_communes(1, title=f"Terrasses {many} {number}")[0])
            note.send(by=lead)
            with_concern(a_note(lead), lead, of_communes(1, title=f"Marchés {many} {number}")[0])
        client.get(reverse("home"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("home"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- Calendar ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "is_theirs"),
    [("lead", True), ("taskforce", True), ("cabinet", False), ("spoc", False), ("echevine", False)],
)
def test_the_day_stands_in_the_calendar_of_leads_and_of_the_addressee(
    person: str, is_theirs: bool, sent: RelayNote, request: pytest.FixtureRequest
) -> None:
    text = feed.calendar_of(request.getfixturevalue(person)).decode().replace("\r\n ", "")
    assert (str(sent.reference) in text) == is_theirs
    assert CANARY not in text


def test_a_note_that_is_answered_leaves_the_calendar(sent: RelayNote, taskforce: User) -> None:
    sent.answer(by=taskforce, item=1, text_fr="Oui.")
    assert str(sent.reference) not in feed.calendar_of(taskforce).decode()


def test_the_addressee_makes_a_calendar_address_and_reads_it(
    client: Client, sent: RelayNote, taskforce: User
) -> None:
    client.force_login(taskforce)
    address = client.post(reverse("spoc:calendar")).context["address"]
    client.logout()
    with translation.override("fr"):
        text = client.get(address).content.decode()
    assert str(sent.reference) in text.replace("\r\n ", "")
