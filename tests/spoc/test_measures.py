"""The plan of a request: both parties propose, the other one agrees; each measure has its state, reminders, mails."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from hubportal.accounts.models import User
from hubportal.businessdays import is_business_day
from hubportal.workflow import TransitionError
from spoc import jobs
from spoc.models import Measure, ServiceRequest, StandardMeasure
from tests.spoc.stories import arguments, brought_to, day, mails, planned
from tests.spoc.test_clocks import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def library() -> None:
    """The library of the project."""
    StandardMeasure.objects.load()


@pytest.fixture
def works(echevine: User, spoc: User) -> ServiceRequest:
    """Roadworks in progress, from 40 to 90 days from today; the SPOC is in charge."""
    return brought_to("in_progress", echevine, spoc, kind="chantier")


def own(row: ServiceRequest, by: User, **changes: Any) -> Measure:
    """Return a measure of one's own that somebody proposed."""
    facts = {"title": "Navette gratuite", "phase": "during", "party": "commune", "due_on": day(20)}
    return Measure.objects.propose(request=row, by=by, **(facts | changes))


def test_the_library_is_loaded_once_and_what_leads_changed_stays(library: None) -> None:
    StandardMeasure.objects.filter(code="events").update(title_fr="Fanfare")
    count = StandardMeasure.objects.count()
    call_command("load_library", verbosity=0)
    assert StandardMeasure.objects.count() == count > 20
    assert StandardMeasure.objects.get(code="events").title_fr == "Fanfare"


def test_measures_of_the_library_get_their_days_from_the_works(
    library: None, works: ServiceRequest, echevine: User, spoc: User
) -> None:
    standards = StandardMeasure.objects.in_use().filter(code__in=["open-shops-signs", "vacancy-count"])
    made = Measure.objects.pick(request=works, by=spoc, standards=standards)
    days = {measure.standard_id: measure.due_on for measure in made}
    assert timedelta(0) <= days["open-shops-signs"] - day(33) < timedelta(10)
    assert timedelta(0) <= days["vacancy-count"] - day(180) < timedelta(10)
    assert all(is_business_day(found) for found in days.values())
    (mail,) = mails("measures_proposed")
    assert mail.person == echevine
    assert "Panneaux" in mail.text
    assert "cellules vides" in mail.text
    # Again: nothing new, no second mail.
    assert Measure.objects.pick(request=works, by=spoc, standards=standards) == []
    assert len(mails("measures_proposed")) == 1


def test_a_day_that_would_be_over_is_the_next_business_day(library: None) -> None:
    standard = StandardMeasure.objects.get(code="shops-survey")
    assert standard.due_on(date(2026, 4, 1), date(2026, 6, 1), date(2026, 5, 1)) == date(2026, 5, 4)


def test_a_measure_of_the_library_speaks_the_readers_language(
    library: None, works: ServiceRequest, spoc: User
) -> None:
    standard = StandardMeasure.objects.filter(code="reopening")
    (measure,) = Measure.objects.pick(request=works, by=spoc, standards=standard)
    with translation.override("nl"):
        assert measure.name == "Heropeningscampagne"
    with translation.override("fr"):
        assert measure.name == "Campagne de réouverture"


def test_the_other_party_agrees_and_the_one_that_proposed_does_not(
    works: ServiceRequest, echevine: User, spoc: User
) -> None:
    measure = own(works, echevine)
    assert [mail.person for mail in mails("measures_proposed")] == [spoc]
    with pytest.raises(PermissionDenied):
        measure.agree(by=echevine)
    measure.agree(by=spoc)
    assert (measure.status, [mail.person for mail in mails("measure_moved")]) == ("agreed", [echevine])


def test_a_second_click_proposes_nothing_more(works: ServiceRequest, echevine: User) -> None:
    assert own(works, echevine) == own(works, echevine)
    assert len(mails("measures_proposed")) == 1


@pytest.mark.parametrize("status", ["draft", "submitted", "closed", "declined", "withdrawn"])
def test_no_plan_before_the_request_is_accepted_nor_once_it_has_ended(
    status: str, echevine: User, spoc: User
) -> None:
    row = brought_to(status, echevine, spoc)
    with pytest.raises(TransitionError):
        own(row, echevine)


def test_the_plan_of_a_request_that_has_ended_is_closed(echevine: User, spoc: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    measure = planned(row, spoc)
    row.withdraw(by=echevine)
    measure = Measure.objects.get(pk=measure.pk)
    assert measure.next_steps(echevine) == []
    with pytest.raises(PermissionDenied):
        measure.drop(by=echevine, reason="Fini.")


@pytest.mark.parametrize("person", ["stranger", "editor", "cabinet"])
def test_who_is_no_party_proposes_and_takes_nothing(
    person: str, works: ServiceRequest, spoc: User, request: pytest.FixtureRequest
) -> None:
    user, measure = request.getfixturevalue(person), planned(works, spoc)
    with pytest.raises(PermissionDenied):
        own(works, user)
    assert measure.next_steps(user) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"due_on": day(-1)}, "due_on"),
        ({"due_on": day(5000)}, "due_on"),
        ({"title": "x" * 161}, "title"),
        ({"phase": "later"}, "phase"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    changes: dict[str, Any], field: str, works: ServiceRequest, echevine: User
) -> None:
    with pytest.raises(ValidationError) as refused:
        own(works, echevine, **changes)
    assert field in refused.value.error_dict
    assert not works.measures.exists()


def test_it_is_done_on_a_day_that_has_come_and_taken_up_again(
    works: ServiceRequest, echevine: User, spoc: User
) -> None:
    measure = own(works, spoc)
    measure.agree(by=echevine)
    for wrong in (day(1), day(-400)):
        with pytest.raises(ValidationError) as refused:
            measure.finish(by=echevine, done_on=wrong)
        assert "done_on" in refused.value.error_dict
    measure.finish(by=echevine, done_on=day(0), result="38 commerçants")
    assert (measure.status, measure.result) == ("done", "38 commerçants")
    measure.take_up(by=echevine)
    assert (measure.status, measure.done_on, measure.result) == ("agreed", None, "")


def test_one_that_was_dropped_before_anybody_agreed_is_proposed_again(
    works: ServiceRequest, echevine: User, spoc: User
) -> None:
    measure = own(works, spoc)
    measure.drop(by=echevine, reason="Trop cher.")
    assert "Trop cher." in mails("measure_moved")[0].text
    measure.take_up(by=echevine)
    assert measure.status == "proposed"


def test_another_day_has_a_reason_and_is_told(works: ServiceRequest, echevine: User, spoc: User) -> None:
    measure = own(works, spoc)
    measure.agree(by=echevine)
    with pytest.raises(ValidationError):
        measure.postpone(by=echevine, due_on=day(30), reason=" ")
    measure.postpone(by=echevine, due_on=day(30), reason="Gel.")
    assert measure.due_on == day(30)
    assert [mail.person for mail in mails("measure_moved")] == [spoc, spoc]
    assert "Gel." in mails("measure_moved")[1].text


# --- Reminders -------------------------------------------------------------------------------------------------


def test_who_is_to_agree_is_reminded_after_three_business_days_once_a_week(
    works: ServiceRequest, echevine: User, spoc: User
) -> None:
    planned(works, spoc)
    assert jobs.remind(at(1)) == 0
    assert jobs.remind(at(7)) == 1
    assert jobs.remind(at(7)) == 0
    assert jobs.remind(at(9)) == 0
    assert jobs.remind(at(14)) == 1
    assert {mail.person for mail in mails("reminder")} == {echevine}
    assert "Panneaux" in mails("reminder")[0].text


def test_who_owes_a_late_measure_is_reminded_in_one_mail(
    works: ServiceRequest, echevine: User, spoc: User
) -> None:
    for party in ("agency", "commune", "commune"):
        planned(works, spoc, party=party, status="running", agreed_at=timezone.now(), due_on=day(2))
    assert jobs.remind(at(2)) == 0
    assert jobs.remind(at(3)) == 2
    assert jobs.remind(at(3)) == 0
    text = {mail.person: mail.text for mail in mails("reminder")}
    assert text[echevine].count("Panneaux") == 2
    assert text[spoc].count("Panneaux") == 1
    works.withdraw(by=echevine)
    assert jobs.remind(at(20)) == 0


# --- What the database refuses ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("measure_known_status", {"status": "later", "agreed_at": timezone.now()}),
        ("measure_known_codes", {"phase": "later"}),
        ("measure_known_codes", {"party": "region"}),
        ("measure_known_codes", {"proposed_side": "region"}),
        ("measure_standard_or_own", {"title": ""}),
        ("measure_standard_or_own", {"standard_id": "events"}),
        ("measure_agreed_when_it_was", {"status": "agreed"}),
        ("measure_agreed_when_it_was", {"agreed_at": timezone.now()}),
        ("measure_done_on_a_day", {"status": "done", "agreed_at": timezone.now()}),
        ("measure_done_on_a_day", {"done_on": day(0)}),
        ("measure_done_on_a_day", {"result": "Bien."}),
        ("measure_dropped_for_a_reason", {"status": "dropped"}),
        ("measure_dropped_for_a_reason", {"drop_reason": "Cher."}),
    ],
)
def test_the_database_refuses(
    constraint: str, changes: dict[str, Any], library: None, works: ServiceRequest, spoc: User
) -> None:
    measure = planned(works, spoc)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Measure._base_manager.filter(pk=measure.pk).update(**changes)


def test_the_database_keeps_one_of_the_library_once_in_a_plan(
    library: None, works: ServiceRequest, spoc: User
) -> None:
    planned(works, spoc, title="", standard_id="events")
    with pytest.raises(IntegrityError, match="measure_of_the_library_once"), transaction.atomic():
        planned(works, spoc, title="", standard_id="events")


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("standard_measure_known_codes", {"kind": "party"}),
        ("standard_measure_known_codes", {"anchor": "middle"}),
        ("standard_measure_in_both_languages", {"title_nl": ""}),
        ("standard_measure_advice_in_both_languages", {"advice_fr": ""}),
    ],
)
def test_the_database_refuses_in_the_library(constraint: str, changes: dict[str, Any], library: None) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        StandardMeasure.objects.filter(code="events").update(**changes)


def test_who_proposed_it_changes_it_until_it_is_agreed_to(
    works: ServiceRequest, echevine: User, spoc: User
) -> None:
    measure = own(works, echevine)
    with pytest.raises(PermissionDenied):
        measure.change(by=spoc, due_on=day(30), party="commune")
    measure.change(by=echevine, due_on=day(30), party="commune", title="Panneaux bilingues")
    measure.refresh_from_db()
    assert (measure.title, measure.due_on, measure.status) == ("Panneaux bilingues", day(30), "proposed")
    assert [mail.person for mail in mails("measure_moved")] == [spoc]
    measure.agree(by=spoc)
    with pytest.raises(TransitionError):
        measure.change(by=echevine, due_on=day(40), party="commune")


def test_a_changed_measure_has_no_day_that_is_over(works: ServiceRequest, echevine: User) -> None:
    measure = own(works, echevine)
    with pytest.raises(ValidationError) as caught:
        measure.change(by=echevine, due_on=day(-1), party="commune")
    assert set(caught.value.message_dict) == {"due_on"}
    assert mails("measure_moved") == []


def test_nobody_agrees_to_what_was_changed_meanwhile(
    works: ServiceRequest, echevine: User, spoc: User
) -> None:
    measure = own(works, echevine)
    seen = measure.steps_taken
    measure.change(by=echevine, due_on=day(30), party="commune")
    with pytest.raises(ValidationError):
        measure.agree(by=spoc, version=seen)
    measure.agree(by=spoc, version=measure.steps_taken)
    assert measure.status == "agreed"


def test_a_second_click_on_a_change_changes_and_tells_once(
    works: ServiceRequest, echevine: User, spoc: User
) -> None:
    measure = own(works, echevine)
    for _click in range(2):
        measure.change(by=echevine, due_on=day(30), party="agency", who="Propreté")
    assert len(mails("measure_moved")) == 1
    (event,) = measure.events.all()
    assert measure.title in event.comment


def test_what_a_measure_of_the_library_is_stays(
    works: ServiceRequest, echevine: User, spoc: User, library: None
) -> None:
    (measure,) = Measure.objects.pick(request=works, by=spoc, standards=StandardMeasure.objects.all()[:1])
    for other in ({"title": "Autre chose"}, {"phase": "after"}):
        with pytest.raises(ValidationError) as caught:
            measure.change(by=spoc, due_on=day(30), party="agency", **other)
        assert set(caught.value.message_dict) == set(other)


def test_nothing_is_added_to_what_was_delivered(works: ServiceRequest, echevine: User, spoc: User) -> None:
    proposed = own(works, echevine)
    works.deliver(by=spoc, **arguments("deliver", spoc, works))
    with pytest.raises(PermissionDenied):
        Measure.objects.get(pk=proposed.pk).agree(by=spoc)
