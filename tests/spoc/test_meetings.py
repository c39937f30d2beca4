"""Steering meetings of a request: planned, moved, cancelled and written up by either party; mails, reminders."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from communes.models import Mandate
from hubportal.access.constraints import constraint_messages
from hubportal.accounts.models import User
from hubportal.workflow import TransitionError
from spoc import deadlines, jobs
from spoc.models import Meeting, Reminder, ServiceRequest
from tests.cast import MandateFactory
from tests.spoc.stories import ago, arguments, brought_to, day, mails, meeting_facts, met, set_back
from tests.spoc.test_clocks import at

pytestmark = pytest.mark.django_db
WHERE = "Maison communale, salle 2"


@pytest.fixture
def works(echevine: User, spoc: User) -> ServiceRequest:
    """Roadworks that were accepted a month ago; the SPOC is in charge."""
    row = brought_to("in_progress", echevine, spoc, kind="chantier")
    return set_back(row, submitted_at=ago(31), accepted_at=ago(30))


def plan(row: ServiceRequest, by: User, **changes: Any) -> Meeting:
    """Return a meeting that somebody planned."""
    facts = {"starts_at": ago(-10), "place": WHERE, "agenda": "- Phasage"}
    return Meeting.objects.plan(request=row, by=by, **(facts | changes))


def told(kind: str) -> list[User | None]:
    """Return who got the mails of a kind."""
    return [mail.person for mail in mails(kind)]


# --- Planning --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("by", "other"), [("echevine", "spoc"), ("spoc", "echevine")])
def test_either_party_plans_one_and_the_other_one_is_told(
    by: str, other: str, works: ServiceRequest, echevine: User, spoc: User
) -> None:
    people = {"echevine": echevine, "spoc": spoc}
    meeting = plan(works, people[by])
    assert (meeting.status, meeting.planned_side) == ("planned", works.side_of(people[by]))
    (mail,) = mails("meeting_planned")
    assert mail.person == people[other]
    assert WHERE in mail.text
    assert "Phasage" in mail.text
    assert meeting.get_absolute_url() in mail.text
    assert f"{meeting.starts_at:%d.%m.%Y}, 12" in mail.subject


def test_a_mail_is_in_the_language_of_who_reads_it(works: ServiceRequest, echevine: User, spoc: User) -> None:
    spoc.content_language = "nl"
    spoc.save()
    plan(works, echevine)
    (mail,) = mails("meeting_planned")
    assert "opvolgingsvergadering" in mail.subject
    assert "12\N{NO-BREAK SPACE}uur" in mail.text
    assert "/nl/requests/" in mail.text


@pytest.mark.parametrize("language", ["fr", "nl", ""])
def test_each_mail_is_whole_in_the_language_of_who_reads_it(
    language: str, works: ServiceRequest, echevine: User, spoc: User
) -> None:
    User.objects.filter(pk=spoc.pk).update(content_language=language)
    facts = {"place": "Salle & cour", "invited": "L’<b>entreprise</b>", "agenda": "- {{ x }}"}
    first, second = plan(works, echevine, **facts), plan(works, echevine, **facts | {"starts_at": ago(-15)})
    first.move(by=echevine, starts_at=ago(-12), place="Salle & jardin", reason="Gel & neige")
    second.cancel(by=echevine, reason="Gel & neige")
    late = met(works, echevine, starts_at=ago(1))
    late.hold(by=echevine, minutes="Passage & <b>accès</b>")
    found = [mail for mail in mails() if mail.kind.startswith("meeting")]
    assert [mail.kind for mail in found] == [
        *("meeting_planned", "meeting_planned", "meeting_moved", "meeting_cancelled", "meeting_minutes")
    ]
    words = ["Salle & cour\n", "L’<b>entreprise</b>", "- {{ x }}", "Salle & jardin\n", "Gel & neige"]
    text = "".join(mail.text for mail in found)
    for word in [*words, "Passage & <b>accès</b>"]:
        assert word in text
    for mail in found:
        assert "&amp;" not in mail.subject + mail.text
        assert "  " not in mail.subject
        assert (works.reference or "?") in mail.subject
        assert f"/{language or 'fr'}/requests/{works.pk}/meetings/" in mail.text


def test_a_second_click_plans_nothing_more(works: ServiceRequest, echevine: User) -> None:
    assert plan(works, echevine) == plan(works, echevine)
    assert len(mails("meeting_planned")) == 1


def test_one_that_was_held_already_is_recorded_and_nobody_is_told_yet(
    works: ServiceRequest, spoc: User
) -> None:
    meeting = plan(works, spoc, starts_at=ago(5))
    assert meeting.lacks_minutes
    assert mails("meeting_planned") == []


@pytest.mark.parametrize("status", ["draft", "submitted", "closed", "declined", "withdrawn"])
def test_none_before_the_request_is_accepted_nor_once_it_has_ended(
    status: str, echevine: User, spoc: User
) -> None:
    row = brought_to(status, echevine, spoc, kind="development")
    with pytest.raises(TransitionError):
        plan(row, echevine)


def test_an_audit_has_none(echevine: User, spoc: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    with pytest.raises(ValidationError, match="audit"):
        plan(row, echevine)


@pytest.mark.parametrize("person", ["stranger", "editor", "cabinet"])
def test_who_is_no_party_plans_and_takes_nothing(
    person: str, works: ServiceRequest, spoc: User, request: pytest.FixtureRequest
) -> None:
    user, meeting = request.getfixturevalue(person), met(works, spoc)
    with pytest.raises(PermissionDenied):
        plan(works, user)
    assert meeting.next_steps(user) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"starts_at": ago(40)}, "starts_at"),
        ({"starts_at": ago(-800)}, "starts_at"),
        ({"place": ""}, "place"),
        ({"place": "x" * 501}, "place"),
        ({"invited": "x" * 1001}, "invited"),
        ({"agenda": "x" * 4001}, "agenda"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    changes: dict[str, Any], field: str, works: ServiceRequest, echevine: User
) -> None:
    with pytest.raises(ValidationError) as refused:
        plan(works, echevine, **changes)
    assert field in refused.value.error_dict
    assert not works.meetings.exists()


def test_two_parties_do_not_plan_the_same_twice_but_may_after_it_was_cancelled(
    works: ServiceRequest, echevine: User, spoc: User
) -> None:
    first = plan(works, echevine)
    with pytest.raises(ValidationError, match="déjà à ce moment"):
        plan(works, spoc)
    first.cancel(by=spoc, reason="Gel.")
    assert plan(works, spoc).pk != first.pk


# --- Steps -----------------------------------------------------------------------------------------------------


def test_it_is_moved_with_a_reason_and_the_other_party_reads_why(
    works: ServiceRequest, echevine: User, spoc: User
) -> None:
    meeting = plan(works, echevine)
    meeting.move(by=spoc, starts_at=ago(-12), place="En ligne", reason="Gel.")
    assert (meeting.starts_at, meeting.place) == (ago(-12), "En ligne")
    (mail,) = mails("meeting_moved")
    assert mail.person == echevine
    assert "Gel." in mail.text
    assert "En ligne" in mail.text


def test_another_place_alone_is_a_move(works: ServiceRequest, spoc: User) -> None:
    meeting = met(works, spoc)
    meeting.move(by=spoc, starts_at=meeting.starts_at, place="En ligne", reason="Grève.")
    assert meeting.place == "En ligne"


def test_a_second_click_moves_nothing_more(works: ServiceRequest, spoc: User) -> None:
    meeting = met(works, spoc)
    for _click in range(2):
        meeting.move(by=spoc, starts_at=ago(-12), place="En ligne", reason="Gel.")
    assert meeting.events.count() == len(mails("meeting_moved")) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"starts_at": ago(1)}, "starts_at"),
        ({"starts_at": ago(-800)}, "starts_at"),
        ({"starts_at": ago(-10), "place": WHERE}, "starts_at"),
        ({"place": ""}, "place"),
        ({"reason": " "}, "reason"),
    ],
)
def test_a_move_that_is_refused_changes_nothing(
    changes: dict[str, Any], field: str, works: ServiceRequest, echevine: User
) -> None:
    meeting = met(works, echevine, place=WHERE)
    facts = {"starts_at": ago(-12), "place": "En ligne", "reason": "Gel."} | changes
    with pytest.raises(ValidationError) as refused:
        meeting.move(by=echevine, **facts)
    assert field in refused.value.error_dict
    assert (meeting.place, Meeting.objects.get().place) == (WHERE, WHERE)


def test_a_move_onto_another_meeting_says_so(works: ServiceRequest, echevine: User) -> None:
    met(works, echevine, starts_at=ago(-12))
    meeting = met(works, echevine)
    with pytest.raises(ValidationError, match="déjà à ce moment"), constraint_messages():
        meeting.move(by=echevine, starts_at=ago(-12), place=WHERE, reason="Gel.")


def test_the_agenda_is_changed_without_a_mail(works: ServiceRequest, echevine: User, spoc: User) -> None:
    meeting = met(works, spoc)
    for _click in range(2):
        meeting.prepare(by=echevine, invited="L’entreprise", agenda="- Livraisons")
    assert (meeting.invited, meeting.agenda) == ("L’entreprise", "- Livraisons")
    assert (meeting.events.count(), mails("meeting_moved")) == (1, [])


def test_no_minutes_before_it_began(works: ServiceRequest, spoc: User) -> None:
    meeting = met(works, spoc)
    assert "hold" not in {step.verb for step in meeting.next_steps(spoc)}
    with pytest.raises(PermissionDenied):
        meeting.hold(by=spoc, minutes="Rien.")


def test_either_party_writes_the_minutes_and_the_other_one_reads_them(
    works: ServiceRequest, echevine: User, spoc: User
) -> None:
    meeting = met(works, spoc, starts_at=ago(1))
    assert meeting.next_steps(echevine)[0].verb == "hold"
    with pytest.raises(ValidationError):
        meeting.hold(by=echevine, minutes="  ")
    meeting.hold(by=echevine, minutes="Un passage piéton reste libre.")
    assert meeting.held_at is not None
    (mail,) = mails("meeting_minutes")
    assert mail.person == spoc
    assert "passage piéton" in mail.text
    assert {step.verb for step in meeting.next_steps(spoc)} == {"correct"}


def test_a_correction_keeps_what_stood_there(works: ServiceRequest, echevine: User, spoc: User) -> None:
    meeting = met(works, spoc, starts_at=ago(1), **meeting_facts("held"), status="held")
    before = meeting.minutes
    meeting.correct(by=spoc, minutes="Un passage de 1,50 m reste libre.", version=meeting.steps_taken)
    assert meeting.events.get().comment == before
    # The same again is a second click; another text, by who read the old one, is refused once.
    meeting.correct(by=spoc, minutes="Un passage de 1,50 m reste libre.", version=0)
    with pytest.raises(ValidationError) as refused:
        meeting.correct(by=echevine, minutes="Rien.", version=0)
    assert refused.value.error_dict["minutes"][0].code == "stale"
    assert meeting.events.count() == 1


def test_it_is_cancelled_with_a_reason_and_the_other_party_is_told(
    works: ServiceRequest, echevine: User, spoc: User
) -> None:
    meeting = met(works, spoc)
    with pytest.raises(ValidationError):
        meeting.cancel(by=echevine, reason="")
    meeting.cancel(by=echevine, reason="Grève.")
    assert (told("meeting_cancelled"), meeting.next_steps(spoc)) == ([spoc], [])
    assert "Grève." in mails("meeting_cancelled")[0].text


def test_minutes_are_written_after_the_delivery_but_nothing_is_planned_once_it_is_closed(
    echevine: User, spoc: User
) -> None:
    row = brought_to("closed", echevine, spoc, kind="development")
    meeting = met(row, spoc, starts_at=ago(1))
    assert {step.verb for step in meeting.next_steps(echevine)} == {"hold", "cancel"}
    meeting.hold(by=echevine, minutes="Le bilan est bon.")
    assert meeting.status == "held"


def test_no_minutes_for_what_was_withdrawn(works: ServiceRequest, echevine: User, spoc: User) -> None:
    meeting = met(works, spoc, starts_at=ago(1))
    works.withdraw(by=echevine)
    meeting = Meeting.objects.get(pk=meeting.pk)
    assert {step.verb for step in meeting.next_steps(echevine)} == {"cancel"}


@pytest.mark.parametrize(
    ("status", "verb", "by"),
    [
        ("accepted", "decline", "spoc"),
        ("in_progress", "close", "spoc"),
        ("in_progress", "withdraw", "echevine"),
    ],
)
def test_one_to_come_is_off_once_its_request_has_ended_and_the_mail_of_the_end_says_so(
    status: str, verb: str, by: str, echevine: User, spoc: User
) -> None:
    row = brought_to(status, echevine, spoc, kind="chantier")
    meeting, over = met(row, spoc), met(row, spoc, starts_at=ago(1))
    met(row, spoc, starts_at=ago(-4), status="cancelled", cancel_reason="Gel.")
    assert (meeting.is_off, over.lacks_minutes) == (False, True)
    person = {"spoc": spoc, "echevine": echevine}[by]
    getattr(row, verb)(by=person, **arguments(verb, spoc))
    for found in Meeting.objects.filter(pk__in=(meeting.pk, over.pk)):
        assert (found.is_off, found.is_to_come, found.lacks_minutes) == (True, False, False)
    (mail,) = mails()[-1:]
    assert mail.text.count("n’aura pas lieu") == 1


def test_one_to_come_is_on_again_with_its_request(echevine: User, spoc: User) -> None:
    row = brought_to("closed", echevine, spoc, kind="development")
    meeting = met(row, spoc)
    assert meeting.is_off
    row.reopen(by=spoc, reason="Il manque une rue.")
    assert Meeting.objects.get(pk=meeting.pk).is_to_come


def test_what_was_held_before_the_end_may_still_get_its_minutes(echevine: User, spoc: User) -> None:
    row = brought_to("closed", echevine, spoc, kind="development")
    assert met(row, spoc, starts_at=ago(1)).lacks_minutes


# --- Reminders -------------------------------------------------------------------------------------------------


def reminded(meeting: Meeting) -> int:
    """Return in how many days the reminder of a meeting is due."""
    return (deadlines.reminded_from(deadlines.day_of(meeting.starts_at)) - timezone.localdate()).days


def long_planned(row: ServiceRequest, by: User, **facts: Any) -> Meeting:
    """Return a meeting that was planned a month ago."""
    return met(row, by, planned_at=ago(30), **facts)


def test_both_parties_are_reminded_two_business_days_before_it_once(
    works: ServiceRequest, echevine: User, spoc: User
) -> None:
    due = reminded(long_planned(works, spoc))
    assert jobs.remind(at(due - 1)) == 0
    assert jobs.remind(at(due)) == 2
    assert jobs.remind(at(due)) == 0
    assert [jobs.remind(at(later)) for later in range(due + 1, 12)] == [0] * (11 - due)
    assert set(told("reminder")) == {echevine, spoc}
    for mail in mails("reminder"):
        assert "Maison communale" in mail.text
        assert "attend" not in mail.subject


@pytest.mark.parametrize(
    ("met_on", "due"),
    [(date(2026, 11, 25), date(2026, 11, 23)), (date(2026, 11, 23), date(2026, 11, 19))],
    ids=["on a wednesday", "on a monday"],
)
def test_two_business_days_leave_out_the_weekend(met_on: date, due: date) -> None:
    assert deadlines.reminded_from(met_on) == due


def test_who_was_told_of_it_just_now_is_not_reminded(works: ServiceRequest, spoc: User) -> None:
    meeting = met(works, spoc, starts_at=ago(-1))
    assert jobs.remind(at(0)) == 0
    Meeting.objects.filter(pk=meeting.pk).update(planned_at=ago(20))
    assert jobs.remind(at(0)) == 2


def test_who_was_reminded_is_reminded_again_of_the_new_day(works: ServiceRequest, spoc: User) -> None:
    meeting = long_planned(works, spoc)
    assert jobs.remind(at(reminded(meeting))) == 2
    meeting.move(by=spoc, starts_at=ago(-40), place=WHERE, reason="Gel.")
    assert jobs.remind(at(reminded(meeting))) == 2


@pytest.mark.parametrize("end", ["cancel", "withdraw"])
def test_nobody_is_reminded_of_what_does_not_take_place(
    end: str, works: ServiceRequest, echevine: User, spoc: User
) -> None:
    meeting = long_planned(works, spoc)
    if end == "cancel":
        meeting.cancel(by=spoc, reason="Gel.")
    else:
        works.withdraw(by=echevine)
    assert [jobs.remind(at(later)) for later in range(30)] == [0] * 30


def test_a_meeting_that_is_near_is_in_the_one_mail_of_the_day(
    works: ServiceRequest, echevine: User, spoc: User
) -> None:
    meeting = long_planned(works, spoc)
    asked = brought_to("waiting_requester", echevine, spoc)
    due = reminded(meeting)
    set_back(asked, waiting_since=ago(7 - due))
    assert jobs.remind(at(due)) == 2
    (mail,) = [mail for mail in mails("reminder") if mail.person == echevine]
    assert (asked.reference or "?") in mail.text
    assert "Maison communale" in mail.text
    assert mail.subject.startswith("1")


def test_who_planned_it_is_reminded_of_its_minutes_after_a_week_once(
    works: ServiceRequest, echevine: User, spoc: User
) -> None:
    meeting = long_planned(works, echevine, starts_at=ago(0))
    assert [jobs.remind(at(later)) for later in range(6)] == [0] * 6
    assert jobs.remind(at(7)) == 1
    assert [jobs.remind(at(later)) for later in range(7, 30)] == [0] * 23
    assert told("reminder") == [echevine]
    assert meeting.get_absolute_url() in mails("reminder")[0].text
    second = long_planned(works, echevine, starts_at=ago(-20))
    assert jobs.remind(at(27)) == 1
    assert second.get_absolute_url() in mails("reminder")[1].text
    assert Reminder.objects.count() == 2


def test_one_recorded_afterwards_leaves_a_week_too(works: ServiceRequest, spoc: User) -> None:
    plan(works, spoc, starts_at=ago(20))
    assert [jobs.remind(at(later)) for later in range(9)] == [0] * 7 + [1, 0]


def test_minutes_that_are_there_need_no_reminder(works: ServiceRequest, spoc: User) -> None:
    met(works, spoc, starts_at=ago(1), **meeting_facts("held"), status="held")
    assert jobs.remind(at(20)) == 0


def test_once_who_planned_it_has_left_who_reads_for_the_party_is_reminded(
    works: ServiceRequest, echevine: User, spoc: User
) -> None:
    met(works, echevine, starts_at=ago(0))
    Mandate.objects.filter(user=echevine).update(ends_on=day(-1))
    successor = MandateFactory(trade=True, rank=5).user
    assert jobs.remind(at(7)) == 1
    assert told("reminder") == [successor]


# --- What the database refuses ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("meeting_known_status", {"status": "later"}),
        ("meeting_known_side", {"planned_side": "region"}),
        ("meeting_has_a_place", {"place": ""}),
        ("meeting_within_reach", {"starts_at": ago(-4000)}),
        ("meeting_within_reach", {"starts_at": ago(4000)}),
        ("meeting_held_with_minutes", {"status": "held"}),
        ("meeting_held_with_minutes", {"status": "held", "held_at": ago(-30)}),
        ("meeting_held_with_minutes", {"minutes": "Bien."}),
        ("meeting_held_with_minutes", {"held_at": ago(-30)}),
        ("meeting_minutes_after_it_began", {"status": "held", "held_at": ago(0), "minutes": "Bien."}),
        ("meeting_cancelled_for_a_reason", {"status": "cancelled"}),
        ("meeting_cancelled_for_a_reason", {"cancel_reason": "Gel."}),
    ],
)
def test_the_database_refuses(
    constraint: str, changes: dict[str, Any], works: ServiceRequest, spoc: User
) -> None:
    meeting = met(works, spoc)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Meeting._base_manager.filter(pk=meeting.pk).update(**changes)


def test_the_database_keeps_one_at_a_moment(works: ServiceRequest, spoc: User) -> None:
    met(works, spoc)
    with pytest.raises(IntegrityError, match="meeting_one_at_a_moment"), transaction.atomic():
        met(works, spoc)
    with pytest.raises(IntegrityError, match="reminder_known_kind"), transaction.atomic():
        Reminder.objects.create(request=works, user=spoc, kind="meeting_later", sent_on=day(0))
