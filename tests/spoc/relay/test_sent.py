"""The second look, the sending, what is read of a note that was sent: its page, its paper, its mails, its way."""

import csv
import re
from collections import defaultdict
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.forms import BaseForm
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from hubportal.accounts.models import Role, User
from hubportal.outbox.models import OutboxMessage
from spoc.models import Concern, NoteReading, RelayNote, SentNote
from tests.cast import grant
from tests.conventions.test_pdf import everything
from tests.spoc.concerns.stories import (
    CANARY,
    a_group,
    a_note,
    of_communes,
    qualified,
    with_concern,
    with_group,
)
from tests.spoc.concerns.test_isolation import content

pytestmark = pytest.mark.django_db


def address(name: str, note: RelayNote) -> str:
    """Return the address of a page of a note."""
    return reverse(f"spoc:note-{name}", args=[note.pk])


def send(client: Client, note: RelayNote, **data: Any) -> Any:
    """Look a second time at a note and send it."""
    form = client.get(address("send", note)).context["form"]
    facts = {"shown": form.initial["shown"], "reread": "on"} | data
    return client.post(address("send", note), facts, follow=True)


def paper(client: Client, note: RelayNote) -> str:
    """Return the words of the PDF."""
    response = client.get(address("pdf", note))
    assert response.status_code == 200
    return re.sub(r"\s+", " ", everything(pikepdf.open(BytesIO(response.getvalue()))))  # type: ignore[attr-defined]


def mails(kind: str) -> list[OutboxMessage]:
    """Return the mails of a kind."""
    return list(OutboxMessage.objects.filter(kind=kind).order_by("pk"))


def test_the_second_look_says_what_leaves_and_to_whom(
    client: Client, draft: RelayNote, lead: User, taskforce: User
) -> None:
    client.force_login(lead)
    response = client.get(address("send", draft))
    assert response.context["counts"] == {"named": 1, "hidden": 1, "communes": 1}
    # The menu at the top names all communes to a lead.
    text = response.content.decode().partition("<main")[2]
    assert taskforce.full_name in text
    assert "Oudergem" in text or "Auderghem" in text
    assert "Anderlecht" not in text


def test_it_is_not_sent_unread(client: Client, draft: RelayNote, lead: User) -> None:
    client.force_login(lead)
    assert send(client, draft, reread="").context["form"].errors
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_sent_it_is_told_to_the_addressee_of_the_day_in_their_language(
    client: Client, draft: RelayNote, lead: User, taskforce: User, cabinet: User
) -> None:
    dutch = grant(Role.TASKFORCE, email="wim@taskforce.example", content_language="nl", language="nl")
    client.force_login(lead)
    text = send(client, draft).content.decode()
    draft.refresh_from_db()
    assert draft.reference in text
    found = {mail.to_address: mail for mail in mails("sent")}
    assert set(found) == {taskforce.email, dutch.email}
    assert f"/nl/requests/notes/{draft.pk}/" in found[dutch.email].text
    assert f"/fr/requests/notes/{draft.pk}/" in found[taskforce.email].text
    assert str(draft.reference) in found[taskforce.email].subject
    assert lead.phone in found[taskforce.email].text


def test_sent_twice_it_is_sent_once_and_said(client: Client, draft: RelayNote, lead: User) -> None:
    client.force_login(lead)
    data = {"shown": client.get(address("send", draft)).context["form"].initial["shown"], "reread": "on"}
    first, second = (client.post(address("send", draft), data, follow=True) for _click in range(2))
    draft.refresh_from_db()
    assert str(draft.reference) in first.content.decode()
    # The second click reads what the first one did.
    assert f"{draft.reference}" in " ".join(str(message) for message in second.context["messages"])
    other = grant(Role.LEAD, email="autre@hub.example")
    client.force_login(other)
    late = client.post(address("send", draft), data, follow=True)
    assert lead.full_name in " ".join(str(message) for message in late.context["messages"])


def test_a_concern_withdrawn_after_the_look_is_read_again_before_it_leaves(
    client: Client, draft: RelayNote, lead: User, echevine: User
) -> None:
    client.force_login(lead)
    shown = client.get(address("send", draft)).context["form"].initial["shown"]
    row = Concern.objects.get(raised_by=echevine)
    row.withdraw(by=echevine)
    data = {"shown": shown, "reread": "on"}
    again = client.post(address("send", draft), data)
    assert again.context["form"].errors
    assert row.reference in again.content.decode()
    client.post(address("send", draft), data | {"shown": again.context["form"]["shown"].value()})
    draft.refresh_from_db()
    assert draft.status == "sent"


def just_before(monkeypatch: pytest.MonkeyPatch, act: Callable[[], Any]) -> None:
    """Let somebody else act after the form was found right, and before the verb takes its lock."""
    whole = BaseForm.is_valid

    def then_late(self: BaseForm) -> bool:
        found = whole(self)
        if found:
            monkeypatch.setattr(BaseForm, "is_valid", whole)
            act()
        return found

    monkeypatch.setattr(BaseForm, "is_valid", then_late)


def test_what_fell_out_is_said(client: Client, draft: RelayNote, lead: User, echevine: User) -> None:
    row = Concern.objects.get(raised_by=echevine)
    row.withdraw(by=echevine)
    client.force_login(lead)
    text = " ".join(str(message) for message in send(client, draft).context["messages"])
    assert row.reference in text


def test_what_falls_out_at_the_last_moment_is_read_before_it_leaves(
    client: Client, draft: RelayNote, lead: User, echevine: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = Concern.objects.get(raised_by=echevine)
    just_before(monkeypatch, lambda: Concern.objects.get(pk=row.pk).withdraw(by=echevine))
    client.force_login(lead)
    response = send(client, draft)
    assert response.context["form"].errors
    assert row.reference in response.content.decode()
    assert not SentNote.objects.exists()


def test_what_becomes_confidential_at_the_last_moment_is_read_before_it_leaves(
    client: Client, draft: RelayNote, lead: User, stranger: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = Concern.objects.get(raised_by=stranger)
    just_before(
        monkeypatch,
        lambda: Concern.objects.get(pk=row.pk).choose_readers(by=stranger, is_shareable=False),
    )
    client.force_login(lead)
    # Now it is to be reworded first.
    assert send(client, draft).redirect_chain[-1][0] == address("write", draft)
    assert not SentNote.objects.exists()


def test_an_administration_gets_the_whole_text_in_both_languages(
    client: Client, stranger: User, lead: User
) -> None:
    facts = {"addressee_name": "Bruxelles Mobilité", "addressee_email": "info@mobilite.example"}
    note = a_note(lead, "administration", **facts)
    text = "Welke afstand geldt er?"
    with_concern(
        note, lead, qualified(stranger, lead, commune="21002", is_shareable=True, language="nl", text=text)
    )
    note.send(by=lead)
    (mail,) = mails("sent_outside")
    assert mail.to_address == "info@mobilite.example"
    assert mail.text.count(text) == 2
    assert str(lead.email) in mail.text
    assert "Auderghem" in mail.text
    assert "Oudergem" in mail.text


@pytest.mark.parametrize("person", ["taskforce", "cabinet"])
@pytest.mark.parametrize("name", ["detail", "way"])
def test_no_byte_of_a_confidential_commune_reaches_an_addressee(
    person: str, name: str, client: Client, draft: RelayNote, lead: User, request: pytest.FixtureRequest
) -> None:
    reworded(draft, lead)
    client.force_login(request.getfixturevalue(person))
    for language in ("fr", "nl", "en"):
        text = client.get(address(name, draft).replace("/fr/", f"/{language}/")).content.decode()
        assert "Auderghem" in text or "Oudergem" in text
        for secret in ("Anderlecht", "Nadia", CANARY):
            assert secret not in text, (language, secret)


def test_nor_on_paper_in_a_mail_a_list_or_a_table(
    client: Client, draft: RelayNote, lead: User, taskforce: User, echevine: User, spoc: User
) -> None:
    reworded(draft, lead)
    client.force_login(taskforce)
    table = client.get(reverse("spoc:note-csv"))
    texts = {
        "paper": paper(client, draft),
        "list": client.get(reverse("spoc:note-list")).content.decode(),
        "csv": b"".join(table.streaming_content).decode(),  # type: ignore[attr-defined]
        "xlsx": content(client.get(reverse("spoc:note-xlsx"))).decode(),
        "mails": "".join(
            # Its own commune and its SPOC know whose it is.
            f"{mail.subject}{mail.text}{mail.html}"
            for mail in OutboxMessage.objects.exclude(person__in=[echevine, spoc]).order_by("pk")
        ),
    }
    for name in ("csv", "xlsx", "mails"):
        assert draft.reference in texts[name], name
    assert "Oudergem" in texts["paper"]
    for name, text in texts.items():
        for secret in ("Anderlecht", CANARY):
            assert secret not in text, name


def reworded(note: RelayNote, lead: User) -> None:
    """Send a note once its confidential concern is reworded."""
    part = note.parts(lead).get(concern__is_shareable=False)
    note.reword(by=lead, part=part, title="Distance", text="Quelle distance faut-il ?")
    note.send(by=lead)


def test_the_paper_is_in_both_languages(client: Client, sent: RelayNote, taskforce: User) -> None:
    client.force_login(taskforce)
    text = paper(client, sent)
    for words in (
        "Les terrasses manquent de place.",
        "De terrassen hebben plaats tekort.",
        str(sent.reference),
    ):
        assert words in text


def test_a_draft_has_no_paper_and_no_way(client: Client, draft: RelayNote, lead: User) -> None:
    client.force_login(lead)
    for name in ("pdf", "way"):
        assert client.get(address(name, draft)).status_code == 404


@pytest.mark.parametrize("person", ["echevine", "stranger", "delegate"])
@pytest.mark.parametrize("name", ["detail", "way", "pdf"])
def test_communes_find_no_note(
    person: str, name: str, client: Client, sent: RelayNote, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(person))
    assert client.get(address(name, sent)).status_code == 404


@pytest.mark.parametrize("person", ["taskforce", "cabinet"])
def test_no_draft_is_seen_from_outside(
    person: str, client: Client, draft: RelayNote, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(person))
    assert client.get(address("detail", draft)).status_code == 404
    assert client.get(reverse("spoc:note-list")).context["lines"] == []


def test_who_of_the_addressee_opens_it_is_noted(
    client: Client, sent: RelayNote, taskforce: User, cabinet: User, spoc: User
) -> None:
    for person in (cabinet, spoc, taskforce):
        client.force_login(person)
        client.get(address("detail", sent))
    assert [row.user for row in NoteReading.objects.order_by("pk")] == [taskforce]
    client.force_login(spoc)
    assert taskforce.full_name in client.get(address("detail", sent)).content.decode()


def test_the_way_says_to_the_agency_who_raised_relayed_answered_and_read(
    client: Client, whole: Concern, spoc: User, echevine: User
) -> None:
    note = RelayNote.objects.get()
    client.force_login(spoc)
    (leg,) = client.get(address("way", note)).context["legs"]
    assert (leg.commune, leg.raised_by, leg.is_confidential) == ("Anderlecht", echevine.full_name, True)
    assert leg.answer is not None
    assert leg.told.told_by == spoc
    assert [reading.user for reading in leg.readers] == [echevine]


def test_a_note_of_200_concerns_asks_as_often_as_one_of_two(
    client: Client, lead: User, taskforce: User, counted: Any
) -> None:
    counts: dict[str, list[int]] = defaultdict(list)
    for many in (2, 19):
        group, note = a_group(lead), a_note(lead)
        for number in range(1 if many == 2 else 10):
            of_communes(
                many, group, first=1, title=f"Terrasses {many} {number}", is_shareable=number % 2 == 0
            )
        with_group(note, lead, group)
        note.send(by=lead)
        for person in (lead, taskforce):
            client.force_login(person)
            client.get(address("detail", note))
            for name in ("detail", "way", "answer"):
                place = (
                    reverse("spoc:note-answer", args=[note.pk, 1])
                    if name == "answer"
                    else address(name, note)
                )
                with counted() as queries:
                    assert client.get(place).status_code == 200
                counts[f"{person.email} {name}"].append(len(queries))
    assert all(first == second for first, second in counts.values()), counts


def test_the_list_asks_as_often_for_20_as_for_one(
    client: Client, lead: User, taskforce: User, counted: Any
) -> None:
    counts = []
    for many in (1, 19):
        for number in range(many):
            (row,) = of_communes(1, title=f"Terrasses {many} {number}")
            note = a_note(lead)
            with_concern(note, lead, row)
            note.send(by=lead)
            a_note(lead)
        for person in (lead, taskforce):
            client.force_login(person)
            client.get(reverse("spoc:note-list"))
            with counted() as queries:
                client.get(reverse("spoc:note-list"))
            counts.append(len(queries))
    assert counts[:2] == counts[2:]


def test_pages_of_the_list_follow_each_other_without_a_gap(client: Client, lead: User) -> None:
    made = [a_note(lead).pk for _number in range(30)]
    RelayNote.objects.update(made_at=timezone.now())
    client.force_login(lead)
    first = client.get(reverse("spoc:note-list"))
    second = client.get(f"{reverse('spoc:note-list')}?{first.context['following']}")
    seen = [line.note.pk for page in (first, second) for line in page.context["lines"]]
    assert seen == made[::-1]
    assert second.context["following"] == ""


@pytest.mark.parametrize(
    ("state", "count"), [("", 2), ("draft", 1), ("waiting", 1), ("late", 0), ("sent", 1)]
)
def test_the_list_is_narrowed_down(
    state: str, count: int, client: Client, sent: RelayNote, lead: User
) -> None:
    a_note(lead)
    client.force_login(lead)
    response = client.get(reverse("spoc:note-list"), {"state": state})
    assert len(response.context["lines"]) == count


def test_sending_costs_as_many_queries_for_19_concerns_as_for_two(lead: User, counted: Any) -> None:
    counts = []
    # The first note of a year begins its numbers.
    for many in (1, 2, 19):
        group, note = a_group(lead), a_note(lead)
        of_communes(many, group, first=1, title=f"Terrasses {many}")
        with_group(note, lead, group)
        with counted() as queries:
            note.send(by=lead)
        counts.append(len(queries))
    # A row for each mail that tells one of the 17 other raisers.
    assert counts[2] - counts[1] == 17


def test_the_menu_marks_the_notes_alone(client: Client, sent: RelayNote, lead: User) -> None:
    client.force_login(lead)
    for name, marked in (("note-list", "page"), ("note-detail", "true")):
        found = client.get(reverse(f"spoc:{name}", args=[sent.pk] if name == "note-detail" else []))
        current = {link.url: link.current for link in found.context["shell"].nav if link.current}
        assert current == {reverse("spoc:note-list"): marked}
    requests = client.get(reverse("spoc:request-list")).context["shell"].nav
    assert [link.url for link in requests if link.current] == [reverse("spoc:request-list")]


def test_the_way_leads_the_agency_to_each_concern_and_nobody_else(
    client: Client, sent: RelayNote, spoc: User, cabinet: User
) -> None:
    places = [row.get_absolute_url() for row in Concern.objects.all()]
    for person, is_theirs in ((spoc, True), (cabinet, False)):
        client.force_login(person)
        text = client.get(address("way", sent)).content.decode()
        assert [place in text for place in places] == [is_theirs] * 2


def test_an_answer_leads_to_its_page_and_to_what_is_left_to_do(
    client: Client, sent: RelayNote, lead: User, cabinet: User, taskforce: User
) -> None:
    found = sent.answer(by=taskforce, item=1, text_fr="Oui.")
    places = (
        found.get_absolute_url(),
        reverse("spoc:answer-complete", args=[found.pk]),
        f"{reverse('spoc:answer-list')}?state=to_publish",
    )

    def offered(person: User) -> list[bool]:
        client.force_login(person)
        text = client.get(address("detail", sent)).content.decode()
        return [f'href="{place}"' in text for place in places]

    assert offered(taskforce) == [True, True, False]
    assert offered(cabinet) == [True, False, False]
    assert offered(lead) == [True, True, False]
    found.complete(by=lead, text_fr="Oui.", text_nl="Ja.")
    assert offered(lead) == [True, False, True]
    assert offered(taskforce) == [True, False, False]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_table_counts_what_would_leave_with_a_draft(
    form: str, client: Client, draft: RelayNote, lead: User, stranger: User
) -> None:
    client.force_login(lead)

    def counted() -> Any:
        answer = client.get(reverse(f"spoc:note-{form}"))
        data = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        if form == "csv":
            return int(list(csv.reader(data.decode().splitlines(), delimiter=";"))[1][4])
        return load_workbook(BytesIO(data)).active["E2"].value

    assert counted() == 2
    Concern.objects.get(commune="21002").withdraw(by=stranger)
    assert counted() == 1
