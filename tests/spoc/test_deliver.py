"""Delivering, and what is delivered."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from hubportal.accounts.models import User
from spoc.models import NewDeliverable
from tests.spoc.stories import REPORT, a_file, brought_to, mails

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("new", "kind"),
    [
        (REPORT, "text"),
        (NewDeliverable("Baromètre", url="https://analytics.example/19"), "link"),
        (NewDeliverable("Relevé", upload=a_file()), "file"),
    ],
)
def test_it_works(new: NewDeliverable, kind: str, echevine: User, spoc: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    row.deliver(by=spoc, proposed_outcome="solved", deliverable=new)
    assert (row.status, row.proposed_outcome, row.deliverables.get().kind) == ("delivered", "solved", kind)
    assert row.delivered_at is not None
    (mail,) = mails("delivered")
    assert mail.person == echevine
    assert new.title in mail.text


def test_nothing_is_not_a_delivery(echevine: User, spoc: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    with pytest.raises(ValidationError):
        row.deliver(by=spoc, proposed_outcome="solved")


def test_what_was_handed_in_before_is_enough(echevine: User, spoc: User) -> None:
    row = brought_to("accepted", echevine, spoc)
    row.hand_in(by=spoc, deliverable=REPORT)
    row.start(by=spoc)
    row.deliver(by=spoc, proposed_outcome="partly_solved")
    assert row.status == "delivered"


def test_only_the_person_in_charge_delivers(echevine: User, spoc: User, editor: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    for person in (editor, echevine):
        with pytest.raises(PermissionDenied):
            row.deliver(by=person, proposed_outcome="solved", deliverable=REPORT)
        with pytest.raises(PermissionDenied):
            row.hand_in(by=person, deliverable=REPORT)


@pytest.mark.parametrize("outcome", ["", "no_news", "nonsense"])
def test_an_outcome_is_proposed(outcome: str, echevine: User, spoc: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    with pytest.raises(ValidationError) as caught:
        row.deliver(by=spoc, proposed_outcome=outcome, deliverable=REPORT)
    assert set(caught.value.message_dict) == {"proposed_outcome"}


@pytest.mark.parametrize(
    "wrong",
    [
        NewDeliverable("Rien"),
        NewDeliverable("Deux choses", url="https://a.example", text="et du texte"),
        NewDeliverable("Script", url="javascript:alert(1)"),
        NewDeliverable("", text="Sans titre"),
        NewDeliverable("Faux", upload=a_file("relevé.xlsx", b"pas un classeur")),
    ],
)
def test_a_bad_deliverable_is_refused_and_nothing_is_kept(
    wrong: NewDeliverable, echevine: User, spoc: User
) -> None:
    row = brought_to("in_progress", echevine, spoc)
    with pytest.raises(ValidationError):
        row.deliver(by=spoc, proposed_outcome="solved", deliverable=wrong)
    row.refresh_from_db()
    assert row.status == "in_progress"
    assert not row.deliverables.exists()


def test_a_chantier_needs_its_evaluation_or_a_waiver(echevine: User, spoc: User) -> None:
    row = brought_to("in_progress", echevine, spoc, kind="chantier")
    with pytest.raises(ValidationError) as caught:
        row.deliver(by=spoc, proposed_outcome="solved", deliverable=REPORT)
    assert set(caught.value.message_dict) == {"evaluation"}
    row.deliver(
        by=spoc, proposed_outcome="solved", deliverable=REPORT, evaluation="Trois commerces ont fermé."
    )
    row.chantierdetails.refresh_from_db()
    assert row.chantierdetails.evaluation == "Trois commerces ont fermé."


def test_a_waiver_is_enough(echevine: User, spoc: User) -> None:
    row = brought_to("in_progress", echevine, spoc, kind="chantier")
    row.deliver(by=spoc, proposed_outcome="solved", deliverable=REPORT, waiver="Chantier annulé.")
    row.chantierdetails.refresh_from_db()
    assert row.chantierdetails.evaluation_waiver == "Chantier annulé."
