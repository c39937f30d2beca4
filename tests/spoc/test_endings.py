"""How a request ends: confirmed, closed, withdrawn; and how it is reopened."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from hubportal.accounts.models import User
from hubportal.businessdays import add_business_days
from hubportal.workflow import TransitionError
from tests.spoc.stories import ago, arguments, brought_to, day, mails, set_back

pytestmark = pytest.mark.django_db


# --- Confirming ------------------------------------------------------------------------------------------------


def test_confirming_keeps_the_outcome(echevine: User, spoc: User) -> None:
    row = brought_to("delivered", echevine, spoc)
    row.confirm(by=echevine, usefulness="partly")
    assert (row.status, row.outcome, row.usefulness) == ("closed", "solved", "partly")
    assert row.closed_at is not None
    assert [mail.person for mail in mails("closed")] == [spoc]


def test_confirming_may_change_the_outcome(echevine: User, spoc: User) -> None:
    row = brought_to("delivered", echevine, spoc)
    row.confirm(by=echevine, usefulness="no", outcome="not_feasible")
    assert (row.proposed_outcome, row.outcome) == ("solved", "not_feasible")


@pytest.mark.parametrize(
    ("usefulness", "outcome", "field"), [("", "", "usefulness"), ("yes", "no_news", "outcome")]
)
def test_confirming_needs_known_answers(
    usefulness: str, outcome: str, field: str, echevine: User, spoc: User
) -> None:
    with pytest.raises(ValidationError) as caught:
        brought_to("delivered", echevine, spoc).confirm(by=echevine, usefulness=usefulness, outcome=outcome)
    assert set(caught.value.message_dict) == {field}


def test_the_agency_does_not_confirm_its_own_work(echevine: User, spoc: User, lead: User) -> None:
    row = brought_to("delivered", echevine, spoc)
    for person in (spoc, lead):
        with pytest.raises(PermissionDenied):
            row.confirm(by=person, usefulness="yes")


# --- Closing without a delivery --------------------------------------------------------------------------------


def test_closing_works(echevine: User, spoc: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    row.close(by=spoc, outcome="redirected", text="Le 1819 vous répond.")
    assert (row.status, row.outcome) == ("closed", "redirected")
    (mail,) = mails("closed")
    assert mail.person == echevine
    assert "Le 1819 vous répond." in mail.text


@pytest.mark.parametrize(
    ("outcome", "text", "field"), [("solved", "Fait.", "outcome"), ("redirected", "", "text")]
)
def test_closing_needs_its_outcome_and_a_text(
    outcome: str, text: str, field: str, echevine: User, spoc: User
) -> None:
    with pytest.raises(ValidationError) as caught:
        brought_to("in_progress", echevine, spoc).close(by=spoc, outcome=outcome, text=text)
    assert set(caught.value.message_dict) == {field}


def test_the_requester_does_not_close(echevine: User, spoc: User) -> None:
    with pytest.raises(PermissionDenied):
        brought_to("in_progress", echevine, spoc).close(by=echevine, **arguments("close", spoc))


# --- Withdrawing -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["submitted", "accepted", "in_progress", "waiting_requester"])
def test_withdrawing_works_and_tells_the_other_party(status: str, echevine: User, spoc: User) -> None:
    row = brought_to(status, echevine, spoc)
    row.withdraw(by=echevine, reason="Projet reporté.")
    assert row.status == "withdrawn"
    assert [mail.person for mail in mails("withdrawn")] == [spoc]


def test_a_withdrawn_draft_stays_unknown_to_the_agency(echevine: User, spoc: User) -> None:
    row = brought_to("draft", echevine, spoc)
    row.withdraw(by=echevine)
    assert not mails()
    assert not type(row).objects.visible_to(spoc).exists()


def test_the_agency_does_not_withdraw(echevine: User, spoc: User) -> None:
    with pytest.raises(PermissionDenied):
        brought_to("submitted", echevine, spoc).withdraw(by=spoc)


def test_what_is_delivered_cannot_be_withdrawn(echevine: User, spoc: User) -> None:
    with pytest.raises(TransitionError):
        brought_to("delivered", echevine, spoc).withdraw(by=echevine)


# --- Reopening -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["delivered", "closed"])
def test_reopening_works(status: str, echevine: User, spoc: User) -> None:
    row = brought_to(status, echevine, spoc)
    set_back(row, due_on=day(-20))
    row.reopen(by=echevine, reason="Il manque une rue.")
    assert (row.status, row.outcome, row.delivered_at, row.closed_at) == ("in_progress", "", None, None)
    assert row.due_on == add_business_days(timezone.localdate(), 10)
    assert row.events.get(verb="reopen").comment == "Il manque une rue."
    assert [mail.person for mail in mails("reopened")] == [spoc]


def test_what_was_reopened_is_delivered_and_confirmed_again(echevine: User, spoc: User) -> None:
    row = brought_to("closed", echevine, spoc)
    row.reopen(by=echevine, reason="Il manque une rue.")
    row.deliver(by=spoc, proposed_outcome="solved")
    row.confirm(by=echevine, usefulness="yes")
    assert row.status == "closed"


def test_the_requester_has_sixty_days_the_spoc_any_time(echevine: User, spoc: User) -> None:
    row = brought_to("closed", echevine, spoc)
    set_back(row, closed_at=ago(60))
    assert row.can_be_reopen_by(echevine)
    set_back(row, closed_at=ago(61))
    with pytest.raises(PermissionDenied):
        row.reopen(by=echevine, reason="Encore une.")
    row.reopen(by=spoc, reason="Erreur de notre part.")
    assert [mail.person for mail in mails("reopened")] == [echevine]


def test_reopening_needs_a_reason(echevine: User, spoc: User) -> None:
    with pytest.raises(ValidationError) as caught:
        brought_to("closed", echevine, spoc).reopen(by=echevine, reason=" ")
    assert set(caught.value.message_dict) == {"reason"}
