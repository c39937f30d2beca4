"""Steering meetings, evaluations and ZIPs: who sees them, and what the database refuses of them."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from conventions.models import Attendance, Bundle, Convention, Evaluation, MeetingAction, SteeringMeeting
from hubportal.accounts.models import User
from hubportal.workflow import TransitionError
from tests.cast import Cast
from tests.conventions.agreements import a_lead, bytes_of
from tests.conventions.drafts import days, recorded

pytestmark = pytest.mark.django_db


def a_meeting(convention: Convention | None = None) -> SteeringMeeting:
    """Return a meeting with somebody there and something to do."""
    row = SteeringMeeting.objects.create(
        convention=convention or recorded(), held_on=days(-3), minutes_fr="Bilan.", recorded_by=a_lead()
    )
    Attendance.objects.create(meeting=row, name="Odette", party="commune")
    MeetingAction.objects.create(meeting=row, what="Envoyer le bilan", who="Odette", due_on=days(10))
    return row


def an_evaluation(convention: Convention) -> Evaluation:
    """Return the evaluation of a year."""
    return Evaluation.objects.create(
        convention=convention, year=2026, text_fr="Bien.", text_nl="Goed.", written_by=a_lead()
    )


def refused(constraint: str, rows: Any, **changes: Any) -> None:
    """Write behind the model's back; the database names the constraint that stops it."""
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        rows.update(**changes)


def test_agency_and_commune_read_them(cast: Cast) -> None:
    an_evaluation(a_meeting().convention)
    own = {"spoc", "editor", "lead", "director", "admin", "echevine", "colleague", "delegate"}
    for model in (SteeringMeeting, Attendance, MeetingAction, Evaluation):
        rows: Any = model._default_manager.all()
        assert {name for name, user in vars(cast).items() if rows.visible_to(user).exists()} == own, model


def test_who_records_them(cast: Cast) -> None:
    convention = recorded()
    assert {
        name for name, user in vars(cast).items() if SteeringMeeting.can_be_recorded_by(convention, user)
    } == {"spoc", "lead", "admin"}


def test_what_is_not_done_is_open() -> None:
    action = a_meeting().actions.get()
    assert list(MeetingAction.objects.open()) == [action]
    MeetingAction.objects.update(done_on=days(0))
    assert not MeetingAction.objects.open().exists()


def test_impossible_rows() -> None:
    row = a_meeting()
    an_evaluation(row.convention)
    other = Attendance.objects.create(meeting=row, name="Paul", party="commune")
    refused("attendance_of_a_party", Attendance.objects.all(), presence="asleep")
    refused("attendance_once", Attendance.objects.filter(pk=other.pk), name="Odette")
    refused("meetingaction_is_somebodys", MeetingAction.objects.all(), who="")
    refused("evaluation_in_both_languages", Evaluation.objects.all(), text_nl="")
    refused("evaluation_concludes_in_both", Evaluation.objects.all(), conclusions_fr="Continuer.")
    with pytest.raises(IntegrityError, match="evaluation_once_a_year"), transaction.atomic():
        an_evaluation(row.convention)


# --- ZIPs -----------------------------------------------------------------------------------------------------


def test_a_bundle_is_asked_for_once_at_a_time_and_made(lead: User, spoc: User) -> None:
    row = Bundle.objects.ask(by=lead)
    assert Bundle.objects.ask(by=lead) == row
    assert list(Bundle.objects.due()) == [row]
    claim = row.start(total=19)
    assert row.count(claim, 7)
    row.refresh_from_db()
    assert (row.status, row.done, row.total) == ("running", 7, 19)
    row.finish(claim=claim, file=ContentFile(b"PK\x05\x06"), name="19.zip", size=4, sha256="b" * 64)
    assert (row.status, row.done, row.name) == ("ready", 19, "19.zip")
    assert bytes_of(row) == b"PK\x05\x06"
    assert row.can_be_downloaded_by(lead)
    assert not row.can_be_downloaded_by(spoc)
    assert not row.count(claim, 8)
    assert not Bundle.objects.visible_to(spoc).exists()


def test_a_second_worker_does_not_begin_it_unless_the_first_one_died(lead: User) -> None:
    row = Bundle.objects.ask(by=lead)
    row.start(total=19)
    with pytest.raises(TransitionError):
        row.start(total=19)
    Bundle.objects.update(beat_at=timezone.now() - timedelta(minutes=5))
    row.start(total=19)
    assert row.events.count() == 2


def test_a_bundle_is_not_kept_for_ever(lead: User) -> None:
    row = Bundle.objects.ask(by=lead)
    claim = row.start(total=1)
    row.finish(claim=claim, file=ContentFile(b"PK"), name="1.zip", size=2, sha256="b" * 64)
    assert not Bundle.objects.outdated().exists()
    later = timezone.now() + timedelta(days=3)
    assert list(Bundle.objects.outdated(later)) == [row]
    Bundle.objects.update(expires_at=timezone.now())
    row.refresh_from_db()
    assert not row.can_be_downloaded_by(lead)


def test_impossible_bundles(lead: User) -> None:
    Bundle.objects.ask(by=lead)
    refused("bundle_counts", Bundle.objects.all(), done=1)
    refused("bundle_ready_has_file", Bundle.objects.all(), status="ready")
    refused("bundle_running_beats", Bundle.objects.all(), status="running", beat_at=timezone.now())
    with pytest.raises(IntegrityError, match="bundle_one_under_way"), transaction.atomic():
        Bundle.objects.create(asked_by=lead)
