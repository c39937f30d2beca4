"""Signatures are made outside the portal and recorded one by one, with the signed PDF; the last one makes it signed."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone, translation

from communes.models import Mandate
from conventions.models import Convention, Evidence, Signatory
from hubportal.accounts.models import User
from tests.conventions.agreements import (
    FIRST_DAY,
    a_lead,
    a_pdf,
    bytes_of,
    frozen,
    sign_all,
    sign_one,
    signed,
)
from tests.conventions.drafts import a_bourgmestre, a_draft, days, recorded

pytestmark = pytest.mark.django_db


def refused_at(convention: Convention, **changes: Any) -> list[str]:
    """Return the fields that refuse the secretary's signature; nothing may have been kept of it."""
    with pytest.raises(ValidationError) as caught:
        sign_one(convention, "secretary", **changes)
    convention.refresh_from_db()
    assert convention.status == "to_sign"
    assert not Evidence.objects.exists()
    assert not convention.signatories.filter(signed_on__isnull=False).exists()
    return list(caught.value.message_dict)


def test_a_signature_is_kept_with_its_evidence(lead: User) -> None:
    convention = frozen()
    sign_one(convention, "secretary", method="qualified")
    row = convention.signatories.get(office="secretary")
    assert (row.signed_on, row.method, row.signed_hash) == (
        timezone.localdate(), "qualified", convention.content_hash,
    )  # fmt: skip
    assert row.evidence is not None
    assert bytes_of(row.evidence) == b"%PDF-1.7 signed"
    assert (row.evidence.recorded_by, row.evidence.content_hash) == (lead, convention.content_hash)
    assert (convention.status, convention.signed_on) == ("to_sign", None)
    event = convention.events.last()
    assert event is not None
    assert (event.verb, event.target, event.comment) == ("sign", "to_sign", "Odette Secrétaire")


def test_the_last_one_makes_it_signed() -> None:
    convention = frozen()
    sign_all(convention)
    assert (convention.status, convention.signed_on) == ("signed", timezone.localdate())
    assert convention.state == "upcoming"
    assert [event.verb for event in convention.events.all()][-4:] == ["sign"] * 4


def test_the_one_before_ends_the_day_before() -> None:
    before = recorded(reference="CC-2019-01", in_force_from=days(-900))
    convention = signed()
    before.refresh_from_db()
    assert (before.in_force_until, convention.predecessor) == (FIRST_DAY - timedelta(days=1), before)
    assert before.state_on(FIRST_DAY) == "superseded"
    assert convention.state_on(FIRST_DAY) == "in_force"
    assert convention.is_unaltered()


def test_until_the_last_one_the_one_before_goes_on() -> None:
    before = recorded(reference="CC-2019-01", in_force_from=days(-900))
    convention = frozen()
    for office in ("bourgmestre", "secretary", "director"):
        sign_one(convention, office)
    before.refresh_from_db()
    assert before.in_force_until is None
    assert before.is_in_force(FIRST_DAY)


def test_a_later_last_day_does_not_alter_what_was_signed() -> None:
    first = signed(first_day=days(-200))
    second = signed(first_day=FIRST_DAY)
    first.refresh_from_db()
    assert first.in_force_until == FIRST_DAY - timedelta(days=1)
    assert first.is_unaltered()
    assert second.predecessor == first


def test_a_second_click_records_nothing() -> None:
    convention = frozen()
    sign_one(convention, "secretary")
    with pytest.raises(ValidationError) as caught:
        sign_one(convention, "secretary")
    assert list(caught.value.message_dict) == ["signatory"]
    assert Evidence.objects.count() == 1
    assert convention.events.filter(verb="sign").count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"signed_on": days(1)}, "signed_on"),
        ({"signed_on": days(-1)}, "signed_on"),
        ({"method": "by heart"}, "method"),
        ({"upload": a_pdf(b"PK\x03\x04 no pdf")}, "upload"),
        ({"upload": a_pdf(name="signed.docx")}, "upload"),
        ({"upload": a_pdf(b"")}, "upload"),
    ],
)
def test_refused_at_its_field(changes: dict[str, Any], field: str) -> None:
    assert refused_at(frozen(), **changes) == [field]


def test_60_megabytes_are_refused() -> None:
    upload = a_pdf()
    upload.size = 60 * 1024 * 1024
    assert refused_at(frozen(), upload=upload) == ["upload"]


def test_somebody_of_another_agreement_does_not_sign_this_one() -> None:
    convention = frozen()
    other: Signatory = frozen(commune="21002").signatories.get(office="secretary")
    assert refused_at(convention, signatory=other) == ["signatory"]


def test_whoever_lost_the_office_since_does_not_sign() -> None:
    convention = frozen()
    Mandate.objects.filter(user=a_bourgmestre()).update(ends_on=days(-1))
    assert refused_at(convention, signatory=convention.signatories.get(office="bourgmestre")) == ["signatory"]


@pytest.mark.parametrize("person", ["spoc", "editor", "director", "echevine", "cabinet"])
def test_nobody_but_a_lead_records_signatures(person: str, request: pytest.FixtureRequest) -> None:
    convention = frozen()
    with pytest.raises(PermissionDenied):
        sign_one(convention, "secretary", by=request.getfixturevalue(person))


def test_the_council_decides_before_the_last_signature(lead: User) -> None:
    convention = frozen()
    convention.set_council_decision(by=lead, on=timezone.localdate())
    sign_all(convention)
    assert convention.council_decided_on == convention.signed_on
    with pytest.raises(ValidationError):
        convention.set_council_decision(by=lead, on=days(-3))


def test_a_council_that_has_not_met_yet_decided_nothing(lead: User) -> None:
    with pytest.raises(ValidationError) as caught:
        frozen().set_council_decision(by=lead, on=days(1))
    assert list(caught.value.message_dict) == ["council_decided_on"]


def test_a_paper_signature_cannot_be_frozen(lead: User) -> None:
    draft = a_draft(in_force_from=date(2025, 4, 1), in_force_until=date(2030, 11, 30))
    draft.add_article(by=lead, title_fr="Un", title_nl="Een", body_fr="Un.", body_nl="Een.")
    draft.add_signatory(by=lead, office="representative", name="Paul Agence")
    draft.share(by=lead)
    draft.agree(by=lead)
    draft.agree(by=lead, party="commune", note="Lettre")
    with translation.override("en"), pytest.raises(ValidationError, match="typed in already"):
        draft.freeze(by=a_lead())
