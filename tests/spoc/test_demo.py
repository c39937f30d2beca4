"""The demonstration's requests: of each service, in each state, and as if they had gone through the verbs."""

import pytest
from django.utils import timezone

from hubportal.accounts.models import User
from spoc import demo, jobs
from spoc.models import Direction, Kind, Meeting, Reminder, RequestFile, ServiceRequest, Status
from spoc.nextstep import next_step
from tests.spoc.stories import mails
from tests.spoc.test_clocks import at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]


def test_each_service_and_each_state_is_there_in_both_directions() -> None:
    rows = ServiceRequest.objects.all()
    assert set(rows.values_list("status", flat=True)) == set(Status.values)
    assert set(rows.values_list("kind", flat=True)) == set(Kind.values)
    assert set(rows.values_list("direction", flat=True)) == set(Direction.values)
    assert rows.values("commune").distinct().order_by("commune").count() == 19
    assert rows.late().exists()


def test_twice_changes_nothing() -> None:
    before = (ServiceRequest.objects.count(), len(mails()))
    demo.load(timezone.localdate())
    assert (ServiceRequest.objects.count(), len(mails())) == before


def test_each_request_has_the_history_of_its_state_and_whole_details() -> None:
    for row in ServiceRequest.objects.select_related("commune").order_by("pk"):
        events = list(row.events.all())
        assert [event.source for event in events] == ["draft", *(event.target for event in events)][
            :-1
        ] or not events
        assert row.status == (events[-1].target if events else "draft")
        assert events == sorted(events, key=lambda event: event.at)
        row.full_clean()
        assert row.details is not None
        row.details.full_clean()


def test_numbers_of_a_year_follow_the_days() -> None:
    rows = ServiceRequest.objects.exclude(reference=None).order_by("submitted_at", "reference")
    for year in {(row.reference or "")[2:6] for row in rows}:
        numbers = [row.reference for row in rows if (row.reference or "").startswith(f"D-{year}")]
        assert numbers == [f"D-{year}-{number:04d}" for number in range(1, len(numbers) + 1)]


def test_the_one_click_echevine_has_something_to_do() -> None:
    echevine = User.objects.get(first_name="Nadia", last_name="Clermontois")
    rows = ServiceRequest.objects.visible_to(echevine)
    verbs = {step.verb for row in rows for step in row.next_steps(echevine)}
    assert {"submit", "confirm", "withdraw", "accept", "reopen"} <= verbs
    assert rows.filter(status="waiting_requester").exists()


@pytest.mark.parametrize(
    ("first_name", "verbs"),
    [("Nadia", {"accept", "decline"}), ("Wouter", {"start", "ask"}), ("Philomène", {"deliver", "ask"})],
)
def test_the_agency_asked_something_of_each_one_click_member_of_a_college(
    first_name: str, verbs: set[str]
) -> None:
    person = User.objects.get(first_name=first_name, email__endswith=".example", mandates__isnull=False)
    row = ServiceRequest.objects.visible_to(person).get(direction=Direction.TO_COMMUNE)
    assert verbs <= {step.verb for step in row.next_steps(person)}
    assert next_step(row, person).is_mine


def test_what_is_new_was_submitted_with_its_mails_and_nothing_ends_by_itself_today() -> None:
    kinds = [mail.kind for mail in mails() if not mail.kind.startswith("mailing ")]
    assert set(kinds) == {"receipt", "new_request"}
    assert len(kinds) == 2 * len(demo.FRESH)
    now = timezone.now()
    assert (jobs.confirm(now), jobs.give_up(now)) == (0, 0)


def test_there_is_a_file_to_download() -> None:
    found = RequestFile.objects.get()
    assert found.request.commune_id == "21001"


def test_a_meeting_of_the_one_click_echevine_was_held_and_one_is_next_week() -> None:
    rows = Meeting.objects.filter(request__commune="21001").order_by("starts_at")
    assert [row.status for row in rows] == ["held", "planned"]
    assert 6 <= (timezone.localdate(rows[1].starts_at) - timezone.localdate()).days <= 13
    for row in Meeting.objects.order_by("pk"):
        row.full_clean()
    # Their reminders are for later days.
    jobs.remind(at(0))
    assert Reminder.objects.filter(sent_on=timezone.localdate()).exists()
    assert not Reminder.objects.filter(kind__startswith="meeting").exists()
