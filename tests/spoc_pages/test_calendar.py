"""The calendar of a person: its secret address, and what stands in it, read back with icalendar."""

import hashlib
import logging
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from communes.models import Assignment
from hubportal.accounts.models import JournalEntry, Role, User
from hubportal.logs import PersonalDataFilter
from spoc import feed
from spoc.models import CalendarFeed, ChantierDetails, Interruption, ServiceRequest
from tests.cast import COMMUNE_B, MandateFactory, grant, yesterday
from tests.spoc.stories import CANARY, ago, arguments, brought_to, day, due, met, planned, set_back

pytestmark = pytest.mark.django_db
PAGE, REVOKE = "spoc:calendar", "spoc:calendar-revoke"


def made(client: Client, person: User) -> str:
    """Return the address of a person's calendar, as their page shows it this once."""
    client.force_login(person)
    shown = client.post(reverse(PAGE)).content.decode()
    found = re.search(r'id="address" value="http://[^/]+(/[^"]+)"', shown)
    assert found
    return found[1]


def events(address: str, client: Client | None = None) -> dict[str, Any]:
    """Return the events at an address by what they are of and its number: "due-1@localhost" as "due-1"."""
    response = (client or Client()).get(address)
    assert response.status_code == 200
    read = Calendar.from_ical(response.content)
    return {str(event["uid"]).partition("@")[0]: event for event in read.walk("VEVENT")}


def calendar(client: Client, person: User) -> dict[str, Any]:
    """Return the events of a person's calendar."""
    return events(made(client, person))


def a_chantier(by: User, spoc: User, **fields: Any) -> ServiceRequest:
    """Return a chantier in progress."""
    return brought_to("in_progress", by, spoc, kind="chantier", **fields)


# --- The address -----------------------------------------------------------------------------------------------


def test_it_is_shown_once_and_kept_as_a_digest(client: Client, echevine: User) -> None:
    token = made(client, echevine).rpartition("/")[2].removesuffix(".ics")
    assert len(token) == 43
    row = CalendarFeed.objects.get()
    assert (row.user, row.digest) == (echevine, hashlib.sha256(token.encode()).hexdigest())
    again = client.get(reverse(PAGE))
    assert token not in again.content.decode()
    assert "no-store" in again["Cache-Control"]


def test_without_a_script_no_button_offers_to_copy_it(client: Client, echevine: User) -> None:
    client.force_login(echevine)
    (button,) = re.findall(r"<button[^>]*data-copy=[^>]*>", client.post(reverse(PAGE)).text)
    assert " hidden" in button


def test_it_is_read_without_a_session_by_any_program(client: Client, echevine: User) -> None:
    address = made(client, echevine)
    response = Client().get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "private, max-age=300"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert not response.cookies


def test_the_page_says_since_when_and_when_it_was_read(client: Client, echevine: User) -> None:
    address = made(client, echevine)
    assert "Aucun agenda ne l’a encore lue" in client.get(reverse(PAGE)).content.decode()
    Client().get(address)
    assert "Un agenda l’a lue pour la dernière fois" in client.get(reverse(PAGE)).content.decode()


def test_a_new_one_ends_the_old_one(client: Client, echevine: User) -> None:
    old, new = made(client, echevine), made(client, echevine)
    assert Client().get(old).status_code == 404
    assert Client().get(new).status_code == 200


def test_a_revoked_one_is_not_found(client: Client, echevine: User) -> None:
    address = made(client, echevine)
    assert client.post(reverse(REVOKE)).status_code == 302
    assert Client().get(address).status_code == 404


def test_another_person_cannot_revoke_it(client: Client, echevine: User, colleague: User) -> None:
    address = made(client, echevine)
    client.force_login(colleague)
    client.post(reverse(REVOKE))
    assert Client().get(address).status_code == 200


def test_another_person_does_not_see_that_there_is_one(client: Client, echevine: User, lead: User) -> None:
    made(client, echevine)
    client.force_login(lead)
    assert client.get(reverse(PAGE)).context["feed"] is None


def test_an_ended_mandate_ends_it(client: Client, echevine: User) -> None:
    address = made(client, echevine)
    echevine.mandates.update(ends_on=yesterday())
    assert Client().get(address).status_code == 404


def test_an_ended_role_ends_it(client: Client, spoc: User) -> None:
    address = made(client, spoc)
    spoc.grants.update(ends_on=yesterday())
    assert Client().get(address).status_code == 404


def test_a_closed_account_ends_it(client: Client, echevine: User) -> None:
    address = made(client, echevine)
    User.objects.filter(pk=echevine.pk).update(is_active=False)
    assert Client().get(address).status_code == 404


def test_whoever_reads_no_requests_any_more_finds_none(client: Client, echevine: User, spoc: User) -> None:
    brought_to("in_progress", echevine, spoc)
    address = made(client, echevine)
    echevine.mandates.update(ends_on=yesterday())
    echevine.grants.create(role=Role.CABINET, starts_on=yesterday())
    # Relay notes to the cabinet would stand in it.
    assert b"VEVENT" not in Client().get(address).content


def test_each_refusal_is_the_same_byte_for_byte(client: Client, echevine: User, colleague: User) -> None:
    ended, revoked = made(client, echevine), made(client, colleague)
    CalendarFeed.objects.revoke(by=colleague)
    echevine.mandates.update(ends_on=yesterday())
    unknown = reverse("spoc:calendar-feed", args=["x" * 43])
    answers = [Client().get(address) for address in (ended, revoked, unknown)]
    told = [
        (answer.status_code, answer.content, {**answer.headers, "X-Request-ID": ""}) for answer in answers
    ]
    assert told == [told[0]] * 3
    assert told[0][:2] == (404, b"")


def test_making_and_revoking_are_journalled_without_the_token(client: Client, echevine: User) -> None:
    token = made(client, echevine).rpartition("/")[2].removesuffix(".ics")
    client.post(reverse(REVOKE))
    client.post(reverse(REVOKE))
    found = JournalEntry.objects.filter(target_type="spoc.calendarfeed").order_by("pk")
    assert [(entry.kind, entry.actor) for entry in found] == [("recorded", echevine), ("deleted", echevine)]
    assert token not in str(list(JournalEntry.objects.order_by("pk").values()))


def test_the_token_is_in_no_log(client: Client, echevine: User, caplog: pytest.LogCaptureFixture) -> None:
    address = made(client, echevine)
    token = address.rpartition("/")[2].removesuffix(".ics")
    with caplog.at_level(logging.DEBUG):
        Client().get(address)
        CalendarFeed.objects.revoke(by=echevine)
        Client().get(address)
    lines = [record for record in caplog.records if record.name == "hubportal.access_log"]
    assert [record.getMessage() for record in lines][-2:] == [
        f"GET spoc:calendar-feed {code}" for code in (200, 404)
    ]
    # As they are written: the filter of the handlers takes out what an address gives away.
    kept = [record for record in caplog.records if PersonalDataFilter().filter(record)]
    assert token not in "".join(str(record.__dict__) for record in lines)
    assert token not in "".join(logging.Formatter().format(record) for record in kept)


# --- What stands in it -----------------------------------------------------------------------------------------


def test_nothing_of_another_commune(client: Client, echevine: User, spoc: User, stranger: User) -> None:
    planned(a_chantier(echevine, spoc), spoc, status="agreed", agreed_at=ago(1))
    brought_to("submitted", stranger, spoc, commune=COMMUNE_B, title="Notre demande")
    address = made(client, stranger)
    assert CANARY.encode() not in Client().get(address).content
    assert len(events(address)) == 1


def test_it_says_no_name_no_text_and_no_note(client: Client, echevine: User, spoc: User) -> None:
    row = a_chantier(echevine, spoc, description="Mot-secret")
    row.write(by=spoc, text="Mot-secret", is_public=False)
    planned(row, spoc, status="agreed", agreed_at=ago(1), who="Mot-secret")
    address = made(client, spoc)
    text = Client().get(address).content.replace(b"\r\n ", b"").decode()
    assert len(events(address)) == 3
    for secret in ("Mot-secret", *(f"{person.last_name}" for person in (echevine, spoc)), "@hub.example"):
        assert secret not in text


def test_a_due_date_says_what_is_due_from_whom_and_leads_to_the_request(
    client: Client, echevine: User, spoc: User
) -> None:
    row = brought_to("accepted", echevine, spoc, title="Relevé")
    event = calendar(client, echevine)[f"due-{row.pk}"]
    assert event["summary"] == f"Livraison attendue\N{NO-BREAK SPACE}: {row.reference} Relevé (Anderlecht)"
    assert event.decoded("dtstart") == due()
    assert event["dtstart"].params["VALUE"] == "DATE"
    assert event["url"] == f"http://localhost:8000{reverse('spoc:request-detail', args=[row.pk])}"
    assert event["description"].splitlines() == ["Attendu de\N{NO-BREAK SPACE}: hub.brussels", event["url"]]
    assert event["categories"].to_ical() == b"\xc3\x89ch\xc3\xa9ance"
    assert event["transp"] == "TRANSPARENT"


def test_what_was_delivered_is_to_confirm_by_the_last_day(client: Client, echevine: User, spoc: User) -> None:
    row = brought_to("delivered", echevine, spoc)
    event = calendar(client, echevine)[f"due-{row.pk}"]
    assert event["summary"].startswith("À confirmer\N{NO-BREAK SPACE}: ")
    assert event["description"].startswith("Attendu de\N{NO-BREAK SPACE}: Anderlecht")
    assert event.decoded("dtstart") > date.today() + timedelta(days=19)  # noqa: DTZ011


@pytest.mark.parametrize("status", ["draft", "waiting_requester", "closed", "declined", "withdrawn"])
def test_nothing_is_due_of_what_waits_ended_or_was_not_sent(
    status: str, client: Client, echevine: User, spoc: User
) -> None:
    brought_to(status, echevine, spoc)
    assert calendar(client, echevine) == {}


def test_the_last_day_of_the_works_is_part_of_them(client: Client, echevine: User, spoc: User) -> None:
    row = a_chantier(echevine, spoc)
    event = calendar(client, echevine)[f"works-{row.pk}"]
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (day(40), day(91))
    assert row.details.ends_on == day(90)


def test_works_tell_when_traffic_is_stopped(client: Client, echevine: User, spoc: User) -> None:
    row = a_chantier(echevine, spoc)
    Interruption.objects.create(
        details=row.chantierdetails, starts_on=day(41), ends_on=day(80), traffic="cars", directions="both"
    )
    lines = calendar(client, echevine)[f"works-{row.pk}"]["description"].splitlines()
    assert re.match(r"Sans passage.*voitures.* – ", lines[0])
    assert "attestation" in lines[1]


def test_a_measure_stands_on_its_day_once_both_agreed(client: Client, echevine: User, spoc: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    proposed = planned(row, spoc, title="Pas encore")
    agreed = planned(row, spoc, title="Panneaux", status="agreed", agreed_at=ago(2))
    found = calendar(client, echevine)
    assert f"measure-{proposed.pk}" not in found
    event = found[f"measure-{agreed.pk}"]
    assert event["summary"].startswith("Panneaux\N{NO-BREAK SPACE}: D-")
    assert event.decoded("dtstart") == agreed.due_on
    assert event["description"].startswith("Attendu de\N{NO-BREAK SPACE}: Anderlecht")


def test_a_meeting_stands_at_its_hour_with_its_place(client: Client, echevine: User, spoc: User) -> None:
    row = a_chantier(echevine, spoc)
    meeting = met(row, spoc)
    called_off = met(row, spoc, starts_at=ago(-12), status="cancelled", cancel_reason="Gel.")
    found = calendar(client, echevine)
    event = found[f"meeting-{meeting.pk}"]
    assert event.decoded("dtstart") == meeting.starts_at
    # Whoever holds the address reads it: where is said on the page only.
    assert meeting.place not in str(event)
    assert event["summary"].startswith("Réunion de suivi\N{NO-BREAK SPACE}: D-")
    assert f"meeting-{called_off.pk}" not in found


def test_its_stamp_moves_when_the_request_does(client: Client, echevine: User, spoc: User) -> None:
    row = brought_to("submitted", echevine, spoc)
    before = calendar(client, echevine)[f"due-{row.pk}"]
    row.accept(by=spoc, **arguments("accept", spoc))
    after = calendar(client, echevine)[f"due-{row.pk}"]
    assert after["uid"] == before["uid"]
    row.refresh_from_db()
    for name in ("last-modified", "dtstamp"):
        assert after.decoded(name) == row.changed_at.replace(microsecond=0)


def test_only_two_months_back_and_two_years_on(client: Client, echevine: User, spoc: User) -> None:
    rows = [brought_to("accepted", echevine, spoc) for _ in range(4)]
    for row, count in zip(rows, (-61, -60, 730, 731), strict=True):
        set_back(row, due_on=day(count))
    assert set(calendar(client, echevine)) == {f"due-{row.pk}" for row in rows[1:3]}


def test_signs_that_mean_something_are_escaped(client: Client, echevine: User, spoc: User) -> None:
    title = "Un, deux; trois\\ BEGIN:VEVENT"
    row = brought_to("submitted", echevine, spoc, title=f"{title}\r\nSUMMARY:x")
    found = calendar(client, echevine)
    assert list(found) == [f"due-{row.pk}"]
    assert title in found[f"due-{row.pk}"]["summary"]


def test_lines_are_folded(client: Client, echevine: User, spoc: User) -> None:
    brought_to("submitted", echevine, spoc, title="é" * 150)
    content = Client().get(made(client, echevine)).content
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_a_dutch_person_reads_dutch_at_the_same_address(client: Client, stranger: User, spoc: User) -> None:
    row = brought_to("submitted", stranger, spoc, commune=COMMUNE_B)
    event = events(made(client, stranger))[f"due-{row.pk}"]
    assert event["summary"].startswith("Antwoord verwacht: ")
    assert "(Oudergem)" in event["summary"]
    assert "/nl/requests/" in event["url"]


def test_it_tells_programs_how_often_to_look(client: Client, echevine: User) -> None:
    content = Client().get(made(client, echevine)).content
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in content
    assert b"X-PUBLISHED-TTL:PT1H\r\n" in content


def test_no_more_than_the_most(
    client: Client, echevine: User, spoc: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "MOST", 2)
    first = a_chantier(echevine, spoc)
    a_chantier(echevine, spoc)
    found = calendar(client, echevine)
    assert len(found) == 2
    assert f"due-{first.pk}" in found


# --- Whose -----------------------------------------------------------------------------------------------------


def test_a_spoc_follows_their_communes_and_what_is_in_their_charge(
    client: Client, echevine: User, stranger: User, spoc: User
) -> None:
    other = grant(Role.SPOC)
    Assignment.objects.create(user=other, commune_id=COMMUNE_B, starts_on=day(-10))
    own = brought_to("submitted", echevine, other)
    theirs = brought_to("submitted", stranger, other, commune=COMMUNE_B)
    in_charge = brought_to("accepted", stranger, other, commune=COMMUNE_B)
    ServiceRequest.objects.filter(pk=in_charge.pk).update(assigned_to=spoc)
    found = calendar(client, spoc)
    assert set(found) == {f"due-{own.pk}", f"due-{in_charge.pk}"}
    assert f"due-{theirs.pk}" in calendar(client, other)


@pytest.mark.parametrize("person", ["lead", "director"])
def test_leads_and_the_director_follow_what_is_late_and_all_works(
    person: str, client: Client, echevine: User, spoc: User, request: pytest.FixtureRequest
) -> None:
    brought_to("accepted", echevine, spoc)
    late = set_back(brought_to("accepted", echevine, spoc), due_on=day(-3))
    works = a_chantier(echevine, spoc)
    found = calendar(client, request.getfixturevalue(person))
    assert set(found) == {f"due-{late.pk}", f"works-{works.pk}"}


def test_an_editor_follows_what_is_in_their_charge_only(
    client: Client, echevine: User, spoc: User, editor: User
) -> None:
    a_chantier(echevine, spoc)
    row = brought_to("accepted", echevine, spoc)
    ServiceRequest.objects.filter(pk=row.pk).update(assigned_to=editor)
    assert set(calendar(client, editor)) == {f"due-{row.pk}"}


def test_whoever_acts_for_two_communes_follows_both(client: Client, echevine: User, spoc: User) -> None:
    MandateFactory(user=echevine, commune_id=COMMUNE_B)
    rows = [brought_to("submitted", echevine, spoc, commune=nis) for nis in ("21001", COMMUNE_B)]
    assert set(calendar(client, echevine)) == {f"due-{row.pk}" for row in rows}


@pytest.mark.parametrize("person", ["echevine", "spoc", "lead"])
def test_as_many_queries_for_one_row_as_for_twenty(
    person: str, client: Client, echevine: User, spoc: User, request: pytest.FixtureRequest
) -> None:
    address = made(client, request.getfixturevalue(person))

    def add() -> None:
        row = set_back(a_chantier(echevine, spoc), due_on=day(-1))
        Interruption.objects.create(
            details=ChantierDetails.objects.get(pk=row.pk),
            starts_on=day(41),
            ends_on=day(80),
            traffic="all",
            directions="one",
        )
        planned(row, spoc, status="agreed", agreed_at=ago(1))
        met(row, spoc)

    add()
    Client().get(address)
    with CaptureQueriesContext(connection) as few:
        assert len(events(address)) >= 2
    for _number in range(19):
        add()
    with CaptureQueriesContext(connection) as many:
        assert len(events(address)) >= 40
    assert len(few) == len(many) <= 12
