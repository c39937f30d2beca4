"""The queue of the desk: what it lists, and each step taken there."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communes.models import Assignment
from hubportal.accounts.models import Role, User
from spoc.models import ServiceRequest
from tests.cast import COMMUNE_B, MandateFactory, UserFactory, grant
from tests.spoc.stories import CANARY, NOTE, a_draft, a_file, brought_to, day, due, mails, set_back

pytestmark = pytest.mark.django_db
QUEUE = "admin:spoc_servicerequest_changelist"


def step(row: ServiceRequest, verb: str) -> str:
    """Return the address of a step."""
    return reverse("admin:spoc_servicerequest_step", args=[row.pk, verb])


def write(row: ServiceRequest, what: str) -> str:
    """Return the address at which one writes."""
    return reverse("admin:spoc_servicerequest_write", args=[row.pk, what])


def page(row: ServiceRequest) -> str:
    """Return the address of a request."""
    return reverse("admin:spoc_servicerequest_change", args=[row.pk])


@pytest.fixture
def desk(client: Client, spoc: User) -> Client:
    """The SPOC of commune A, signed in."""
    client.force_login(spoc)
    return client


# --- The queue -------------------------------------------------------------------------------------------------


def titles(response: Any) -> list[str]:
    """Return the titles listed, in their order."""
    return [row.title for row in response.context["cl"].result_list]


def test_it_lists_open_requests_ones_own_communes_first(desk: Client, echevine: User, spoc: User) -> None:
    stranger = MandateFactory(user=UserFactory(), commune_id=COMMUNE_B, trade=True).user
    other = grant(Role.SPOC)
    Assignment.objects.create(user=other, commune_id=COMMUNE_B, starts_on=day(-9))
    brought_to("submitted", stranger, other, commune=COMMUNE_B, title="Autre commune")
    set_back(brought_to("in_progress", echevine, spoc, title="Plus tard"), due_on=day(20))
    set_back(brought_to("in_progress", echevine, spoc, title="En retard"), due_on=day(-2))
    brought_to("closed", echevine, spoc, title="Fini")
    brought_to("draft", echevine, spoc, title="Brouillon")
    response = desk.get(reverse(QUEUE))
    assert titles(response) == ["En retard", "Plus tard", "Autre commune"]
    assert "2 " in response.text
    assert "Brouillon" not in titles(response)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=to_triage", {"Neuf"}),
        ("state=closed", {"Fini"}),
        ("state=all", {"Neuf", "Tard", "Fini"}),
        ("due=late", {"Tard"}),
        ("due=week", {"Neuf"}),
        ("kind__exact=chantier", {"Tard"}),
        ("commune__nis__exact=21002", set()),
        ("q=neuf", {"Neuf"}),
        ("q=D-20", {"Neuf", "Tard"}),
    ],
)
def test_it_is_narrowed_down(
    query: str, expected: set[str], desk: Client, echevine: User, spoc: User
) -> None:
    brought_to("submitted", echevine, spoc, title="Neuf")
    set_back(brought_to("in_progress", echevine, spoc, kind="chantier", title="Tard"), due_on=day(-2))
    brought_to("closed", echevine, spoc, title="Fini")
    assert set(titles(desk.get(f"{reverse(QUEUE)}?{query}"))) == expected


def test_it_asks_the_database_as_often_for_20_rows_as_for_1(desk: Client, echevine: User, spoc: User) -> None:
    counts = []
    for size in (1, 20):
        while ServiceRequest.objects.open().count() < size:
            brought_to("in_progress", echevine, spoc)
        with CaptureQueriesContext(connection) as queries:
            desk.get(reverse(QUEUE))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_what_the_commune_is_to_answer_has_nobody_to_name_here(desk: Client, spoc: User) -> None:
    a_draft(spoc, direction="to_commune", title="Une liste").submit(by=spoc)
    response = desk.get(reverse(QUEUE))
    assert titles(response) == ["Une liste"]
    assert "À désigner" not in response.text
    assert "La commune" in response.text
    assert titles(desk.get(f"{reverse(QUEUE)}?direction__exact=to_agency")) == []


# --- A request -------------------------------------------------------------------------------------------------


def test_its_page_shows_everything_and_its_steps(desk: Client, echevine: User, spoc: User) -> None:
    row = brought_to("waiting_requester", echevine, spoc, kind="chantier")
    row.write(by=echevine, text="Là.", upload=a_file())
    row.write(by=spoc, text=NOTE, is_public=False)
    text = desk.get(page(row)).text
    for word in (CANARY, "Là.", NOTE, "plan.txt", "Rue des Aubépines", "Quelles rues ?"):
        assert word in text
    assert step(row, "deliver") in text
    assert step(row, "accept") not in text
    assert write(row, "note") in text


def test_answers_are_words_and_no_hints(desk: Client, echevine: User, spoc: User) -> None:
    text = desk.get(page(brought_to("submitted", echevine, spoc))).text
    assert '<div class="readonly">Données</div>' in text
    assert "Par exemple" not in text


def test_another_spoc_reads_but_has_no_buttons(client: Client, echevine: User, spoc: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    client.force_login(grant(Role.SPOC))
    text = client.get(page(row)).text
    assert CANARY in text
    assert "/step/" not in text
    assert "/write/" not in text
    assert client.get(step(row, "deliver")).status_code == 403
    assert client.get(write(row, "note")).status_code == 403


def test_a_draft_does_not_exist_on_the_desk(desk: Client, echevine: User, spoc: User) -> None:
    row = brought_to("draft", echevine, spoc)
    for address in (page(row), step(row, "accept"), write(row, "note")):
        assert desk.get(address).status_code == 404


def test_nothing_is_saved_deleted_or_added_by_form(desk: Client, echevine: User, spoc: User) -> None:
    row = brought_to("submitted", echevine, spoc)
    assert desk.post(page(row), {"title": "Autre"}).status_code == 403
    assert desk.get(reverse("admin:spoc_servicerequest_delete", args=[row.pk])).status_code == 403
    assert desk.get(reverse("admin:spoc_servicerequest_add")).status_code == 403


def test_the_whole_way_by_the_buttons(desk: Client, echevine: User, spoc: User) -> None:
    row = brought_to("submitted", echevine, spoc)
    for verb, data in (
        ("accept", {"assigned_to": spoc.pk, "due_on": due().isoformat()}),
        ("start", {}),
        ("ask", {"question": "Où ?", "reread": "on"}),
        ("resume", {}),
        ("deliver", {"proposed_outcome": "solved", "title": "Relevé", "upload": a_file()}),
        ("reopen", {"reason": "Une erreur."}),
        ("deliver", {"proposed_outcome": "partly_solved", "title": "", "text": "", "url": ""}),
    ):
        assert desk.get(step(row, verb)).status_code == 200
        assert desk.post(step(row, verb), data).status_code == 302, verb
    row.refresh_from_db()
    assert (row.status, row.proposed_outcome, row.deliverables.get().name) == (
        "delivered",
        "partly_solved",
        "plan.txt",
    )


@pytest.mark.parametrize(
    ("status", "verb", "data", "after"),
    [
        ("submitted", "decline", {"reason": "not_held", "text": "Non.", "reread": "on"}, "declined"),
        ("in_progress", "close", {"outcome": "redirected", "text": "Le 1819.", "reread": "on"}, "closed"),
    ],
)
def test_hard_steps(
    status: str, verb: str, data: dict[str, str], after: str, desk: Client, echevine: User, spoc: User
) -> None:
    row = brought_to(status, echevine, spoc)
    assert desk.post(step(row, verb), data).status_code == 302
    row.refresh_from_db()
    assert row.status == after


@pytest.mark.parametrize(
    ("status", "verb", "data", "field"),
    [
        ("submitted", "accept", {"due_on": "2020-01-06"}, "due_on"),
        ("submitted", "accept", {"due_on": "demain"}, "due_on"),
        ("submitted", "decline", {"reason": "not_held", "text": ""}, "text"),
        ("in_progress", "ask", {"question": "x" * 100_000}, "question"),
        (
            "in_progress",
            "deliver",
            {"proposed_outcome": "solved", "title": "T", "url": "javascript:x"},
            "url",
        ),
    ],
)
def test_bad_input_is_told_at_its_field_and_kept(
    status: str, verb: str, data: dict[str, Any], field: str, desk: Client, echevine: User, spoc: User
) -> None:
    row = brought_to(status, echevine, spoc)
    response = desk.post(step(row, verb), {"assigned_to": spoc.pk, "reread": "on", **data})
    assert response.status_code == 200
    assert set(response.context["form"].errors) == {field}
    row.refresh_from_db()
    assert row.status == status


def test_a_file_that_is_not_what_it_says_is_told_at_its_field(
    desk: Client, echevine: User, spoc: User
) -> None:
    row = brought_to("in_progress", echevine, spoc)
    data = {"proposed_outcome": "solved", "title": "T", "upload": a_file("plan.pdf", b"MZ")}
    response = desk.post(step(row, "deliver"), data)
    assert set(response.context["form"].errors) == {"upload"}


def test_a_good_file_that_the_step_did_not_take_is_asked_for_again(
    desk: Client, echevine: User, spoc: User
) -> None:
    row = brought_to("in_progress", echevine, spoc, kind="chantier")
    found = {"proposed_outcome": "solved", "title": "Plan", "upload": a_file()}
    errors = desk.post(step(row, "deliver"), found).context["form"].errors
    assert set(errors) == {"evaluation", "upload"}
    # All that is missing is said at once.
    errors = desk.post(step(row, "deliver"), {"proposed_outcome": "solved"}).context["form"].errors
    assert set(errors) == {"evaluation", "upload", "title"}
    desk.post(step(row, "deliver"), {**found, "upload": a_file(), "waiver": "Trop tôt."})
    row.refresh_from_db()
    assert row.status == "delivered"


def test_the_second_of_two_spocs_reads_who_was_first(
    desk: Client, echevine: User, spoc: User, lead: User
) -> None:
    row = brought_to("submitted", echevine, spoc)
    row.accept(by=lead, assigned_to=lead, due_on=due())
    data = {"assigned_to": spoc.pk, "due_on": due().isoformat()}
    response = desk.post(step(row, "accept"), data, follow=True)
    assert lead.full_name in "".join(str(message) for message in response.context["messages"])


# --- Writing ---------------------------------------------------------------------------------------------------


def test_an_answer_a_note_and_a_deliverable(desk: Client, echevine: User, spoc: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    before = len(mails())
    for what, data in (
        ("answer", {"text": "Bonjour.", "upload": a_file(), "reread": "on"}),
        ("note", {"text": NOTE}),
        ("deliverable", {"title": "Lien", "url": "https://analytics.example"}),
    ):
        assert desk.get(write(row, what)).status_code == 200
        assert desk.post(write(row, what), data).status_code == 302, what
    assert [message.is_public for message in row.messages.all()] == [True, False]
    assert row.deliverables.get().kind == "link"
    assert [mail.kind for mail in mails()[before:]] == ["message"]


def test_an_empty_answer_is_told_at_its_field(desk: Client, echevine: User, spoc: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    typed = {"text": " ", "reread": "on"}
    assert set(desk.post(write(row, "answer"), typed).context["form"].errors) == {"text"}
    assert desk.get(write(row, "poem")).status_code == 404


def test_script_and_template_syntax_are_shown_as_typed(desk: Client, echevine: User, spoc: User) -> None:
    row = brought_to("in_progress", echevine, spoc, title="<script>x</script>{{ 7|add:1 }}")
    row.write(by=echevine, text="<img src=x>{% now 'Y' %}")
    text = desk.get(page(row)).text
    assert "<script>x" not in text
    assert "&lt;script&gt;x&lt;/script&gt;{{ 7|add:1 }}" in text
    assert "&lt;img src=x&gt;{% now" in text


# --- Home ------------------------------------------------------------------------------------------------------


def test_home_shows_a_spoc_what_is_to_triage_and_late(desk: Client, echevine: User, spoc: User) -> None:
    brought_to("submitted", echevine, spoc, title="Neuf")
    set_back(brought_to("in_progress", echevine, spoc, title="Tard"), due_on=day(-2))
    brought_to("delivered", echevine, spoc, title="Livré")
    text = desk.get(reverse("home")).text
    assert "Neuf" in text
    assert "Tard" in text
    assert "Livré" not in text


def test_home_shows_another_spoc_nothing_of_it_and_a_lead_all(
    client: Client, echevine: User, spoc: User, lead: User
) -> None:
    brought_to("submitted", echevine, spoc, title="Neuf")
    client.force_login(grant(Role.SPOC))
    assert "Neuf" not in client.get(reverse("home")).text
    client.force_login(lead)
    assert "Neuf" in client.get(reverse("home")).text


def test_a_second_click_on_a_step_is_no_error(desk: Client, echevine: User, spoc: User) -> None:
    row = brought_to("accepted", echevine, spoc)
    for _ in range(2):
        answer = desk.post(step(row, "start"), follow=True)
        assert [message.level_tag for message in answer.context["messages"]] == ["success"]
    assert row.events.filter(verb="start").count() == 1


def test_a_public_answer_is_read_twice_before_it_leaves(desk: Client, echevine: User, spoc: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    page = desk.post(write(row, "answer"), {"text": "Trop vite"}).content.decode()
    assert "Trop vite" in page
    assert 'id="id_reread"' in page
    assert not row.messages.filter(text="Trop vite").exists()
    # A note stays in the house: nothing to read twice.
    assert 'id="id_reread"' not in desk.get(write(row, "note")).content.decode()
    desk.post(write(row, "answer"), {"text": "Relu", "reread": "on"})
    assert row.messages.get(text="Relu").is_public


@pytest.mark.parametrize(
    ("status", "verb", "data"),
    [
        ("in_progress", "ask", {"question": "Trop vite"}),
        ("submitted", "decline", {"reason": "not_held", "text": "Trop vite"}),
        ("in_progress", "close", {"outcome": "redirected", "text": "Trop vite"}),
    ],
)
def test_what_a_step_says_to_the_commune_is_read_twice_too(
    status: str, verb: str, data: dict[str, str], desk: Client, echevine: User, spoc: User
) -> None:
    row = brought_to(status, echevine, spoc)
    refused = desk.post(step(row, verb), data)
    assert set(refused.context["form"].errors) == {"reread"}
    assert "Trop vite" in refused.text
    assert 'id="id_reread"' in desk.get(reverse("spoc:request-step", args=[row.pk, verb])).text
    row.refresh_from_db()
    assert row.status == status
    assert desk.post(step(row, verb), {**data, "reread": "on"}).status_code == 302
