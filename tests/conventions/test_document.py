"""The PDF's address: a draft is drawn, a frozen text is made once by a worker and served as it is kept."""

import hashlib

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conventions import documents
from conventions.jobs import order_documents
from conventions.models import Convention, Document
from conventions.tasks import make_documents
from hubportal.accounts.models import User
from tests.conventions.agreements import an_amendment, begun, bytes_of, frozen, shared, sign_all
from tests.conventions.drafts import a_bourgmestre, a_lead, unlocked

pytestmark = pytest.mark.django_db


def address(convention: Convention) -> str:
    return reverse("conventions:document", args=[convention.reference])


def test_a_draft_is_drawn_for_the_agency(client: Client, lead: User) -> None:
    draft = begun()
    client.force_login(lead)
    response = client.get(address(draft))
    assert response.getvalue().startswith(b"%PDF-1.7")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{draft.reference}.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert not Document.objects.exists()


def test_its_own_commune_reads_it_once_it_is_shared(client: Client) -> None:
    draft = begun()
    client.force_login(a_bourgmestre())
    assert client.get(address(draft)).status_code == 404
    draft.share(by=a_lead())
    assert client.get(address(draft)).status_code == 200


@pytest.mark.parametrize("person", ["stranger", "cabinet", "taskforce"])
def test_nobody_else_does(person: str, client: Client, request: pytest.FixtureRequest) -> None:
    row = shared()
    client.force_login(request.getfixturevalue(person))
    assert client.get(address(row)).status_code == 404


def test_a_frozen_text_is_made_once_and_served_as_it_is_kept(client: Client, lead: User) -> None:
    row = frozen()
    make_documents()
    make_documents()
    kept = Document.objects.get()
    assert (kept.kind, kept.content_hash, kept.convention) == ("to_sign", row.content_hash, row)
    assert kept.sha256 == hashlib.sha256(bytes_of(kept)).hexdigest()
    # A drawing would say the other title; the kept bytes do not change.
    with unlocked():
        row.articles.filter(number=1).update(title_fr="Autre titre")
    client.force_login(lead)
    response = client.get(address(row))
    assert hashlib.sha256(response.getvalue()).hexdigest() == kept.sha256
    assert response["X-Content-Type-Options"] == "nosniff"
    assert Document.objects.count() == 1


def test_a_frozen_text_is_never_drawn_in_a_request(client: Client, lead: User) -> None:
    row = frozen()
    client.force_login(lead)
    response = client.get(address(row))
    assert response.status_code == 503
    assert response["Retry-After"] == "60"
    assert not Document.objects.exists()


def test_the_signed_text_is_another_document(lead: User) -> None:
    row = frozen()
    make_documents()
    sign_all(row)
    make_documents()
    assert list(Document.objects.values_list("kind", flat=True)) == ["to_sign", "text"]
    assert documents.missing() == []


def test_what_was_sent_back_is_not_made(lead: User) -> None:
    row = frozen()
    late = Convention.objects.get(pk=row.pk)
    row.send_back(by=a_lead(), comment="Une coquille")
    assert not documents.make(late)


def test_an_amendment_has_its_document_too(lead: User) -> None:
    amendment = an_amendment()
    amendment.share(by=a_lead())
    amendment.agree(by=a_lead(), party="agency")
    amendment.agree(by=a_lead(), party="commune", note="Courriel")
    amendment.freeze(by=a_lead())
    make_documents()
    assert Document.objects.get(amendment=amendment).kind == "to_sign"


def test_the_tick_counts_what_the_bell_missed(lead: User) -> None:
    frozen()
    assert order_documents(timezone.now()) == 1
    make_documents()
    assert order_documents(timezone.now()) == 0


def test_one_that_was_abandoned_before_it_was_made_is_made_all_the_same(client: Client, lead: User) -> None:
    row = frozen()
    row.abandon(by=lead, reason="La commune renonce.")
    assert order_documents(timezone.now()) == 1
    make_documents()
    assert order_documents(timezone.now()) == 0
    client.force_login(lead)
    assert client.get(address(row)).getvalue().startswith(b"%PDF")
