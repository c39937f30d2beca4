"""The proof of an edition: everybody to whom it was written and everybody who was not, for the agency alone."""

import csv
import re
from io import BytesIO, StringIO

import pikepdf
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from hubportal.accounts.models import JournalEntry, Role, User
from hubportal.fingerprint import fingerprint
from mailings import counting, proof, proving
from mailings.figures import figures
from mailings.models import Delivery, FrozenLetter, Mailing
from tests.cast import MandateFactory, UserFactory
from tests.conventions.test_pdf import elements, everything
from tests.mailings.leaving import marked, page, sent, serve
from tests.mailings.made import TEXTS, brought_to, in_state, person

pytestmark = pytest.mark.django_db
CANARY = "canari@secret.example"


def table(client: Client, row: Mailing, language: str = "fr") -> list[dict[str, str]]:
    """Return the rows of the CSV by the names of their columns."""
    with translation.override(language):
        answer = client.get(reverse("mailings:proof-csv", args=[row.number]))
        text = b"".join(answer).decode("utf-8-sig")  # type: ignore[call-overload]
    return list(csv.DictReader(StringIO(text), delimiter=";"))


def document(client: Client, row: Mailing, language: str = "fr") -> pikepdf.Pdf:
    """Return the PDF."""
    with translation.override(language):
        answer = client.get(reverse("mailings:proof-pdf", args=[row.number]))
    assert answer.status_code == 200
    return pikepdf.open(BytesIO(answer.getvalue()))  # type: ignore[attr-defined]


def read(pdf: pikepdf.Pdf) -> str:
    """Return its words, with plain spaces."""
    return re.sub(r"\s+", " ", everything(pdf))


@pytest.fixture
def spoc_reads(client: Client) -> User:
    """Return somebody of the agency, signed in."""
    reader = person(Role.SPOC)
    client.force_login(reader)
    return reader


@pytest.fixture
def row(echevine: User, stranger: User) -> Mailing:
    """An edition that two people received, a third shares an address, and one office was vacant."""
    return sent()


def test_it_names_who_received_which_text_when_and_in_the_words_of_the_relay(
    client: Client, spoc_reads: User, row: Mailing, echevine: User
) -> None:
    own = Delivery.objects.get(address=echevine.email)
    own.acknowledge(by=echevine)
    line = next(line for line in table(client, row) if line["Adresse"] == echevine.email)
    letter = FrozenLetter.objects.get(mailing=row, language="fr")
    text = fingerprint({"subject": letter.subject, "text": letter.text, "html": letter.html})
    assert line["Nom"] == "Nadia Échevine"
    assert "Commerce" in line["Fonction"]
    assert line["Commune"] == "Anderlecht"
    assert (line["Langue"], line["Empreinte du courriel"]) == ("FR", text)
    assert line["Empreinte abrégée"] == f"{text[:4]} {text[4:8]}"
    assert line["Empreinte du texte approuvé"] == row.approved_hash
    assert line["État"] == "Accepté par le serveur d’envoi"
    assert own.accepted_at
    assert (
        line["Accepté par le serveur d’envoi le"] == f"{timezone.localtime(own.accepted_at):%Y-%m-%d %H:%M}"
    )
    assert (line["Code SMTP"], line["Réponse du serveur d’envoi"]) == ("250", "queued as 1")
    assert line["Connaissance prise le"]
    assert line["Message-ID"] == own.message_id


def test_two_people_at_one_address_have_a_line_each(
    client: Client, spoc_reads: User, row: Mailing, echevine: User
) -> None:
    other = MandateFactory(user=UserFactory(first_name="Ines", last_name="Partage"), trade=True)
    serve(Delivery.objects.get(address=echevine.email), other)
    names = [line["Nom"] for line in table(client, row) if line["Adresse"] == echevine.email]
    assert sorted(names) == ["Ines Partage", "Nadia Échevine"]


def test_what_came_back_says_so_and_when(
    client: Client, spoc_reads: User, row: Mailing, echevine: User
) -> None:
    marked(Delivery.objects.get(address=echevine.email), "bounced", 250, "queued")
    line = next(line for line in table(client, row) if line["Adresse"] == echevine.email)
    assert line["État"] == "Revenu"
    assert line["Revenu le"]


def test_whoever_was_not_written_to_stands_there_with_the_written_reason(
    client: Client, spoc_reads: User, row: Mailing
) -> None:
    missing = [line for line in table(client, row) if not line["Adresse"]]
    assert len(missing) == row.gaps.count() > 0
    assert missing[0]["Pourquoi l’édition est partie malgré tout"] == row.gap_reason
    assert missing[0]["État"].startswith("Non contacté")
    assert not missing[0]["Empreinte du courriel"]


def test_the_counts_are_those_of_the_pages_and_of_the_rows(row: Mailing, echevine: User) -> None:
    Delivery.objects.get(address=echevine.email).acknowledge()
    agency = person(Role.SPOC)
    found = proving.context(row, agency)
    counts = found["counts"]
    assert counts.total == counting.tally(row).meant == found["figures"].messages
    assert sum(count.number for count in counts.meant if not count.is_part) == counts.total
    besides = sum(count.number for count in counts.besides)
    assert len({line.pk for line in found["people"]}) == counts.total + besides
    assert found["figures"] == figures(agency, [row])[row.pk]
    assert sum(line.acknowledged_at is not None for line in found["people"]) == found["figures"].acknowledged


def test_what_was_uncertain_and_sent_again_says_by_whom(
    client: Client, spoc_reads: User, row: Mailing, echevine: User, stranger: User
) -> None:
    lead = person(Role.LEAD)
    for address, before in ((echevine.email, "uncertain"), (stranger.email, "failed")):
        message = Delivery.objects.get(address=address)
        message.events.create(kind=before)
        message.events.create(kind="sent_again", by=lead)
    doubts = {line["Adresse"]: line["Peut être arrivé deux fois"] for line in table(client, row)}
    assert doubts[str(echevine.email)].startswith(f"était incertain\xa0; renvoyé par {lead.full_name} le ")
    assert not doubts[str(stranger.email)], "the relay had refused it: there is one"
    assert f"renvoyé par {lead.full_name}" in read(document(client, row))


def test_what_a_crash_cut_off_and_the_portal_sent_again_says_so(
    client: Client, spoc_reads: User, row: Mailing, echevine: User
) -> None:
    Delivery.objects.get(address=echevine.email).events.create(kind="queued")
    line = next(line for line in table(client, row) if line["Adresse"] == echevine.email)
    assert "renvoyé par le portail" in line["Peut être arrivé deux fois"]


def test_the_words_of_the_portal_are_translated_and_those_of_the_relay_are_not(
    client: Client, spoc_reads: User, row: Mailing, echevine: User, stranger: User
) -> None:
    ours = "no reply after the message was handed over (TimeoutError)"
    Delivery.objects.filter(address=echevine.email).update(smtp_reply=ours)
    Delivery.objects.filter(address=stranger.email).update(smtp_reply="no reply from the next host")
    replies = {line["Adres"]: line["Antwoord van de mailserver"] for line in table(client, row, "nl")}
    assert (
        replies[str(echevine.email)]
        == "geen antwoord van de server nadat het bericht was overhandigd (TimeoutError)"
    )
    assert replies[str(stranger.email)] == "no reply from the next host"


def test_a_stopped_address_stands_beside_the_total_and_not_in_it(row: Mailing, echevine: User) -> None:
    marked(Delivery.objects.get(address=echevine.email), "suppressed")
    agency = person(Role.SPOC)
    found = proving.context(row, agency)
    assert found["counts"].total == counting.tally(row).total == figures(agency, [row])[row.pk].messages
    assert [count.number for count in found["counts"].besides] == [1]


def test_what_came_back_counts_among_the_accepted_as_on_the_pages(row: Mailing, echevine: User) -> None:
    marked(Delivery.objects.get(address=echevine.email), "accepted", 250)
    Delivery.objects.filter(address=echevine.email).update(status="bounced", bounced_at=timezone.now())
    counts = proving.context(row, person(Role.SPOC))["counts"]
    accepted = counting.tally(row).accepted
    place = [count.number for count in counts.meant].index(accepted)
    assert counts.meant[place + 1] == ("Dont revenus", 1, True)
    assert sum(count.number for count in counts.meant if not count.is_part) == counts.total


def test_on_paper_it_has_both_subjects_who_approved_and_everybody(
    client: Client, spoc_reads: User, row: Mailing, echevine: User
) -> None:
    text = read(document(client, row))
    assert TEXTS["fr"]["subject"] in text
    assert TEXTS["nl"]["subject"] in text
    assert row.approved_hash in text
    assert echevine.email in text
    assert row.gap_reason in text
    for approval in row.approvals.all():
        assert approval.user.full_name in text
    assert "Preuve de l’édition" in text


def test_on_paper_it_is_tagged_with_its_language_and_dutch_as_dutch(
    client: Client, spoc_reads: User, row: Mailing
) -> None:
    pdf = document(client, row)
    kinds = [str(tag.S) for tag in elements(pdf)]
    assert str(pdf.Root.Lang) == "fr"
    assert kinds.count("/H1") == 1
    assert "/TH" in kinds
    assert "nl" in {str(tag.Lang) for tag in elements(pdf) if "/Lang" in tag}


def test_in_dutch_it_speaks_dutch(client: Client, spoc_reads: User, row: Mailing) -> None:
    assert "Bewijs van editie" in read(document(client, row, "nl"))


def test_without_the_libraries_it_says_so(
    client: Client, spoc_reads: User, row: Mailing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proving, "why_not", lambda: "Pango")
    answer = client.get(reverse("mailings:proof-pdf", args=[row.number]))
    assert answer.status_code == 503


@pytest.mark.parametrize("kind", ["pdf", "csv"])
def test_only_the_agency_gets_it(kind: str, client: Client, row: Mailing, echevine: User) -> None:
    for reader in (echevine, person(Role.CABINET)):
        client.force_login(reader)
        assert client.get(reverse(f"mailings:proof-{kind}", args=[row.number])).status_code == 404


def test_nothing_is_proved_before_it_leaves(client: Client, spoc_reads: User, echevine: User) -> None:
    row = brought_to("scheduled")
    assert client.get(reverse("mailings:proof-csv", args=[row.number])).status_code == 404


@pytest.mark.parametrize("status", ["sending", "paused"])
def test_while_it_leaves_it_says_how_it_stands(
    status: str, client: Client, spoc_reads: User, echevine: User
) -> None:
    assert "Pas encore" in read(document(client, in_state(status)))


def test_messages_of_another_edition_are_in_no_byte_of_it(
    client: Client, spoc_reads: User, row: Mailing, echevine: User
) -> None:
    other = sent(brought_to("sending"))
    assert other != row
    Delivery.objects.filter(mailing=other, address=echevine.email).update(address=CANARY)
    assert CANARY in str(table(client, other))
    assert CANARY not in str(table(client, row))
    assert CANARY not in read(document(client, row))


def test_a_name_that_would_be_a_formula_is_text(
    client: Client, spoc_reads: User, row: Mailing, echevine: User
) -> None:
    own = Delivery.objects.get(address=echevine.email)
    Delivery.objects.filter(pk=own.pk).update(values={**own.values, "name": "=1+1"}, smtp_reply="@SUM(A1)")
    line = next(line for line in table(client, row) if line["Adresse"] == echevine.email)
    assert line["Nom"] == "'=1+1"
    assert line["Réponse du serveur d’envoi"] == "'@SUM(A1)"


def test_taking_it_is_journalled(client: Client, spoc_reads: User, row: Mailing) -> None:
    table(client, row)
    entry = JournalEntry.objects.filter(kind="exported").get()
    assert (entry.actor, entry.target_id) == (spoc_reads, str(row.pk))
    assert entry.detail == {"what": "mailing proof", "format": "csv"}


def test_it_asks_as_often_for_twenty_people_as_for_two(row: Mailing) -> None:
    agency = person(Role.SPOC)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            list(proving.rows(row, agency))
            proving.context(row, agency)
        return len(found)

    queries()
    few = queries()
    for number in range(18):
        mandate = MandateFactory(trade=True)
        extra = Delivery.objects.create(
            mailing=row, address=f"x{number}@x.example", language="fr", message_id=f"<x{number}@x>"
        )
        serve(extra, mandate)
    assert queries() == few


def test_of_very_many_the_first_are_printed_and_it_says_so(
    row: Mailing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proving, "PRINTED", 1)
    found = proving.context(row, person(Role.SPOC))
    assert (len(found["people"]), found["is_cut"]) == (1, True)
    assert len(list(proof.lines(row, person(Role.SPOC), proof.letters(row)))) == 2


def test_the_pages_of_a_sent_edition_lead_the_agency_there_and_nobody_else(
    client: Client, spoc_reads: User, row: Mailing, echevine: User
) -> None:
    address = reverse("mailings:proof-pdf", args=[row.number])
    own = row.get_absolute_url(), reverse("mailings:progress", args=[row.number])
    for leads in own:
        assert address in page(client.get(leads))
    client.force_login(echevine)
    assert address not in page(client.get(own[0]))
    client.force_login(person(Role.CABINET))
    assert address not in page(client.get(own[1]))
