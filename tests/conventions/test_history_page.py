"""The history: every step, signature, evidence, text and amendment, for the agency and its own commune."""

import hashlib

import pytest
from django.test import Client

from conventions.models import Evidence, ProjectAgreement
from conventions.tasks import make_documents
from tests.cast import Cast
from tests.conventions.agreements import a_pdf, agree_both, an_amendment, shared, sign_all, sign_one, signed
from tests.conventions.drafts import days, recorded, unlocked
from tests.conventions.pages import at, read

pytestmark = pytest.mark.django_db


def test_it_keeps_everything_also_what_was_void(client: Client, cast: Cast) -> None:
    row = shared(first_day=days(0))
    agree_both(row)
    row.freeze(by=cast.lead)
    sign_one(row, "secretary", upload=a_pdf(b"%PDF-1.7 void", "void.pdf"))
    row.send_back(by=cast.echevine, comment="Une coquille")
    row.articles.get(number=2).revise(by=cast.lead, version=1, title_fr="Corrigé")
    agree_both(row)
    row.freeze(by=cast.lead)
    sign_all(row)
    make_documents()
    amendment = an_amendment(row)
    address = at(row, "history").replace("/fr/", "/en/")
    html = read(client, cast.echevine, address)
    assert hashlib.sha256(b"%PDF-1.7 void").hexdigest() in html
    assert html.count("Void: the text was sent back") == 1
    assert html.count("Recorded by") == 5
    assert "Une coquille" in html
    # For whom a lead agreed is not told by the name.
    assert html.count("The agency agreed to the text") == 2
    assert html.count("The commune agreed to the text") == 2
    assert html.index("Text frozen for signing") < html.index("Sent back") < html.rindex("Signature recorded")
    assert "2. Corrigé" in html
    assert row.content_hash in html
    assert "Checked now: the text is the one that was frozen." in html
    assert all(made.sha256 in html for made in row.documents.all())
    # A draft of an amendment is the agency's.
    named = f"Amendment 1: {amendment.title_fr}"
    assert named not in html
    assert named in read(client, cast.lead, address)
    void = Evidence.objects.get(name="void.pdf")
    client.force_login(cast.stranger)
    assert client.get(at(row, "evidence", pk=void.pk)).status_code == 404
    read(client, cast.stranger, address, 404)
    read(client, cast.cabinet, address, 404)
    client.force_login(cast.echevine)
    assert client.get(at(row, "evidence", pk=void.pk)).getvalue() == b"%PDF-1.7 void"
    with unlocked():
        row.articles.filter(number=2).update(title_fr="Autre")
    assert "Checked now: the text is not the one that was frozen." in read(client, cast.lead, address)


def test_it_says_that_a_change_voided_what_was_agreed_to(client: Client, cast: Cast) -> None:
    row = shared()
    agree_both(row)
    row.articles.get(number=2).revise(by=cast.spoc, version=1, title_fr="Corrigé")
    html = read(client, cast.echevine, at(row, "history").replace("/fr/", "/en/"))
    for party in ("agency", "commune"):
        agreed = html.index(f"The {party} agreed to the text")
        assert agreed < html.index("Text changed: agreements to it void")


def test_of_paper_it_says_that_there_is_no_evidence(client: Client, cast: Cast) -> None:
    row = recorded()
    html = read(client, cast.echevine, at(row, "history").replace("/fr/", "/en/"))
    assert "It was signed on paper before it was recorded here" in html
    assert "Recorded as signed" in html
    assert "It was signed on paper: its articles are not in the portal." in read(
        client, cast.echevine, at(row).replace("/fr/", "/en/")
    )


def test_the_file_of_a_project_is_for_those_who_read_the_text(client: Client, cast: Cast) -> None:
    row = shared()
    project = ProjectAgreement.objects.annex(
        convention=row, by=cast.lead, title_fr="Étangs", title_nl="Vijvers", text_fr="Un", text_nl="Een",
        upload=a_pdf(name="etangs.pdf"),
    )  # fmt: skip
    without = ProjectAgreement.objects.annex(
        convention=row, by=cast.lead, title_fr="Un", title_nl="Een", text_fr="Un", text_nl="Een"
    )
    html = read(client, cast.echevine, at(row))
    assert "<h3>Vijvers</h3>" in html
    address = at(row, "project-file", pk=project.pk)
    assert address in html
    for person in (cast.stranger, cast.cabinet):
        read(client, person, address, 404)
    client.force_login(cast.echevine)
    assert client.get(address).getvalue() == b"%PDF-1.7 signed"
    client.force_login(cast.lead)
    assert client.get(at(row, "project-file", pk=without.pk)).status_code == 404


def test_a_commune_does_not_learn_of_a_renewal_that_is_not_shared(client: Client, cast: Cast) -> None:
    row = signed(first_day=days(0))
    draft = row.renew(by=cast.lead)
    assert draft.reference in read(client, cast.spoc, at(row, "history"))
    for page in ("history", "detail", "comments"):
        assert draft.reference not in read(client, cast.echevine, at(row, page))
