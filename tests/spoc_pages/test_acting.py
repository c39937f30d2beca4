"""The page of a request: the next step first, each step by POST, what is refused back at the form."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from hubportal.accounts.models import User
from spoc.models import Message, RequestFile, ServiceRequest
from tests.spoc.stories import NOTE, a_draft, a_file, ago, arguments, brought_to, mails, set_back

pytestmark = pytest.mark.django_db


def page_of(client: Client, row: ServiceRequest) -> str:
    """Return the page of a request."""
    response = client.get(reverse("spoc:request-detail", args=[row.pk]))
    assert response.status_code == 200
    return response.content.decode()


def step(client: Client, row: ServiceRequest, verb: str, **data: object) -> str:
    """Take a step and return the page that follows."""
    address = reverse("spoc:request-step", args=[row.pk, verb])
    return client.post(address, data, follow=True).content.decode()


STATUSES = [
    *("draft", "submitted", "accepted", "in_progress", "waiting_requester"),
    *("delivered", "closed", "declined", "withdrawn"),
]


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("kind", ["audit", "chantier"])
def test_each_state_has_its_page(status: str, kind: str, client: Client, echevine: User, spoc: User) -> None:
    row = brought_to(status, echevine, spoc, kind=kind)
    client.force_login(echevine)
    page = page_of(client, row)
    assert row.description in page
    assert 'id="h-next"' in page
    assert "Bilal Spoc" in page
    if status != "draft":
        client.force_login(spoc)
        assert reverse("admin:spoc_servicerequest_change", args=[row.pk]) in page_of(client, row)


def test_she_answers_with_a_file_and_the_clock_runs_again(client: Client, echevine: User, spoc: User) -> None:
    row = brought_to("waiting_requester", echevine, spoc)
    client.force_login(echevine)
    page = page_of(client, row)
    assert "Quelles rues ?" in page.partition('id="h-thread"')[0]
    answer = reverse("spoc:request-answer", args=[row.pk])
    assert answer in page
    told = client.post(answer, {"text": "Rue Wayez", "upload": a_file("plan.txt")}, follow=True)
    assert "plan.txt" in told.content.decode()
    row.refresh_from_db()
    assert row.status == "in_progress"
    assert [mail.person for mail in mails("answer")] == [spoc]


@pytest.mark.parametrize("data", [{"text": "  "}, {"text": "x" * 4001}])
def test_an_answer_that_says_nothing_or_too_much_is_refused_at_the_field(
    data: dict[str, str], client: Client, echevine: User, spoc: User
) -> None:
    row = brought_to("waiting_requester", echevine, spoc)
    client.force_login(echevine)
    answer = client.post(reverse("spoc:request-answer", args=[row.pk]), data)
    page = answer.content.decode()
    assert 'id="id_text_error"' in page
    # What was asked stands above it still, and the button says the same.
    assert "<blockquote><p>Quelles rues ?</p></blockquote>" in page
    assert "Envoyer la réponse" in page
    assert Message.objects.count() == 1


@pytest.mark.parametrize("content", [b"not a pdf", b"%PDF-" + b"0" * 60_000_000], ids=["content", "60 MB"])
def test_a_bad_file_is_refused_and_the_words_stay(
    content: bytes, client: Client, echevine: User, spoc: User
) -> None:
    row = brought_to("waiting_requester", echevine, spoc)
    client.force_login(echevine)
    data = {"text": "Voici le plan", "upload": SimpleUploadedFile("plan.pdf", content)}
    page = client.post(reverse("spoc:request-answer", args=[row.pk]), data).content.decode()
    assert 'id="id_upload_error"' in page
    assert "Voici le plan" in page
    assert not RequestFile.objects.exists()


def test_a_good_file_beside_a_bad_answer_is_asked_for_again(
    client: Client, echevine: User, spoc: User
) -> None:
    row = brought_to("in_progress", echevine, spoc)
    client.force_login(echevine)
    address = reverse("spoc:request-answer", args=[row.pk])
    page = client.post(address, {"text": "x" * 4001, "upload": a_file()})
    assert set(page.context["form"].errors) == {"text", "upload"}
    assert "à nouveau" in page.context["form"].errors["upload"][0]


def test_she_confirms_with_usefulness_and_outcome(client: Client, echevine: User, spoc: User) -> None:
    row = brought_to("delivered", echevine, spoc)
    client.force_login(echevine)
    assert "Relevé des cellules" in page_of(client, row)
    step(client, row, "confirm", usefulness="partly", outcome="partly_solved")
    row.refresh_from_db()
    assert (row.status, row.usefulness, row.outcome) == ("closed", "partly", "partly_solved")


def test_a_confirmation_needs_its_answer(client: Client, echevine: User, spoc: User) -> None:
    row = brought_to("delivered", echevine, spoc)
    client.force_login(echevine)
    page = step(client, row, "confirm", outcome="no_news")
    assert 'id="id_usefulness_error"' in page
    assert 'id="id_outcome_error"' in page
    assert "? :" not in page.replace("\N{NO-BREAK SPACE}", " ")
    row.refresh_from_db()
    assert row.status == "delivered"


@pytest.mark.parametrize("status", ["delivered", "closed"])
def test_she_reopens_with_a_reason(status: str, client: Client, echevine: User, spoc: User) -> None:
    row = brought_to(status, echevine, spoc)
    client.force_login(echevine)
    assert reverse("spoc:request-step", args=[row.pk, "reopen"]) in page_of(client, row)
    assert 'id="id_reason_error"' in step(client, row, "reopen", reason=" ")
    step(client, row, "reopen", reason="Il manque une rue.")
    row.refresh_from_db()
    assert row.status == "in_progress"
    assert "Il manque une rue." in page_of(client, row)


def test_after_60_days_nothing_is_reopened(client: Client, echevine: User, spoc: User) -> None:
    row = set_back(brought_to("closed", echevine, spoc), closed_at=ago(61))
    client.force_login(echevine)
    assert reverse("spoc:request-step", args=[row.pk, "reopen"]) not in page_of(client, row)
    address = reverse("spoc:request-step", args=[row.pk, "reopen"])
    assert client.post(address, {"reason": "Encore"}).status_code == 403


def test_taking_back_is_asked_first(client: Client, echevine: User, spoc: User) -> None:
    row = brought_to("accepted", echevine, spoc)
    client.force_login(echevine)
    address = reverse("spoc:request-step", args=[row.pk, "withdraw"])
    assert address in page_of(client, row)
    assert client.get(address).status_code == 200
    row.refresh_from_db()
    assert row.status == "accepted"
    client.post(address, {"reason": "Le chantier est annulé."})
    row.refresh_from_db()
    assert row.status == "withdrawn"


@pytest.mark.parametrize("verb", ["confirm", "withdraw"])
def test_who_comes_too_late_reads_who_was_first(
    verb: str, client: Client, echevine: User, delegate: User, spoc: User
) -> None:
    row = brought_to("closed", delegate, spoc)
    client.force_login(echevine)
    page = step(client, row, verb, usefulness="no", outcome="solved")
    assert "notice--bad" in page
    assert "Souad Déléguée" in page
    row.refresh_from_db()
    assert (row.status, row.usefulness) == ("closed", "yes")


def test_nothing_is_written_to_a_request_that_ended(client: Client, echevine: User, spoc: User) -> None:
    row = brought_to("declined", echevine, spoc)
    client.force_login(echevine)
    assert reverse("spoc:request-answer", args=[row.pk]) not in page_of(client, row)
    told = client.post(reverse("spoc:request-answer", args=[row.pk]), {"text": "Et pourtant"}, follow=True)
    assert "notice--bad" in told.content.decode()
    assert not Message.objects.exists()


@pytest.mark.parametrize("verb", ["accept", "start", "deliver", "ask", "close", "decline", "resume"])
def test_the_steps_of_the_agency_are_not_hers(verb: str, client: Client, echevine: User, spoc: User) -> None:
    where = {
        "accept": "submitted",
        "decline": "submitted",
        "start": "accepted",
        "resume": "waiting_requester",
    }
    row = brought_to(where.get(verb, "in_progress"), echevine, spoc)
    client.force_login(echevine)
    assert client.post(reverse("spoc:request-step", args=[row.pk, verb]), {}).status_code == 403


@pytest.mark.parametrize("verb", ["submit", "give_up", "delete", "status"])
def test_there_are_no_other_steps(verb: str, client: Client, echevine: User, spoc: User) -> None:
    row = brought_to("waiting_requester", echevine, spoc)
    client.force_login(echevine)
    assert client.post(reverse("spoc:request-step", args=[row.pk, verb])).status_code == 404


def test_a_note_is_read_by_the_agency_only(client: Client, echevine: User, spoc: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    row.write(by=spoc, text=NOTE, upload=a_file(f"{NOTE}.txt"), is_public=False)
    client.force_login(echevine)
    assert NOTE not in page_of(client, row)
    client.force_login(spoc)
    page = page_of(client, row)
    assert NOTE in page
    assert "msg--private" in page


def test_urgent_works_and_lateness_are_said(client: Client, echevine: User, spoc: User) -> None:
    row = brought_to("submitted", echevine, spoc, kind="chantier")
    row.chantierdetails.starts_on = ago(-12).date()
    row.chantierdetails.save()
    set_back(row, due_on=ago(3).date())
    client.force_login(echevine)
    page = page_of(client, row)
    assert "tag--line" in page
    assert "tag--bad" in page


def test_the_page_asks_the_same_for_one_and_for_twenty_messages(
    client: Client, echevine: User, spoc: User, django_assert_max_num_queries: object
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    row = brought_to("in_progress", echevine, spoc)
    row.write(by=echevine, text="Une", upload=a_file())
    client.force_login(echevine)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            page_of(client, row)
        counts.append(len(queries))
        for number in range(20):
            row.write(by=echevine if number % 2 else spoc, text=str(number), upload=a_file())
    assert counts[0] == counts[1]


def test_a_draft_of_the_agency_is_not_shown(client: Client, echevine: User, spoc: User) -> None:
    row = a_draft(spoc, direction="to_commune")
    client.force_login(echevine)
    assert client.get(reverse("spoc:request-detail", args=[row.pk])).status_code == 404


def test_what_the_agency_asks_can_be_accepted_by_the_commune(
    client: Client, echevine: User, spoc: User
) -> None:
    row = a_draft(spoc, direction="to_commune")
    row.submit(by=spoc)
    client.force_login(echevine)
    address = reverse("spoc:request-step", args=[row.pk, "accept"])
    assert address in page_of(client, row)
    # What is asked stands above the question, open: the answer is given by it.
    shown = client.get(address).text.partition('<details class="card card--flat" open>')[2]
    assert f"<dd>{row.description}</dd>" in shown
    due_on = arguments("accept", echevine)["due_on"]
    client.post(address, {"assigned_to": echevine.pk, "due_on": due_on.isoformat()})
    row.refresh_from_db()
    assert (row.status, row.assigned_to) == ("accepted", echevine)


def test_a_second_click_on_a_step_reads_that_it_is_done(client: Client, echevine: User, spoc: User) -> None:
    row = brought_to("delivered", echevine, spoc)
    client.force_login(echevine)
    address = reverse("spoc:request-step", args=[row.pk, "confirm"])
    for _ in range(2):
        page = client.post(address, {"usefulness": "yes", "outcome": "solved"}, follow=True).content.decode()
        assert "notice--good" in page
        assert "notice--bad" not in page
    assert row.events.filter(verb="confirm").count() == 1
    # Later it is another answer, and that one came too late.
    row.events.update(at=ago(1))
    assert "notice--bad" in client.post(address, {"usefulness": "no"}, follow=True).content.decode()
