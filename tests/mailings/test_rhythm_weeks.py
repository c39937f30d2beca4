"""104 weeks of a rhythm, over four changes of the clocks: one edition a week, at its hour in Brussels.

The portal's own tick runs each time, with the clock moved; a beat too many, late beats and jumps of the clock are part
of it.
"""

from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone

from hubportal import tick
from hubportal.businessdays import is_business_day
from mailings.audience import coverage, marks
from mailings.models import Mailing, Run
from tests.cast import MandateFactory
from tests.mailings.rhythms import Clock, a_rhythm, approved, clock, left, mails, open_run, signed

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
__all__ = ["clock"]
WEEKS = 52
JOBS = [(name, job) for name, job in tick.jobs() if name.startswith("mailings.")]
REASON = "Les autres communes n’ont pas d’échevin."


def expected(first: date) -> list[date]:
    """Return the day of each week: its Friday, or the last day before it on which somebody works."""
    found = []
    for number in range(WEEKS):
        day = first + timedelta(weeks=number, days=4)
        while not is_business_day(day):
            day -= timedelta(days=1)
        found.append(day)
    return found


def a_week(clock: Clock, number: int) -> None:
    """Let a week pass: a draft, two approvals, and beats before, at and after the moment; some weeks go badly."""
    clock.beat()
    run = open_run()
    assert run.mailing is not None
    mailing = run.mailing
    # The reason is written once; it holds as long as no other gap comes.
    type(mailing).objects.filter(pk=mailing.pk).update(**KNOWN)
    mailing.refresh_from_db()
    if number % 13:
        signed(mailing)
    else:
        approved(mailing)
    clock.past(run.leaves_at, seconds=-20).beat()
    mailing.refresh_from_db()
    assert mailing.status == "scheduled"
    # Every third week the server is off at the moment, for three hours.
    clock.past(run.leaves_at, seconds=30, hours=3 if number % 3 == 2 else 0).beat()
    left(mailing)
    clock.beat()
    if number % 5 == 4:
        # The clock of the server is put back by a day, and then right again.
        clock.past(run.leaves_at, days=-1).beat()
        clock.past(run.leaves_at, hours=4).beat()
    clock.past(run.leaves_at, days=2)


KNOWN: dict[str, object] = {"gap_reason": REASON, "known_gaps": []}


@pytest.mark.parametrize("first", [date(2026, 11, 9), date(2027, 11, 8)])
def test_one_edition_leaves_each_week_at_its_hour_in_brussels(clock: Clock, first: date) -> None:
    MandateFactory(trade=True)
    schedule = a_rhythm()
    clock.at(first)
    with patch.object(tick, "jobs", lambda: iter(JOBS)):
        KNOWN["known_gaps"] = known_gaps(clock)
        for number in range(WEEKS):
            a_week(clock, number)
    sent = Mailing.objects.filter(status="sent").order_by("number")
    assert [timezone.localtime(row.scheduled_for).date() for row in sent] == expected(first)
    assert {timezone.localtime(row.scheduled_for).time() for row in sent} == {schedule.leaves_at}
    hours = {row.scheduled_for.hour for row in sent if row.scheduled_for}
    assert hours == {7, 8}, "nine in Brussels is another hour in UTC in summer and in winter"
    late = [row.started_at - row.scheduled_for for row in sent if row.started_at and row.scheduled_for]
    assert max(late) < timedelta(hours=4)
    assert list(Run.objects.closed().values_list("outcome", flat=True)) == ["kept"] * WEEKS
    assert [row.week_on for row in sent] == [first + timedelta(weeks=number) for number in range(WEEKS)]
    assert mails("rhythm missed") + mails("mailing expired") + mails("rhythm held_up") == []


def known_gaps(clock: Clock) -> list[str]:
    """Return the marks of the communes that nobody reads in, as the audience of these editions has them."""
    clock.beat()
    run = open_run()
    assert run.mailing is not None
    run.mailing.to_bourgmestres, run.mailing.portfolios = False, ["trade"]
    return marks(coverage(run.mailing, timezone.localdate(run.leaves_at)))
