"""Another day for a measure: the party that is to agree proposes it, the first one agrees or changes its proposal."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from hubportal.accounts.models import User
from hubportal.workflow import TransitionError
from spoc import jobs
from spoc.models import Measure, ServiceRequest, Side
from tests.spoc.stories import arguments, brought_to, day, mails, measure_facts, planned
from tests.spoc.test_clocks import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def works(echevine: User, spoc: User) -> ServiceRequest:
    """Roadworks in progress; the SPOC is in charge."""
    return brought_to("in_progress", echevine, spoc, kind="chantier")


@pytest.fixture
def measure(works: ServiceRequest, spoc: User) -> Measure:
    """What the agency proposed to the commune, by the tenth day from today."""
    return planned(works, spoc, title="Navette")


def test_the_party_that_is_to_agree_names_another_day_and_the_first_one_agrees(
    measure: Measure, echevine: User, spoc: User
) -> None:
    measure.counter(by=echevine, due_on=day(20), reason="Marché le 10.")
    assert (measure.status, measure.due_on, measure.acting_side) == ("proposed", day(20), Side.AGENCY)
    (mail,) = mails("measures_countered")
    assert mail.person == spoc
    assert "Marché le 10." in mail.text
    assert f"{day(20):%d.%m.%Y}" in mail.text
    assert f"{day(10):%d.%m.%Y}" in mail.text
    with pytest.raises(PermissionDenied):
        measure.agree(by=echevine)
    measure.agree(by=spoc)
    assert (measure.status, measure.due_on) == ("agreed", day(20))


def test_the_history_keeps_the_day_before(measure: Measure, echevine: User) -> None:
    measure.counter(by=echevine, due_on=day(20), reason="Marché.")
    (event,) = measure.events.all()
    assert (event.verb, event.was_due_on, event.comment) == ("counter", day(10), "Marché.")


def test_who_proposed_it_names_no_other_day_but_changes_it(
    measure: Measure, echevine: User, spoc: User
) -> None:
    with pytest.raises(PermissionDenied):
        measure.counter(by=spoc, due_on=day(20))
    measure.counter(by=echevine, due_on=day(20))
    measure.change(by=spoc, due_on=day(15), party="commune")
    assert (measure.due_on, measure.acting_side) == (day(15), Side.COMMUNE)
    measure.agree(by=echevine)
    assert measure.status == "agreed"


def test_an_answer_is_corrected_by_the_party_that_gave_it(measure: Measure, echevine: User) -> None:
    measure.counter(by=echevine, due_on=day(20))
    measure.counter(by=echevine, due_on=day(21))
    assert (measure.due_on, measure.acting_side) == (day(21), Side.AGENCY)


def test_a_second_click_tells_once(measure: Measure, echevine: User) -> None:
    for _click in range(2):
        measure.counter(by=echevine, due_on=day(20))
    assert len(mails("measures_countered")) == 1
    assert measure.events.count() == 1


@pytest.mark.parametrize("wrong", [day(-1), day(5000), day(10)])
def test_no_day_that_is_over_out_of_reach_or_its_own(wrong: Any, measure: Measure, echevine: User) -> None:
    with pytest.raises(ValidationError) as refused:
        measure.counter(by=echevine, due_on=wrong)
    assert set(refused.value.error_dict) == {"due_on"}
    assert not mails("measures_countered")


def test_nobody_answers_what_was_changed_meanwhile(measure: Measure, echevine: User, spoc: User) -> None:
    seen = measure.steps_taken
    measure.change(by=spoc, due_on=day(12), party="commune")
    with pytest.raises(ValidationError):
        measure.counter(by=echevine, due_on=day(20), version=seen)


def test_nobody_changes_over_an_answer_that_they_have_not_read(
    measure: Measure, echevine: User, spoc: User
) -> None:
    seen = measure.steps_taken
    measure.counter(by=echevine, due_on=day(20))
    with pytest.raises(ValidationError):
        measure.change(by=spoc, due_on=day(12), party="commune", version=seen)
    measure.refresh_from_db()
    assert measure.due_on == day(20)


def test_an_answer_that_suits_is_agreed_to_and_not_changed(
    measure: Measure, echevine: User, spoc: User
) -> None:
    measure.counter(by=echevine, due_on=day(20))
    with pytest.raises(ValidationError):
        measure.change(by=spoc, due_on=day(20), party=measure.party)
    assert measure.acting_side == Side.AGENCY


def test_what_was_agreed_to_gets_no_answer(measure: Measure, echevine: User) -> None:
    measure.agree(by=echevine)
    with pytest.raises(TransitionError):
        measure.counter(by=echevine, due_on=day(20))


def test_nothing_is_answered_once_it_was_delivered(
    works: ServiceRequest, measure: Measure, echevine: User, spoc: User
) -> None:
    works.deliver(by=spoc, **arguments("deliver", spoc, works))
    with pytest.raises(PermissionDenied):
        Measure.objects.get(pk=measure.pk).counter(by=echevine, due_on=day(20))


def test_other_days_for_many_are_told_in_one_mail(works: ServiceRequest, echevine: User, spoc: User) -> None:
    rows = [planned(works, spoc, title=title) for title in ("Navette", "Panneaux")]
    days = {row: (0, day(20 + place)) for place, row in enumerate(rows)}
    Measure.objects.counter(request=works, by=echevine, days=days)
    (mail,) = mails("measures_countered")
    assert "Navette" in mail.text
    assert "Panneaux" in mail.text


def test_all_of_many_other_days_or_none(works: ServiceRequest, echevine: User, spoc: User) -> None:
    one, two = (planned(works, spoc, title=title) for title in ("Navette", "Panneaux"))
    two.agree(by=echevine)
    with pytest.raises(TransitionError):
        Measure.objects.counter(request=works, by=echevine, days={one: (0, day(20)), two: (1, day(20))})
    one.refresh_from_db()
    assert (one.is_countered, mails("measures_countered")) == (False, [])


def test_the_condition_says_of_all_measures_what_each_says_of_itself(
    works: ServiceRequest, echevine: User, spoc: User
) -> None:
    for by in (echevine, spoc):
        for status in Measure.Status.values:
            for is_countered in (False, True):
                facts = {"is_countered": is_countered, "offered_at": timezone.now(), "party": "agency"}
                planned(works, by, status=status, **facts | measure_facts(status))
    for side in Side:
        found = {row.pk for row in Measure.objects.all() if row.acting_side == side}
        assert set(Measure.objects.waiting_for(side).values_list("pk", flat=True)) == found


def test_who_is_to_agree_to_another_day_is_reminded_three_business_days_after_it(
    measure: Measure, echevine: User, spoc: User
) -> None:
    long_ago = timezone.now() - timedelta(days=30)
    Measure._base_manager.filter(pk=measure.pk).update(proposed_at=long_ago)
    measure.counter(by=echevine, due_on=day(20))
    assert jobs.remind(at(1)) == 0
    assert jobs.remind(at(7)) == 1
    assert [mail.person for mail in mails("reminder")] == [spoc]


def test_the_database_refuses_an_answer_without_its_moment(measure: Measure) -> None:
    with pytest.raises(IntegrityError, match="measure_countered_since"), transaction.atomic():
        Measure._base_manager.filter(pk=measure.pk).update(is_countered=True)
