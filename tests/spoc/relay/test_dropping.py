"""A lead discards the draft of a note: nothing leaves, nothing is deleted, its concerns are free for another note."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from hubportal.accounts.models import User
from hubportal.workflow import TransitionError
from spoc.models import Concern, RelayItem, RelayNote, RelayPart
from tests.spoc.concerns.stories import CANARY, SUMMARIES, a_note, with_concern

pytestmark = pytest.mark.django_db
REASON = "Remplacé par une note au cabinet."


def step(note: RelayNote) -> str:
    """Return the address of the step."""
    return reverse("spoc:note-step", args=[note.pk, "drop"])


def listed(client: Client, **asked: str) -> list[RelayNote]:
    """Return the notes of the list."""
    lines: list[Any] = client.get(reverse("spoc:note-list"), asked).context["lines"]
    return [line.note for line in lines]


def test_a_lead_discards_a_draft_with_the_reason(client: Client, draft: RelayNote, lead: User) -> None:
    client.force_login(lead)
    assert step(draft) in client.get(reverse("spoc:note-write", args=[draft.pk])).text
    assert client.get(step(draft)).status_code == 200
    page = client.post(step(draft), {"reason": REASON}, follow=True)
    draft.refresh_from_db()
    assert (draft.status, draft.reference, draft.sent_at) == ("dropped", None, None)
    event = draft.events.get()
    assert (event.verb, event.by, event.comment) == ("drop", lead, REASON)
    assert REASON in page.text
    assert lead.full_name in page.text


def test_no_reason_is_needed(client: Client, draft: RelayNote, lead: User) -> None:
    client.force_login(lead)
    client.post(step(draft), {"reason": ""})
    draft.refresh_from_db()
    assert draft.status == "dropped"


def test_what_it_held_stays_to_be_read(client: Client, draft: RelayNote, lead: User) -> None:
    draft.drop(by=lead)
    client.force_login(lead)
    page = client.get(draft.get_absolute_url())
    for row in Concern.objects.all():
        assert row.get_absolute_url() in page.text
    assert (RelayItem.objects.count(), RelayPart.objects.count()) == (1, 2)


def test_its_concerns_are_free_for_another_note(draft: RelayNote, lead: User, client: Client) -> None:
    draft.drop(by=lead)
    row = Concern.objects.get(is_shareable=True)
    assert row in Concern.objects.all().relayable()
    assert row.open_part() is None
    another = a_note(lead)
    with_concern(another, lead, row)
    another.send(by=lead)
    client.force_login(lead)
    # Where it is now, the note that was discarded shows, and does not call it fallen out.
    assert client.get(draft.get_absolute_url()).status_code == 200
    assert [part.falls_out for part in draft.parts(lead).with_concerns()] == ["", ""]


def test_no_list_shows_it_until_it_is_asked_for(client: Client, draft: RelayNote, lead: User) -> None:
    draft.drop(by=lead)
    client.force_login(lead)
    assert listed(client) == []
    assert listed(client, addressee="taskforce") == []
    assert listed(client, state="dropped") == [draft]
    assert draft not in RelayNote.objects.all().waiting_for_leads()
    assert len(client.get(reverse("spoc:note-csv")).getvalue().splitlines()) == 1


@pytest.mark.parametrize(
    ("person", "code"),
    [
        ("spoc", 403),
        ("editor", 403),
        ("director", 403),
        ("cabinet", 404),
        ("taskforce", 404),
        ("echevine", 404),
    ],
)
def test_nobody_else_discards_it(
    person: str, code: int, client: Client, draft: RelayNote, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(person))
    assert client.post(step(draft)).status_code == code
    draft.refresh_from_db()
    assert draft.status == "draft"


@pytest.mark.parametrize("person", ["cabinet", "taskforce", "echevine", "stranger"])
def test_nobody_outside_the_agency_reads_it(
    person: str, client: Client, draft: RelayNote, lead: User, request: pytest.FixtureRequest
) -> None:
    draft.drop(by=lead, reason=CANARY)
    client.force_login(request.getfixturevalue(person))
    assert client.get(draft.get_absolute_url()).status_code == 404
    assert draft not in RelayNote.objects.visible_to(request.getfixturevalue(person))


def test_a_spoc_does_not_discard_it_by_its_verb_either(draft: RelayNote, spoc: User) -> None:
    with pytest.raises(PermissionDenied):
        draft.drop(by=spoc)


def test_what_was_sent_is_not_discarded(client: Client, sent: RelayNote, lead: User) -> None:
    assert "drop" not in {step.verb for step in sent.next_steps(lead)}
    with pytest.raises(TransitionError):
        sent.drop(by=lead)
    client.force_login(lead)
    client.post(step(sent), {"reason": ""})
    sent.refresh_from_db()
    assert sent.status == "sent"


def test_nothing_is_written_in_it_any_more(client: Client, draft: RelayNote, lead: User) -> None:
    draft.drop(by=lead)
    item = RelayItem.objects.get()
    with pytest.raises(TransitionError):
        draft.write_item(by=lead, item=item, title_fr="Non", title_nl="Nee", **SUMMARIES)
    client.force_login(lead)
    for name in ("write", "facts", "add", "send"):
        response = client.get(reverse(f"spoc:note-{name}", args=[draft.pk]))
        assert response["Location"] == draft.get_absolute_url()
    client.post(reverse("spoc:note-send", args=[draft.pk]), {"reread": "on"})
    draft.refresh_from_db()
    assert draft.status == "dropped"


def test_the_database_keeps_it(draft: RelayNote, lead: User) -> None:
    draft.drop(by=lead)
    for rows in (RelayNote.objects.filter(pk=draft.pk), RelayPart.objects.all(), RelayItem.objects.all()):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.delete()


def test_a_second_click_discards_once(client: Client, draft: RelayNote, lead: User) -> None:
    client.force_login(lead)
    for _click in range(2):
        client.post(step(draft), {"reason": ""})
    assert draft.events.filter(verb="drop").count() == 1
