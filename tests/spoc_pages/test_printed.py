"""The PDF of a request: what both parties may read, in the reader's language, and never a note of the agency."""

import re
from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from hubportal.accounts.models import JournalEntry, User
from spoc import printed, views
from spoc.models import Interruption, Message, NewDeliverable, ServiceRequest
from tests.conventions.test_pdf import elements, everything
from tests.spoc.stories import (
    CANARY,
    NOTE,
    a_draft,
    a_file,
    a_partner,
    arguments,
    brought_to,
    day,
    met,
    planned,
)

pytestmark = pytest.mark.django_db


def address(row: ServiceRequest, language: str = "fr") -> str:
    with translation.override(language):
        return reverse("spoc:request-pdf", args=[row.pk])


def read(client: Client, row: ServiceRequest, person: User, language: str = "fr") -> str:
    """Return the words of the PDF that a person gets; no-break spaces as spaces."""
    client.force_login(person)
    response = client.get(address(row, language))
    assert response.status_code == 200
    text = everything(pikepdf.open(BytesIO(response.getvalue())))  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", text)


@pytest.fixture
def row(echevine: User, spoc: User) -> ServiceRequest:
    """A chantier in progress with everything that can hang on it."""
    row = a_draft(echevine, "chantier", title="Rue refaite", description="Que faire ?")
    row.attach(by=echevine, upload=a_file("plan-rue.txt"))
    row.submit(by=echevine)
    row.accept(by=spoc, **arguments("accept", spoc))
    row.start(by=spoc)
    row.write(by=echevine, text="Bonjour, ligne une.", upload=a_file("photo-rue.txt", b"x"))
    row.write(by=spoc, text=f"Entre nous {NOTE}", upload=a_file(f"{NOTE}.txt", b"y"), is_public=False)
    row.hand_in(by=spoc, deliverable=NewDeliverable("Plan livré", upload=a_file("livre.txt", b"z")))
    row.hand_in(by=spoc, deliverable=NewDeliverable("Lien livré", url="https://hub.example/lien"))
    met(row, spoc, place="Salle du conseil")
    row.introduce(by=spoc, partner=a_partner(), agreed=True, text="Pour les cellules vides.")
    planned(row, spoc, title="Panneaux posés", status="dropped", drop_reason="Trop cher ici")
    Interruption.objects.create(
        details=row.chantierdetails, starts_on=day(41), ends_on=day(80), traffic="cars", directions="both"
    )
    return row


@pytest.mark.parametrize("person", ["echevine", "spoc"])
def test_it_says_what_both_parties_know(
    person: str, row: ServiceRequest, client: Client, request: pytest.FixtureRequest
) -> None:
    text = read(client, row, request.getfixturevalue(person))
    for word in (
        *(str(row.reference), "Rue refaite", "Que faire ?", "En cours de traitement", "Nadia Échevine, Anderlecht"),
        *("Bilal Spoc", f"{row.due_on:%d.%m.%Y}", "Rue des Aubépines", "plan-rue.txt", "Bonjour, ligne une."),
        *("photo-rue.txt", "Plan livré", "livre.txt", "https://hub.example/lien", "Panneaux posés"),
        *("Salle du conseil", "Guichet du Canal", "Pour les cellules vides."),
        *("Trop cher ici", "voitures, les deux sens", "attestation", "Acceptée", "Avant les travaux"),
    ):  # fmt: skip
        assert word in text, word


@pytest.mark.parametrize("person", ["echevine", "spoc", "lead"])
def test_a_note_is_on_nobodys_paper(
    person: str, row: ServiceRequest, client: Client, request: pytest.FixtureRequest
) -> None:
    assert NOTE not in read(client, row, request.getfixturevalue(person))


def test_it_says_when_it_was_printed_and_by_whom(row: ServiceRequest, client: Client, spoc: User) -> None:
    text = read(client, row, spoc)
    assert re.search(rf"Imprimé le {timezone.localdate():%d.%m.%Y}, \d+ h( \d+)?, par Bilal Spoc", text)
    assert re.search(r"\b1 / \d\b", text)


def test_it_speaks_the_language_of_the_page(row: ServiceRequest, client: Client, echevine: User) -> None:
    text = read(client, row, echevine, "nl")
    assert "Aangevraagd door" in text
    assert "In behandeling" in text
    assert "Imprimé" not in text


def test_the_state_is_told_as_its_reader_reads_it(client: Client, echevine: User, spoc: User) -> None:
    row = brought_to("waiting_requester", echevine, spoc)
    assert "En attente de votre réponse" in read(client, row, echevine)
    assert "En attente de la commune" in read(client, row, spoc)


def test_a_refusal_says_why(client: Client, echevine: User, spoc: User) -> None:
    row = brought_to("declined", echevine, spoc)
    assert "Nous n'avons pas ces chiffres." in read(client, row, echevine)


@pytest.mark.parametrize("person", ["stranger", "cabinet", "taskforce"])
def test_nobody_else_gets_it(
    person: str, row: ServiceRequest, client: Client, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(person))
    assert client.get(address(row)).status_code == 404
    assert not JournalEntry.objects.filter(kind="exported").exists()


def test_nothing_of_another_commune(client: Client, echevine: User, stranger: User, spoc: User) -> None:
    planned(brought_to("in_progress", echevine, spoc), spoc)
    own = brought_to("submitted", stranger, spoc, commune="21002", title="Notre demande", description="Ici.")
    assert CANARY not in read(client, own, stranger)


def test_a_draft_is_its_own_partys(client: Client, echevine: User, spoc: User) -> None:
    draft = a_draft(echevine)
    assert "Brouillon" in read(client, draft, echevine)
    client.force_login(spoc)
    assert client.get(address(draft)).status_code == 404


def test_it_is_a_download_that_nothing_keeps(row: ServiceRequest, client: Client, echevine: User) -> None:
    client.force_login(echevine)
    response = client.get(address(row))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{row.reference}.pdf"'
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_it_is_journalled(row: ServiceRequest, client: Client, echevine: User) -> None:
    read(client, row, echevine)
    entry = JournalEntry.objects.get(kind="exported")
    assert (entry.actor, entry.target_type, entry.target_id) == (
        echevine, "spoc.servicerequest", str(row.pk),
    )  # fmt: skip
    assert entry.detail == {"what": "request", "format": "pdf"}


def test_it_is_tagged_in_its_language(row: ServiceRequest, client: Client, echevine: User) -> None:
    client.force_login(echevine)
    content = client.get(address(row, "nl")).getvalue()  # type: ignore[attr-defined]
    pdf = pikepdf.open(BytesIO(content))
    assert str(pdf.Root.Lang) == "nl"
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == str(row)
    kinds = [str(tag.S) for tag in elements(pdf)]
    assert kinds.count("/H1") == 1
    assert "/TH" in kinds


def test_what_people_write_is_no_markup(row: ServiceRequest, client: Client, echevine: User) -> None:
    row.write(by=echevine, text='<img src="file:///etc/passwd"><style>@import "http://127.0.0.1/x"</style>')
    html = printed.markup(row, echevine)
    assert "<img" not in html
    assert "<style" not in html


def test_a_long_thread_says_what_it_leaves_out(
    row: ServiceRequest, client: Client, spoc: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printed, "MOST", 2)
    moment = timezone.now()
    Message.objects.bulk_create(
        Message(
            request=row, author=spoc, side="agency", text=f"Suite {number}.", written_at=moment + timedelta(number)
        )
        for number in range(3)
    )  # fmt: skip
    text = read(client, row, spoc)
    assert "2 messages plus anciens se trouvent uniquement sur le portail" in text
    assert "ligne une" not in text
    assert text.index("Suite 1.") < text.index("Suite 2.")


def test_a_machine_that_cannot_draw_says_so(
    row: ServiceRequest, client: Client, spoc: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "why_not", lambda: "PDFs need: sudo apt-get install -y libno-such0")
    client.force_login(spoc)
    response = client.get(address(row))
    assert response.status_code == 503
    assert response["Retry-After"] == "60"
    assert "libno-such0" in response.content.decode()


def test_as_many_queries_for_one_message_as_for_twenty(
    row: ServiceRequest, client: Client, echevine: User, spoc: User
) -> None:
    planned(row, spoc, title="Mesure")
    printed.markup(row, spoc)
    with CaptureQueriesContext(connection) as few:
        printed.markup(ServiceRequest.objects.get(pk=row.pk), spoc)
    for number in range(20):
        row.write(by=echevine, text=f"Message {number}", upload=a_file(f"{number}.txt", b"%d" % number))
        row.hand_in(by=spoc, deliverable=NewDeliverable(f"Livrable {number}", text="Voilà."))
        planned(row, spoc, title=f"Mesure {number}")
    with CaptureQueriesContext(connection) as many:
        printed.markup(ServiceRequest.objects.get(pk=row.pk), spoc)
    assert len(few) == len(many)


def test_how_it_went_and_on_which_terms_data_is_given(client: Client, echevine: User, spoc: User) -> None:
    works = brought_to("in_progress", echevine, spoc, kind="chantier")
    given = NewDeliverable("Bilan", text="Voici.")
    works.deliver(
        by=spoc, proposed_outcome="solved", deliverable=given, evaluation="Trois commerces ont fermé."
    )
    assert "Trois commerces ont fermé." in read(client, works, echevine)
    audit = brought_to("in_progress", echevine, spoc)
    audit.hand_in(
        by=spoc, deliverable=NewDeliverable("Relevé", text="Douze.", sharing="all", licence="CC BY 4.0")
    )
    assert "CC BY 4.0" in read(client, audit, echevine)
