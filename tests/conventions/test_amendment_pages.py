"""An amendment has the pages of a convention, one folder deeper; the text on a day has it applied."""

from typing import Any

import pytest
from django.test import Client

from conventions.models import Amendment, Comment
from tests.cast import Cast
from tests.conventions.agreements import a_pdf, an_amendment, sign_amendment, signed
from tests.conventions.drafts import days
from tests.conventions.pages import at, errors, next_of, read, said, send, step

pytestmark = pytest.mark.django_db
PAGES = ("detail", "comments", "history", "document")


def english(agreement: Any, page: str = "detail", **more: Any) -> str:
    return at(agreement, page, **more).replace("/fr/", "/en/")


def test_it_goes_the_whole_way_on_the_portal(client: Client, cast: Cast) -> None:
    root = signed(first_day=days(0))
    row = an_amendment(root)
    article = row.articles.get(number=5)
    acts = [at(row, page) for page in PAGES] + [at(row, "article", pk=article.pk), step(row, "agree")]
    assert next_of(read(client, cast.lead, english(row))) == "Next step: share the text with the commune."
    for person in (cast.echevine, cast.stranger, cast.cabinet):
        client.force_login(person)
        assert {client.get(act).status_code for act in acts} == {404}
    send(client, cast.lead, step(row, "share"), seen_status="draft")
    html = read(client, cast.echevine, english(row))
    assert next_of(html) == "Your step: read the text, then comment on it or agree to it."
    assert "Replaces the article." in html
    assert "Nouveau." in html
    # What it replaces is there to compare.
    assert "<ins>Nouveau.</ins>" in html
    assert html.count("What changes in the text in force") == 2
    assert english(row) in read(client, cast.echevine, english(root))
    # Comments and former texts.
    send(client, cast.echevine, at(row, "article", pk=article.pk), text="Pourquoi ?")
    comment = Comment.objects.get()
    assert (comment.amendment, comment.amendment_article) == (row, article)
    assert "On article 5, Thématiques" in read(client, cast.lead, english(row, "comments"))
    send(client, cast.lead, at(row, "comment-resolve", pk=comment.pk))
    comment.refresh_from_db()
    assert comment.resolved_by == cast.lead
    # The text changes under the reader.
    seen = {"seen_status": "negotiation", "seen_text": row.mark, "note": ""}
    article.revise(by=cast.lead, version=1, body_nl="Heel nieuw.")
    response = send(client, cast.echevine, step(row, "agree"), **seen)
    assert errors(response)["__all__"]
    assert "Heel nieuw." in response.content.decode()
    row.refresh_from_db()
    send(client, cast.echevine, step(row, "agree"), **{**seen, "seen_text": row.mark})
    send(client, cast.lead, step(row, "agree"), **{**seen, "seen_text": row.mark, "party": "agency"})
    send(client, cast.lead, step(row, "freeze"), seen_status="negotiation")
    for signatory in row.signatories.order_by("pk"):
        facts = {"signed_on": days(0).isoformat(), "method": "handwritten", "seen_status": "to_sign"}
        send(client, cast.lead, step(row, "sign"), **facts, signatory=signatory.pk, upload=a_pdf())
    row.refresh_from_db()
    assert row.status == "signed"
    html = read(client, cast.echevine, english(row, "history"))
    assert html.count("Recorded by Hélène Lead") == 4
    evidence = row.evidence.order_by("pk")[0]
    client.force_login(cast.stranger)
    assert client.get(at(row, "evidence", pk=evidence.pk)).status_code == 404
    client.force_login(cast.echevine)
    assert client.get(at(row, "evidence", pk=evidence.pk)).getvalue() == b"%PDF-1.7 signed"
    assert client.get(at(root, "evidence", pk=evidence.pk)).status_code == 404
    assert client.get(at(row, "document")).status_code == 503
    client.force_login(cast.stranger)
    assert {client.get(act).status_code for act in acts} == {404}


def test_sent_back_out_of_sight_a_second_click_is_answered(client: Client, cast: Cast) -> None:
    row = an_amendment()
    row.share(by=cast.lead)
    for _click in range(2):
        response = send(
            client, cast.echevine, step(row, "send_back"), seen_status="negotiation", comment="Non"
        )
        assert said(response)
        assert response.redirect_chain[-1][0].endswith(f"/conventions/{row.convention.reference}/")
    assert Amendment.objects.get().status == "draft"


def test_the_text_on_a_day(client: Client, cast: Cast) -> None:
    root = signed(first_day=days(0))
    sign_amendment(an_amendment(root, in_force_from=days(10)))
    address = english(root, "text")
    assert "Nouveau." not in read(client, cast.echevine, address)
    html = read(client, cast.echevine, f"{address}?on={days(10).isoformat()}")
    assert "Nouveau." in html
    assert "Replaced by" in html
    assert f"{root.reference}-A1" in html
    assert "The agreement is not in force on this day." in read(client, cast.lead, f"{address}?on=2001-01-01")
    html = read(client, cast.lead, f"{address}?on=31.31.2026")
    assert 'aria-invalid="true"' in html
    assert "31.31.2026" in html
    for person in (cast.stranger, cast.cabinet):
        read(client, person, address, 404)
