"""Two who act on one edition, the second before the first has committed: without the locks each of these fails."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from hubportal.accounts.models import Role, User
from hubportal.outbox.models import OutboxMessage
from hubportal.workflow import TransitionError
from mailings.models import Delivery, Mailing, SuppressedAddress, Verdict
from tests.atonce import before_it_commits
from tests.cast import MandateFactory, grant
from tests.mailings.leaving import marked
from tests.mailings.made import TEXTS, brought_to, person

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("refilled", "read_by_somebody"),
]


@pytest.fixture
def read_by_somebody(refilled: None) -> None:
    """A bourgmestre, a holder of trade: somebody to write to."""
    MandateFactory(trade=True)


def copy(row: Mailing) -> Mailing:
    """Return the row as another process reads it."""
    return Mailing.objects.get(pk=row.pk)


def rewrite(row: Mailing, subject: str) -> None:
    """Change the French subject."""
    texts = {**TEXTS, "fr": {**TEXTS["fr"], "subject": subject}}
    row.revise(by=person(Role.EDITOR), texts=texts, portfolios=["trade"], version=row.version)


def plan(row: Mailing, by: User, days: int, after: int | None) -> None:
    """Schedule it."""
    moment = timezone.now() + timedelta(days=days)
    row.schedule(
        by=by,
        scheduled_for=moment,
        expires_at=moment + timedelta(days=1),
        gap_reason="Vacances.",
        after=after,
    )


def approve(row: Mailing, by: User) -> None:
    """Approve the text as it was read."""
    row.approve(by=by, seen_hash=row.content_hash)


def test_the_two_approvals_at_once_make_it_approved() -> None:
    row = brought_to("in_review")
    other = copy(row)
    found = before_it_commits(
        lambda: approve(row, person(Role.LEAD)), lambda: approve(other, person(Role.CABINET))
    )
    assert found is None
    assert copy(row).status == "approved"


def test_of_two_who_approve_for_one_side_the_second_reads_who() -> None:
    row = brought_to("in_review")
    other, colleague = copy(row), grant(Role.LEAD, email="second@team.example")
    found = before_it_commits(lambda: approve(row, person(Role.LEAD)), lambda: approve(other, colleague))
    assert isinstance(found, ValidationError)
    assert person(Role.LEAD).full_name in found.messages[0]
    assert row.approvals.filter(decision="approved").count() == 1


def test_what_is_changed_meanwhile_is_not_approved() -> None:
    row = brought_to("in_review")
    other = copy(row)
    found = before_it_commits(lambda: rewrite(row, "Autre"), lambda: approve(other, person(Role.LEAD)))
    assert isinstance(found, ValidationError)
    assert (copy(row).status, row.approvals.filter(decision="approved").count()) == ("draft", 0)


def test_of_two_edits_the_second_is_told() -> None:
    row = brought_to("draft")
    other = copy(row)
    found = before_it_commits(lambda: rewrite(row, "Un"), lambda: rewrite(other, "Deux"))
    assert isinstance(found, ValidationError)
    assert found.code == "stale"
    assert copy(row).texts["fr"]["subject"] == "Un"


def test_two_ticks_start_it_once() -> None:
    row = brought_to("scheduled")
    other = copy(row)
    found = before_it_commits(row.start, other.start)
    assert isinstance(found, TransitionError)
    assert row.events.filter(verb="start").count() == 1
    assert Delivery.objects.count() == 1


def test_of_two_who_schedule_the_second_learns_what_the_first_chose() -> None:
    row = brought_to("approved")
    other, colleague = copy(row), grant(Role.EDITOR, email="second@team.example")
    last = row.events.order_by("at", "pk").last()
    assert last
    found = before_it_commits(
        lambda: plan(row, person(Role.EDITOR), 1, last.pk), lambda: plan(other, colleague, 2, last.pk)
    )
    assert isinstance(found, TransitionError)
    assert row.events.filter(verb="schedule").count() == 1
    assert copy(row).scheduled_for == row.scheduled_for


def test_an_edition_that_is_scheduled_anew_meanwhile_does_not_start() -> None:
    row = brought_to("scheduled")
    other = copy(row)
    found = before_it_commits(lambda: plan(row, person(Role.EDITOR), 3, None), other.start)
    assert isinstance(found, TransitionError)
    assert not Delivery.objects.exists()


def test_what_is_cancelled_meanwhile_is_not_sent_again() -> None:
    row = brought_to("sending")
    delivery = marked(row.deliveries.get(), "uncertain")
    found = before_it_commits(
        lambda: row.cancel(by=person(Role.LEAD), reason="Un chiffre est faux."),
        lambda: delivery.decide(by=person(Role.EDITOR), verdict=Verdict.AGAIN),
    )
    assert isinstance(found, ValidationError)
    assert found.code == "expired"
    assert Delivery.objects.get().status == "uncertain"


def test_what_is_to_be_sent_again_meanwhile_does_not_end_as_sent() -> None:
    row = brought_to("sending")
    delivery = marked(row.deliveries.get(), "uncertain")
    found = before_it_commits(
        lambda: delivery.decide(by=person(Role.EDITOR), verdict=Verdict.AGAIN), copy(row).finish
    )
    assert isinstance(found, ValidationError)
    assert copy(row).status == "sending"


def test_what_waits_is_not_finished() -> None:
    row = brought_to("sending")
    for status in ("queued", "sending", "deferred"):
        marked(row.deliveries.get(), status)
        with pytest.raises(ValidationError) as refused:
            row.finish()
        assert refused.value.code == "open"


def test_of_two_decisions_one_counts() -> None:
    delivery = marked(brought_to("sending").deliveries.get(), "uncertain")
    other = Delivery.objects.get()
    found = before_it_commits(
        lambda: delivery.decide(by=person(Role.EDITOR), verdict=Verdict.ARRIVED),
        lambda: other.decide(by=person(Role.LEAD), verdict=Verdict.LOST),
    )
    assert isinstance(found, ValidationError)
    assert Delivery.objects.get().status == "accepted"
    assert list(delivery.events.filter(kind__in=["arrived", "lost"]).values_list("kind", flat=True)) == [
        "arrived"
    ]


@pytest.mark.parametrize("twin", ["act", "stop", "read"])
def test_what_a_mail_program_asks_twice_is_done_once(twin: str) -> None:
    delivery = marked(brought_to("sending").deliveries.get(), "accepted")
    other = Delivery.objects.get()
    acts: dict[str, Any] = {
        "act": lambda row: row.propose("autre@anderlecht.example"),
        "stop": lambda row: row.stop(),
        "read": lambda row: row.acknowledge(),
    }
    before_it_commits(lambda: acts[twin](delivery), lambda: acts[twin](other))
    kind = {"act": "moved", "stop": "stopped", "read": "acknowledged"}[twin]
    assert delivery.events.filter(kind=kind).count() == 1
    assert SuppressedAddress.objects.count() == (twin == "stop")
    told = OutboxMessage.objects.filter(kind__in=["mailing moved", "mailing stopped"])
    assert told.count() == (0 if twin == "read" else 2)
