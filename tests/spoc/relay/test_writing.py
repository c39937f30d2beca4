"""A lead writes a note: to whom, what it is about, a summary in both languages, and what is still to mend."""

from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hubportal.accounts.models import Role, User
from spoc import deadlines
from spoc.models import Concern, RelayItem, RelayNote, RelayPart, repeats
from tests.cast import grant
from tests.spoc.concerns.stories import (
    CANARY,
    INTRODUCTIONS,
    SUMMARIES,
    a_group,
    a_note,
    of_communes,
    qualified,
    with_concern,
    with_group,
)
from tests.spoc.relay.test_sent import just_before
from tests.spoc.stories import a_file

pytestmark = pytest.mark.django_db


def post(client: Client, name: str, *args: Any, **data: Any) -> Any:
    """Post to a page of a note and follow."""
    return client.post(reverse(f"spoc:note-{name}", args=args), data, follow=True)


def page(client: Client, name: str, *args: Any) -> str:
    """Return a page of a note."""
    response = client.get(reverse(f"spoc:note-{name}", args=args))
    assert response.status_code == 200
    return response.content.decode()


def shown(client: Client, name: str, *args: Any) -> dict[str, Any]:
    """Return what a form of a note carries when it is opened, to be posted with it."""
    form = client.get(reverse(f"spoc:note-{name}", args=args)).context["form"]
    return {"shown": form.initial["shown"]}


def test_a_lead_begins_a_note(client: Client, lead: User) -> None:
    client.force_login(lead)
    form = client.get(reverse("spoc:note-new")).context["form"]
    post(client, "new", addressee="taskforce", due_on=form.initial["due_on"])
    note = RelayNote.objects.get()
    assert (note.addressee, note.status, note.made_by) == ("taskforce", "draft", lead)


def test_an_administration_needs_its_name(client: Client, lead: User) -> None:
    client.force_login(lead)
    form = client.get(reverse("spoc:note-new")).context["form"]
    response = post(client, "new", addressee="administration", due_on=form.initial["due_on"])
    assert response.context["form"].errors
    assert not RelayNote.objects.exists()


def begin(client: Client) -> int:
    """Begin a note by its form; return how many there are."""
    post(client, "new", addressee="taskforce", due_on=deadlines.note_due_on(timezone.localdate()))
    return RelayNote.objects.count()


def test_two_clicks_begin_one_note(client: Client, lead: User) -> None:
    client.force_login(lead)
    assert [begin(client), begin(client)] == [1, 1]


def test_what_was_written_in_is_no_first_click(client: Client, lead: User) -> None:
    a_note(lead)
    RelayNote.objects.begin(by=lead, addressee="taskforce")
    assert RelayNote.objects.count() == 2


def test_a_note_with_a_concern_is_no_first_click(echevine: User, spoc: User, lead: User) -> None:
    first = RelayNote.objects.begin(by=lead, addressee="taskforce")
    first.add_concern(by=lead, concern=qualified(echevine, spoc))
    assert RelayNote.objects.begin(by=lead, addressee="taskforce") != first


def test_a_note_of_a_colleague_or_of_later_is_another_one(lead: User) -> None:
    first = RelayNote.objects.begin(by=lead, addressee="taskforce")
    colleague = grant(Role.LEAD)
    assert RelayNote.objects.begin(by=colleague, addressee="taskforce") != first
    RelayNote.objects.filter(pk=first.pk).update(made_at=repeats.since())
    assert RelayNote.objects.begin(by=lead, addressee="taskforce") != first


def test_a_note_is_written_from_its_group_to_the_second_look(
    client: Client, echevine: User, spoc: User, lead: User
) -> None:
    group = a_group(lead)
    row = qualified(echevine, spoc, group=group)
    client.force_login(lead)
    note = RelayNote.objects.begin(by=lead, addressee="taskforce")
    post(client, "add", note.pk, groups=[group.pk])
    item = RelayItem.objects.get(note=note)
    assert RelayPart.objects.get().concern == row
    assert reverse("spoc:note-send", args=[note.pk]) not in page(client, "write", note.pk)
    post(client, "facts", note.pk, addressee="taskforce", due_on=note.due_on, **INTRODUCTIONS)
    titles = {"title_fr": "Terrasses", "title_nl": "Terrassen"}
    post(client, "item", note.pk, item.pk, **titles, **SUMMARIES)
    assert reverse("spoc:note-send", args=[note.pk]) not in page(client, "write", note.pk)
    part = RelayPart.objects.get()
    post(client, "part", note.pk, part.pk, title="Distance", text="Quelle distance faut-il ?")
    assert reverse("spoc:note-send", args=[note.pk]) in page(client, "write", note.pk)


def test_single_concerns_become_items_or_join_one(
    client: Client, echevine: User, stranger: User, spoc: User, lead: User
) -> None:
    first, second = qualified(echevine, spoc), qualified(stranger, lead, commune="21002")
    note = a_note(lead)
    item = with_concern(note, lead, first)
    client.force_login(lead)
    post(client, "add", note.pk, concerns=[second.pk], item=item.pk)
    assert RelayPart.objects.filter(item=item).count() == 2
    assert RelayItem.objects.count() == 1


def test_a_confidential_concern_is_reworded(client: Client, draft: RelayNote, lead: User) -> None:
    part = RelayPart.objects.get(concern__is_shareable=False)
    client.force_login(lead)
    assert CANARY in page(client, "part", draft.pk, part.pk)
    post(client, "part", draft.pk, part.pk, title="Distance", text="Quelle distance faut-il ?")
    part.refresh_from_db()
    assert (part.title, part.text) == ("Distance", "Quelle distance faut-il ?")


def test_the_files_of_a_concern_are_shown_where_it_is_reworded(
    client: Client, draft: RelayNote, echevine: User, spoc: User, lead: User
) -> None:
    part = RelayPart.objects.get(concern__is_shareable=False)
    part.concern.write(by=echevine, text="Le plan.", upload=a_file("plan.txt"))
    part.concern.write(by=spoc, text="Pour nous.", upload=a_file("interne.txt"), is_public=False)
    client.force_login(lead)
    text = page(client, "part", draft.pk, part.pk)
    assert "1 fichier l’accompagne" in text
    assert "plan.txt" in text
    assert "interne.txt" not in text


def test_a_shared_one_leaves_in_its_own_words(client: Client, draft: RelayNote, lead: User) -> None:
    part = RelayPart.objects.get(concern__is_shareable=True)
    client.force_login(lead)
    post(client, "part", draft.pk, part.pk, title="Autre", text="Autre chose")
    part.refresh_from_db()
    assert part.title == "Terrassen"


def test_what_names_its_commune_is_to_mend_where_it_stands(
    client: Client, draft: RelayNote, lead: User
) -> None:
    part = RelayPart.objects.get(concern__is_shareable=False)
    draft.reword(by=lead, part=part, title="Distance", text="Les terrasses d’Anderlecht")
    client.force_login(lead)
    text = page(client, "write", draft.pk)
    assert "Ceci nomme une commune" in text
    assert reverse("spoc:note-send", args=[draft.pk]) not in text
    assert post(client, "send", draft.pk, reread="on").redirect_chain
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_another_leads_words_are_not_written_over(client: Client, draft: RelayNote, lead: User) -> None:
    item = RelayItem.objects.get()
    client.force_login(lead)
    read = shown(client, "item", draft.pk, item.pk)
    titles = {"title_fr": "Un", "title_nl": "Een"}
    draft.write_item(by=lead, item=item, summary_fr="Entretemps.", summary_nl="Ondertussen.", **titles)
    mine = {**titles, "summary_fr": "La mienne.", "summary_nl": "De mijne."}
    response = post(client, "item", draft.pk, item.pk, **mine, **read)
    text = response.content.decode()
    assert "Entretemps." in text
    assert "La mienne." in text
    item.refresh_from_db()
    assert item.summary_fr == "Entretemps."
    # Knowingly, it is kept.
    post(client, "item", draft.pk, item.pk, **mine, shown=response.context["form"]["shown"].value())
    item.refresh_from_db()
    assert item.summary_fr == "La mienne."


@pytest.mark.parametrize("name", ["facts", "item", "part"])
def test_what_another_lead_saves_at_the_same_time_is_not_written_over(
    name: str, client: Client, draft: RelayNote, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = RelayPart.objects.select_related("item").get(concern__is_shareable=False)
    titles = {"title_fr": "Un", "title_nl": "Een"}
    facts: dict[str, Any] = {"addressee": "taskforce", "due_on": draft.due_on}
    texts: dict[str, tuple[str, list[int], dict[str, Any], dict[str, Any], str]] = {
        "facts": ("change", [], {**facts, **INTRODUCTIONS}, {}, "introduction_fr"),
        "item": ("write_item", [part.item_id], {**titles, **SUMMARIES}, {"item": part.item}, "summary_fr"),
        "part": ("reword", [part.pk], {"title": "Distance", "text": "Laquelle ?"}, {"part": part}, "text"),
    }
    verb, keys, words, about, field = texts[name]
    client.force_login(lead)
    read = shown(client, name, draft.pk, *keys)

    def theirs() -> None:
        getattr(RelayNote.objects.get(pk=draft.pk), verb)(by=lead, **about, **words | {field: "Entretemps."})

    just_before(monkeypatch, theirs)
    mine = words | {field: "La mienne."}
    response = post(client, name, draft.pk, *keys, **mine, **read)
    assert "Entretemps." in response.content.decode()
    assert "La mienne." in response.content.decode()
    row = {"facts": draft, "item": part.item, "part": part}[name]
    row.refresh_from_db()
    assert getattr(row, field) == "Entretemps."
    post(client, name, draft.pk, *keys, **mine, shown=response.context["form"]["shown"].value())
    row.refresh_from_db()
    assert getattr(row, field) == "La mienne."


def test_items_and_concerns_are_taken_out_and_stay_qualified(
    client: Client, draft: RelayNote, lead: User
) -> None:
    part = RelayPart.objects.order_by("pk").last()
    assert part is not None
    client.force_login(lead)
    for _click in range(2):
        post(client, "part-remove", draft.pk, part.pk)
    assert RelayPart.objects.count() == 1
    post(client, "item-remove", draft.pk, part.item_id)
    assert not RelayItem.objects.exists()
    assert set(Concern.objects.values_list("status", flat=True)) == {"qualified"}


def test_a_concern_that_left_with_another_note_is_refused(
    client: Client, echevine: User, spoc: User, lead: User
) -> None:
    row, note = qualified(echevine, spoc), a_note(lead)
    with_concern(a_note(lead), lead, row)
    client.force_login(lead)
    response = post(client, "add", note.pk, concerns=[row.pk])
    assert response.context["form"].errors
    assert not note.parts(lead).exists()


def test_what_was_ticked_stays_ticked_when_one_cannot_be_added(
    client: Client, echevine: User, spoc: User, lead: User
) -> None:
    group, gone, kept = a_group(lead), qualified(echevine, spoc), qualified(echevine, spoc, title="Reste")
    qualified(echevine, spoc, title="Dans le groupe", group=group)
    note = a_note(lead)
    client.force_login(lead)
    gone.withdraw(by=echevine)
    response = post(client, "add", note.pk, concerns=[gone.pk, kept.pk], groups=[group.pk])
    assert response.context["form"].errors
    text = response.content.decode()
    assert f'id="id_concern_{kept.pk}" checked' in text
    assert f'id="id_group_{group.pk}" checked' in text


def test_an_item_of_another_note_is_not_found(client: Client, draft: RelayNote, lead: User) -> None:
    item, part = RelayItem.objects.get(), RelayPart.objects.order_by("pk").first()
    assert part is not None
    other = a_note(lead)
    client.force_login(lead)
    assert client.get(reverse("spoc:note-item", args=[other.pk, item.pk])).status_code == 404
    assert client.get(reverse("spoc:note-part", args=[other.pk, part.pk])).status_code == 404
    post(client, "item-remove", other.pk, item.pk)
    assert RelayItem.objects.filter(pk=item.pk).exists()


@pytest.mark.parametrize("name", ["write", "facts", "add", "send"])
def test_what_was_sent_is_not_written_any_more(
    name: str, client: Client, sent: RelayNote, lead: User
) -> None:
    client.force_login(lead)
    response = client.get(reverse(f"spoc:note-{name}", args=[sent.pk]), follow=True)
    assert response.redirect_chain[-1][0] == reverse("spoc:note-detail", args=[sent.pk])
    assert sent.reference in response.content.decode()


@pytest.mark.parametrize("person", ["spoc", "editor", "director", "admin"])
@pytest.mark.parametrize("name", ["write", "facts", "add", "send"])
def test_colleagues_read_the_draft_but_do_not_write_it(
    person: str, name: str, client: Client, draft: RelayNote, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(person))
    assert client.get(reverse("spoc:note-detail", args=[draft.pk])).status_code == 200
    assert client.get(reverse(f"spoc:note-{name}", args=[draft.pk])).status_code == 403


def test_writing_asks_as_often_for_19_communes_as_for_two(client: Client, lead: User, counted: Any) -> None:
    client.force_login(lead)
    counts: dict[str, list[int]] = defaultdict(list)
    for many in (2, 19):
        group, note = a_group(lead), a_note(lead)
        for number in range(1 if many == 2 else 10):
            of_communes(many, group, first=1, title=f"Terrasses {many} {number}")
        with_group(note, lead, group)
        for name in ("write", "add", "detail", "send"):
            address = reverse(f"spoc:note-{name}", args=[note.pk])
            client.get(address)
            with counted() as queries:
                assert client.get(address).status_code == 200
            counts[name].append(len(queries))
    assert all(first == second for first, second in counts.values()), counts


def test_a_note_whose_day_is_over_says_so_before_it_is_sent(
    client: Client, draft: RelayNote, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    after = deadlines.held(draft.due_on) + timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda *_: after)
    client.force_login(lead)
    assert "Ce jour est passé" in page(client, "write", draft.pk)
    with pytest.raises(ValidationError):
        draft.send(by=lead)


def test_what_is_taken_out_just_after_the_sending_is_told(
    client: Client, draft: RelayNote, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = RelayPart.objects.order_by("pk").last()
    assert part is not None
    remove = RelayNote.remove_part

    def late(self: RelayNote, **arguments: Any) -> None:
        RelayNote.objects.get(pk=self.pk).send(by=lead)
        remove(self, **arguments)

    monkeypatch.setattr(RelayNote, "remove_part", late)
    client.force_login(lead)
    response = post(client, "part-remove", draft.pk, part.pk)
    assert next(message.level_tag for message in response.context["messages"]) == "error"
    assert RelayPart.objects.filter(pk=part.pk).exists()


@pytest.mark.parametrize("name", ["new", "facts"])
def test_all_that_is_wrong_with_addressee_and_day_is_told_at_once(
    name: str, client: Client, draft: RelayNote, lead: User
) -> None:
    client.force_login(lead)
    args = [] if name == "new" else [draft.pk]
    wrong = {"addressee": "administration", "due_on": "2020-03-02", "addressee_email": "x"}
    page = post(client, name, *args, **wrong)
    assert page.context["form"].errors.keys() == {"addressee_name", "due_on", "addressee_email"}
    assert RelayNote.objects.count() == 1


def test_whom_nobody_names_is_not_named(client: Client, lead: User) -> None:
    client.force_login(lead)
    form = client.get(reverse("spoc:note-new")).context["form"]
    due = form.initial["due_on"]
    page = post(client, "new", addressee="cabinet", addressee_name="Bruxelles Mobilité", due_on=due)
    assert page.context["form"].errors.keys() == {"addressee_name"}


def test_a_day_that_is_over_since_stays_until_it_is_changed(
    client: Client, draft: RelayNote, lead: User
) -> None:
    RelayNote.objects.filter(pk=draft.pk).update(due_on="2020-03-02")
    client.force_login(lead)
    post(
        client,
        "facts",
        draft.pk,
        addressee="cabinet",
        due_on="2020-03-02",
        **shown(client, "facts", draft.pk),
    )
    draft.refresh_from_db()
    assert draft.addressee == "cabinet"
