"""Who is reminded that an edition leaves soon: on which days, once a day, and not who was reminded of requests."""

from datetime import date

import pytest
from django.utils import timezone

from hubportal.accounts.models import Role, User
from hubportal.outbox.models import OutboxMessage
from mailings.models import RunReminder, Schedule
from spoc.models import Reminder
from tests.cast import MandateFactory
from tests.mailings.made import person
from tests.mailings.rhythms import Clock, a_rhythm, approved, clock, mails, open_run, submitted, written
from tests.spoc.stories import a_request

pytestmark = pytest.mark.django_db
__all__ = ["clock"]
TUESDAY, THURSDAY = date(2026, 11, 17), date(2026, 11, 19)
WEDNESDAY = date(2026, 11, 18)
KIND = "rhythm reminder"


@pytest.fixture
def begun(clock: Clock) -> Clock:
    """A rhythm with its draft, on the Monday of its week; that Friday is an ordinary one."""
    a_rhythm()
    clock.at(date(2026, 11, 16), 10).beat()
    return clock


def test_nobody_is_reminded_before_the_second_business_day(begun: Clock) -> None:
    begun.at(TUESDAY, 10).beat()
    assert mails(KIND) == []


def test_the_editor_is_reminded_two_business_days_before_and_on_the_last_one(begun: Clock) -> None:
    begun.at(WEDNESDAY, 10).beat()
    assert mails(KIND) == ["editor@team.example"]
    begun.at(THURSDAY, 10).beat()
    assert mails(KIND) == ["editor@team.example"] * 2


def test_once_a_day_is_enough(begun: Clock) -> None:
    for minute in range(3):
        begun.at(THURSDAY, 10, minute).beat()
    assert mails(KIND) == ["editor@team.example"]


def test_nobody_is_reminded_in_the_night(begun: Clock) -> None:
    begun.at(WEDNESDAY, 7, 59).beat()
    assert mails(KIND) == []


def test_the_mail_says_what_is_missing_and_by_when(begun: Clock) -> None:
    begun.at(WEDNESDAY, 10).beat()
    mail = OutboxMessage.objects.get(kind=KIND)
    assert mail.subject == "Édition 1 : départ prévu le 20.11.2026, pas encore prête"
    assert "vendredi 20 novembre 2026, 9\xa0h" in mail.text
    assert "Personne n’a encore demandé l’approbation" in mail.text


def test_those_whose_approval_is_missing_are_reminded_too(begun: Clock) -> None:
    mailing = open_run().mailing
    assert mailing is not None
    submitted(mailing)
    mailing.approve(by=person(Role.LEAD), seen_hash=mailing.content_hash)
    begun.at(WEDNESDAY, 10).beat()
    assert sorted(mails(KIND)) == ["cabinet@team.example", "editor@team.example"]


def test_what_is_scheduled_needs_no_reminder(begun: Clock) -> None:
    mailing = open_run().mailing
    assert mailing is not None
    MandateFactory(trade=True)
    written(mailing).submit(by=person(Role.EDITOR), gap_reason="Vacances.")
    approved(mailing)
    assert mailing.status == "scheduled"
    begun.at(WEDNESDAY, 10).beat()
    assert mails(KIND) == []


def reminded_of_a_request(user: User) -> None:
    """Let somebody have had a reminder of a request today."""
    Reminder.objects.create(
        request=a_request(), user=user, kind=Reminder.Kind.UNANSWERED_LEAD, sent_on=timezone.localdate()
    )


def test_who_was_reminded_of_requests_today_gets_it_tomorrow(begun: Clock) -> None:
    begun.at(WEDNESDAY, 10)
    reminded_of_a_request(person(Role.EDITOR))
    begun.beat()
    assert mails(KIND) == []
    begun.at(THURSDAY, 10).beat()
    assert mails(KIND) == ["editor@team.example"]


def test_two_editions_of_a_day_are_one_mail(begun: Clock) -> None:
    a_rhythm(name_fr="Autre")
    begun.beat()
    begun.at(WEDNESDAY, 10).beat()
    assert mails(KIND) == ["editor@team.example"]
    assert RunReminder.objects.count() == 2


def test_a_paused_rhythm_reminds_nobody(begun: Clock) -> None:
    Schedule.objects.update(is_active=False)
    begun.at(WEDNESDAY, 10).beat()
    assert mails(KIND) == []


def test_only_who_was_chosen_is_reminded_and_still_writes(begun: Clock, editor: User, cabinet: User) -> None:
    open_run().schedule.writers.set([editor, cabinet])
    begun.at(WEDNESDAY, 10).beat()
    assert mails(KIND) == [editor.email]
