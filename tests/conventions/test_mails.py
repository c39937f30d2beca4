"""Mails about an agreement: to the other party and the SPOC, in their language, text and HTML, never to the author."""

import pytest
from django.core.exceptions import ValidationError

from communes.models import Absence, Delegation
from conventions.models import Convention, Party
from hubportal.accounts.models import User
from hubportal.outbox.models import OutboxMessage
from tests.cast import COMMUNE_A, MandateFactory
from tests.conventions.agreements import (
    an_amendment,
    begun,
    frozen,
    shared,
    sign_all,
    sign_amendment,
    sign_one,
)
from tests.conventions.drafts import a_bourgmestre, days, recorded

pytestmark = pytest.mark.django_db


def mails(what: str = "") -> list[OutboxMessage]:
    """Return the mails about agreements, of one kind or all, in the order of their people."""
    rows = OutboxMessage.objects.filter(kind__startswith=f"convention {what}").order_by("pk")
    return list(rows)


def told(what: str) -> set[User]:
    """Return who was told of a step, and take the mails away: those of the next one stand alone."""
    rows = mails(what)
    people = [row.person for row in rows]
    assert len(people) == len(set(people)) == len(mails())
    OutboxMessage.objects.all().delete()
    return set(people)  # type: ignore[arg-type]


def test_each_step_is_told_to_the_other_party_and_the_spoc(
    echevine: User, colleague: User, delegate: User, stranger: User, spoc: User, lead: User, cabinet: User
) -> None:
    mayor = a_bourgmestre()
    draft = begun()
    assert mails() == []
    draft.share(by=lead)
    # Who agrees for the commune: neither an échevin of works, nor a civil servant.
    assert told("share") == {mayor, echevine, spoc}
    draft.agree(by=lead)
    assert told("agree") == {mayor, echevine, spoc}
    draft.agree(by=echevine)
    assert told("agree") == {lead, spoc}
    draft.freeze(by=lead)
    assert told("freeze") == {mayor, echevine, spoc}
    sign_one(draft, "bourgmestre")
    assert mails() == []
    draft.send_back(by=delegate, comment="Une coquille à l’article 3")
    assert told("send_back") == {lead, spoc}
    draft.send_back(by=lead, comment="À revoir")
    # It is a draft again: the commune reads that, and is led to what it may read.
    letters = {row.person: row.text for row in mails("send_back")}
    assert set(letters) == {mayor, echevine, spoc}
    assert "/conventions/\n" in letters[echevine]
    assert f"/conventions/{draft.reference}/" in letters[spoc]
    assert "À revoir" in letters[echevine]
    told("send_back")
    draft.abandon(by=lead, reason="Abandon")
    assert told("abandon") == {spoc}


def test_a_change_of_the_text_voids_the_agreements_to_it_and_says_so_once(
    echevine: User, spoc: User, lead: User
) -> None:
    mayor, draft = a_bourgmestre(), shared()
    article = draft.articles.get(number=2)
    article.revise(by=spoc, version=1, title_fr="Nul ne s’y est engagé")
    draft.agree(by=lead)
    draft.agree(by=echevine)
    OutboxMessage.objects.all().delete()
    article.revise(by=spoc, version=2, title_fr="Corrigé")
    draft.refresh_from_db()
    assert not any(map(draft.agreed, Party.values))
    letters = {row.person: row for row in mails("void_consent")}
    # Both parties agree to the same text or to none: who agreed is asked anew.
    assert set(letters) == {mayor, echevine, lead}
    assert f"{spoc.full_name} a modifié le texte" in letters[echevine].text
    assert "Corrigé" not in letters[echevine].text
    event = draft.events.get(verb="void_consent")
    assert (event.by, event.source, event.target) == (spoc, "negotiation", "negotiation")
    told("void_consent")
    article.revise(by=spoc, version=3, title_fr="Une fois suffit")
    assert mails() == []


def test_the_last_signature_and_the_notice_are_told_to_both(echevine: User, spoc: User, lead: User) -> None:
    convention = frozen(first_day=days(0))
    OutboxMessage.objects.all().delete()
    sign_all(convention)
    assert told("sign") == {a_bourgmestre(), echevine, spoc}
    sign_amendment(an_amendment(convention))
    letters = mails("sign")
    assert {row.person for row in letters} == {a_bourgmestre(), echevine, spoc}
    assert all(f"{convention.reference}-A1" in row.subject for row in letters)
    OutboxMessage.objects.all().delete()
    convention.refresh_from_db()
    convention.terminate(by=lead, notice_given_on=days(0), ends_on=days(400), reason="Fusion secrète")
    letters = mails("terminate")
    assert {row.person for row in letters} == {a_bourgmestre(), echevine, spoc}
    assert all("Fusion secrète" in row.text for row in letters)
    assert not any("secrète" in row.subject for row in letters)


def test_a_lead_who_records_the_consent_of_a_commune_tells_it(echevine: User, lead: User) -> None:
    convention = shared()
    told("")
    convention.agree(by=lead, party=Party.COMMUNE, note="Courriel du 3 mars")
    letter = next(row for row in mails("agree") if row.person == echevine)
    assert "Courriel du 3 mars" in letter.text


def test_a_stand_in_is_told_instead_of_the_spoc(spoc: User, lead: User, editor: User, echevine: User) -> None:
    Absence.objects.create(user=spoc, stand_in=editor, starts_on=days(-1), ends_on=days(1))
    shared()
    assert told("share") == {a_bourgmestre(), echevine, editor}


def test_who_has_no_address_or_left_gets_none(echevine: User, lead: User) -> None:
    gone = MandateFactory(trade=True, ended=True).user
    User.objects.filter(pk=a_bourgmestre().pk).update(email=None)
    closed = MandateFactory(trade=True).user
    User.objects.filter(pk=closed.pk).update(is_active=False)
    Delegation.objects.create(user=gone, commune_id=COMMUNE_A, given_by=echevine, starts_on=days(-10))
    shared()
    assert told("share") == {echevine}


def test_each_reads_both_forms_in_their_language(echevine: User, spoc: User, lead: User) -> None:
    mayor = a_bourgmestre()
    User.objects.filter(pk=mayor.pk).update(content_language="nl", last_name="O’<b>Brien</b> & Cie")
    User.objects.filter(pk=echevine.pk).update(content_language="")
    convention = shared()
    letters = {row.person: row for row in mails("share")}
    path = f"/conventions/{convention.reference}/"
    dutch = letters[mayor]
    for form in (dutch.text, dutch.html):
        assert f"http://localhost:8000/nl{path}" in form
        assert "/fr/" not in form
    assert "<b>Brien</b> & Cie" in dutch.text
    assert "&lt;b&gt;Brien&lt;/b&gt; &amp; Cie" in dutch.html
    assert '<html lang="nl"' in dutch.html
    both = letters[echevine]
    for form in (both.text, both.html):
        assert f"/fr{path}" in form
        assert f"/nl{path}" in form
    assert " / " in both.subject
    assert both.html.count('class="bl"') == 2
    for row in letters.values():
        assert convention.reference in row.subject
        assert "{" not in row.text
        assert "\n\n\n" not in row.text
        assert "<script" not in row.html
        assert "http" not in row.html.replace("http://localhost:8000/", "")


def test_a_refused_step_and_one_of_the_past_leave_no_mail(echevine: User, spoc: User, lead: User) -> None:
    recorded("21002", "CC-2025-02")
    convention = shared()
    told("")
    with pytest.raises(ValidationError):
        convention.freeze(by=lead)
    with pytest.raises(ValidationError):
        convention.send_back(by=lead, comment=" ")
    assert mails() == []
    Convention.objects.get(reference="CC-2025-02").renew(by=lead)
    assert mails() == []
