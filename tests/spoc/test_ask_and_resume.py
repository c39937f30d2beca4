"""Asking the requester, and going on: the clock stands still meanwhile."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from hubportal.accounts.models import User
from hubportal.businessdays import add_business_days, business_days_between
from hubportal.workflow import TransitionError
from spoc import deadlines
from tests.spoc.stories import a_file, ago, brought_to, day, mails, set_back

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", ["accepted", "in_progress"])
def test_asking_works(status: str, echevine: User, spoc: User) -> None:
    row = brought_to(status, echevine, spoc)
    row.ask(by=spoc, question="Quelles rues ?")
    assert row.status == "waiting_requester"
    assert row.waiting_since is not None
    message = row.messages.get()
    assert (message.text, message.is_question, message.is_public) == ("Quelles rues ?", True, True)
    (mail,) = mails("question")
    assert mail.person == echevine
    assert "Quelles rues ?" in mail.text


def test_asking_nothing_is_refused(echevine: User, spoc: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    with pytest.raises(ValidationError) as caught:
        row.ask(by=spoc, question=" ")
    assert set(caught.value.message_dict) == {"question"}


def test_the_requester_may_not_ask(echevine: User, spoc: User) -> None:
    with pytest.raises(PermissionDenied):
        brought_to("in_progress", echevine, spoc).ask(by=echevine, question="Quand ?")


def test_an_answer_resumes_by_itself_and_moves_the_due_date(echevine: User, spoc: User) -> None:
    row = brought_to("waiting_requester", echevine, spoc)
    before = row.due_on
    set_back(row, waiting_since=ago(9))
    assert before is not None
    stopped = business_days_between(deadlines.day_of(ago(9)), timezone.localdate())
    row.write(by=echevine, text="La rue des Aubépines.")
    assert (row.status, row.waiting_since, row.stopped_days) == ("in_progress", None, stopped)
    assert row.due_on == add_business_days(before, stopped)
    assert row.events.get(verb="resume").by is None
    assert [mail.person for mail in mails("answer")] == [spoc]


def test_a_file_alone_resumes_too(echevine: User, spoc: User) -> None:
    row = brought_to("waiting_requester", echevine, spoc)
    assert row.write(by=echevine, upload=a_file()) is None
    assert row.status == "in_progress"
    assert row.files.get().name == "plan.txt"


def test_a_message_of_the_agency_does_not_resume(echevine: User, spoc: User) -> None:
    row = brought_to("waiting_requester", echevine, spoc)
    row.write(by=spoc, text="Nous attendons votre plan.")
    assert row.status == "waiting_requester"


def test_the_spoc_resumes_by_hand(echevine: User, spoc: User) -> None:
    row = brought_to("waiting_requester", echevine, spoc)
    row.resume(by=spoc)
    assert row.events.get(verb="resume").by == spoc


def test_the_requester_has_no_button_to_resume(echevine: User, spoc: User) -> None:
    row = brought_to("waiting_requester", echevine, spoc)
    assert [step.verb for step in row.next_steps(echevine)] == ["withdraw"]
    with pytest.raises(PermissionDenied):
        row.resume(by=echevine)


def test_what_waits_is_never_late(echevine: User, spoc: User) -> None:
    row = brought_to("waiting_requester", echevine, spoc)
    set_back(row, due_on=day(-3))
    assert not row.is_late()
    assert not type(row).objects.late().exists()
    row.resume(by=spoc)
    assert row.is_late()
    assert type(row).objects.late().get() == row


def test_resuming_what_does_not_wait_is_refused(echevine: User, spoc: User) -> None:
    with pytest.raises(TransitionError):
        brought_to("in_progress", echevine, spoc).resume(by=spoc)
