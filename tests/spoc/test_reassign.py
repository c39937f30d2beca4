"""Putting another person in charge of a request that was taken on."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from communes.models import Absence
from hubportal.accounts.models import Role, RoleGrant, User
from hubportal.outbox.models import OutboxMessage
from hubportal.workflow import TransitionError
from spoc.models import ServiceRequest
from spoc.timeline import timeline
from tests.cast import COMMUNE_A, grant, yesterday
from tests.spoc.stories import brought_to, day, mails

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", ["accepted", "in_progress", "waiting_requester", "delivered"])
def test_it_changes_who_is_in_charge_and_nothing_else(
    status: str, echevine: User, spoc: User, editor: User
) -> None:
    row = brought_to(status, echevine, spoc)
    before = (row.status, row.due_on, row.waiting_since, row.accepted_at)
    row.reassign(by=spoc, assigned_to=editor, note=" Lotte connaît le quartier. ")
    assert row.assigned_to == editor
    assert (row.status, row.due_on, row.waiting_since, row.accepted_at) == before
    event = row.events.get(verb="reassign")
    assert (event.by, event.assigned_to, event.comment) == (spoc, editor, "Lotte connaît le quartier.")


def test_the_new_person_and_the_requester_are_told(echevine: User, spoc: User, editor: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    OutboxMessage.objects.all().delete()
    row.reassign(by=spoc, assigned_to=editor, note="Appelez la commune.")
    (to_new,) = mails("put_in_charge")
    assert to_new.person == editor
    assert "Appelez la commune." in to_new.text
    assert "a été acceptée" not in to_new.text
    (to_requester,) = mails("now_in_charge")
    assert to_requester.person == echevine
    assert "Lotte Editor" in to_requester.subject
    assert len(mails()) == 2


def test_whoever_was_in_charge_learns_that_a_lead_took_it_from_them(
    echevine: User, spoc: User, editor: User, lead: User
) -> None:
    row = brought_to("in_progress", echevine, spoc)
    row.reassign(by=lead, assigned_to=editor)
    assert {mail.person for mail in mails("now_in_charge")} == {echevine, spoc}


def test_who_has_left_the_agency_gets_no_mail(echevine: User, spoc: User, editor: User, lead: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    RoleGrant.objects.filter(user=spoc).update(ends_on=yesterday())
    ServiceRequest.objects.get(pk=row.pk).reassign(by=lead, assigned_to=editor)
    assert [mail.person for mail in mails("now_in_charge")] == [echevine]


def test_taking_it_over_oneself_writes_no_mail_to_oneself(echevine: User, spoc: User, lead: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    row.reassign(by=lead, assigned_to=lead)
    assert not mails("put_in_charge")


@pytest.mark.parametrize("person", ["editor", "director", "admin", "cabinet", "echevine", "stranger"])
def test_these_may_not(
    person: str, echevine: User, spoc: User, lead: User, request: pytest.FixtureRequest
) -> None:
    row = brought_to("in_progress", echevine, spoc)
    with pytest.raises(PermissionDenied):
        row.reassign(by=request.getfixturevalue(person), assigned_to=lead)
    row.refresh_from_db()
    assert row.assigned_to == spoc


def test_a_colleague_in_charge_hands_it_on(echevine: User, spoc: User, editor: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    row.reassign(by=spoc, assigned_to=editor)
    row.reassign(by=editor, assigned_to=spoc)
    assert row.assigned_to == spoc


def test_the_same_person_cannot_be_put_in_charge_again(echevine: User, spoc: User, lead: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    with pytest.raises(ValidationError) as caught:
        row.reassign(by=lead, assigned_to=spoc)
    assert set(caught.value.message_dict) == {"assigned_to"}


def test_a_second_click_is_told_that_the_first_one_did_it(echevine: User, spoc: User, editor: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    twin = ServiceRequest.objects.get(pk=row.pk)
    row.reassign(by=spoc, assigned_to=editor)
    with pytest.raises(TransitionError) as caught:
        twin.reassign(by=spoc, assigned_to=editor)
    assert caught.value.is_repeated_by(spoc)
    assert len(mails("put_in_charge")) == 1


def test_somebody_of_the_commune_cannot_be_put_in_charge_of_the_agencys_work(
    echevine: User, spoc: User, delegate: User
) -> None:
    row = brought_to("in_progress", echevine, spoc)
    with pytest.raises(ValidationError) as caught:
        row.reassign(by=spoc, assigned_to=delegate)
    assert set(caught.value.message_dict) == {"assigned_to"}


def test_a_commune_puts_a_colleague_in_charge_of_what_the_agency_asked(
    echevine: User, colleague: User, spoc: User
) -> None:
    row = brought_to("in_progress", spoc, echevine, direction="to_commune", commune=COMMUNE_A)
    with pytest.raises(PermissionDenied):
        row.reassign(by=spoc, assigned_to=colleague)
    row.reassign(by=echevine, assigned_to=colleague)
    assert [mail.person for mail in mails("put_in_charge")] == [colleague]
    assert [mail.person for mail in mails("now_in_charge")] == [spoc]


def test_the_stand_in_of_the_new_person_gets_the_mail(echevine: User, spoc: User, editor: User) -> None:
    stand_in = grant(Role.SPOC)
    Absence.objects.create(user=editor, stand_in=stand_in, starts_on=day(-1), ends_on=day(1))
    brought_to("in_progress", echevine, spoc).reassign(by=spoc, assigned_to=editor)
    assert [mail.person for mail in mails("put_in_charge")] == [stand_in]


def test_the_line_of_moments_names_who_goes_on(echevine: User, spoc: User, editor: User) -> None:
    row = brought_to("waiting_requester", echevine, spoc)
    row.reassign(by=spoc, assigned_to=editor)
    (now,) = [moment for moment in timeline(row, row.side_of(echevine)) if moment.css == "now"]
    assert "Lotte Editor" in str(now.label)
    assert now.by == spoc.full_name


def test_the_database_wants_a_name_in_that_step_and_in_no_other(echevine: User, spoc: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    for verb, person in (("reassign", None), ("start", spoc)):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.events.create(
                by=spoc, verb=verb, source="in_progress", target="in_progress", assigned_to=person
            )
