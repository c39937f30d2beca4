"""What the addressee of today does with a note, or staff for them with the document; and who may not, is told."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hubportal.accounts.models import Role, RoleGrant, User
from hubportal.forms import is_optional
from hubportal.look.dates import short_date
from hubportal.outbox.models import OutboxMessage
from spoc.models import Answer, Concern, NoteDocument, RelayNote
from tests.cast import RoleGrantFactory
from tests.spoc.concerns.stories import TEXTS, a_letter, relayed

pytestmark = pytest.mark.django_db


def post(client: Client, address: str, **data: Any) -> Any:
    """Post to an address and follow."""
    return client.post(address, data, follow=True)


def step(note: RelayNote, verb: str) -> str:
    """Return the address of a step."""
    return reverse("spoc:note-step", args=[note.pk, verb])


def answer(note: RelayNote, item: int = 1, part: int | None = None) -> str:
    """Return the address of the answer to an item, or to a concern of it."""
    if part is None:
        return reverse("spoc:note-answer", args=[note.pk, item])
    return reverse("spoc:note-answer-part", args=[note.pk, item, part])


def test_the_addressee_acknowledges(client: Client, sent: RelayNote, taskforce: User, lead: User) -> None:
    client.force_login(taskforce)
    post(client, step(sent, "acknowledge"))
    sent.refresh_from_db()
    assert sent.status == "acknowledged"
    assert OutboxMessage.objects.get(kind="moved_on").to_address == lead.email


def test_two_clicks_acknowledge_once(client: Client, sent: RelayNote, taskforce: User) -> None:
    client.force_login(taskforce)
    for _click in range(2):
        assert post(client, step(sent, "acknowledge")).status_code == 200
    assert sent.events.filter(verb="acknowledge").count() == 1


def test_the_addressee_answers_an_item_with_a_file(
    client: Client, sent: RelayNote, taskforce: User, lead: User
) -> None:
    client.force_login(taskforce)
    post(client, answer(sent), **TEXTS, upload=a_letter())
    sent.refresh_from_db()
    assert sent.status == "answered"
    row = Answer.objects.get()
    assert (row.part, row.is_recorded, row.document.name) == (None, False, "lettre.txt")
    assert TEXTS["text_nl"] in client.get(sent.get_absolute_url()).content.decode()
    assert OutboxMessage.objects.filter(kind="moved_on", to_address=lead.email).count() == 1


def test_one_concern_in_one_language_is_a_part_of_the_answer(
    client: Client, sent: RelayNote, taskforce: User
) -> None:
    client.force_login(taskforce)
    post(client, answer(sent, part=2), text_nl="Twee meter.")
    sent.refresh_from_db()
    assert sent.status == "partly_answered"
    row = Answer.objects.get()
    assert (row.part, row.text_fr, row.text_nl) == (2, "", "Twee meter.")


def test_nothing_is_no_answer(client: Client, sent: RelayNote, taskforce: User) -> None:
    client.force_login(taskforce)
    assert post(client, answer(sent)).context["form"].errors
    assert not Answer.objects.exists()


@pytest.mark.parametrize("person", ["spoc", "editor", "lead"])
def test_staff_record_it_with_the_document_on_behalf_of_the_addressee(
    person: str, client: Client, sent: RelayNote, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(person))
    post(client, answer(sent), **TEXTS, on_behalf_of="Task force, lettre du 3 avril", upload=a_letter())
    row = Answer.objects.get()
    assert (row.is_recorded, row.on_behalf_of) == (True, "Task force, lettre du 3 avril")


def test_staff_without_the_document_are_asked_for_it(client: Client, sent: RelayNote, spoc: User) -> None:
    client.force_login(spoc)
    response = post(client, answer(sent), **TEXTS, on_behalf_of="Task force")
    assert "upload" in response.context["form"].errors
    assert TEXTS["text_fr"] in response.content.decode()
    assert "upload" in post(client, step(sent, "acknowledge")).context["form"].errors


@pytest.mark.parametrize("person", ["cabinet", "director", "admin"])
def test_who_may_not_is_told_whose_step_it_is(
    person: str, client: Client, sent: RelayNote, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(person))
    for address in (answer(sent), step(sent, "acknowledge")):
        response = client.get(address)
        assert response.status_code == 403
        assert "ask force" in response.content.decode()
        assert post(client, address, **TEXTS).status_code == 403
    assert not Answer.objects.exists()


@pytest.mark.parametrize("address", ["answer", "acknowledge"])
def test_communes_find_nothing_to_answer(
    address: str, client: Client, sent: RelayNote, echevine: User
) -> None:
    client.force_login(echevine)
    found = answer(sent) if address == "answer" else step(sent, "acknowledge")
    assert client.get(found).status_code == 404


@pytest.mark.parametrize(("item", "part"), [(2, None), (1, 3), (0, None), (1, 0)])
def test_a_place_of_another_note_is_not_found(
    item: int, part: int | None, client: Client, sent: RelayNote, taskforce: User
) -> None:
    client.force_login(taskforce)
    assert client.get(answer(sent, item, part)).status_code == 404
    assert client.post(answer(sent, item, part), TEXTS).status_code == 404
    assert not Answer.objects.exists()


def test_an_addressee_whose_role_ended_is_refused(client: Client, sent: RelayNote, taskforce: User) -> None:
    client.force_login(taskforce)
    yesterday = timezone.localdate() - timedelta(days=1)
    RoleGrant.objects.filter(user=taskforce).update(ends_on=yesterday)
    assert client.post(answer(sent), TEXTS).status_code == 403
    assert client.get(sent.get_absolute_url()).status_code == 403
    # Whoever went over to the cabinet still reads it, and answers no more for the task force.
    RoleGrantFactory(user=taskforce, role=Role.CABINET)
    assert client.get(sent.get_absolute_url()).status_code == 200
    assert client.post(answer(sent), TEXTS).status_code == 403
    assert not Answer.objects.exists()


def test_no_refusal_tells_an_addressee_whose_a_concern_is(
    client: Client, sent: RelayNote, taskforce: User
) -> None:
    client.force_login(taskforce)
    post(client, answer(sent), text_fr="À Anderlecht et à Jette, deux mètres.")
    assert Answer.objects.get().status == "given"


def test_only_leads_close_and_say_why(
    client: Client, sent: RelayNote, lead: User, spoc: User, taskforce: User
) -> None:
    client.force_login(spoc)
    assert client.get(step(sent, "close")).status_code == 403
    client.force_login(lead)
    assert "reason" in post(client, step(sent, "close")).context["form"].errors
    post(client, step(sent, "close"), reason="Réglé par arrêté.")
    sent.refresh_from_db()
    assert sent.status == "closed"
    assert set(Concern.objects.values_list("status", flat=True)) == {"qualified"}
    assert OutboxMessage.objects.get(kind="closed").to_address == taskforce.email


def test_an_answer_to_a_closed_note_is_too_late_and_its_words_are_kept(
    client: Client, sent: RelayNote, taskforce: User, lead: User
) -> None:
    sent.close(by=lead, reason="Réglé.")
    client.force_login(taskforce)
    # As a browser does, which says that the form is ours.
    response = client.post(answer(sent), TEXTS, headers={"origin": "http://testserver"})
    assert TEXTS["text_fr"] in response.content.decode()
    assert "Cette note est clôturée" in response.content.decode()
    assert lead.full_name not in str(response.context["form"].errors)
    assert not Answer.objects.exists()


def test_what_a_step_says_is_what_follows(
    client: Client, sent: RelayNote, taskforce: User, lead: User
) -> None:
    client.force_login(taskforce)
    page = post(client, step(sent, "acknowledge"))
    assert short_date(sent.due_on) in str(next(iter(page.context["messages"])))
    client.force_login(lead)
    page = post(client, answer(sent), **TEXTS, on_behalf_of="Task force", upload=a_letter())
    # Who publishes is not told that somebody else does.
    assert "Une personne responsable" not in str(next(iter(page.context["messages"])))


def test_a_language_that_is_missing_is_the_next_step_of_an_answered_note(
    client: Client, sent: RelayNote, taskforce: User, lead: User
) -> None:
    row = sent.answer(by=taskforce, item=1, text_fr="Deux mètres.")
    address = reverse("spoc:answer-complete", args=[row.pk])
    listed = reverse("spoc:note-list")
    for person in (taskforce, lead):
        client.force_login(person)
        page = client.get(sent.get_absolute_url())
        assert page.context["next"] == client.get(listed).context["lines"][0].next
        assert page.context["next"].is_mine
        assert "la langue qui manque" in page.context["next"].text
        assert address in page.text[: page.text.index("h-introduction")]
    row.complete(by=taskforce, text_fr="Deux mètres.", text_nl="Twee meter.")
    client.force_login(taskforce)
    page = client.get(sent.get_absolute_url())
    assert not page.context["next"].is_mine
    assert address not in page.text


def test_neither_language_of_an_answer_is_called_optional(
    client: Client, sent: RelayNote, taskforce: User
) -> None:
    client.force_login(taskforce)
    form = client.get(answer(sent)).context["form"]
    assert [is_optional(form[name]) for name in ("text_fr", "text_nl", "upload")] == [False, False, True]


def test_the_document_is_for_those_who_see_the_note(
    client: Client, echevine: User, spoc: User, lead: User, taskforce: User
) -> None:
    _row, note = relayed(echevine, spoc, lead)
    note.answer(by=lead, item=1, upload=a_letter(), on_behalf_of="Task force", **TEXTS)
    address = reverse("spoc:note-file", args=[NoteDocument.objects.get().pk])
    for person, code in ((taskforce, 200), (spoc, 200), (echevine, 404)):
        client.force_login(person)
        response = client.get(address)
        assert response.status_code == code
        assert (response.getvalue() == a_letter().read()) == (code == 200)


@pytest.mark.parametrize("verb", ["send", "answer", "recount", "nothing"])
def test_other_verbs_have_no_such_page(verb: str, client: Client, sent: RelayNote, lead: User) -> None:
    client.force_login(lead)
    assert client.get(step(sent, verb)).status_code == 404
