"""A lead terminates a convention, with the notice that was agreed."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from conventions.models import Convention, ConventionTheme
from conventions.months import months_after
from hubportal.accounts.models import User
from hubportal.workflow import TransitionError
from tests.conventions.drafts import a_draft, days, recorded

pytestmark = pytest.mark.django_db


def refused_at(convention: Convention, by: User, **changes: object) -> str:
    """Return the field that refuses a termination; the convention must still be as it was."""
    facts = {"notice_given_on": days(-10), "ends_on": days(300), "reason": "Fusion", **changes}
    with pytest.raises(ValidationError) as caught:
        convention.terminate(by=by, **facts)  # type: ignore[arg-type]
    convention.refresh_from_db()
    assert convention.status == "signed"
    return ",".join(caught.value.message_dict)


def test_it_binds_until_the_last_day(lead: User) -> None:
    convention = recorded()
    ends_on = months_after(days(-10), 6)
    convention.terminate(by=lead, notice_given_on=days(-10), ends_on=ends_on, reason="Fusion de services")
    assert (convention.status, convention.in_force_until) == ("terminated", ends_on)
    assert (convention.state, convention.is_in_force()) == ("terminated", True)
    assert not convention.is_in_force(months_after(ends_on, 1))
    assert ConventionTheme.objects.open_for(convention.commune).count() == 1
    event = convention.events.last()
    assert (event.by, event.verb, event.comment) == (lead, "terminate", "Fusion de services")


def test_a_day_that_nobody_means_is_refused(lead: User) -> None:
    tacit = recorded(in_force_until=None, first_period_until=days(100), renewal_months=12)
    assert refused_at(tacit, lead, ends_on=date(9999, 1, 1)) == "ends_on"
    assert refused_at(tacit, lead, notice_given_on=date(1, 1, 1)) == "notice_given_on"


def test_a_day_short_of_the_notice_is_refused(lead: User) -> None:
    convention = recorded()
    earliest = months_after(days(-10), 6)
    assert refused_at(convention, lead, ends_on=date.fromordinal(earliest.toordinal() - 1)) == "ends_on"


def test_a_notice_of_tomorrow_is_refused(lead: User) -> None:
    assert refused_at(recorded(), lead, notice_given_on=days(1)) == "notice_given_on"


def test_a_last_day_after_the_term_is_refused(lead: User) -> None:
    convention = recorded(in_force_until=days(250))
    assert refused_at(convention, lead) == "ends_on"


def test_a_last_day_before_the_first_is_refused(lead: User) -> None:
    convention = recorded(in_force_from=days(90), notice_months=1)
    assert refused_at(convention, lead, ends_on=days(60)) == "ends_on"


def test_a_reason_is_needed(lead: User) -> None:
    assert refused_at(recorded(), lead, reason="  ") == "reason"


def test_a_draft_cannot_be_terminated(lead: User) -> None:
    with pytest.raises(TransitionError):
        a_draft().terminate(by=lead, notice_given_on=days(-10), ends_on=days(300), reason="Fusion")


def test_a_spoc_may_not(spoc: User) -> None:
    with pytest.raises(PermissionDenied):
        recorded().terminate(by=spoc, notice_given_on=days(-10), ends_on=days(300), reason="Fusion")


def test_one_that_is_over_is_not_terminated_any_more(lead: User) -> None:
    convention = recorded(in_force_until=days(-1))
    assert "terminate" not in [step.verb for step in convention.next_steps(lead)]
    with pytest.raises(PermissionDenied):
        convention.terminate(by=lead, notice_given_on=days(-90), ends_on=days(-1), reason="Fusion")
