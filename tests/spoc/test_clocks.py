"""What comes by itself through the tick: reminders, confirmations, the end of what nobody answers."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from hubportal.accounts.models import Role, User
from hubportal.businessdays import add_business_days
from hubportal.tick import tick
from spoc import deadlines, jobs
from spoc.models import Reminder, ServiceRequest
from tests.cast import grant
from tests.spoc.stories import ago, brought_to, mails, set_back

pytestmark = pytest.mark.django_db


def at(days: int = 0, hour: int = 12) -> datetime:
    """Return a moment so many days from today."""
    return timezone.localtime().replace(hour=hour, minute=0) + timedelta(days=days)


def days_until_over(start: Any, business_days: int) -> int:
    """Return how many days from today so many business days are over."""
    over = add_business_days(deadlines.day_of(start), business_days) + timedelta(days=1)
    return (over - timezone.localdate()).days


# --- By itself: confirmed --------------------------------------------------------------------------------------


def test_what_is_delivered_counts_as_confirmed_after_15_business_days(echevine: User, spoc: User) -> None:
    row = brought_to("delivered", echevine, spoc)
    days = days_until_over(row.delivered_at, 15)
    assert jobs.confirm(at(days - 1)) == 0
    assert jobs.confirm(at(days)) == 1
    assert jobs.confirm(at(days)) == 0
    row.refresh_from_db()
    assert (row.status, row.outcome, row.usefulness) == ("closed", "solved", "")
    assert row.events.get(verb="confirm").by is None
    assert {mail.person for mail in mails("closed")} == {echevine, spoc}


def test_one_bad_row_stops_no_other(echevine: User, spoc: User, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [brought_to("delivered", echevine, spoc) for _ in range(3)]
    confirm = ServiceRequest.confirm

    def fails_for_the_second(self: ServiceRequest, **arguments: Any) -> None:
        if self.pk == rows[1].pk:
            raise RuntimeError
        confirm(self, **arguments)

    monkeypatch.setattr(ServiceRequest, "confirm", fails_for_the_second)
    assert jobs.confirm(at(60)) == 2


# --- By itself: given up ---------------------------------------------------------------------------------------


def waiting(days: int, echevine: User, spoc: User) -> ServiceRequest:
    """Return a request that waits for so many days."""
    return set_back(brought_to("waiting_requester", echevine, spoc), waiting_since=ago(days))


def test_two_warnings_then_the_end(echevine: User, spoc: User) -> None:
    row = waiting(0, echevine, spoc)
    said: dict[int, list[str]] = {}
    for day in range(50):
        before = len(mails())
        jobs.remind(at(day))
        jobs.give_up(at(day))
        new = [mail.kind for mail in mails()[before:]]
        if new:
            said[day] = new
    assert said == {7: ["reminder"], 21: ["reminder"], 45: ["closed", "closed"]}
    row.refresh_from_db()
    assert (row.status, row.outcome) == ("closed", "no_news")


def test_without_warnings_nothing_is_given_up(echevine: User, spoc: User) -> None:
    row = waiting(60, echevine, spoc)
    assert jobs.give_up(at()) == 0
    # The tick was down for two months: the warnings come first, with their days between.
    for day in range(40):
        jobs.remind(at(day))
        jobs.give_up(at(day))
        row.refresh_from_db()
        if row.status == "closed":
            break
    assert day == 14 + 24


def test_an_answer_starts_the_count_anew(echevine: User, spoc: User) -> None:
    row = waiting(30, echevine, spoc)
    jobs.remind(at())
    row.write(by=echevine, text="Voici.")
    row.ask(by=spoc, question="Et les rues ?")
    Reminder.objects.update(sent_on=deadlines.day_of(ago(3)))
    assert jobs.remind(at(6)) == 0
    assert jobs.remind(at(7)) == 1
    assert Reminder.objects.filter(kind="waiting_7").count() == 2


# --- Reminders -------------------------------------------------------------------------------------------------


def test_the_spoc_is_reminded_at_3_business_days_the_leads_at_5(
    echevine: User, spoc: User, lead: User
) -> None:
    row = brought_to("submitted", echevine, spoc)
    third = (add_business_days(timezone.localdate(), 3) - timezone.localdate()).days
    fifth = (add_business_days(timezone.localdate(), 5) - timezone.localdate()).days
    assert jobs.remind(at(third - 1)) == 0
    assert jobs.remind(at(third)) == 1
    assert [mail.person for mail in mails("reminder")] == [spoc]
    assert jobs.remind(at(fifth)) == 1
    assert [mail.person for mail in mails("reminder")] == [spoc, lead]
    assert (row.reference or "?") in mails("reminder")[-1].text


def test_a_person_gets_one_reminder_a_day_with_everything_in_it(echevine: User, spoc: User) -> None:
    rows = [brought_to("submitted", echevine, spoc) for _ in range(3)]
    assert jobs.remind(at(9)) == 1
    (mail,) = mails("reminder")
    assert all((row.reference or "?") in mail.text for row in rows)
    late = brought_to("submitted", echevine, spoc)
    assert jobs.remind(at(9)) == 0
    assert jobs.remind(at(10)) == 1
    assert (late.reference or "?") in mails("reminder")[-1].text


def test_an_answered_request_reminds_nobody(echevine: User, spoc: User) -> None:
    row = brought_to("submitted", echevine, spoc)
    row.write(by=spoc, text="Je regarde.")
    assert jobs.remind(at(9)) == 0


def test_nobody_is_reminded_at_night(echevine: User, spoc: User) -> None:
    brought_to("submitted", echevine, spoc)
    assert jobs.remind(at(9, hour=3)) == 0


def test_a_lead_who_got_a_reminder_today_gets_the_rest_tomorrow(
    echevine: User, spoc: User, lead: User
) -> None:
    second = grant(Role.LEAD)
    brought_to("submitted", echevine, spoc)
    Reminder.objects.create(
        request=brought_to("submitted", echevine, spoc),
        user=lead,
        kind="unanswered_5",
        sent_on=deadlines.day_of(at(9)),
    )
    jobs.remind(at(9))
    assert lead not in [mail.person for mail in mails("reminder")]
    assert second in [mail.person for mail in mails("reminder")]
    jobs.remind(at(10))
    assert lead in [mail.person for mail in mails("reminder")]


def test_the_same_tick_twice_changes_nothing(echevine: User, spoc: User) -> None:
    brought_to("delivered", echevine, spoc)
    waiting(60, echevine, spoc)
    now = at(40)
    first = tick(now)
    assert first["spoc.jobs.confirm"] == first["spoc.jobs.remind"] == 1
    assert {name: count for name, count in tick(now).items() if name.startswith("spoc.") and count} == {}
