"""Who changed what of a weekly rhythm, and when: on its page, for ever."""

from datetime import time

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hubportal.accounts.models import Role, User
from mailings import turning
from mailings.models import Schedule, ScheduleRevision
from mailings.rhythm_showing import history
from tests.mailings.made import person
from tests.mailings.rhythms import Clock, a_rhythm, clock
from tests.mailings.test_rhythm_pages import post, read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
__all__ = ["clock"]


def changed(schedule: Schedule, **facts: object) -> None:
    """Save a rhythm with something else in it, as the lead."""
    for name, value in facts.items():
        setattr(schedule, name, value)
    turning.save(schedule, person(Role.LEAD))


def test_each_change_is_told_with_who_and_what_newest_first(clock: Clock) -> None:
    schedule = a_rhythm()
    clock.at(clock.now.date(), 11)
    changed(schedule, weekday=4, leaves_at=time(8, 30))
    changed(schedule, is_active=False)
    found = [(row.by, [line[1:] for line in row.lines]) for row in history(schedule)]
    assert found == [
        (person(Role.LEAD), [("oui", "non")]),
        (person(Role.LEAD), [("vendredi", "jeudi"), ("9\xa0h", "8\xa0h\xa030")]),
        (person(Role.EDITOR), []),
    ]


def test_what_was_set_before_there_was_a_history_is_kept_first() -> None:
    schedule = a_rhythm()
    assert not schedule.revisions.exists()
    changed(schedule, weekday=4)
    assert list(schedule.revisions.order_by("pk").values_list("weekday", flat=True)) == [5, 4]


def test_a_save_that_changes_nothing_is_no_change() -> None:
    schedule = a_rhythm()
    changed(schedule)
    changed(schedule)
    assert schedule.revisions.count() == 1


def test_who_is_reminded_is_told_by_name() -> None:
    schedule, editor = a_rhythm(), person(Role.EDITOR)
    turning.save(schedule, person(Role.LEAD), [editor])
    assert history(schedule)[0].lines == [("Personnes prévenues", "tous les rédacteurs", editor.full_name)]


def test_the_page_shows_it_to_who_reads_rhythms(client: Client) -> None:
    schedule = a_rhythm()
    post(client, Role.LEAD, schedule.pk, weekday="3")
    text = read(client, Role.CABINET)
    assert "Qui a changé quoi" in text
    assert "<s>vendredi</s> <b>mercredi</b>" in text


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_the_database_keeps_what_was(verb: str) -> None:
    schedule = a_rhythm()
    changed(schedule, weekday=4)
    rows = ScheduleRevision.objects.filter(schedule=schedule)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(weekday=1) if verb == "update" else rows.delete()


def test_communes_see_none_of_it(echevine: User) -> None:
    changed(a_rhythm(), weekday=4)
    assert not ScheduleRevision.objects.visible_to(echevine).exists()
    assert ScheduleRevision.objects.visible_to(person(Role.CABINET)).exists()


def test_twenty_changes_cost_as_much_as_one(client: Client) -> None:
    schedule = a_rhythm()
    client.force_login(person(Role.EDITOR))
    address, counts = reverse("mailings:rhythm"), []
    for number in range(20):
        changed(schedule, name_fr=f"Rythme {number}")
        if number in (0, 19):
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            counts.append(len(queries))
    assert counts[0] == counts[1]
