"""Each step on the portal: GET asks, POST takes it; what is wrong is said at its field, who comes late is told."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from conventions.models import Agreement, Convention, ConventionEvent, Evidence, ProjectAgreement
from hubportal.accounts.models import User
from tests.cast import Cast
from tests.conventions.agreements import a_pdf, agree_both, begun, frozen, shared, sign_one, signed
from tests.conventions.drafts import a_bourgmestre, days, recorded, unlocked
from tests.conventions.pages import at, errors, next_of, read, said, send, step, take

pytestmark = pytest.mark.django_db


def late(agreement: Agreement) -> None:
    """Let the last step lie an hour back: a second one is no double click."""
    with unlocked():
        agreement.events.update(at=timezone.now() - timedelta(hours=1))


def test_from_a_draft_to_the_last_signature(client: Client, cast: Cast) -> None:
    row = begun()
    assert "La commune" in read(client, cast.lead, step(row, "share"))
    response = take(client, cast.lead, row, "share")
    assert response.redirect_chain[-1][0] == at(row)
    row.refresh_from_db()
    assert row.status == "negotiation"
    # The people of a commune agree from the text, whose mark the link carries.
    page = f"{step(row, 'agree')}?text={row.mark}"
    html = read(client, cast.echevine, page)
    assert 'name="party"' not in html
    assert 'id="article-1"' not in html
    take(client, cast.echevine, row, "agree", address=page, note="Collège du 3 mars")
    row.refresh_from_db()
    assert (row.commune_agreed_by, row.commune_agreed_note) == (cast.echevine, "Collège du 3 mars")
    take(client, cast.lead, row, "agree", party="agency")
    take(client, cast.lead, row, "freeze")
    row.refresh_from_db()
    assert row.status == "to_sign"
    for signatory in row.signatories.order_by("pk"):
        facts = {"signed_on": days(0).isoformat(), "method": "qualified", "upload": a_pdf()}
        response = take(client, cast.lead, row, "sign", signatory=signatory.pk, **facts)
        assert response.redirect_chain, errors(response)
    row.refresh_from_db()
    assert (row.status, row.evidence.count()) == ("signed", 4)
    evidence = row.evidence.order_by("pk")[0]
    download = client.get(at(row, "evidence", pk=evidence.pk))
    assert b"".join(download.streaming_content) == b"%PDF-1.7 signed"  # type: ignore[attr-defined]
    assert download["Content-Disposition"] == 'attachment; filename="signed.pdf"'


def test_who_shares_reads_that_nobody_of_the_commune_could_be_told(client: Client, cast: Cast) -> None:
    row = begun()
    people = User.objects.filter(mandates__commune=row.commune)
    kept = dict(people.values_list("pk", "email"))
    people.update(email=None)
    response = take(client, cast.lead, row, "share")
    assert "averti par courriel" in said(response)
    for pk, email in kept.items():
        User.objects.filter(pk=pk).update(email=email)
    assert "averti" not in said(take(client, cast.lead, row, "agree", party="agency"))


def test_what_is_lacking_is_said_before_one_clicks_and_refused_after(client: Client, cast: Cast) -> None:
    row = begun()
    row.articles.filter(number=2).update(body_nl="")
    html = read(client, cast.lead, step(row, "share").replace("/fr/", "/en/"))
    assert "Article 2: the text is missing in Dutch." in html
    found = errors(take(client, cast.lead, row, "share"))
    assert len(found["__all__"]) == 1
    row.articles.filter(number=2).update(body_nl="Tekst")
    row.share(by=cast.lead)
    row.signatories.get(office="representative").remove(by=cast.lead)
    html = read(client, cast.lead, step(row, "freeze").replace("/fr/", "/en/"))
    assert "Two people sign for the agency." in html
    assert "The agency has not agreed to this text yet." in html
    assert errors(take(client, cast.lead, row, "freeze"))["__all__"]
    row.refresh_from_db()
    assert row.status == "negotiation"


def test_nobody_agrees_to_a_text_that_changed_since_they_read_it(client: Client, cast: Cast) -> None:
    row = shared()
    page = f"{step(row, 'agree')}?text={row.mark}"
    read(client, cast.echevine, page)
    seen = {"seen_status": "negotiation", "seen_text": row.mark, "note": "Oui, <b>dès</b> demain"}
    article = row.articles.get(number=5)
    article.revise(by=cast.lead, version=1, body_nl="Heel anders.")
    response = send(client, cast.echevine, page, **seen)
    # What was typed is still there, with the present text, to which one may agree now.
    html = response.content.decode()
    assert errors(response)["__all__"]
    assert "Oui, &lt;b&gt;dès&lt;/b&gt; demain" in html
    assert "Heel anders." in html
    row.refresh_from_db()
    assert row.commune_agreed_at is None
    form = response.context["form"]
    again = {name: form[name].value() for name in ("seen_status", "seen_text", "note")}
    send(client, cast.echevine, page, **again)
    row.refresh_from_db()
    assert row.commune_agreed_by == cast.echevine
    # A theme, a project or the term is text too; a link of before shows the whole text.
    row.set_term(by=cast.lead, in_force_from=days(500))
    html = read(client, cast.echevine, page.replace("/fr/", "/en/"))
    assert "The text was changed after you opened it." in html
    assert 'id="article-18"' in html
    assert errors(send(client, cast.echevine, page, seen_status="negotiation", note=""))["__all__"]
    row.refresh_from_db()
    assert row.commune_agreed_at is None


def test_a_project_that_changed_is_another_text(client: Client, cast: Cast) -> None:
    row = shared()
    mark = row.mark
    ProjectAgreement.objects.annex(
        convention=row, by=cast.lead, title_fr="Un", title_nl="Een", text_fr="Un", text_nl="Een"
    )
    assert errors(send(client, cast.echevine, step(row, "agree"), seen_status="negotiation", seen_text=mark))


def test_a_lead_says_how_the_commune_agreed(client: Client, cast: Cast) -> None:
    row = shared()
    found = errors(take(client, cast.lead, row, "agree", party="commune", note=" "))
    assert list(found) == ["note"]
    assert list(errors(take(client, cast.lead, row, "agree", party="", note=""))) == ["party"]
    take(client, cast.lead, row, "agree", party="commune", note="Lettre du 3 mars")
    row.refresh_from_db()
    assert row.commune_agreed_note == "Lettre du 3 mars"
    # A commune's own people never speak for the agency.
    take(client, cast.echevine, row, "agree", party="agency")
    row.refresh_from_db()
    assert row.agency_agreed_at is None


def test_sending_back_twice_goes_back_once(client: Client, cast: Cast) -> None:
    row = frozen()
    sign_one(row, "secretary")
    address = step(row, "send_back")
    assert list(errors(take(client, cast.echevine, row, "send_back", comment=" "))) == ["comment"]
    answers = {"seen_status": "to_sign", "comment": "Une coquille à l’article 3"}
    for _click in range(2):
        response = send(client, cast.echevine, address, **answers)
        assert response.status_code == 200
    row.refresh_from_db()
    assert (row.status, row.signatories.exclude(signed_on=None).count()) == ("negotiation", 0)
    assert [event.comment for event in row.events.filter(verb="send_back")] == [answers["comment"]]
    # The other party, later, with a form of before: told who was first.
    late(row)
    response = send(client, cast.lead, address, **answers)
    assert "Nadia Échevine" in said(response)
    row.refresh_from_db()
    assert row.status == "negotiation"
    # From the negotiation the text goes out of the commune's sight; its state stays, and why. A second click too.
    for _click in range(2):
        response = send(client, cast.echevine, address, seen_status="negotiation", comment="Non")
        assert response.redirect_chain[-1][0].endswith(f"/conventions/{row.reference}/")
        assert "est renvoyé" in said(response)
        page = response.content.decode()
        assert "le retravaille" in next_of(page)
        assert "<p>Non</p>" in page
        assert 'id="article-1"' not in page
    row.refresh_from_db()
    assert row.status == "draft"
    late(row)
    client.force_login(cast.echevine)
    assert client.post(address, {"seen_status": "negotiation", "comment": "Non"}).status_code == 404


def test_a_second_click_is_answered_and_done_once(client: Client, cast: Cast) -> None:
    row = begun()
    for _click in range(2):
        response = send(client, cast.lead, step(row, "share"), seen_status="draft")
        assert "tag--wait" in response.content.decode()
        assert "premier" not in said(response)
    row.refresh_from_db()
    agree = {"seen_status": "negotiation", "seen_text": row.mark, "party": "agency", "note": ""}
    for _click in range(2):
        assert send(client, cast.lead, step(row, "agree"), **agree).redirect_chain
    late(row)
    response = send(client, cast.admin, step(row, "agree"), **agree)
    assert "Hélène Lead" in said(response)
    row.agree(by=cast.echevine)
    for _click in range(2):
        assert send(client, cast.lead, step(row, "freeze"), seen_status="negotiation").redirect_chain
    row.refresh_from_db()
    facts = {
        "seen_status": "to_sign", "signatory": row.signatories.get(office="secretary").pk,
        "signed_on": days(0).isoformat(), "method": "handwritten",
    }  # fmt: skip
    for _click in range(2):
        assert send(client, cast.lead, step(row, "sign"), **facts, upload=a_pdf()).redirect_chain
    assert Evidence.objects.count() == 1
    late(row)
    found = errors(send(client, cast.admin, step(row, "sign"), **facts, upload=a_pdf()))
    assert "Odette Secrétaire" in found["signatory"][0]
    verbs = list(ConventionEvent.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["share", "agree", "agree", "freeze", "sign"]


def test_renewing_leads_to_the_draft_and_is_done_once(client: Client, cast: Cast) -> None:
    row = recorded(in_force_until=days(90))
    answer = {"seen_status": "signed"}
    response = send(client, cast.lead, step(row, "renew"), **answer)
    draft = Convention.objects.get(predecessor=row)
    assert response.redirect_chain[-1][0] == at(draft)
    send(client, cast.lead, step(row, "renew"), **answer)
    late(row)
    response = send(client, cast.admin, step(row, "renew"), **answer)
    assert "Hélène Lead" in said(response)
    assert draft.reference in said(response)
    client.force_login(cast.admin)
    assert draft.reference in said(client.get(step(row, "renew"), follow=True))
    assert Convention.objects.filter(predecessor=row).count() == 1


def test_terminating_checks_the_notice_at_its_field(client: Client, cast: Cast) -> None:
    row = recorded(in_force_until=days(900))
    answers = {"notice_given_on": days(0).isoformat(), "ends_on": days(10).isoformat(), "reason": "Fusion"}
    found = errors(take(client, cast.lead, row, "terminate", **answers))
    assert list(found) == ["ends_on"]
    assert list(errors(take(client, cast.lead, row, "terminate", **{**answers, "reason": ""}))) == ["reason"]
    response = take(client, cast.lead, row, "terminate", **{**answers, "ends_on": days(300).isoformat()})
    assert "Fusion" in response.content.decode()
    row.refresh_from_db()
    assert (row.status, row.in_force_until) == ("terminated", days(300))


def test_abandoning_wants_a_reason(client: Client, cast: Cast) -> None:
    row = begun()
    assert list(errors(take(client, cast.lead, row, "abandon", reason=""))) == ["reason"]
    assert "Erreur" in take(client, cast.lead, row, "abandon", reason="Erreur").content.decode()
    row.refresh_from_db()
    assert row.status == "abandoned"
    late(row)
    client.force_login(cast.lead)
    assert "Hélène Lead" in said(client.get(step(row, "share"), follow=True))


def test_each_step_is_closed_to_those_who_may_not_take_it(client: Client, cast: Cast) -> None:
    rows = {
        "draft": begun(), "negotiation": shared(commune="21003"), "to_sign": frozen(commune="21004"),
        "signed": signed(commune="21005"),
    }  # fmt: skip
    own = {status: a_bourgmestre(row.nis) for status, row in rows.items()}
    steps = {
        "draft": ("share", "abandon"), "negotiation": ("agree", "freeze", "send_back", "abandon"),
        "to_sign": ("sign", "send_back", "abandon"), "signed": ("renew", "terminate"),
    }  # fmt: skip
    for status, verbs in steps.items():
        for verb in verbs:
            address, data = step(rows[status], verb), {"seen_status": status}
            for person in (cast.stranger, cast.cabinet, cast.taskforce):
                client.force_login(person)
                codes = {client.get(address).status_code, client.post(address, data).status_code}
                assert codes == {404}, (person, address)
            for person in (cast.spoc, cast.editor, cast.director):
                client.force_login(person)
                codes = {client.get(address).status_code, client.post(address, data).status_code}
                assert codes == {403}, (person, address)
            client.force_login(own[status])
            party = verb in ("agree", "send_back")
            expected = 404 if status == "draft" else 200 if party else 403
            assert client.get(address).status_code == expected, address
            client.force_login(cast.lead)
            assert client.get(address).status_code == 200, address
        rows[status].refresh_from_db()
        assert rows[status].status == status
    assert client.get(step(rows["draft"], "fly")).status_code == 404
    assert client.get(step(rows["signed"], "supersede")).status_code == 404


def test_words_that_no_form_sends_take_no_step(client: Client, cast: Cast) -> None:
    row = shared()
    agree_both(row)
    client.force_login(cast.lead)
    # Without the state that was seen nothing happens.
    assert "tag--wait" in send(client, cast.lead, step(row, "freeze")).content.decode()
    assert client.put(step(row, "freeze")).status_code == 405
    row.refresh_from_db()
    assert row.status == "negotiation"
