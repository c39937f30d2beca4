"""The pages of a weekly rhythm: what leaves next, holidays that move it, and its form."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hubportal.accounts.models import Role, User
from mailings.models import Mailing, Run, Schedule
from tests.cast import MandateFactory
from tests.mailings.leaving import page
from tests.mailings.made import person
from tests.mailings.rhythms import (
    Clock,
    a_rhythm,
    approved,
    clock,
    everybody_reachable,
    open_run,
    submitted,
    written,
)

pytestmark = pytest.mark.django_db
__all__ = ["clock"]
TYPED = {
    "name_fr": "Mailing de crise", "name_nl": "Crisismailing", "weekday": "4", "leaves_at": "09:00",
    "starts_on": "2026-11-09", "is_active": "on",
}  # fmt: skip


def begun(clock: Clock, on: date = date(2026, 11, 9)) -> Schedule:
    """Return a rhythm whose draft is begun."""
    schedule = a_rhythm()
    clock.at(on, 10).beat()
    return schedule


def read(client: Client, role: Role, name: str = "mailings:rhythm") -> str:
    """Return a page as somebody with a role reads it in French."""
    client.force_login(person(role))
    return page(client.get(reverse(name)))


def post(client: Client, role: Role, pk: int | None = None, **more: Any) -> Any:
    """Save the form of a rhythm, a new one without a key."""
    client.force_login(person(role))
    address = reverse("mailings:rhythm-edit", args=[pk]) if pk else reverse("mailings:rhythm-new")
    return client.post(address, {**TYPED, **more}, follow=True)


# --- What leaves next --------------------------------------------------------------------------------------


def test_the_next_eight_weeks_are_listed(client: Client, clock: Clock) -> None:
    begun(clock)
    client.force_login(person(Role.EDITOR))
    weeks = client.get(reverse("mailings:rhythm")).context["rhythms"][0].weeks
    days = [timezone.localdate(week.at) for week in weeks]
    assert len(days) == 8
    assert days[:2] == [date(2026, 11, 13), date(2026, 11, 20)]


def test_a_day_that_a_holiday_moves_says_so(client: Client, clock: Clock) -> None:
    begun(clock)
    text = read(client, Role.EDITOR)
    assert "Jeudi 24 décembre 2026, 9\xa0h" in text
    assert "au lieu du vendredi 25 décembre 2026, jour férié\xa0: Noël" in text


def test_the_calendar_that_ends_is_said(client: Client, clock: Clock) -> None:
    begun(clock, date(2031, 12, 8))
    client.force_login(person(Role.EDITOR))
    answer = client.get(reverse("mailings:rhythm"))
    assert len(answer.context["rhythms"][0].weeks) == 3
    assert "Le calendrier des jours fériés ne va pas plus loin" in page(answer)


def test_a_rhythm_beyond_the_calendar_still_opens(client: Client, clock: Clock) -> None:
    begun(clock, date(2032, 3, 1))
    assert "Le calendrier des jours fériés ne va pas plus loin" in read(client, Role.LEAD)


def test_the_last_weeks_say_what_became_of_them(client: Client, clock: Clock) -> None:
    begun(clock)
    clock.at(date(2026, 11, 13), 9).beat()
    assert "rien n’est parti\xa0: l’édition n’était pas prête" in read(client, Role.DIRECTOR)


def test_the_cabinet_reads_it_and_changes_nothing(client: Client, clock: Clock) -> None:
    schedule = begun(clock)
    text = read(client, Role.CABINET)
    assert schedule.name in text
    assert reverse("mailings:rhythm-edit", args=[schedule.pk]) not in text


def test_the_cabinet_finds_no_way_to_a_draft(client: Client, clock: Clock) -> None:
    begun(clock)
    mailing = open_run().mailing
    assert mailing is not None
    for name in ("mailings:rhythm", "mailings:list", "home"):
        assert mailing.get_absolute_url() not in read(client, Role.CABINET, name)


def test_the_list_and_home_say_when_the_next_one_is_due(client: Client, clock: Clock) -> None:
    begun(clock)
    for role in (Role.EDITOR, Role.CABINET):
        for name in ("mailings:list", "home"):
            text = read(client, role, name)
            assert "prochaine édition prévue le vendredi 13 novembre 2026, 9\xa0h" in text, (role, name)


def test_one_that_left_before_its_day_is_not_announced_any_more(client: Client, clock: Clock) -> None:
    everybody_reachable()
    begun(clock)
    row = approved(open_run().mailing)
    soon = clock.past(clock.now, minutes=5).now
    row.schedule(by=person(Role.EDITOR), scheduled_for=soon, expires_at=soon + timedelta(days=1))
    clock.beat()
    text = read(client, Role.EDITOR, "mailings:list")
    assert "prochaine édition prévue le vendredi 20 novembre 2026, 9\xa0h" in text
    assert "vendredi 13 novembre" not in text
    assert "<li>Lundi 9 novembre 2026\xa0: " in read(client, Role.EDITOR)


def test_after_an_early_sending_home_announces_the_week_that_follows(client: Client, clock: Clock) -> None:
    MandateFactory(trade=True)
    begun(clock)
    row = open_run().mailing
    assert row is not None
    approved(row)
    row.schedule(
        by=person(Role.EDITOR), scheduled_for=clock.now, expires_at=clock.now + timedelta(days=1),
        gap_reason="Les sièges sont vacants.",
    )  # fmt: skip
    clock.beat()
    for name in ("mailings:list", "mailings:rhythm", "home"):
        text = read(client, Role.EDITOR, name)
        assert "13 novembre 2026, 9" not in text
        assert "endredi 20 novembre 2026, 9" in text


def test_the_line_says_which_holiday_moves_it(client: Client, clock: Clock) -> None:
    begun(clock, date(2026, 12, 21))
    assert "au lieu du vendredi 25 décembre 2026 (Noël)" in read(client, Role.EDITOR, "mailings:list")


def test_communes_read_nothing_of_it(client: Client, clock: Clock, echevine: User) -> None:
    schedule = begun(clock)
    client.force_login(echevine)
    assert client.get(reverse("mailings:rhythm")).status_code == 403
    assert schedule.name not in page(client.get(reverse("mailings:list")))


def test_twenty_closed_weeks_cost_no_more_queries_than_one(client: Client, clock: Clock) -> None:
    schedule = begun(clock)
    client.force_login(person(Role.EDITOR))

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            for name in ("mailings:rhythm", "mailings:list", "home"):
                client.get(reverse(name))
        return len(queries)

    def closed(number: int) -> None:
        at = clock.now - timedelta(weeks=number)
        monday = date(2026, 11, 9) - timedelta(weeks=number)
        Run.objects.create(schedule=schedule, week_on=monday, leaves_at=at, closed_at=at, outcome="missed")

    closed(1)
    count()
    few = count()
    for number in range(2, 21):
        closed(number)
    assert count() == few


# --- Its form ----------------------------------------------------------------------------------------------


def test_an_editor_sets_a_rhythm_and_its_draft_is_there(client: Client, clock: Clock) -> None:
    person(Role.LEAD)
    answer = post(client, Role.EDITOR)
    assert "Enregistré\xa0: les prochaines semaines en tiennent compte." in page(answer)
    assert Schedule.objects.get().saved_by == person(Role.EDITOR)
    assert timezone.localdate(open_run().leaves_at) == date(2026, 11, 12)
    assert Mailing.objects.get().status == "draft"


def test_a_lead_moves_it(client: Client, clock: Clock) -> None:
    schedule = begun(clock)
    post(client, Role.LEAD, schedule.pk, weekday="2", leaves_at="14:30")
    assert timezone.localtime(open_run().leaves_at).strftime("%F %H:%M") == "2026-11-10 14:30"


def test_who_is_reminded_is_chosen(client: Client, clock: Clock) -> None:
    editor = person(Role.EDITOR)
    post(client, Role.EDITOR, writers=[editor.pk])
    assert list(Schedule.objects.get().writers.all()) == [editor]


def test_a_director_does_not_change_it(client: Client, clock: Clock) -> None:
    assert post(client, Role.DIRECTOR).status_code == 403


def test_no_edition_leaves_at_the_weekend(client: Client, clock: Clock) -> None:
    assert "weekday" in post(client, Role.EDITOR, weekday="6").context["form"].errors


def test_it_has_a_name_in_both_languages(client: Client, clock: Clock) -> None:
    assert "name_nl" in post(client, Role.EDITOR, name_nl=" ").context["form"].errors


def test_what_somebody_changed_meanwhile_is_not_written_over(client: Client, clock: Clock) -> None:
    schedule = begun(clock)
    client.force_login(person(Role.EDITOR))
    form = client.get(reverse("mailings:rhythm-edit", args=[schedule.pk])).context["form"]
    Schedule.objects.update(leaves_at="10:00")
    answer = post(client, Role.EDITOR, schedule.pk, row_version=form.initial["row_version"])
    assert answer.context["form"].non_field_errors()


def test_paused_it_says_so(client: Client, clock: Clock) -> None:
    schedule = begun(clock)
    text = page(post(client, Role.EDITOR, schedule.pk, is_active=""))
    assert "En pause\xa0:" in text


# --- On the pages of its edition ---------------------------------------------------------------------------


def test_the_next_step_says_by_when(client: Client, clock: Clock) -> None:
    begun(clock)
    mailing = open_run().mailing
    assert mailing is not None
    client.force_login(person(Role.EDITOR))
    assert "Départ prévu le vendredi 13 novembre 2026, 9\xa0h." in page(
        client.get(mailing.get_absolute_url())
    )
    submitted(mailing)
    assert "sans elles, elle ne part pas" in page(client.get(mailing.get_absolute_url()))


def test_a_reason_for_the_gaps_is_asked_where_approval_is(client: Client, clock: Clock) -> None:
    begun(clock)
    MandateFactory(trade=True)
    mailing = open_run().mailing
    assert mailing is not None
    written(mailing)
    client.force_login(person(Role.EDITOR))
    address = reverse("mailings:step", args=[mailing.number, "submit"])
    assert "gap_reason" in page(client.get(address))
    client.post(address, {"gap_reason": "Les sièges sont vacants."})
    mailing.refresh_from_db()
    assert (mailing.status, mailing.gap_reason) == ("in_review", "Les sièges sont vacants.")
    client.force_login(person(Role.CABINET))
    assert "Les sièges sont vacants." in page(client.get(mailing.get_absolute_url()))


def test_an_edition_of_no_rhythm_is_asked_for_none(client: Client, clock: Clock) -> None:
    row = written(Mailing.begin(by=person(Role.EDITOR)))
    client.force_login(person(Role.EDITOR))
    assert "gap_reason" not in page(client.get(reverse("mailings:step", args=[row.number, "submit"])))


def test_the_moment_of_its_week_is_proposed(client: Client, clock: Clock) -> None:
    begun(clock)
    mailing = open_run().mailing
    assert mailing is not None
    assert approved(mailing).status == "approved"
    client.force_login(person(Role.EDITOR))
    form = client.get(reverse("mailings:step", args=[mailing.number, "schedule"])).context["form"]
    assert form.initial["scheduled_for"] == open_run().leaves_at


def test_its_history_says_that_the_portal_began_it(client: Client, clock: Clock) -> None:
    begun(clock)
    mailing = open_run().mailing
    assert mailing is not None
    client.force_login(person(Role.EDITOR))
    assert "le portail" in page(client.get(mailing.get_absolute_url()))


def test_a_new_edition_does_not_take_the_draft_of_the_rhythm(client: Client, clock: Clock) -> None:
    begun(clock)
    client.force_login(person(Role.EDITOR))
    client.post(reverse("mailings:new"))
    assert Mailing.objects.count() == 2


def test_who_asks_for_approval_and_who_approves_read_that_it_leaves_by_itself(
    client: Client, clock: Clock
) -> None:
    everybody_reachable()
    begun(clock)
    row = written(open_run().mailing)
    words = "elle part d’elle-même le vendredi 13 novembre 2026, 9\xa0h."
    assert words in step(client, row, Role.EDITOR, "submit")
    row.submit(by=person(Role.EDITOR))
    assert words in step(client, row, Role.CABINET, "approve")


def test_with_a_gap_they_read_only_when_it_is_planned(client: Client, clock: Clock) -> None:
    begun(clock)
    text = step(client, written(open_run().mailing), Role.EDITOR, "submit")
    assert "L’envoi est prévu le vendredi 13 novembre 2026, 9\xa0h." in text
    assert "part d’elle-même le" not in text


def step(client: Client, row: Mailing, role: Role, verb: str) -> str:
    """Return the page of a step."""
    client.force_login(person(role))
    return page(client.get(reverse("mailings:step", args=[row.number, verb])))
