"""A lead records a signed convention: what it takes, and what it does to the one before."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from communes.models import Mandate
from conventions.models import Convention
from hubportal.accounts.models import User
from hubportal.workflow import TransitionError
from tests.conventions.drafts import a_draft, days, open_theme, recorded, sign

pytestmark = pytest.mark.django_db


def refusal(draft: Convention, by: User) -> str:
    """Return why a draft cannot be recorded, in English, whatever the catalogues say; it must still be a draft."""
    with translation.override("en"), pytest.raises(ValidationError) as caught:
        draft.record(by=by)
    draft.refresh_from_db()
    assert draft.status == "draft"
    assert not draft.events.exists()
    with translation.override("en"):
        return " ".join(caught.value.messages)


def test_a_recorded_convention_is_signed_on_the_day_of_the_last_signature(lead: User) -> None:
    draft = a_draft()
    sign(draft, "representative", "Paul Agence", days(-105))
    draft.record(by=lead)
    assert (draft.status, draft.signed_on, draft.state) == ("signed", days(-105), "in_force")
    event = draft.events.get()
    assert (event.by, event.verb) == (lead, "record")


def test_an_administrator_may_record(admin: User) -> None:
    draft = a_draft()
    draft.record(by=admin)
    assert draft.status == "signed"


@pytest.mark.parametrize("person", ["spoc", "editor", "director", "echevine", "cabinet"])
def test_nobody_else_may_record(person: str, request: pytest.FixtureRequest) -> None:
    draft = a_draft()
    with pytest.raises(PermissionDenied):
        draft.record(by=request.getfixturevalue(person))
    assert Convention.objects.get().status == "draft"


def test_a_second_click_loses(lead: User) -> None:
    draft = a_draft()
    twin = Convention.objects.get(pk=draft.pk)
    draft.record(by=lead)
    with pytest.raises(TransitionError, match=lead.last_name):
        twin.record(by=lead)
    assert twin.events.count() == 1


def test_the_one_before_ends_the_day_before(lead: User) -> None:
    before = recorded(reference="CC-2019-01", in_force_from=days(-900))
    draft = a_draft(in_force_from=days(-100))
    draft.record(by=lead)
    before.refresh_from_db()
    assert before.in_force_until == days(-101)
    assert draft.predecessor == before
    assert before.state == "superseded"
    assert [event.verb for event in before.events.all()] == ["record", "supersede"]
    assert before.events.last().comment == "CC-2025-01"


def test_a_terminated_one_that_still_binds_ends_the_day_before_too(lead: User) -> None:
    before = recorded(reference="CC-2019-01", in_force_from=days(-900))
    before.terminate(by=lead, notice_given_on=days(-200), ends_on=days(300), reason="Fusion de services")
    a_draft(in_force_from=days(-100)).record(by=lead)
    before.refresh_from_db()
    assert (before.status, before.in_force_until) == ("terminated", days(-101))


def test_one_that_ran_out_keeps_its_last_day_and_is_linked(lead: User) -> None:
    before = recorded(reference="CC-2019-01", in_force_from=days(-900), in_force_until=days(-200))
    draft = a_draft()
    draft.record(by=lead)
    before.refresh_from_db()
    assert (before.in_force_until, before.state) == (days(-200), "expired")
    assert draft.predecessor == before


def test_another_commune_is_left_alone(lead: User) -> None:
    other = recorded("21002", "CC-2019-02", in_force_from=days(-900))
    a_draft().record(by=lead)
    other.refresh_from_db()
    assert other.in_force_until is None


def test_history_may_be_recorded_late(lead: User) -> None:
    first = recorded(reference="CC-2019-01", in_force_from=days(-900), in_force_until=days(-800))
    last = recorded(in_force_from=days(-100))
    middle = a_draft(reference="CC-2020-01", in_force_from=days(-500), in_force_until=days(-300))
    middle.record(by=lead)
    last.refresh_from_db()
    assert last.predecessor == first
    assert (middle.predecessor, middle.state) == (None, "expired")


def test_an_overlap_with_a_later_one_is_refused_and_changes_nothing(lead: User) -> None:
    before = recorded(reference="CC-2019-01", in_force_from=days(-900), in_force_until=days(-401))
    recorded(in_force_from=days(-100))
    draft = a_draft(reference="CC-2020-01", in_force_from=days(-500), in_force_until=days(-50))
    with pytest.raises(IntegrityError, match="convention_one_in_force"), transaction.atomic():
        draft.record(by=lead)
    before.refresh_from_db()
    assert before.in_force_until == days(-401)
    assert before.events.count() == 1


def test_a_first_day_is_needed(lead: User) -> None:
    draft = a_draft()
    Convention.objects.update(in_force_from=None)
    assert "first day" in refusal(draft, lead)


def test_a_theme_is_needed(lead: User) -> None:
    draft = a_draft()
    draft.themes.all().delete()
    assert "theme" in refusal(draft, lead)


@pytest.mark.parametrize("party", ["agency", "commune"])
def test_both_parties_are_needed(party: str, lead: User) -> None:
    draft = a_draft()
    draft.signatories.filter(party=party).delete()
    assert "Both parties" in refusal(draft, lead)


def test_an_office_that_was_not_held_that_day_is_refused(lead: User) -> None:
    draft = a_draft()
    Mandate.objects.filter(office="bourgmestre").update(ends_on=days(-113))
    assert "did not hold this office" in refusal(draft, lead)


def test_an_office_held_in_another_commune_is_refused(lead: User, stranger: User) -> None:
    draft = a_draft()
    draft.signatories.filter(office="bourgmestre").update(office="echevin", user=stranger)
    assert "did not hold this office" in refusal(draft, lead)


def test_a_signature_in_the_future_is_refused(lead: User) -> None:
    draft = a_draft()
    draft.signatories.filter(office="secretary").update(signed_on=days(1))
    assert "future" in refusal(draft, lead)


def test_the_council_decides_before_the_last_signature(lead: User) -> None:
    draft = a_draft(council_decided_on=days(-50))
    assert "council" in refusal(draft, lead)


def test_a_convention_may_be_recorded_before_its_first_day(lead: User) -> None:
    draft = a_draft(in_force_from=days(30), in_force_until=days(30) + timedelta(days=365))
    open_theme(draft, "chantier")
    draft.record(by=lead)
    assert draft.state == "upcoming"
    assert not draft.is_in_force()
