"""Steering meetings on the portal: planned by either party, followed on the plan, at home, and at the desk."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hubportal.accounts.models import User
from spoc.models import Meeting, ServiceRequest
from tests.spoc.stories import ago, brought_to, mails, meeting_facts, met

pytestmark = pytest.mark.django_db
HELD = {"starts_at": ago(1), "status": "held"}


@pytest.fixture
def works(echevine: User, spoc: User) -> ServiceRequest:
    """Roadworks in progress; the SPOC is in charge."""
    return brought_to("in_progress", echevine, spoc, kind="chantier")


def at(name: str, row: ServiceRequest, *more: object) -> str:
    return reverse(f"spoc:{name}", args=[row.pk, *more])


def typed(moment: datetime, **changes: Any) -> dict[str, Any]:
    """Return what a browser sends of a form with a moment."""
    found = f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"
    return {"starts_at": found, "place": "Salle <b>2</b>", **changes}


def test_it_is_planned_and_shown_as_it_was_typed(
    works: ServiceRequest, client: Client, echevine: User, spoc: User
) -> None:
    client.force_login(echevine)
    data = typed(ago(-10), invited="L’entreprise", agenda="- <i>Phasage</i>\n- Livraisons")
    page = client.post(at("meeting-new", works), data, follow=True)
    meeting = Meeting.objects.get()
    assert page.redirect_chain == [(meeting.get_absolute_url(), 302)]
    assert meeting.starts_at == ago(-10)
    assert "l’autre partie en est avertie" in page.text
    for address in (at("request-detail", works), at("request-plan", works), meeting.get_absolute_url()):
        for person in (echevine, spoc):
            client.force_login(person)
            text = client.get(address).text
            assert "Salle &lt;b&gt;2&lt;/b&gt;" in text
            assert "<b>2</b>" not in text
    assert "<li>&lt;i&gt;Phasage&lt;/i&gt;</li>" in text


def test_a_link_is_one_and_a_script_is_none(works: ServiceRequest, client: Client, spoc: User) -> None:
    meeting = met(works, spoc, place="https://appel.example/salle?id=19 javascript:alert(1)")
    client.force_login(spoc)
    page = client.get(meeting.get_absolute_url()).text
    assert 'href="https://appel.example/salle?id=19"' in page
    assert 'href="javascript' not in page


@pytest.mark.parametrize(
    ("data", "anchor", "words"),
    [
        ({"starts_at": "", "place": ""}, "id_starts_at", "Complétez ce champ."),
        (typed(ago(-10), place=" "), "id_place", "Complétez ce champ."),
        (typed(ago(30)), "id_starts_at", "après l’acceptation"),
        (typed(ago(-10), starts_at="2027-03-28T02:30"), "id_starts_at", "n’existe pas"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(
    data: dict[str, Any], anchor: str, words: str, works: ServiceRequest, client: Client, spoc: User
) -> None:
    client.force_login(spoc)
    page = client.post(at("meeting-new", works), {**data, "agenda": "- Livraisons"}).text
    assert f'href="#{anchor}"' in page
    assert words in page
    assert "- Livraisons" in page
    assert not works.meetings.exists()


def test_two_at_one_moment_are_refused_with_words(works: ServiceRequest, client: Client, spoc: User) -> None:
    met(works, spoc)
    client.force_login(spoc)
    assert "commence déjà à ce moment" in client.post(at("meeting-new", works), typed(ago(-10))).text


def test_an_audit_has_no_such_page_and_speaks_of_none(client: Client, echevine: User, spoc: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    client.force_login(echevine)
    assert client.get(at("meeting-new", row)).status_code == 404
    assert "Réunions de suivi" not in client.get(at("request-detail", row)).text


def test_a_request_that_is_not_accepted_leads_back(client: Client, echevine: User, spoc: User) -> None:
    row = brought_to("submitted", echevine, spoc, kind="development")
    client.force_login(echevine)
    page = client.get(at("meeting-new", row), follow=True)
    assert page.redirect_chain == [(at("request-detail", row), 302)]
    assert "dès que la demande est acceptée" in page.text


def test_a_meeting_of_another_request_is_not_found(
    works: ServiceRequest, client: Client, echevine: User, spoc: User
) -> None:
    other = brought_to("in_progress", echevine, spoc, kind="development")
    meeting = met(other, spoc)
    client.force_login(echevine)
    assert client.get(at("meeting", works, meeting.pk)).status_code == 404
    assert client.get(at("meeting-step", works, meeting.pk, "move")).status_code == 404


# --- Steps -----------------------------------------------------------------------------------------------------


def test_it_is_moved_on_its_page_and_the_history_says_from_when(
    works: ServiceRequest, client: Client, echevine: User, spoc: User
) -> None:
    meeting = met(works, spoc)
    client.force_login(echevine)
    address = at("meeting-step", works, meeting.pk, "move")
    assert f'value="{timezone.localtime(meeting.starts_at):%Y-%m-%dT%H:%M}"' in client.get(address).text
    page = client.post(address, typed(ago(-12)) | {"reason": ""}).text
    assert 'href="#id_reason"' in page
    page = client.post(address, typed(ago(-12), reason="Gel."), follow=True).text
    assert "Gel." in page
    assert f"Elle devait commencer le {timezone.localtime(meeting.starts_at):%d.%m.%Y}" in page
    # The other click of a double one.
    assert client.post(address, typed(ago(-12), reason="Gel.")).status_code == 302
    assert len(mails("meeting_moved")) == 1


def test_the_minutes_are_written_and_measures_may_follow(
    works: ServiceRequest, client: Client, echevine: User, spoc: User
) -> None:
    meeting = met(works, spoc, starts_at=ago(1), agenda="- Livraisons")
    client.force_login(echevine)
    assert "Votre étape" in client.get(meeting.get_absolute_url()).text
    address = at("meeting-step", works, meeting.pk, "hold")
    assert "<li>Livraisons</li>" in client.get(address).text
    page = client.post(address, {"minutes": "## Phasage\n\nPassage <b>libre</b>."}, follow=True).text
    assert "<h3>Phasage</h3>" in page
    assert "Passage &lt;b&gt;libre&lt;/b&gt;." in page
    assert at("measure-new", works) in page
    assert "Phasage Passage" in client.get(at("request-detail", works)).text
    # Held already: the page leads back and says so.
    assert client.get(at("meeting-step", works, meeting.pk, "move")).status_code == 302
    assert client.get(at("meeting-step", works, meeting.pk, "fly")).status_code == 404


def test_no_minutes_before_it_began(works: ServiceRequest, client: Client, spoc: User) -> None:
    meeting = met(works, spoc)
    client.force_login(spoc)
    page = client.get(meeting.get_absolute_url()).text
    assert at("meeting-step", works, meeting.pk, "hold") not in page
    assert client.get(at("meeting-step", works, meeting.pk, "hold")).status_code == 403


def test_of_two_who_correct_the_second_compares_first(
    works: ServiceRequest, client: Client, echevine: User, spoc: User
) -> None:
    meeting = met(works, spoc, **HELD | meeting_facts("held"))
    client.force_login(echevine)
    address = at("meeting-step", works, meeting.pk, "correct")
    assert 'name="version" value="0"' in client.get(address).text
    meeting.correct(by=spoc, minutes="Le passage fait 1,50 m.", version=0)
    page = client.post(address, {"minutes": "Le passage fait 2 m.", "version": "0"}).text
    assert "pendant que vous écriviez" in page
    assert "Le passage fait 1,50 m." in page
    assert "Le passage fait 2 m." in page
    assert 'name="version" value="1"' in page
    page = client.post(address, {"minutes": "Le passage fait 2 m.", "version": "1"}, follow=True).text
    assert "Le passage fait 2 m." in page
    assert page.count("Le texte précédent") == 2


# --- Where it is shown -----------------------------------------------------------------------------------------


def test_the_calendar_has_it_as_picture_and_as_table(
    works: ServiceRequest, client: Client, echevine: User, spoc: User
) -> None:
    met(works, spoc)
    met(works, spoc, **HELD | meeting_facts("held"))
    met(works, spoc, starts_at=ago(-3), status="cancelled", cancel_reason="Gel.")
    client.force_login(echevine)
    page = client.get(at("request-plan", works)).text
    picture = re.search(r"<svg class=\"svg spans\".*?</svg>", page, re.DOTALL)
    assert picture is not None
    assert picture[0].count("Réunion de suivi") == 2
    assert len(re.findall(r'<th scope="row"><a [^>]*>Réunion de suivi</a>', page)) == 2
    # The list keeps what was cancelled, with the reason.
    assert "Gel." in page


@pytest.mark.parametrize("person", ["echevine", "spoc"])
def test_home_says_what_is_near_and_what_lacks_minutes(
    person: str, works: ServiceRequest, client: Client, spoc: User, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(person))
    met(works, spoc, starts_at=ago(-20))
    met(works, spoc, starts_at=ago(-3), status="cancelled", cancel_reason="Gel.")
    assert "Réunions de suivi" not in client.get(reverse("home")).text
    near = met(works, spoc)
    page = client.get(reverse("home")).text
    assert near.get_absolute_url() in page
    assert "rédigez le procès-verbal" not in page
    met(works, spoc, starts_at=ago(1))
    assert "rédigez le procès-verbal" in client.get(reverse("home")).text


def test_whoever_is_in_charge_finds_it_at_home(
    client: Client, echevine: User, spoc: User, editor: User
) -> None:
    row = brought_to("in_progress", echevine, spoc, kind="development")
    meeting = met(row, echevine)
    client.force_login(editor)
    assert meeting.get_absolute_url() not in client.get(reverse("home")).text
    ServiceRequest.objects.filter(pk=row.pk).update(assigned_to=editor)
    assert meeting.get_absolute_url() in client.get(reverse("home")).text


def test_the_desk_says_which_is_next_and_which_lacks_minutes(
    works: ServiceRequest, client: Client, spoc: User
) -> None:
    client.force_login(spoc)
    address = reverse("admin:spoc_servicerequest_change", args=[works.pk])
    assert "Réunions de suivi" not in client.get(address).text
    late, near = met(works, spoc, starts_at=ago(1)), met(works, spoc)
    page = client.get(address).text
    assert near.get_absolute_url() in page
    assert late.get_absolute_url() in page
    assert "2\N{NO-BREAK SPACE}réunions" in page


def test_once_the_request_has_ended_no_page_calls_one_planned(
    works: ServiceRequest, client: Client, echevine: User, spoc: User
) -> None:
    meeting = met(works, spoc)
    works.withdraw(by=echevine)
    client.force_login(spoc)
    assert (
        "Aucune n’est planifiée."
        in client.get(reverse("admin:spoc_servicerequest_change", args=[works.pk])).text
    )
    assert meeting.get_absolute_url() not in client.get(at("request-detail", works)).text
    for address in (at("request-plan", works), meeting.get_absolute_url()):
        page = client.get(address).text
        assert "Sans objet" in page
    # It has no day in the calendar: the list alone keeps it.
    assert '<th scope="row"><a' not in client.get(at("request-plan", works)).text


def test_as_many_queries_for_twenty_meetings_as_for_one(
    works: ServiceRequest, client: Client, echevine: User, spoc: User
) -> None:
    addresses = [at("request-detail", works), at("request-plan", works), reverse("home")]
    desk = reverse("admin:spoc_servicerequest_change", args=[works.pk])

    def count() -> list[int]:
        found = []
        for person, address in [*((echevine, one) for one in addresses), (spoc, desk), (spoc, addresses[2])]:
            client.force_login(person)
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            found.append(len(queries))
        return found

    def more(first: int) -> None:
        met(works, spoc, starts_at=ago(-first))
        met(works, spoc, starts_at=ago(first))
        met(works, spoc, starts_at=ago(first + 30), status="held", **meeting_facts("held"))

    more(1)
    few = count()
    for number in range(2, 9):
        more(number)
    assert count() == few
    assert Meeting.objects.count() > 20
