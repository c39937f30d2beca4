"""From one week of a rhythm to the next: drafts, what leaves by itself, what does not, and who is told."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from hubportal import businessdays
from hubportal.accounts.models import Role
from hubportal.outbox.models import OutboxMessage
from hubportal.tick import tick
from mailings import turning
from mailings.models import Delivery, Mailing, Run, Schedule
from mailings.rhythm import WEEK, due_in
from tests.atonce import at_once, before_it_commits
from tests.cast import MandateFactory
from tests.mailings.attached import attach
from tests.mailings.made import person
from tests.mailings.rhythms import (
    Clock,
    a_rhythm,
    approved,
    clock,
    everybody_reachable,
    mails,
    open_run,
    signed,
    submitted,
    written,
)

pytestmark = pytest.mark.django_db
__all__ = ["clock"]
MONDAY = date(2026, 11, 9)
FRIDAY = date(2026, 11, 13)


def draft() -> Mailing:
    """Return the edition of the week that is being prepared."""
    mailing = open_run().mailing
    assert mailing is not None
    return mailing


# --- The draft ---------------------------------------------------------------------------------------------


def test_a_tick_begins_the_draft_of_the_next_week(clock: Clock) -> None:
    a_rhythm()
    clock.beat()
    row = draft()
    assert (row.status, row.week_on, row.created_by, row.authors.count()) == ("draft", MONDAY, None, 0)
    assert timezone.localtime(open_run().leaves_at).strftime("%F %H:%M") == "2026-11-13 09:00"


def test_another_tick_begins_no_other(clock: Clock) -> None:
    a_rhythm()
    clock.beat()
    clock.beat()
    assert Mailing.objects.count() == Run.objects.count() == 1


def test_it_has_the_audience_of_the_edition_before(clock: Clock) -> None:
    everybody_reachable()
    a_rhythm()
    clock.beat()
    approved(draft())
    Mailing.begin(by=person(Role.EDITOR))
    clock.at(FRIDAY, 9, 1).beat()
    assert (draft().to_bourgmestres, draft().portfolios) == (False, ["trade"])


def test_an_edition_of_that_week_that_somebody_began_is_the_one(clock: Clock) -> None:
    row = Mailing.begin(by=person(Role.EDITOR), week_on=MONDAY)
    a_rhythm()
    clock.beat()
    assert draft() == row


def test_of_two_beats_at_once_one_begins_it(refilled: None) -> None:
    schedule = a_rhythm(starts_on=timezone.localdate())
    now = timezone.now()
    at_once(*[lambda: turning.turn(Schedule.objects.get(pk=schedule.pk), now)] * 2)
    assert Mailing.objects.count() == Run.objects.count() == 1


def test_a_beat_that_comes_before_the_first_one_commits_begins_no_other(refilled: None) -> None:
    schedule = a_rhythm(starts_on=timezone.localdate())
    now = timezone.now()
    before_it_commits(
        lambda: turning.turn(schedule, now), lambda: turning.turn(Schedule.objects.get(pk=schedule.pk), now)
    )
    assert Mailing.objects.count() == 1


def test_the_database_has_one_row_a_week(clock: Clock) -> None:
    schedule = a_rhythm()
    clock.beat()
    with pytest.raises(IntegrityError), transaction.atomic():
        schedule.runs.create(week_on=MONDAY, leaves_at=clock.now, closed_at=clock.now, outcome="kept")


# --- It leaves by itself -----------------------------------------------------------------------------------


def test_the_second_approval_schedules_it_for_its_moment(clock: Clock) -> None:
    everybody_reachable()
    a_rhythm()
    clock.beat()
    row = approved(draft())
    assert (row.status, row.scheduled_for) == ("scheduled", open_run().leaves_at)
    assert row.expires_at == open_run().leaves_at + timedelta(hours=24)
    assert row.events.get(verb="schedule").by is None
    assert "editor@team.example" in mails("mailing scheduled")
    assert mails("mailing approved") == []


def test_a_gap_without_its_reason_is_told_once_and_holds_it_up(clock: Clock) -> None:
    a_rhythm()
    MandateFactory(trade=True)
    clock.beat()
    row = approved(draft())
    clock.beat()
    clock.beat()
    row.refresh_from_db()
    assert row.status == "approved"
    assert mails("rhythm held_up") == ["editor@team.example"]


def test_the_reason_given_when_it_was_submitted_lets_it_leave(clock: Clock) -> None:
    a_rhythm()
    MandateFactory(trade=True)
    clock.beat()
    row = written(draft())
    row.submit(by=person(Role.EDITOR), gap_reason="Les sièges sont vacants.")
    approved(row)
    assert (row.status, row.gap_reason) == ("scheduled", "Les sièges sont vacants.")


def test_a_gap_that_came_after_the_reason_holds_it_up(clock: Clock) -> None:
    a_rhythm()
    mandate = MandateFactory(trade=True)
    MandateFactory(trade=True, commune_id="21002")
    clock.beat()
    row = written(draft())
    row.submit(by=person(Role.EDITOR), gap_reason="Les sièges sont vacants.")
    mandate.delete()
    assert approved(row).status == "approved"


def test_once_nobody_is_missing_any_more_a_tick_schedules_it(clock: Clock) -> None:
    a_rhythm()
    clock.beat()
    row = approved(draft())
    assert row.status == "approved"
    everybody_reachable()
    clock.beat()
    row.refresh_from_db()
    assert row.status == "scheduled"


def test_a_person_still_schedules_it_for_another_moment(clock: Clock) -> None:
    everybody_reachable()
    a_rhythm()
    clock.beat()
    row = approved(draft())
    sooner = clock.now + timedelta(hours=1)
    row.schedule(by=person(Role.EDITOR), scheduled_for=sooner, expires_at=sooner + timedelta(hours=5))
    clock.past(sooner, seconds=5).beat()
    assert Mailing.objects.get(pk=row.pk).status == "sending"
    clock.at(FRIDAY, 9, 1).beat()
    assert Run.objects.closed().get().outcome == "kept"


def sent_early(clock: Clock) -> Mailing:
    """Return the edition of the week, sent by hand two days before its moment."""
    everybody_reachable()
    a_rhythm()
    clock.beat()
    row = approved(draft())
    clock.at(FRIDAY - timedelta(days=2), 15)
    row.schedule(by=person(Role.EDITOR), scheduled_for=clock.now, expires_at=clock.now + timedelta(days=1))
    clock.beat()
    return row


def test_sent_early_by_hand_its_week_is_done_on_the_day_it_left(clock: Clock) -> None:
    row = sent_early(clock)
    done = Run.objects.closed().get()
    assert (done.mailing, done.outcome, done.leaves_at) == (row, "kept", clock.now)


def test_after_an_early_sending_the_week_that_follows_is_next(clock: Clock) -> None:
    sent_early(clock)
    assert open_run().week_on == draft().week_on == MONDAY + WEEK
    clock.at(FRIDAY, 9, 1).beat()
    assert (Run.objects.count(), open_run().week_on) == (2, MONDAY + WEEK)


# --- It does not leave -------------------------------------------------------------------------------------


def test_what_waits_for_its_approval_expires_at_its_moment(clock: Clock) -> None:
    a_rhythm()
    clock.beat()
    row = submitted(draft())
    assert row.expires_at == open_run().leaves_at
    clock.at(FRIDAY, 9).beat()
    row.refresh_from_db()
    assert row.status == "expired"
    assert not Delivery.objects.exists()
    assert sorted(mails("mailing expired")) == [
        "cabinet@team.example",
        "editor@team.example",
        "lead@team.example",
    ]


def test_everybody_is_told_once(clock: Clock) -> None:
    a_rhythm()
    clock.beat()
    submitted(draft())
    for minute in range(3):
        clock.at(FRIDAY, 9, minute).beat()
    assert len(mails("mailing expired")) == 3
    assert mails("rhythm carried") == ["editor@team.example"]


def test_the_next_draft_begins_with_the_text_that_did_not_leave(clock: Clock) -> None:
    a_rhythm()
    clock.beat()
    old = submitted(draft())
    clock.at(FRIDAY, 9).beat()
    new = draft()
    assert (new.pk != old.pk, new.texts, new.status) == (True, old.texts, "draft")
    assert new.revisions.count() == 2


def test_whoever_wrote_that_text_does_not_approve_it(clock: Clock) -> None:
    a_rhythm()
    clock.beat()
    submitted(draft())
    clock.at(FRIDAY, 9).beat()
    row = draft()
    row.submit(by=person(Role.EDITOR))
    assert not row.can_be_approve_by(person(Role.EDITOR))


def test_a_draft_that_missed_its_week_goes_on_to_the_next(clock: Clock) -> None:
    a_rhythm()
    clock.beat()
    row = written(draft())
    clock.at(FRIDAY, 9).beat()
    assert draft() == row
    assert (draft().status, draft().week_on) == ("draft", MONDAY + WEEK)
    assert Run.objects.closed().get().outcome == "missed"


def test_the_cabinet_is_told_that_nothing_leaves(clock: Clock) -> None:
    a_rhythm()
    clock.beat()
    written(draft())
    clock.at(FRIDAY, 9).beat()
    clock.beat()
    assert sorted(mails("rhythm missed")) == [
        "cabinet@team.example",
        "editor@team.example",
        "lead@team.example",
    ]
    assert "rien ne part" in OutboxMessage.objects.filter(kind="rhythm missed").order_by("pk")[0].text


def test_what_was_cancelled_is_not_begun_anew(clock: Clock) -> None:
    a_rhythm()
    clock.beat()
    draft().cancel(by=person(Role.EDITOR), reason="Rien à dire.")
    clock.beat()
    clock.at(FRIDAY, 9).beat()
    assert Run.objects.closed().get().outcome == "cancelled"
    assert draft().week_on == MONDAY + WEEK


# --- Late beats, and a clock that jumps --------------------------------------------------------------------


def leaving(clock: Clock) -> Mailing:
    """Return the edition of the week, scheduled by the rhythm."""
    everybody_reachable()
    a_rhythm()
    clock.beat()
    row = approved(draft())
    assert row.status == "scheduled"
    return row


def test_three_hours_late_it_leaves_once(clock: Clock) -> None:
    row = leaving(clock)
    clock.at(FRIDAY, 12).beat()
    clock.beat()
    row.refresh_from_db()
    assert (row.status, row.deliveries.count()) == ("sending", 19)


def test_three_days_late_it_does_not_leave(clock: Clock) -> None:
    row = leaving(clock)
    clock.at(FRIDAY + timedelta(days=3), 10).beat()
    row.refresh_from_db()
    assert (row.status, Run.objects.closed().get().outcome) == ("expired", "missed")
    assert not Delivery.objects.exists()
    assert draft().week_on == MONDAY + WEEK


def test_after_a_month_nothing_is_made_up_for(clock: Clock) -> None:
    leaving(clock)
    clock.at(date(2026, 12, 14), 10).beat()
    assert list(Run.objects.order_by("week_on").values_list("week_on", flat=True)) == [
        MONDAY,
        date(2026, 12, 14),
    ]


def test_a_clock_put_back_sends_nothing_twice(clock: Clock) -> None:
    row = leaving(clock)
    clock.at(FRIDAY, 9).beat()
    clock.at(MONDAY, 10).beat()
    clock.at(FRIDAY, 9).beat()
    assert Run.objects.count() == 2
    assert row.deliveries.count() == Delivery.objects.count() == 19


def test_a_clock_put_forward_sends_no_old_text_and_comes_back_to_the_next_week(clock: Clock) -> None:
    row = leaving(clock)
    clock.at(date(2027, 3, 1), 10).beat()
    clock.at(FRIDAY, 9, 1).beat()
    row.refresh_from_db()
    assert row.status == "expired"
    assert not Delivery.objects.exists()
    assert (open_run().week_on, draft().week_on) == (MONDAY + WEEK, MONDAY + WEEK)


# --- The calendar ends, and rhythms change -----------------------------------------------------------------


def test_where_the_calendar_ends_people_are_told_and_the_tick_goes_on(clock: Clock) -> None:
    schedule = a_rhythm()
    clock.at(date(2032, 1, 12), 10).beat()
    clock.beat()
    schedule.refresh_from_db()
    assert schedule.stalled_since
    assert not Mailing.objects.exists()
    assert sorted(mails("rhythm stalled")) == ["editor@team.example", "lead@team.example"]


def test_once_the_calendar_goes_on_so_does_the_rhythm(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    schedule = a_rhythm()
    clock.at(date(2032, 1, 12), 10).beat()
    monkeypatch.setattr(businessdays, "_years", lambda: (2019, 2032))
    clock.beat()
    schedule.refresh_from_db()
    assert schedule.stalled_since is None
    assert draft().week_on == date(2032, 1, 12)


def test_another_hour_holds_for_the_week_that_is_being_prepared(clock: Clock) -> None:
    schedule = a_rhythm()
    clock.beat()
    row = submitted(draft())
    schedule.weekday = 4
    turning.save(schedule, person(Role.LEAD))
    row.refresh_from_db()
    assert open_run().leaves_at == row.expires_at == due_in(schedule, MONDAY).at


def test_what_is_scheduled_keeps_its_moment(clock: Clock) -> None:
    row = leaving(clock)
    schedule = Schedule.objects.get()
    schedule.weekday = 4
    turning.save(schedule, person(Role.LEAD))
    assert open_run().leaves_at == row.scheduled_for


def test_a_paused_rhythm_lets_its_edition_go_and_begins_none(clock: Clock) -> None:
    schedule = a_rhythm()
    clock.beat()
    row = draft()
    schedule.is_active = False
    turning.save(schedule, person(Role.LEAD))
    clock.at(date(2026, 11, 30), 10).beat()
    assert not Run.objects.exists()
    assert Mailing.objects.get() == row


def test_resumed_it_takes_the_empty_draft_up_again(clock: Clock) -> None:
    schedule = a_rhythm()
    clock.beat()
    schedule.is_active = False
    turning.save(schedule, person(Role.LEAD))
    clock.at(date(2026, 11, 30), 10)
    schedule.is_active = True
    turning.save(schedule, person(Role.LEAD))
    assert Mailing.objects.get().week_on == date(2026, 11, 30)


def test_a_rhythm_that_fails_stops_no_other(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = a_rhythm(), a_rhythm()
    turn = turning.turn

    def fails(schedule: Schedule, now: object) -> bool:
        if schedule.pk == bad.pk:
            raise RuntimeError
        return turn(schedule, clock.now)

    monkeypatch.setattr(turning, "turn", fails)
    tick(clock.now)
    assert Run.objects.get().schedule == good


def test_approved_while_the_tick_was_away_it_is_scheduled_by_the_next_one(clock: Clock) -> None:
    everybody_reachable()
    a_rhythm()
    clock.beat()
    row = signed(draft())
    clock.beat()
    row.refresh_from_db()
    assert row.status == "scheduled"


def test_the_text_is_said_to_be_in_the_next_draft_only_where_it_is(clock: Clock) -> None:
    """A draft that a paused rhythm let go is taken instead: it is empty, whatever expired."""
    a_rhythm()
    clock.beat()
    old = submitted(draft())
    paused = a_rhythm()
    clock.beat()
    paused.is_active = False
    turning.save(paused, person(Role.LEAD))
    clock.at(FRIDAY, 9).beat()
    following = open_run().mailing
    assert following is not None
    assert following.texts != old.texts
    assert mails("rhythm carried") == []


def test_the_next_draft_has_the_files_of_what_did_not_leave(clock: Clock) -> None:
    a_rhythm()
    clock.beat()
    row = draft()
    file = attach(row)
    submitted(row)
    clock.at(FRIDAY, 9).beat()
    following = open_run().mailing
    assert following is not None
    assert [(new.name, new.sha256) for new in following.attached] == [(file.name, file.sha256)]
    assert following.content_hash == following.hash_of(following.texts, following.attached)
