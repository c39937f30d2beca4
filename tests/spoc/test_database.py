"""What the database refuses behind the model's back: each rule that the README marks *database*."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from hubportal.accounts.models import User
from spoc.models import AuditDetails, ChantierDetails, Deliverable, Message, Reminder
from tests.conventions.drafts import recorded
from tests.spoc.stories import a_draft, a_file, brought_to, day, due

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def refuses(constraint: str, row: Any, **changes: Any) -> None:
    """Assert that a change is refused by one constraint."""
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        type(row)._base_manager.filter(pk=row.pk).update(**changes)


@pytest.mark.parametrize(
    ("status", "constraint", "changes"),
    [
        ("draft", "known_kind", {"kind": "mailing"}),
        ("draft", "known_direction", {"direction": "sideways"}),
        ("closed", "known_outcome", {"outcome": "fine"}),
        ("delivered", "known_proposed_outcome", {"proposed_outcome": "fine"}),
        ("closed", "known_usefulness", {"usefulness": "maybe"}),
        ("declined", "known_decline_reason", {"decline_reason": "mood"}),
        ("draft", "reference_once_submitted", {"reference": "D-2026-9999"}),
        ("submitted", "reference_once_submitted", {"reference": None}),
        ("submitted", "draft_is_not_submitted", {"status": "draft"}),
        ("draft", "draft_is_not_submitted", {"status": "submitted", "due_on": due()}),
        ("submitted", "submitted_has_its_basis", {"outside_reason": ""}),
        ("submitted", "submitted_has_its_words", {"title": ""}),
        ("submitted", "submitted_has_its_words", {"description": ""}),
        ("submitted", "open_has_its_due_date", {"due_on": None}),
        ("in_progress", "open_has_its_due_date", {"due_on": None}),
        ("submitted", "taken_on_by_somebody", {"status": "accepted"}),
        ("in_progress", "taken_on_by_somebody", {"assigned_to": None}),
        ("delivered", "taken_on_by_somebody", {"accepted_at": None}),
        ("closed", "taken_on_by_somebody", {"assigned_to": None}),
        ("accepted", "not_taken_on_yet", {"status": "submitted"}),
        ("in_progress", "waiting_has_its_moment", {"status": "waiting_requester"}),
        ("in_progress", "waiting_has_its_moment", {"waiting_since": NOW}),
        ("waiting_requester", "waiting_has_its_moment", {"waiting_since": None}),
        ("in_progress", "delivered_has_its_facts", {"status": "delivered"}),
        ("delivered", "delivered_has_its_facts", {"proposed_outcome": ""}),
        ("in_progress", "not_delivered_yet", {"delivered_at": NOW}),
        ("delivered", "closed_has_its_outcome", {"status": "closed"}),
        ("closed", "closed_has_its_outcome", {"outcome": ""}),
        ("closed", "closed_has_its_outcome", {"closed_at": None}),
        ("delivered", "closed_has_its_outcome", {"outcome": "solved"}),
        ("delivered", "closed_has_its_outcome", {"usefulness": "yes"}),
        ("closed", "closed_undelivered_says_why", {"delivered_at": None, "proposed_outcome": ""}),
        ("closed", "no_news_was_not_delivered", {"outcome": "no_news"}),
        ("submitted", "declined_has_its_reason", {"status": "declined"}),
        ("declined", "declined_has_its_reason", {"decline_text": ""}),
        ("accepted", "declined_has_its_reason", {"decline_reason": "other", "decline_text": "Non."}),
    ],
)
def test_a_request(status: str, constraint: str, changes: dict[str, Any], echevine: User, spoc: User) -> None:
    refuses(f"request_{constraint}", brought_to(status, echevine, spoc), **changes)


def test_two_requests_with_one_reference(echevine: User, spoc: User) -> None:
    first, second = (brought_to("submitted", echevine, spoc) for _ in range(2))
    refuses("reference", second, reference=first.reference)


def test_a_theme_and_a_reason_at_once(echevine: User) -> None:
    theme = recorded().themes.get()
    refuses("request_theme_or_reason", a_draft(echevine), convention_theme=theme)


def test_works_that_end_before_they_start(echevine: User) -> None:
    row: ChantierDetails = a_draft(echevine, "chantier").chantierdetails
    refuses("chantier_ends_after_start", row, ends_on=row.starts_on - timedelta(days=1))
    refuses("chantier_known_road_type", row, road_type="river")
    refuses("chantier_possible_shops", row, shops_touched=5001)


@pytest.mark.parametrize("wanted", [[], ["gossip"]])
def test_an_audit_of_nothing_known(wanted: list[str], echevine: User) -> None:
    row: AuditDetails = a_draft(echevine).auditdetails
    refuses("audit_known_wanted", row, wanted=wanted)


def test_a_development_without_a_known_aim(echevine: User) -> None:
    refuses("development_known_aim", a_draft(echevine, "development").developmentdetails, aim="profit")


@pytest.mark.parametrize(
    "changes", [{"kind": "link"}, {"url": "https://a.example"}, {"text": ""}, {"kind": "gift"}]
)
def test_a_deliverable_is_one_thing(changes: dict[str, Any], echevine: User, spoc: User) -> None:
    row: Deliverable = brought_to("delivered", echevine, spoc).deliverables.get()
    refuses("deliverable_is_one_thing", row, **changes)


def test_a_file_without_a_fingerprint(echevine: User) -> None:
    row = a_draft(echevine).attach(by=echevine, upload=a_file())
    refuses("request_file_is_whole", row, sha256="")


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"side": "commune", "is_public": False, "is_question": False}, "message_note_is_the_agencys"),
        ({"is_public": False}, "message_note_is_the_agencys"),
        ({"side": "press"}, "message_known_side"),
        ({"text": ""}, "message_says_something"),
    ],
)
def test_a_message(changes: dict[str, Any], constraint: str, echevine: User, spoc: User) -> None:
    row: Message = brought_to("waiting_requester", echevine, spoc).messages.get()
    refuses(constraint, row, **changes)


def test_one_reminder_twice_on_a_day(echevine: User, spoc: User) -> None:
    facts = {"request": brought_to("submitted", echevine, spoc), "user": spoc, "sent_on": day(0)}
    Reminder.objects.create(kind="unanswered_3", **facts)
    with pytest.raises(IntegrityError, match="reminder_once_a_day"), transaction.atomic():
        Reminder.objects.create(kind="unanswered_3", **facts)
    with pytest.raises(IntegrityError, match="reminder_known_kind"), transaction.atomic():
        Reminder.objects.create(kind="often", **facts)


def test_a_request_with_a_history_is_not_deleted(echevine: User, spoc: User) -> None:
    row = brought_to("delivered", echevine, spoc)
    with pytest.raises(ProtectedError):
        row.delete()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError):
            cursor.execute("DELETE FROM spoc_servicerequest WHERE id = %s", [row.pk])
        transaction.set_rollback(True)
