"""Changing a steering meeting: its rows, two who write at once, actions that are done, one that is put off."""

import pytest
from django.test import Client

from conventions.models import Attendance, MeetingAction, SteeringMeeting, Todo
from hubportal.accounts.models import User
from hubportal.look.dates import short_date
from tests.cast import Cast
from tests.conventions.drafts import a_lead, days
from tests.conventions.test_meetings import a_meeting, address, page, typed

pytestmark = pytest.mark.django_db


def test_rows_are_changed_taken_out_and_added_and_what_is_done_stays_done(client: Client, spoc: User) -> None:
    meeting = a_meeting()
    action = meeting.actions.get()
    action.settle(by=spoc)
    meeting.refresh_from_db()
    client.force_login(spoc)
    response = client.get(address("meeting-edit", meeting.pk))
    sent = {
        "version": meeting.version, "held_on": meeting.held_on, "place": "", "minutes_fr": "Neuf.", "minutes_nl": "",
        "name_0": "", "party_0": "commune", "presence_0": "present",
        "name_1": "Paul", "party_1": "agency", "presence_1": "present",
        "what_0": "Envoyer le bilan 2026", "who_0": "Odette", "due_on_0": "", "action_0": action.pk,
        "what_1": "Inviter", "who_1": "Paul", "due_on_1": "", "action_1": "", "then": "more",
    }  # fmt: skip
    assert len(response.context["form"].people_rows) == 5
    response = client.post(address("meeting-edit", meeting.pk), sent)
    assert response["Location"] == address("meeting-edit", meeting.pk)
    assert list(meeting.attendances.values_list("name", "presence")) == [("Paul", "present")]
    assert list(meeting.actions.order_by("pk").values_list("pk", "what", "done_on"))[:1] == [
        (action.pk, "Envoyer le bilan 2026", days(0))
    ]
    assert meeting.actions.count() == 2


def test_the_second_of_two_who_write_is_told_and_reads_what_the_first_one_wrote(
    client: Client, spoc: User
) -> None:
    meeting = a_meeting()
    client.force_login(spoc)
    sent = typed(version=1, held_on=meeting.held_on.isoformat(), minutes_fr="Le mien.", minutes_nl="")
    meeting.change(
        by=a_lead(),
        version=1,
        people=[],
        todo=[Todo("Ce qu’ils ajoutent", "Paul")],
        held_on=meeting.held_on,
        place="",
        minutes_fr="Le leur.",
        minutes_nl="",
    )
    response = client.post(address("meeting-edit", meeting.pk), sent)
    html = page(response)
    assert "<p>Le leur.</p>" in html
    assert "Ce qu’ils ajoutent (Paul)" in html
    assert "Le mien." in html
    meeting.refresh_from_db()
    assert (meeting.minutes_fr, meeting.version) == ("Le leur.", 2)
    # The next try is made knowingly.
    assert 'name="version" value="2"' in html
    client.post(address("meeting-edit", meeting.pk), {**sent, "version": "2"})
    meeting.refresh_from_db()
    assert (meeting.minutes_fr, meeting.version) == ("Le mien.", 3)
    # A second click on the same: nothing differs, so nothing is refused.
    assert client.post(address("meeting-edit", meeting.pk), {**sent, "version": "2"}).status_code == 302
    meeting.refresh_from_db()
    assert meeting.version == 3


def test_one_that_does_not_take_place_is_taken_off_the_list_and_one_with_minutes_is_kept(
    client: Client, spoc: User, cast: Cast
) -> None:
    held = a_meeting()
    planned = a_meeting(held.convention, held_on=days(20), minutes_fr="")
    ask = address("meeting-remove", planned.pk)
    for person, code in ((cast.stranger, 404), (cast.echevine, 403), (cast.editor, 403)):
        client.force_login(person)
        assert client.post(ask, {"version": "1"}).status_code == code
    client.force_login(spoc)
    assert ask in page(client.get(address("meeting-edit", planned.pk)))
    # Somebody wrote in it meanwhile: it is not removed unread.
    planned.actions.get().settle(by=a_lead())
    assert "notice--bad" in page(client.post(ask, {"version": "1"}))
    # A second click finds what it wanted; the page itself is gone, and others learn nothing.
    for _click in (1, 2):
        assert client.post(ask, {"version": "2"})["Location"] == address("meetings")
    assert client.get(ask).status_code == 404
    client.force_login(cast.echevine)
    assert client.post(ask, {"version": "2"}).status_code == 403
    client.force_login(spoc)
    kept = address("meeting-remove", held.pk)
    assert client.get(kept)["Location"] == address("meeting", held.pk)
    page(client.post(kept, {"version": "1"}))
    assert list(SteeringMeeting.objects.all()) == [held]


def test_an_action_of_another_meeting_is_not_taken_over(client: Client, spoc: User) -> None:
    meeting = a_meeting()
    other = a_meeting(meeting.convention, held_on=days(-5))
    foreign = other.actions.get()
    client.force_login(spoc)
    client.post(
        address("meeting-edit", meeting.pk),
        typed(version=1, held_on=meeting.held_on.isoformat(), action_0=foreign.pk, what_0="Volé"),
    )
    foreign.refresh_from_db()
    assert (foreign.meeting, foreign.what) == (other, "Envoyer le bilan")
    assert meeting.actions.get().what == "Volé"


def test_an_action_is_done_once_and_may_be_opened_again(client: Client, spoc: User) -> None:
    meeting, action = a_meeting(), MeetingAction.objects.get()
    client.force_login(spoc)
    for _click in range(2):
        response = client.post(address("action-mark", action.pk), {"done": "yes", "back": "list"})
        assert response["Location"] == address("meetings")
    action.refresh_from_db()
    assert action.done_on == days(0)
    assert short_date(days(0)) in page(client.get(address("meeting", meeting.pk)))
    # Who writes in the meeting meanwhile is told: the action is a part of it.
    meeting.refresh_from_db()
    assert meeting.version == 2
    response = client.post(address("action-mark", action.pk), {"done": "no"})
    assert response["Location"] == address("meeting", meeting.pk)
    assert MeetingAction.objects.open().get() == action
    assert Attendance.objects.count() == 2
