"""The demonstration's concerns: played by the verbs, each on its day, by whoever held the right that day."""

import pytest
from django.utils import timezone

from communes.models.mandate import communes_of
from hubportal.accounts.models import User
from spoc import demo_concerns
from spoc.faq.figures import figures
from spoc.models import Answer, Concern, ConcernGroup, RelayNote

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]


@pytest.mark.parametrize("model", [Concern, Answer])
def test_each_state_is_there(model: type[Concern] | type[Answer]) -> None:
    assert set(model.objects.values_list("status", flat=True)) == set(model.Status.values)


def test_two_notes_are_written_one_waits_one_is_answered_and_those_of_2020_are_closed() -> None:
    statuses = RelayNote.objects.order_by("made_at").values_list("status", flat=True)
    assert list(statuses) == ["closed"] * 4 + ["answered", "sent", "draft", "draft"]
    assert not RelayNote.objects.late().exists()


def test_twice_changes_nothing() -> None:
    before = Concern.objects.count()
    demo_concerns.load(timezone.localdate())
    assert Concern.objects.count() == before


@pytest.mark.parametrize("model", [Concern, Answer, RelayNote])
def test_each_has_the_history_of_its_state_in_order(
    model: type[Concern] | type[Answer] | type[RelayNote],
) -> None:
    for row in model.objects.order_by("pk"):
        events = list(row.events.order_by("at", "pk"))
        assert [event.source for event in events[1:]] == [event.target for event in events[:-1]]
        assert not events or row.status == events[-1].target
        assert [event.pk for event in events] == sorted(event.pk for event in events)
        row.full_clean(exclude=["reference"])


def test_whoever_raised_one_spoke_for_the_commune_on_that_day() -> None:
    for row in Concern.objects.select_related("raised_by").order_by("pk"):
        assert row.commune_id in communes_of(row.raised_by, timezone.localdate(row.raised_at))


def test_each_answer_bears_the_day_on_which_it_was_passed_on() -> None:
    """Not the moment of the loading: how long it took, and until when its commune says whether it helps, follow."""
    told = Concern.objects.exclude(answered_at=None)
    assert told.count() > 20
    for row in told:
        steps = row.events.filter(verb__in=("answer", "answer_locally"))
        assert row.last_answer
        assert row.answered_at == row.last_answer.told_at == steps.latest("at").at
        assert row.raised_at <= row.answered_at <= (row.closed_at or timezone.now())


def test_the_median_wait_is_one_of_the_stories() -> None:
    lead = User.objects.get(first_name="Hélène", email__endswith=".example")
    waits = [figures(lead, year).told.wait for year in (2020, None)]
    assert all(wait is not None and wait < 60 for wait in waits)


def test_numbers_of_a_year_follow_the_days() -> None:
    rows = list(Concern.objects.order_by("reference"))
    assert rows == sorted(rows, key=lambda row: (row.raised_at, row.pk))
    assert {row.reference[2:6] for row in rows} >= {"2020"}


def test_the_one_click_people_have_something_to_do() -> None:
    people = {user.first_name: user for user in User.objects.filter(email__endswith=".example")}
    nadia, wouter = (people[name] for name in ("Nadia", "Wouter"))
    assert Concern.objects.of_own_communes(nadia).filter(status="answered").exists()
    assert Concern.objects.of_own_communes(wouter).filter(status="answered").exists()
    assert Concern.objects.to_pass_on().served_by(people["Bilal"]).count() == 1
    assert Answer.objects.to_review().count() == 1
    assert {row.is_complete for row in Answer.objects.given()} == {True, False}
    assert RelayNote.objects.waiting().addressed_to(people["Apolline"]).exists()


def test_a_group_holds_a_confidential_concern_that_no_other_commune_reads() -> None:
    group = ConcernGroup.objects.get(title_fr="Commerces le long du chantier du métro")
    nadia = User.objects.get(first_name="Nadia", last_name="Clermontois")
    assert Concern.objects.in_group(group).count() == 4
    assert Concern.objects.visible_to(nadia).in_group(group).count() == 3
