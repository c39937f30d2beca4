"""Steering meetings on the portal: who reads and records them, rows without script, two who write at once."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conventions.models import Convention, MeetingAction, Person, SteeringMeeting, Todo
from hubportal.accounts.models import User
from tests.cast import Cast
from tests.conventions.drafts import CANARY, a_bourgmestre, a_draft, a_lead, days, recorded

pytestmark = pytest.mark.django_db
REFERENCE = "CC-2025-01"


def address(page: str, *args: Any) -> str:
    return reverse(f"conventions:{page}", args=[REFERENCE, *args])


def a_meeting(convention: Convention | None = None, **facts: Any) -> SteeringMeeting:
    """Return a meeting with two people and one action, late."""
    rows: dict[str, Any] = {
        "people": [Person("Odette", "commune"), Person("Paul", "agency", "excused")],
        "todo": [Todo("Envoyer le bilan", "Odette", days(-1))],
    }
    told = {"held_on": days(-10), "place": "Maison communale", "minutes_fr": f"Bilan {CANARY}."}
    return SteeringMeeting.objects.record(
        convention=convention or recorded(), by=a_lead(), **rows | told | facts
    )


def typed(**changes: Any) -> dict[str, str]:
    """Return what a browser sends for a meeting with a person and an action; empty rows below."""
    empty = {
        "name_1": "",
        "party_1": "commune",
        "presence_1": "present",
        "what_1": "",
        "who_1": "",
        "due_on_1": "",
    }
    rows = {
        "name_0": "Odette", "party_0": "commune", "presence_0": "present",
        "what_0": "Envoyer le bilan", "who_0": "Odette", "due_on_0": days(10).isoformat(), "action_0": "",
    }  # fmt: skip
    facts = {"version": "", "held_on": days(-2).isoformat(), "place": " Saint-Josse ", "minutes_nl": "Goed."}
    return {**empty, **rows, **facts, **{name: str(value) for name, value in changes.items()}}


def page(response: Any) -> str:
    assert response.status_code == 200
    html: str = response.content.decode()
    return html


# --- Reading --------------------------------------------------------------------------------------------------


def test_the_list_begins_with_what_is_open_and_names_the_next_and_the_last_meeting(
    client: Client, echevine: User
) -> None:
    meeting = a_meeting()
    a_meeting(meeting.convention, held_on=days(30), minutes_fr="", todo=[])
    client.force_login(echevine)
    response = client.get(address("meetings"))
    html = page(response)
    assert [action.what for action in response.context["actions"]] == ["Envoyer le bilan"]
    assert response.context["next"].held_on == days(30)
    assert response.context["last"].held_on == days(-10)
    assert html.index("Envoyer le bilan") < html.index("Maison communale")
    assert [item.year for item in response.context["years"]] == sorted(
        {days(0).year, days(-100).year}, reverse=True
    )
    # Her commune reads, and says what is done; the agency records.
    assert "meetings/new/" not in html
    assert "/mark/" in html


def test_a_meeting_tells_who_was_there_and_in_which_language_it_spoke(client: Client, spoc: User) -> None:
    meeting = a_meeting()
    client.force_login(spoc)
    response = client.get(address("meeting", meeting.pk))
    html = page(response)
    assert [
        ([row.name for row in side.present], [row.name for row in side.excused])
        for side in response.context["sides"]
    ] == [(["Odette"], []), ([], ["Paul"])]
    assert f'lang="fr"><p>Bilan {CANARY}.</p>' in html
    assert "in this language only" in html or "dans cette langue" in html
    assert address("meeting-edit", meeting.pk) in html
    meeting.change(
        by=a_lead(),
        version=1,
        people=[],
        todo=[],
        held_on=days(-10),
        place="",
        minutes_fr="Bien.",
        minutes_nl="Goed.",
    )
    html = page(client.get(address("meeting", meeting.pk)))
    assert "<p>Bien.</p>" in html
    assert "<p>Goed.</p>" in html


def test_at_home_one_finds_what_is_late_or_due_within_two_weeks(client: Client, cast: Cast) -> None:
    todo = [
        Todo("Envoyer le bilan", "Odette", days(-1)), Todo("Inviter", "Paul", days(14)),
        Todo("Plus tard", "Paul", days(15)), Todo("Sans date", "Paul"), Todo("Bien fait", "Paul", days(1)),
    ]  # fmt: skip
    meeting = a_meeting(todo=todo)
    MeetingAction.objects.get(what="Bien fait").settle(by=cast.lead)
    link = f'href="{address("meeting", meeting.pk)}"'
    for person in (cast.echevine, cast.delegate, cast.spoc):
        client.force_login(person)
        html = page(client.get("/fr/"))
        assert html.count(link) == 2, person
        assert html.index("Envoyer le bilan") < html.index("Inviter")
        assert not any(words in html for words in ("Plus tard", "Sans date", "Bien fait"))
    for person in (cast.stranger, cast.cabinet, cast.editor, cast.ended):
        client.force_login(person)
        html = client.get("/fr/").content.decode()
        assert "Envoyer le bilan" not in html, person


def test_at_home_the_rest_is_counted(client: Client, spoc: User) -> None:
    a_meeting(todo=[Todo(f"Acte {number}", "Odette", days(-1)) for number in range(7)])
    client.force_login(spoc)
    html = page(client.get("/nl/"))
    assert html.count("Acte") == 5
    assert "Nog 2" in html


def test_nobody_else_finds_them(client: Client, cast: Cast) -> None:
    meeting, action = a_meeting(), MeetingAction.objects.get()
    year = days(0).year
    pages = [
        address("meetings"), address("meeting", meeting.pk), address("meeting-new"),
        address("meeting-edit", meeting.pk), address("evaluation", year), address("evaluation-edit", year),
    ]  # fmt: skip
    for person in (cast.stranger, cast.cabinet, cast.taskforce):
        client.force_login(person)
        assert {client.get(found).status_code for found in pages} == {404}
        assert {client.post(found, typed()).status_code for found in pages[2:4] + pages[5:]} == {404}
        assert client.post(address("action-mark", action.pk)).status_code == 404
    # By the reference of one's own commune, another's rows are not found either.
    recorded("21002", "CC-2025-02")
    client.force_login(cast.stranger)
    for name, pk in (("meeting", meeting.pk), ("meeting-edit", meeting.pk)):
        assert client.get(reverse(f"conventions:{name}", args=["CC-2025-02", pk])).status_code == 404
    action.refresh_from_db()
    assert action.done_on is None
    assert SteeringMeeting.objects.count() == 1


def test_the_commune_says_what_is_done(client: Client, cast: Cast) -> None:
    meeting, action = a_meeting(), MeetingAction.objects.get()
    for person in (cast.echevine, cast.delegate):
        client.force_login(person)
        client.post(address("action-mark", action.pk), {"done": "yes"})
        assert not meeting.actions.open().exists()
        client.post(address("action-mark", action.pk), {"done": "no"})
        assert meeting.actions.open().count() == 1


def test_the_commune_reads_and_records_nothing(client: Client, cast: Cast) -> None:
    meeting, action = a_meeting(), MeetingAction.objects.get()
    for person in (cast.echevine, cast.delegate, cast.editor, cast.director):
        client.force_login(person)
        assert client.get(address("meeting", meeting.pk)).status_code == 200
        assert client.post(address("meeting-new"), typed()).status_code == 403
        assert client.post(address("meeting-edit", meeting.pk), typed(version=1)).status_code == 403
        if person in (cast.editor, cast.director):
            assert client.post(address("action-mark", action.pk)).status_code == 403
    assert (SteeringMeeting.objects.count(), meeting.actions.open().count()) == (1, 1)


def test_as_many_queries_for_two_meetings_as_for_twelve(client: Client, spoc: User) -> None:
    meeting = a_meeting()
    client.force_login(spoc)
    pages = [
        address("meetings"), address("meeting", meeting.pk), address("meeting-edit", meeting.pk),
        address("evaluation", days(-10).year), reverse("conventions:detail", args=[REFERENCE]),
    ]  # fmt: skip

    def counted() -> list[int]:
        found = []
        for one in pages:
            page(client.get(one))
            with CaptureQueriesContext(connection) as queries:
                client.get(one)
            found.append(len(queries))
        return found

    few = counted()
    for number in range(10):
        row = a_meeting(meeting.convention, held_on=days(-20 - number))
        row.actions.create(what="Encore", who="Paul")
        meeting.actions.create(what=f"Aussi {number}", who="Paul")
        meeting.attendances.create(name=f"Personne {number}", party="agency")
    assert counted() == few


# --- Recording ------------------------------------------------------------------------------------------------


def test_the_usual_people_are_offered_and_only_who_was_noted_is_kept(
    client: Client, spoc: User, echevine: User
) -> None:
    recorded()
    client.force_login(spoc)
    html = page(client.get(address("meeting-new")))
    for name in ("Nadia Échevine", "Bilal Spoc", a_bourgmestre().full_name):
        assert f'value="{name}"' in html
    sent = typed(name_0="Nadia Échevine", presence_1="", name_1="Bilal Spoc", party_1="agency", then="done")
    response = client.post(address("meeting-new"), sent)
    meeting = SteeringMeeting.objects.get()
    assert response["Location"] == address("meeting", meeting.pk)
    assert (meeting.place, meeting.minutes_nl, meeting.minutes_fr) == ("Saint-Josse", "Goed.", "")
    assert meeting.recorded_by == spoc
    assert list(meeting.attendances.values_list("name", "user", "presence")) == [
        ("Nadia Échevine", echevine.pk, "present")
    ]
    assert list(meeting.actions.values_list("what", "who", "due_on")) == [
        ("Envoyer le bilan", "Odette", days(10))
    ]
    # A second click finds what the first one wrote.
    client.post(address("meeting-new"), sent)
    assert SteeringMeeting.objects.count() == 1


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(client: Client, spoc: User) -> None:
    a_meeting(held_on=days(-2))
    client.force_login(spoc)
    sent = typed(
        held_on="2026-02-31", name_1="Odette", who_0="", due_on_1=days(3).isoformat(), what_0="Écrire au STIB"
    )
    response = client.post(address("meeting-new"), sent)
    html, form = page(response), response.context["form"]
    assert set(form.errors) == {"held_on", "name_1", "who_0", "what_1"}
    assert 'value="Écrire au STIB"' in html
    assert 'id="errors-title"' in html
    assert 'href="#id_who_0"' in html
    for day, field in (
        (days(-2), "held_on"),
        (days(-500), "held_on"),
        (days(700), "held_on"),
        (days(5), "minutes_nl"),
    ):
        response = client.post(address("meeting-new"), typed(held_on=day.isoformat()))
        assert set(response.context["form"].errors) == {field}, day
    response = client.post(
        address("meeting-new"), typed(place="x" * 201, what_0="y" * 501, presence_0="asleep")
    )
    assert set(response.context["form"].errors) == {"place", "what_0", "presence_0"}
    assert SteeringMeeting.objects.count() == 1


def test_one_that_is_not_signed_has_no_meetings(client: Client, lead: User) -> None:
    a_draft()
    client.force_login(lead)
    assert "meetings/new/" not in page(client.get(address("meetings")))
    assert client.get(address("meeting-new"))["Location"] == address("meetings")
    assert client.post(address("meeting-new"), typed())["Location"] == address("meetings")
    assert not SteeringMeeting.objects.exists()
