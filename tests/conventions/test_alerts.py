"""Alerts: six, three and one month before the end or the day for notice, to leads and whoever is called, once each."""

import threading
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communes.models import Absence, Commune
from conventions import alerts, jobs
from conventions.models import Alert
from hubportal.accounts.models import User
from hubportal.outbox.models import OutboxMessage
from tests.conventions.agreements import signed
from tests.conventions.drafts import days, recorded

pytestmark = pytest.mark.django_db


def at(day: date, hour: int = 9) -> datetime:
    """Return a moment of a day, in Brussels' winter."""
    return datetime(day.year, day.month, day.day, hour - 1, 30, tzinfo=UTC)


def told(day: date) -> set[User]:
    """Run the job of a morning; return who was written to, and take the mails away."""
    sent = jobs.send_alerts(at(day))
    rows = OutboxMessage.objects.filter(kind__in=["convention end", "convention notice"])
    people = [row.person for row in rows]
    assert bool(sent) == bool(people)
    assert len(people) == len(set(people))
    rows.delete()
    return set(people)  # type: ignore[arg-type]


END = date(2030, 11, 30)


def test_three_times_once_each_and_anew_when_the_end_moves(
    spoc: User, lead: User, echevine: User, editor: User
) -> None:
    row = recorded(in_force_until=END)
    assert told(date(2030, 5, 29)) == set()
    assert told(date(2030, 5, 30)) == {spoc, lead}
    assert told(date(2030, 5, 30)) == told(date(2030, 6, 1)) == set()
    assert told(date(2030, 8, 30)) == {spoc, lead}
    row.extend(last_day=date(2031, 1, 15), amendment="CC-2025-01-A1")
    assert told(date(2030, 9, 1)) == {spoc, lead}
    assert told(date(2030, 10, 20)) == {spoc, lead}
    # Who stands in on the day itself is told, not the SPOC who is away.
    Absence.objects.create(
        user=spoc, stand_in=editor, starts_on=date(2030, 12, 1), ends_on=date(2030, 12, 31)
    )
    assert told(date(2030, 12, 20)) == {editor, lead}
    assert told(date(2031, 1, 16)) == set()
    assert Alert.objects.count() == 5


def test_the_mail_says_when_and_what_to_do_in_each_language(spoc: User, lead: User) -> None:
    User.objects.filter(pk=spoc.pk).update(content_language="nl")
    recorded(in_force_until=days(60))
    assert jobs.send_alerts(at(days(0)))
    letters = {row.person: row for row in OutboxMessage.objects.all()}
    assert "http://localhost:8000/fr/conventions/CC-2025-01/" in letters[lead].text
    assert "http://localhost:8000/nl/conventions/CC-2025-01/" in letters[spoc].html
    assert f"{days(60):%d.%m.%Y}" in letters[lead].text
    # A lead renews, the SPOC prepares.
    texts = {row.text.replace("/nl/", "/fr/") for row in letters.values()}
    assert len(texts) == 2
    assert all(len(row.subject) < 120 and "CC-2025-01" in row.subject for row in letters.values())


def test_a_tacit_one_is_announced_ahead_of_the_day_for_notice(lead: User) -> None:
    recorded(
        in_force_from=date(2026, 1, 1),
        notice_months=3,
        renewal_months=12,
        first_period_until=date(2027, 3, 31),
    )
    assert told(date(2026, 6, 29)) == set()
    assert told(date(2026, 7, 1)) == {lead}
    assert Alert.objects.get().kind == "notice"


def test_what_follows_is_named_until_it_is_signed(lead: User) -> None:
    row = recorded(in_force_until=days(60))
    following = row.renew(by=lead)
    assert jobs.send_alerts(at(days(0)))
    assert following.reference in OutboxMessage.objects.get().text
    Alert.objects.all().delete()
    OutboxMessage.objects.all().delete()
    following.abandon(by=lead, reason="Autrement")
    signed(first_day=days(61))
    assert told(days(0)) == set()


def test_nobody_is_written_to_at_night_or_when_nobody_is_there(spoc: User) -> None:
    recorded(in_force_until=days(60))
    assert jobs.send_alerts(at(days(0), 6)) == 0
    spoc.grants.update(ends_on=days(-1))
    User.objects.filter(grants__role="lead").update(is_active=False)
    assert told(days(0)) == set()
    # It is not spent: whoever comes next is told.
    assert not Alert.objects.exists()
    User.objects.filter(grants__role="lead").update(is_active=True)
    assert len(told(days(0))) == 1


def test_one_that_fails_stops_no_other_and_is_tried_again(
    lead: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first = recorded(in_force_until=days(60))
    recorded("21002", "CC-2025-02", in_force_until=days(60))
    send = alerts.send

    def broken(pk: int, today: date) -> bool:
        if pk == first.pk:
            raise OSError("disk full")
        return send(pk, today)

    monkeypatch.setattr(alerts, "send", broken)
    assert jobs.send_alerts(at(days(0))) == 1
    assert "was not sent" in caplog.text
    monkeypatch.undo()
    assert jobs.send_alerts(at(days(0))) == 1


def test_a_tick_that_has_nothing_to_say_asks_the_same_for_1_and_19(lead: User) -> None:
    def count() -> int:
        assert jobs.send_alerts(at(days(0))) == 0
        with CaptureQueriesContext(connection) as queries:
            jobs.send_alerts(at(days(0)))
        return len(queries)

    recorded(in_force_until=days(60))
    jobs.send_alerts(at(days(0)))
    before = count()
    for commune in Commune.objects.exclude(pk="21001"):
        recorded(commune.pk, f"CC-2025-{commune.pk}", in_force_until=days(60))
    assert jobs.send_alerts(at(days(0))) == 18
    assert count() == before == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("refilled")
def test_of_two_ticks_at_once_one_sends() -> None:
    convention = recorded(in_force_until=days(60))
    day, start, results = days(0), threading.Barrier(2), []

    def run() -> None:
        try:
            start.wait(5)
            results.append(alerts.send(convention.pk, day))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(results) == [False, True]
    assert Alert.objects.count() == OutboxMessage.objects.filter(kind="convention end").count() == 1
