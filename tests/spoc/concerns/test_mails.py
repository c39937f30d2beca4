"""The mails of a concern: in the language of the person, whole, to people who may read them, and to nobody else."""

from typing import Any

import pytest

from communes.models import Absence
from hubportal.accounts.models import User
from hubportal.outbox.models import OutboxMessage
from spoc.models import Concern
from tests.cast import COMMUNE_B, yesterday
from tests.spoc.concerns.stories import (
    CANARY,
    NOTE,
    a_concern,
    a_group,
    a_note,
    answered,
    of_communes,
    published,
    qualified,
    relayed,
    with_concern,
    with_group,
)
from tests.spoc.stories import day, mails

pytestmark = pytest.mark.django_db
EACH = {
    "concern_answered", "concern_declined", "concern_handed_back", "concern_message", "concern_new",
    "concern_question", "concern_receipt", "concern_relayed", "concern_reopened", "concern_settled",
    "concern_withdrawn",
}  # fmt: skip


@pytest.fixture
def all_of_them(echevine: User, stranger: User, spoc: User, lead: User) -> list[OutboxMessage]:
    """One mail of each kind at least, each about a confidential concern of commune A."""
    row = a_concern(echevine, title=f"A & <b>B</b> {{{{ x }}}} {CANARY}", urgency="urgent")
    row.ask(by=spoc, question=f"Où ? {CANARY}")
    row.write(by=echevine, text="Là.")
    row.write(by=spoc, text=NOTE, is_public=False)
    row.decline_relay(by=spoc, reason="Non.")
    row.reopen(by=echevine, reason="Si.")
    row.answer_locally(by=spoc, text="Voici.")
    _, _, answer = answered(echevine, spoc, lead)
    a_concern(echevine, title=f"Trois {CANARY}").settle(by=echevine, answer=answer)
    a_concern(echevine, title=f"Quatre {CANARY}").withdraw(by=echevine, reason="Réglé.")
    _, note = relayed(echevine, spoc, lead, title=f"Cinq {CANARY}")
    note.close(by=lead, reason="Sans réponse.")
    return [mail for mail in mails() if mail.kind.startswith("concern_")]


def test_each_mail_is_whole(all_of_them: list[OutboxMessage]) -> None:
    assert {mail.kind for mail in all_of_them} == EACH
    for mail in all_of_them:
        assert "http://localhost:8000/fr/requests/concerns/" in mail.text
        assert "&amp;" not in mail.text + mail.subject
        assert "{" not in mail.text.replace("{{ x }}", "")
        assert len(mail.subject) < 200
        assert "\n\n\n" not in mail.text


def test_no_mail_goes_to_anybody_else(all_of_them: list[OutboxMessage], echevine: User, spoc: User) -> None:
    assert {mail.person for mail in all_of_them} == {echevine, spoc}
    assert not [mail for mail in all_of_them if NOTE in mail.text + mail.subject]
    others = [mail for mail in mails() if mail.person not in (echevine, spoc)]
    assert not [mail for mail in others if CANARY in mail.text + mail.subject]


def test_the_receipt_names_whom_to_call_today(echevine: User, spoc: User, lead: User) -> None:
    Absence.objects.create(user=spoc, stand_in=lead, starts_on=day(-1), ends_on=day(1))
    row = a_concern(echevine)
    (mail,) = mails("concern_receipt")
    assert row.reference in mail.subject
    for part in (lead.full_name, lead.phone, "confidentielle"):
        assert part in mail.text
    assert [mail.person for mail in mails("concern_new")] == [lead]


def test_an_urgent_one_says_so_to_the_spoc(echevine: User, spoc: User) -> None:
    a_concern(echevine)
    a_concern(echevine, title="Vite", urgency="urgent")
    calm, urgent = mails("concern_new")
    assert "urgente" not in calm.subject
    assert "urgente" in urgent.subject


def test_each_reads_their_own_language(stranger: User, lead: User) -> None:
    row, _, _ = answered(stranger, lead, lead, commune=COMMUNE_B, language="nl")
    (mail,) = mails("concern_answered")
    assert mail.person == stranger
    assert "Het Gewest beantwoordt uw bezorgdheid" in mail.text
    assert "Twee meter volstaat." in mail.text
    assert f"/nl/requests/concerns/{row.pk}/" in mail.text
    # The lead, who serves it, reads French.
    assert "signale une préoccupation" in mails("concern_new")[0].text


def test_an_adapted_answer_says_so(echevine: User, spoc: User, lead: User) -> None:
    row, note = relayed(echevine, spoc, lead)
    published(note, lead)
    row.answer(by=spoc, text="Deux mètres, rue Wayez aussi.")
    (mail,) = mails("concern_answered")
    assert "adapte la réponse à votre commune" in mail.text
    assert "rue Wayez" in mail.text


def test_when_its_author_left_who_answers_for_the_commune_is_written_to(
    echevine: User, colleague: User, spoc: User
) -> None:
    row = qualified(colleague, spoc)
    colleague.mandates.update(ends_on=yesterday())
    Concern.objects.get(pk=row.pk).answer_locally(by=spoc, text="Voici.")
    assert [mail.person for mail in mails("concern_answered")] == [echevine]


def test_a_second_click_writes_no_second_mail(echevine: User, spoc: User) -> None:
    row = a_concern(echevine)
    for _click in range(2):
        row.ask(by=spoc, question="Où ?")
        row.write(by=echevine, text="Là.")
    assert len(mails("concern_question")) == len(mails("concern_message")) == 1


# --- A note left -----------------------------------------------------------------------------------------------------


def test_each_raiser_reads_once_which_of_their_concerns_left(
    echevine: User, stranger: User, spoc: User, lead: User
) -> None:
    note = a_note(lead)
    own = [qualified(echevine, spoc, title=title) for title in ("Une", "Deux")]
    other = qualified(stranger, lead, commune=COMMUNE_B, title="Drie", language="nl")
    for row in (*own, other):
        with_concern(note, lead, row)
    own[1].withdraw(by=echevine)
    own.append(qualified(echevine, spoc, title="Quatre"))
    with_concern(note, lead, own[2])
    note.send(by=lead)
    found = {mail.person: mail for mail in mails("concern_relayed")}
    assert set(found) == {echevine, stranger}
    assert len(mails("concern_relayed")) == 2
    words = found[echevine].text
    assert [row.reference in words for row in (*own, other)] == [True, False, True, False]
    for part in (
        note.reference,
        spoc.full_name,
        "la task force régionale",
        "relayée sans le nom de votre commune",
    ):
        assert str(part) in words
    assert found[echevine].subject.startswith("2 ")
    assert found[stranger].subject.startswith(f"{other.reference}: voorgelegd aan het Gewest")
    assert "Anderlecht" not in found[stranger].text


def test_who_left_is_not_told_that_it_was_relayed(
    echevine: User, colleague: User, spoc: User, lead: User
) -> None:
    row, note = qualified(colleague, spoc), a_note(lead)
    with_concern(note, lead, row)
    colleague.mandates.update(ends_on=yesterday())
    note.send(by=lead)
    assert [mail.person for mail in mails("concern_relayed")] == [echevine]


def test_sending_asks_as_often_for_20_concerns_of_a_person_as_for_two(
    echevine: User, spoc: User, lead: User, counted: Any
) -> None:
    found = []
    # The first note of a year begins its numbers.
    for many in (1, 2, 20):
        note, group = a_note(lead), a_group(lead)
        for number in range(many):
            qualified(echevine, spoc, group=group, title=f"Vue {many} {number}")
        with_group(note, lead, group)
        with counted() as queries:
            note.send(by=lead)
        found.append(len(queries))
    assert found[1] == found[2]


def test_what_comes_back_together_is_one_mail_for_each_spoc(
    echevine: User, stranger: User, spoc: User, lead: User
) -> None:
    note = a_note(lead)
    rows = [qualified(echevine, spoc, title=f"Retour {number}") for number in range(3)]
    for row in (*rows, qualified(stranger, lead, commune=COMMUNE_B, title="Autre")):
        with_concern(note, lead, row)
    note.send(by=lead)
    assert note.close(by=lead, reason="Sans réponse.") == 4
    found = {mail.person: mail for mail in mails("concern_handed_back")}
    assert len(mails("concern_handed_back")) == len(found) == 2
    for row in rows:
        row.refresh_from_db()
        assert row.status == "qualified"
        assert row.events.get(verb="hand_back").comment == "Sans réponse."
        assert row.reference in found[spoc].text
        assert f"/fr/requests/concerns/{row.pk}/" in found[spoc].text
        assert row.reference not in found[lead].text


def test_closing_a_note_asks_as_often_for_19_concerns_as_for_two(lead: User, counted: Any) -> None:
    counts = []
    # The first one reads what the process keeps.
    for many in (1, 2, 19):
        group, note = a_group(lead), a_note(lead)
        of_communes(many, group, first=1, title=f"Terrasses {many}")
        with_group(note, lead, group)
        note.send(by=lead)
        with counted() as queries:
            note.close(by=lead, reason="Sans réponse.")
        counts.append(len(queries))
    assert counts[1] == counts[2]
