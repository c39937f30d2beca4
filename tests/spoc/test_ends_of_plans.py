"""A plan is followed to its end before its request is delivered; a project with a plan says how it went."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from communes.models import MerchantsAssociation
from hubportal.accounts.models import User
from spoc.models import Deliverable, Measure, NewDeliverable, ServiceRequest
from tests.spoc.stories import REPORT, a_draft, brought_to, day, planned
from tests.spoc.test_desk import page, step, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(echevine: User, spoc: User) -> ServiceRequest:
    """A development in progress, with a measure that both parties count on."""
    row = brought_to("in_progress", echevine, spoc, kind="development")
    planned(row, spoc).agree(by=echevine)
    return row


def finished(row: ServiceRequest, by: User) -> ServiceRequest:
    """Say of each measure that it is done."""
    for measure in row.measures.to_do():
        measure.finish(by=by, done_on=timezone.localdate())
    return row


def test_it_is_not_delivered_before(project: ServiceRequest, spoc: User) -> None:
    with pytest.raises(ValidationError) as caught:
        project.deliver(by=spoc, proposed_outcome="solved", deliverable=REPORT, evaluation="Bien.")
    assert set(caught.value.message_dict) == {"proposed_outcome"}
    finished(project, spoc).deliver(
        by=spoc, proposed_outcome="solved", deliverable=REPORT, evaluation="Bien."
    )
    assert project.status == "delivered"


def test_what_nobody_agreed_to_or_what_was_dropped_holds_nothing_up(
    project: ServiceRequest, echevine: User, spoc: User
) -> None:
    for measure in project.measures.all():
        measure.drop(by=spoc, reason="Pas de budget.")
    Measure.objects.propose(
        request=project, by=spoc, title="Fête", phase="after", party="commune", due_on=day(9)
    )
    project.deliver(by=spoc, proposed_outcome="solved", deliverable=REPORT)
    assert project.status == "delivered"


def test_a_project_with_a_plan_says_how_it_went(project: ServiceRequest, spoc: User) -> None:
    finished(project, spoc)
    with pytest.raises(ValidationError) as caught:
        project.deliver(by=spoc, proposed_outcome="solved", deliverable=REPORT)
    assert set(caught.value.message_dict) == {"evaluation"}
    project.deliver(
        by=spoc, proposed_outcome="solved", deliverable=REPORT, evaluation="Deux vitrines rouvertes."
    )
    assert project.developmentdetails.evaluation == "Deux vitrines rouvertes."


def test_one_without_a_plan_need_not(echevine: User, spoc: User) -> None:
    row = brought_to("in_progress", echevine, spoc, kind="development")
    row.deliver(by=spoc, proposed_outcome="solved", deliverable=REPORT)
    assert row.status == "delivered"


def test_the_desk_says_both_in_one_go(client: Client, project: ServiceRequest, spoc: User) -> None:
    client.force_login(spoc)
    data = {"proposed_outcome": "solved", "title": "Plan", "text": "Voici."}
    response = client.post(step(project, "deliver"), data)
    assert set(response.context["form"].errors) == {"proposed_outcome", "evaluation"}
    finished(project, spoc)
    assert client.post(step(project, "deliver"), {**data, "evaluation": "Bien."}).status_code == 302


def test_both_parties_read_how_it_went(
    client: Client, project: ServiceRequest, echevine: User, spoc: User
) -> None:
    finished(project, spoc).deliver(
        by=spoc, proposed_outcome="solved", deliverable=REPORT, evaluation="Deux vitrines rouvertes."
    )
    for person, address in ((echevine, project.get_absolute_url()), (spoc, page(project))):
        client.force_login(person)
        assert "Deux vitrines rouvertes." in client.get(address).content.decode()


def test_the_association_of_a_relaunch_is_named_with_its_contact(
    client: Client, echevine: User, spoc: User
) -> None:
    row = brought_to("accepted", echevine, spoc, kind="development")
    association = MerchantsAssociation.objects.create(
        commune=row.commune, name="Les Tilleuls", contact_name="Rosa Verlinde"
    )
    row.developmentdetails.association = association
    row.developmentdetails.aim = "relaunch"
    row.developmentdetails.save()
    client.force_login(echevine)
    assert "Rosa Verlinde" in client.get(row.get_absolute_url()).content.decode()


def test_a_new_association_is_named_only_when_one_is_created(echevine: User) -> None:
    row = a_draft(echevine, kind="development")
    row.developmentdetails.new_association = "Les Tilleuls"
    with pytest.raises(ValidationError) as caught:
        row.developmentdetails.full_clean()
    assert "new_association" in caught.value.message_dict
    row.developmentdetails.aim = "new_association"
    row.developmentdetails.full_clean()


# --- On which terms data is given ----------------------------------------------------------------------------------


def test_a_study_says_who_may_have_it_and_on_which_terms(client: Client, echevine: User, spoc: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    client.force_login(spoc)
    data = {"title": "Relevé", "text": "Douze.", "sharing": "all", "licence": "CC BY 4.0"}
    assert client.post(write(row, "deliverable"), data).status_code == 302
    found = Deliverable.objects.get()
    assert (found.sharing, found.licence) == ("all", "CC BY 4.0")
    client.force_login(echevine)
    shown = client.get(row.get_absolute_url()).content.decode()
    assert "les 19\N{NO-BREAK SPACE}communes" in shown
    assert "CC BY 4.0" in shown


def test_unless_it_is_said_only_the_two_parties_may(echevine: User, spoc: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    assert row.hand_in(by=spoc, deliverable=REPORT).sharing == "commune"


def test_an_unknown_level_is_refused(echevine: User, spoc: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    with pytest.raises(ValidationError):
        row.hand_in(by=spoc, deliverable=NewDeliverable("Relevé", text="Douze.", sharing="cabinet"))


def test_what_is_no_audit_is_asked_no_terms(client: Client, echevine: User, spoc: User) -> None:
    row = brought_to("in_progress", echevine, spoc, kind="chantier")
    client.force_login(spoc)
    assert "sharing" not in client.get(write(row, "deliverable")).context["form"].fields
