"""Accepting, declining and starting."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from communes.models import Absence
from hubportal.accounts.models import Role, User
from hubportal.workflow import TransitionError
from tests.cast import grant
from tests.spoc.stories import a_draft, arguments, brought_to, day, due, mails

pytestmark = pytest.mark.django_db


def test_it_works(echevine: User, spoc: User) -> None:
    row = brought_to("submitted", echevine, spoc)
    row.accept(by=spoc, assigned_to=spoc, due_on=due())
    assert (row.status, row.assigned_to, row.due_on) == ("accepted", spoc, due())
    assert row.accepted_at == row.answered_at
    (mail,) = mails("accepted")
    assert mail.person == echevine


def test_a_colleague_can_be_put_in_charge_and_is_told(echevine: User, spoc: User, editor: User) -> None:
    row = brought_to("submitted", echevine, spoc)
    row.accept(by=spoc, assigned_to=editor, due_on=due())
    assert [mail.person for mail in mails("put_in_charge")] == [editor]
    assert row.can_be_start_by(editor)
    assert not row.can_be_start_by(spoc)


def test_a_lead_may(echevine: User, spoc: User, lead: User) -> None:
    brought_to("submitted", echevine, spoc).accept(by=lead, assigned_to=spoc, due_on=due())


def test_a_stand_in_may_while_the_spoc_is_away(echevine: User, spoc: User) -> None:
    stand_in = grant(Role.SPOC)
    row = brought_to("submitted", echevine, spoc)
    assert not row.can_be_accept_by(stand_in)
    Absence.objects.create(user=spoc, stand_in=stand_in, starts_on=day(-1), ends_on=day(1))
    row.accept(by=User.objects.get(pk=stand_in.pk), assigned_to=stand_in, due_on=due())


def test_another_spoc_may_not(echevine: User, spoc: User) -> None:
    row = brought_to("submitted", echevine, spoc)
    with pytest.raises(PermissionDenied):
        row.accept(by=grant(Role.SPOC), assigned_to=spoc, due_on=due())


@pytest.mark.parametrize(
    "person", ["editor", "director", "admin", "cabinet", "taskforce", "echevine", "stranger"]
)
def test_these_may_not(person: str, echevine: User, spoc: User, request: pytest.FixtureRequest) -> None:
    row = brought_to("submitted", echevine, spoc)
    with pytest.raises(PermissionDenied):
        row.accept(by=request.getfixturevalue(person), assigned_to=spoc, due_on=due())


def test_somebody_of_the_commune_cannot_be_put_in_charge_of_the_agencys_work(
    echevine: User, spoc: User
) -> None:
    row = brought_to("submitted", echevine, spoc)
    with pytest.raises(ValidationError) as caught:
        row.accept(by=spoc, assigned_to=echevine, due_on=due())
    assert set(caught.value.message_dict) == {"assigned_to"}


def next_weekday(weekday: int) -> date:
    """Return a day of next week."""
    today = timezone.localdate()
    return today + timedelta(days=7 - today.weekday() + weekday)


@pytest.mark.parametrize("wrong", ["past", "saturday", "far"])
def test_a_due_date_is_a_business_day_to_come(wrong: str, echevine: User, spoc: User) -> None:
    days = {"past": day(-1), "saturday": next_weekday(5), "far": date(2199, 1, 1)}
    row = brought_to("submitted", echevine, spoc)
    with pytest.raises(ValidationError) as caught:
        row.accept(by=spoc, assigned_to=spoc, due_on=days[wrong])
    assert set(caught.value.message_dict) == {"due_on"}


def test_the_second_of_two_reads_who_was_first(echevine: User, spoc: User, lead: User) -> None:
    row = brought_to("submitted", echevine, spoc)
    twin = type(row).objects.get(pk=row.pk)
    row.accept(by=spoc, assigned_to=spoc, due_on=due())
    with pytest.raises(TransitionError, match=spoc.last_name):
        twin.accept(by=lead, assigned_to=lead, due_on=due())


def test_a_commune_accepts_what_the_agency_asks(spoc: User, echevine: User, delegate: User) -> None:
    row = a_draft(spoc, direction="to_commune")
    row.submit(by=spoc)
    row.accept(by=echevine, assigned_to=delegate, due_on=due())
    row.start(by=delegate)
    assert row.status == "in_progress"


# --- Declining -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["submitted", "accepted"])
def test_declining_works(status: str, echevine: User, spoc: User) -> None:
    row = brought_to(status, echevine, spoc)
    row.decline(by=spoc, reason="not_held", text="Demandez à perspective.")
    assert (row.status, row.decline_reason) == ("declined", "not_held")
    (mail,) = mails("declined")
    assert mail.person == echevine
    assert "perspective" in mail.text


@pytest.mark.parametrize(("reason", "text", "field"), [("", "Non.", "reason"), ("other", "  ", "text")])
def test_declining_needs_a_reason_and_a_text(
    reason: str, text: str, field: str, echevine: User, spoc: User
) -> None:
    row = brought_to("submitted", echevine, spoc)
    with pytest.raises(ValidationError) as caught:
        row.decline(by=spoc, reason=reason, text=text)
    assert set(caught.value.message_dict) == {field}


def test_the_requester_may_not_decline(echevine: User, spoc: User) -> None:
    with pytest.raises(PermissionDenied):
        brought_to("submitted", echevine, spoc).decline(by=echevine, **arguments("decline", spoc))


# --- Starting --------------------------------------------------------------------------------------------------


def test_starting_is_for_the_person_in_charge(echevine: User, spoc: User, editor: User) -> None:
    row = brought_to("accepted", echevine, spoc)
    with pytest.raises(PermissionDenied):
        row.start(by=editor)
    row.start(by=spoc)
    assert row.status == "in_progress"


def test_the_stand_in_of_the_person_in_charge_starts(echevine: User, spoc: User, editor: User) -> None:
    row = brought_to("accepted", echevine, spoc)
    Absence.objects.create(user=spoc, stand_in=editor, starts_on=day(-1), ends_on=day(1))
    row.start(by=User.objects.get(pk=editor.pk))
    assert row.status == "in_progress"


def test_when_the_person_in_charge_left_whoever_answers_is_in_charge(
    echevine: User, spoc: User, editor: User
) -> None:
    row = brought_to("submitted", echevine, spoc)
    row.accept(by=spoc, assigned_to=editor, due_on=due())
    editor.grants.update(starts_on=day(-30), ends_on=day(-1))
    row = type(row).objects.get(pk=row.pk)
    row.start(by=spoc)
    assert row.status == "in_progress"
