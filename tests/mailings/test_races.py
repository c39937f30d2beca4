"""Two who act on an edition at once, and what changes between the tick's look and its step."""

from datetime import timedelta

import pytest
from django.utils import timezone

from hubportal.accounts.models import Role, User
from hubportal.workflow import TransitionError
from mailings.freezing import frozen
from mailings.models import Approval, Delivery, Mailing
from tests.mailings.made import TEXTS, brought_to, person

pytestmark = pytest.mark.django_db
LATER = timedelta(days=12)


def put_off(row: Mailing) -> None:
    """Schedule another copy of the row for much later, as somebody does while the tick holds this one."""
    moment = timezone.now() + LATER
    Mailing.objects.get(pk=row.pk).schedule(
        by=person(Role.EDITOR),
        scheduled_for=moment,
        expires_at=moment + timedelta(days=1),
        gap_reason="Vacances.",
    )


def test_what_was_put_off_meanwhile_does_not_start(echevine: User) -> None:
    row = brought_to("scheduled")
    put_off(row)
    with pytest.raises(TransitionError):
        row.start()
    assert Mailing.objects.get().status == "scheduled"
    assert not Delivery.objects.exists()


def test_what_was_put_off_meanwhile_does_not_expire(echevine: User) -> None:
    row = brought_to("scheduled")
    put_off(row)
    with pytest.raises(TransitionError):
        row.expire()
    assert Mailing.objects.get().status == "scheduled"


def test_what_was_planned_for_much_later_can_be_changed_and_submitted_again(echevine: User) -> None:
    row = brought_to("scheduled")
    put_off(row)
    row.refresh_from_db()
    fr = {**TEXTS["fr"], "subject": "Soldes"}
    row.revise(by=person(Role.EDITOR), texts={**TEXTS, "fr": fr}, portfolios=["trade"], version=row.version)
    row.submit(by=person(Role.EDITOR))
    assert row.status == "in_review"
    assert row.scheduled_for
    assert row.expires_at
    assert row.expires_at > row.scheduled_for


def test_the_letter_says_when_the_cabinet_approved_and_not_the_agency(echevine: User) -> None:
    row = brought_to("in_review")
    row.approve(by=person(Role.LEAD), seen_hash=row.content_hash)
    assert Approval.objects.filter(decision="approved").exists()
    assert "Texte approuvé par le cabinet" not in next(frozen(row, timezone.now())).text
    row.approve(by=person(Role.CABINET), seen_hash=row.content_hash)
    assert "Texte approuvé par le cabinet" in next(frozen(row, timezone.now())).text
