"""A draft is shared, both parties agree to its text, a lead freezes it; either party sends it back."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import translation

from communes.models import Mandate
from conventions.models import Convention
from hubportal.accounts.models import User
from tests.conventions.agreements import a_lead, agree_both, begun, bytes_of, frozen, shared, sign_one
from tests.conventions.drafts import a_bourgmestre, days

pytestmark = pytest.mark.django_db


def refusal(convention: Convention, verb: str, **arguments: Any) -> str:
    """Return why a step is refused, in English; nothing may have moved."""
    status, events = convention.status, convention.events.count()
    with translation.override("en"), pytest.raises(ValidationError) as caught:
        getattr(convention, verb)(**arguments)
    convention.refresh_from_db()
    assert (convention.status, convention.events.count()) == (status, events)
    with translation.override("en"):
        return " ".join(caught.value.messages)


# --- share ----------------------------------------------------------------------------------------------------


def test_a_shared_draft_is_in_negotiation(lead: User) -> None:
    draft = begun()
    draft.share(by=lead)
    assert (draft.status, draft.state) == ("negotiation", "negotiation")
    assert draft.shared_at is not None


def test_both_texts_must_be_there(lead: User) -> None:
    draft = begun()
    draft.articles.get(number=7).revise(by=lead, version=1, body_nl="", title_fr="")
    told = refusal(draft, "share", by=lead)
    assert "Article 7" in told
    assert "missing in Dutch" in told
    assert "missing in French" in told


def test_a_draft_without_articles_says_nothing(lead: User) -> None:
    draft = begun()
    draft.articles.all().delete()
    assert "no article" in refusal(draft, "share", by=lead)


@pytest.mark.parametrize("person", ["spoc", "editor", "director", "echevine", "cabinet"])
def test_nobody_but_a_lead_shares_or_freezes(person: str, request: pytest.FixtureRequest) -> None:
    user = request.getfixturevalue(person)
    draft = begun()
    with pytest.raises(PermissionDenied):
        draft.share(by=user)
    draft.share(by=a_lead())
    agree_both(draft)
    with pytest.raises(PermissionDenied):
        draft.freeze(by=user)


# --- agree ----------------------------------------------------------------------------------------------------


def test_each_party_agrees(lead: User, delegate: User) -> None:
    convention = shared()
    convention.agree(by=lead)
    assert (convention.agreed("agency"), convention.agreed("commune")) == (True, False)
    convention.agree(by=delegate)
    assert convention.agreed("commune")
    assert (convention.agency_agreed_by, convention.commune_agreed_by) == (lead, delegate)
    assert [event.verb for event in convention.events.all()] == ["share", "agree", "agree"]


def test_a_lead_records_the_agreement_of_the_commune_with_a_note(lead: User) -> None:
    convention = shared()
    assert "few words" in refusal(convention, "agree", by=lead, party="commune")
    convention.agree(by=lead, party="commune", note="Lettre du 3 mars")
    assert (convention.commune_agreed_by, convention.commune_agreed_note) == (lead, "Lettre du 3 mars")
    event = convention.events.last()
    assert event is not None
    assert event.comment == "Lettre du 3 mars"


def test_a_party_agrees_once(lead: User) -> None:
    convention = shared()
    convention.agree(by=lead)
    assert "already" in refusal(convention, "agree", by=lead)


@pytest.mark.parametrize("person", ["stranger", "ended", "spoc", "cabinet"])
def test_others_agree_to_nothing(person: str, request: pytest.FixtureRequest) -> None:
    convention = shared()
    with pytest.raises(PermissionDenied):
        convention.agree(by=request.getfixturevalue(person))


def test_a_commune_does_not_speak_for_the_agency(echevine: User) -> None:
    convention = shared()
    with pytest.raises(PermissionDenied):
        convention.agree(by=echevine, party="agency")


# --- freeze ---------------------------------------------------------------------------------------------------


def test_a_frozen_text_has_a_fingerprint(lead: User) -> None:
    convention = shared()
    agree_both(convention)
    convention.freeze(by=lead)
    assert convention.status == "to_sign"
    assert len(convention.content_hash) == 64
    assert convention.is_unaltered()
    assert convention.signed_until == convention.in_force_until
    # The fingerprint is that of the text: another text has another.
    assert Convention.objects.get(pk=convention.pk).content["articles"][4]["title_fr"]
    assert convention.content_hash not in (frozen(commune="21002").content_hash, "")


@pytest.mark.parametrize("party", ["agency", "commune"])
def test_both_parties_must_agree(party: str, lead: User, echevine: User) -> None:
    convention = shared()
    convention.agree(by=lead if party == "commune" else echevine)
    assert f"{party} has not agreed" in refusal(convention, "freeze", by=lead)


@pytest.mark.parametrize(
    ("office", "words"),
    [
        ("bourgmestre", "bourgmestre and the communal secretary"),
        ("secretary", "bourgmestre and the communal secretary"),
        ("director", "Two people"),
        ("representative", "Two people"),
    ],
)
def test_the_four_who_sign_must_be_known(office: str, words: str, lead: User) -> None:
    convention = shared()
    convention.signatories.get(office=office).remove(by=lead)
    agree_both(convention)
    assert words in refusal(convention, "freeze", by=lead)


def test_whoever_signs_is_in_office_that_day(lead: User) -> None:
    convention = shared()
    agree_both(convention)
    bourgmestre = a_bourgmestre()
    Mandate.objects.filter(user=bourgmestre).update(ends_on=days(-1))
    assert "did not hold this office" in refusal(convention, "freeze", by=lead)


def test_somebody_without_a_mandate_is_refused_at_once(lead: User, echevine: User) -> None:
    with pytest.raises(ValidationError) as caught:
        begun().add_signatory(by=lead, office="bourgmestre", user=echevine)
    assert list(caught.value.message_dict) == ["user"]


def test_an_address_is_no_name(lead: User) -> None:
    with pytest.raises(ValidationError) as caught:
        begun().add_signatory(by=lead, office="secretary", name="odette@anderlecht.example")
    assert list(caught.value.message_dict) == ["name"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"in_force_from": None}, "first day"),
        ({"in_force_until": None}, "last day"),
    ],
)
def test_a_term_is_needed(change: dict[str, Any], words: str, lead: User) -> None:
    convention = shared()
    convention.set_term(by=lead, **change)
    agree_both(convention)
    assert words in refusal(convention, "freeze", by=lead)


def test_a_theme_is_needed(lead: User) -> None:
    convention = shared()
    convention.themes.get().remove(by=lead, version=1)
    agree_both(convention)
    assert "theme" in refusal(convention, "freeze", by=lead)


# --- send back ------------------------------------------------------------------------------------------------


def test_sending_back_voids_signatures_and_agreements_and_keeps_the_evidence(echevine: User) -> None:
    convention = frozen()
    sign_one(convention, "secretary")
    evidence = convention.evidence.get()
    convention.send_back(by=echevine, comment="Un article manque")
    assert (convention.status, convention.content_hash, convention.frozen_at) == ("negotiation", "", None)
    assert not any(map(convention.agreed, ["agency", "commune"]))
    row = convention.signatories.get(office="secretary")
    assert (row.signed_on, row.method, row.signed_hash, row.evidence) == (None, "", "", None)
    kept = convention.evidence.get()
    assert (kept, kept.signatory_name) == (evidence, "Odette Secrétaire")
    assert bytes_of(kept) == b"%PDF-1.7 signed"
    event = convention.events.last()
    assert event is not None
    assert (event.by, event.comment) == (echevine, "Un article manque")


def test_from_negotiation_it_is_a_draft_again_of_which_the_commune_knows_the_state(
    lead: User, echevine: User
) -> None:
    convention = shared()
    assert Convention.objects.visible_to(echevine).exists()
    convention.send_back(by=lead, comment="Trop tôt")
    assert (convention.status, convention.shared_at) == ("draft", None)
    # That there is one, and why it went back; the text is its authors' again.
    assert Convention.objects.visible_to(echevine).get() == convention
    assert not convention.text_visible_to(echevine)
    assert not convention.articles.visible_to(echevine).exists()


def test_a_draft_that_was_never_shared_is_unknown_to_the_commune(echevine: User) -> None:
    begun()
    assert not Convention.objects.visible_to(echevine).exists()


def test_it_can_be_frozen_anew(lead: User) -> None:
    convention = frozen()
    before = convention.content_hash
    convention.send_back(by=lead, comment="Une coquille")
    convention.articles.get(number=1).revise(by=lead, version=1, body_fr="Corrigé.")
    agree_both(convention)
    convention.freeze(by=lead)
    assert convention.content_hash not in ("", before)


def test_a_comment_is_needed(lead: User) -> None:
    assert "few words" in refusal(frozen(), "send_back", by=lead, comment="  ")


@pytest.mark.parametrize("person", ["stranger", "ended", "editor", "cabinet"])
def test_others_send_nothing_back(person: str, request: pytest.FixtureRequest) -> None:
    convention = frozen()
    with pytest.raises(PermissionDenied):
        convention.send_back(by=request.getfixturevalue(person), comment="Non")


# --- abandon --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [begun, shared, frozen])
def test_a_lead_abandons_what_is_not_signed(make: Any, lead: User) -> None:
    convention = make()
    convention.abandon(by=lead, reason="La commune renonce")
    assert (convention.status, convention.state, convention.abandon_reason) == (
        "abandoned", "abandoned", "La commune renonce",
    )  # fmt: skip


def test_a_reason_is_needed(lead: User) -> None:
    assert "few words" in refusal(begun(), "abandon", by=lead, reason="")


def test_a_commune_abandons_nothing(echevine: User) -> None:
    with pytest.raises(PermissionDenied):
        shared().abandon(by=echevine, reason="Non")
