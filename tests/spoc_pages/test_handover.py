"""The pages of a hand-over: what is open, the form, the note, home until it is read."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communes.models import Absence, Assignment, Commune
from conventions.models import Amendment
from hubportal.accounts.models import Role, RoleGrant, User
from spoc.models import HandoverNote, ServiceRequest
from tests.cast import COMMUNE_A, COMMUNE_B, grant, yesterday
from tests.conventions.drafts import recorded
from tests.spoc.stories import a_draft, brought_to, day, mails, planned

pytestmark = pytest.mark.django_db
LIST = "spoc:handover-list"
WORDS = "L'échevine <b>préfère</b> le téléphone."


@pytest.fixture
def other(db: None) -> User:
    """The SPOC who takes over."""
    return grant(Role.SPOC, first_name="Ilse", last_name="Opvolger")


@pytest.fixture
def row(echevine: User, spoc: User) -> ServiceRequest:
    """A request in progress; the SPOC is in charge."""
    return brought_to("in_progress", echevine, spoc)


def page_of(nis: str = COMMUNE_A) -> str:
    return reverse("spoc:handover-commune", args=[nis])


def filled(to: User, *rows: ServiceRequest, **facts: Any) -> dict[str, Any]:
    data = {"receiver": to.pk, "starts_on": day(0).isoformat(), "ends_on": "", "text": WORDS}
    return data | {"requests": [row.pk for row in rows]} | facts


def the_form(client: Client) -> Any:
    return client.get(page_of()).context["form"]


def test_a_spoc_hands_over_and_the_successor_says_that_they_read_it(
    client: Client, spoc: User, other: User, row: ServiceRequest
) -> None:
    client.force_login(spoc)
    assert page_of() in client.get(reverse(LIST)).text
    answer = client.post(page_of(), filled(other, row))
    note = HandoverNote.objects.get()
    assert answer.url == note.get_absolute_url()
    assert ServiceRequest.objects.get(pk=row.pk).assigned_to == other
    page = client.get(answer.url).text
    assert "&lt;b&gt;préfère&lt;/b&gt;" in page
    assert "Pas encore lue" in page
    read = reverse("spoc:handover-read", args=[note.pk])
    assert read not in page
    client.force_login(other)
    assert note.get_absolute_url() in client.get(reverse("home")).text
    assert row.title in client.get(note.get_absolute_url()).text
    assert client.post(read, follow=True).status_code == 200
    assert note.get_absolute_url() not in client.get(reverse("home")).text
    client.force_login(spoc)
    assert "Ilse Opvolger l’a lue le" in client.get(note.get_absolute_url()).text


def test_nobody_else_says_for_the_successor_that_it_was_read(
    client: Client, spoc: User, other: User, lead: User, commune_a: Commune
) -> None:
    note = HandoverNote.objects.give(by=spoc, receiver=other, commune=commune_a, starts_on=day(0), text=WORDS)
    client.force_login(lead)
    assert client.post(reverse("spoc:handover-read", args=[note.pk])).status_code == 403
    note.refresh_from_db()
    assert note.read_at is None


def test_it_lists_what_is_open(client: Client, spoc: User, echevine: User, row: ServiceRequest) -> None:
    planned(row, echevine, title="Panneaux", party="agency")
    planned(row, spoc, title="Navette", party="commune")
    draft = a_draft(spoc, direction="to_commune", title="Liste des terrasses")
    a_draft(grant(Role.LEAD), direction="to_commune", title="Brouillon du responsable")
    brought_to("closed", echevine, spoc, title="Terminée")
    amendment = Amendment.objects.begin(
        convention=recorded(), by=grant(Role.LEAD), title_fr="Mélèze", title_nl="Lork"
    )
    client.force_login(spoc)
    page = client.get(page_of()).text
    for words in (row.title, "Panneaux", draft.title, amendment.title_fr):
        assert words in page
    for words in ("Navette", "Brouillon du responsable", "Terminée"):
        assert words not in page


def test_nothing_of_another_commune_is_listed(
    client: Client, spoc: User, other: User, stranger: User
) -> None:
    Assignment.objects.create(user=other, commune_id=COMMUNE_B, starts_on=date(2023, 9, 1))
    foreign = brought_to("in_progress", stranger, other, commune=COMMUNE_B, title="Kastanje")
    client.force_login(spoc)
    page = client.get(page_of())
    assert "Kastanje" not in page.text
    answer = client.post(page_of(), filled(other, foreign))
    assert set(answer.context["form"].errors) == {"requests"}
    assert not HandoverNote.objects.exists()


def test_ones_own_are_ticked_and_those_of_colleagues_are_not(
    client: Client, spoc: User, editor: User, echevine: User, row: ServiceRequest
) -> None:
    theirs = brought_to("in_progress", echevine, spoc)
    theirs.reassign(by=spoc, assigned_to=editor)
    client.force_login(spoc)
    form = the_form(client)
    assert set(form.fields["requests"].queryset) == {row, theirs}
    assert form.initial["requests"] == [row.pk]


def test_an_absence_proposes_the_stand_in_and_its_days_and_ticks_nothing(
    client: Client, spoc: User, other: User, row: ServiceRequest
) -> None:
    Absence.objects.create(user=spoc, stand_in=other, starts_on=day(3), ends_on=day(9))
    client.force_login(spoc)
    initial = the_form(client).initial
    assert initial == {"receiver": other.pk, "starts_on": day(3), "ends_on": day(9)}
    assert "Ilse Opvolger assure la suppléance" in client.get(reverse(LIST)).text


def test_a_coming_assignment_proposes_the_new_spoc_for_good(
    client: Client, spoc: User, other: User, row: ServiceRequest
) -> None:
    Assignment.objects.filter(user=spoc).update(ends_on=day(9))
    Assignment.objects.create(user=other, commune_id=COMMUNE_A, starts_on=day(10))
    client.force_login(spoc)
    initial = the_form(client).initial
    assert initial == {
        "receiver": other.pk,
        "starts_on": day(10),
        "ends_on": None,
        "requests": [row.pk],
    }


def test_a_stand_in_who_left_is_not_proposed(client: Client, spoc: User, other: User) -> None:
    Absence.objects.create(user=spoc, stand_in=other, starts_on=day(3), ends_on=day(9))
    RoleGrant.objects.filter(user=other).update(ends_on=yesterday())
    client.force_login(spoc)
    assert "receiver" not in the_form(client).initial


@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("starts_on", {"starts_on": day(-1).isoformat()}),
        ("ends_on", {"ends_on": day(-1).isoformat()}),
        ("text", {"text": ""}),
        ("text", {"text": "x" * 100_000}),
        ("text", {"text": "nul\0"}),
        ("receiver", {"receiver": ""}),
        ("receiver", {"receiver": "abc"}),
        ("requests", {"requests": ["0"]}),
        ("requests", {"requests": ["x"]}),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    field: str, facts: dict[str, Any], client: Client, spoc: User, other: User, row: ServiceRequest
) -> None:
    client.force_login(spoc)
    answer = client.post(page_of(), filled(other, row, **facts))
    assert answer.status_code == 200
    assert set(answer.context["form"].errors) == {field}
    if field != "text":
        assert "&lt;b&gt;préfère&lt;/b&gt;" in answer.text
    assert not HandoverNote.objects.exists()
    assert ServiceRequest.objects.get(pk=row.pk).assigned_to == spoc
    assert not mails("now_in_charge")


@pytest.mark.parametrize("person", ["spoc", "echevine", "cabinet"])
def test_these_cannot_be_chosen(
    person: str, client: Client, spoc: User, row: ServiceRequest, request: pytest.FixtureRequest
) -> None:
    client.force_login(spoc)
    answer = client.post(page_of(), filled(request.getfixturevalue(person), row))
    assert set(answer.context["form"].errors) == {"receiver"}
    assert not HandoverNote.objects.exists()


def test_a_request_that_ended_meanwhile_is_named_and_nothing_is_kept(
    client: Client, spoc: User, other: User, echevine: User, row: ServiceRequest
) -> None:
    ended = brought_to("in_progress", echevine, spoc)
    ended.withdraw(by=echevine)
    client.force_login(spoc)
    answer = client.post(page_of(), filled(other, row, ended))
    assert set(answer.context["form"].errors) == {"requests"}
    assert ServiceRequest.objects.get(pk=row.pk).assigned_to == spoc


def test_a_colleague_who_serves_another_commune_reads_but_hands_nothing_over(
    client: Client, spoc: User, other: User, editor: User, row: ServiceRequest
) -> None:
    for person in (other, editor):
        client.force_login(person)
        answer = client.get(page_of())
        assert row.title in answer.text
        assert answer.context["form"] is None
        assert client.post(page_of(), filled(spoc, row)).status_code == 403
    assert not HandoverNote.objects.exists()


def test_who_left_the_agency_reads_no_note(
    client: Client, spoc: User, other: User, commune_a: Commune
) -> None:
    note = HandoverNote.objects.give(by=spoc, receiver=other, commune=commune_a, starts_on=day(0), text=WORDS)
    client.force_login(other)
    RoleGrant.objects.filter(user=other).update(ends_on=yesterday())
    assert client.get(note.get_absolute_url()).status_code in (403, 404)
    assert client.post(reverse("spoc:handover-read", args=[note.pk])).status_code in (403, 404)


def test_a_commune_hands_what_it_was_asked_to_a_colleague_by_the_page_of_the_step(
    client: Client, spoc: User, echevine: User, colleague: User
) -> None:
    asked = brought_to("in_progress", spoc, echevine, direction="to_commune", title="Terrasses")
    client.force_login(echevine)
    step = reverse("spoc:request-step", args=[asked.pk, "reassign"])
    assert step in client.get(asked.get_absolute_url()).text
    offered = client.get(step).context["form"].fields["assigned_to"].queryset
    assert list(offered) == [colleague]
    assert client.post(step, {"assigned_to": colleague.pk, "note": "Marc suit ceci."}).status_code == 302
    assert ServiceRequest.objects.get(pk=asked.pk).assigned_to == colleague
    assert "Marc Collègue" in client.get(asked.get_absolute_url()).text


def test_the_desk_offers_it_and_says_who_went_on(
    client: Client, spoc: User, editor: User, row: ServiceRequest
) -> None:
    client.force_login(spoc)
    change = reverse("admin:spoc_servicerequest_change", args=[row.pk])
    step = reverse("admin:spoc_servicerequest_step", args=[row.pk, "reassign"])
    assert step in client.get(change).text
    assert client.post(step, {"assigned_to": editor.pk, "note": ""}).url == change
    assert "Gestionnaire à partir de ce jour" in client.get(change).text


def test_the_pages_ask_as_much_for_one_row_as_for_twenty(
    client: Client, spoc: User, other: User, echevine: User, commune_a: Commune, row: ServiceRequest
) -> None:
    client.force_login(spoc)
    HandoverNote.objects.give(by=spoc, receiver=other, commune=commune_a, starts_on=day(0), text=WORDS)
    note = HandoverNote.objects.get()
    planned(row, echevine, party="agency", title="Panneaux")
    brought_to("in_progress", spoc, echevine, direction="to_commune")
    pages = [reverse(LIST), page_of(), note.get_absolute_url()]
    counts = []
    for _round in range(2):
        found = []
        for address in pages:
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            found.append(len(queries))
        counts.append(found)
        for number in range(19):
            more = brought_to("in_progress", echevine, spoc)
            planned(more, echevine, party="agency", title=f"Panneaux {number}")
            brought_to("in_progress", spoc, echevine, direction="to_commune")
            HandoverNote.objects.give(
                by=spoc, receiver=other, commune=commune_a, starts_on=day(0), text=f"Note {number}"
            )
    assert counts[0] == counts[1]
