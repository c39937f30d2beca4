"""What the database refuses, whoever writes behind the model's back: each rule that README.md marks so."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from conventions.models import Amendment, AmendmentArticle, Convention, ConventionTheme, Signatory, Theme
from tests.conventions.agreements import an_amendment, begun
from tests.conventions.drafts import a_draft, a_lead, a_theme, days, recorded

pytestmark = pytest.mark.django_db


FROZEN: dict[str, Any] = {
    "shared_at": timezone.now(), "content_hash": "c" * 64, "frozen_at": timezone.now(),
    "agency_agreed_at": timezone.now(), "agency_agreed_by": "lead",
    "commune_agreed_at": timezone.now(), "commune_agreed_by": "lead",
}  # fmt: skip
"""What a frozen text has; a lead stands for both parties."""


def refused(constraint: str, rows: Any, **changes: Any) -> None:
    """Write behind the model's back; the database names the constraint that stops it."""
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        rows.update(**changes)


def test_two_in_force_on_a_day() -> None:
    recorded(in_force_until=days(100))
    later = recorded(reference="CC-2027-01", in_force_from=days(101))
    refused("convention_one_in_force", Convention.objects.filter(pk=later.pk), in_force_from=days(100))


def test_a_terminated_one_counts_until_its_last_day() -> None:
    first = recorded(in_force_until=days(300))
    first.terminate(by=first.events.get().by, notice_given_on=days(-90), ends_on=days(100), reason="Fusion")
    later = recorded(reference="CC-2027-01", in_force_from=days(101))
    refused("convention_one_in_force", Convention.objects.filter(pk=later.pk), in_force_from=days(100))


def test_drafts_may_overlap() -> None:
    recorded()
    assert a_draft(reference="CC-2026-01").status == "draft"


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("convention_known_status", {"status": "nonsense"}),
        ("convention_signed_has_dates", {"signed_on": None}),
        ("convention_signed_has_dates", {"in_force_from": None}),
        ("convention_signed_has_dates", {"status": "draft"}),
        ("convention_terminated_has_reason", {"status": "terminated"}),
        ("convention_terminated_has_reason", {"termination_reason": "Fusion"}),
        ("convention_terminated_has_reason", {"notice_given_on": date(2026, 1, 1)}),
        ("convention_ends_after_start", {"in_force_until": date(2001, 1, 1)}),
        ("convention_notice_months", {"notice_months": 25}),
        ("convention_reference_form", {"reference": "../../admin"}),
        ("convention_reference_form", {"reference": ""}),
        ("convention_decided_before_signed", {"council_decided_on": date(2099, 1, 1)}),
        ("convention_abandoned_has_reason", {"abandon_reason": "Erreur"}),
        ("convention_frozen_has_hash", {"content_hash": "c" * 64}),
        ("convention_frozen_has_hash", {"frozen_at": timezone.now()}),
        ("convention_frozen_is_agreed", {"content_hash": "c" * 64, "frozen_at": timezone.now()}),
        ("convention_note_of_consent", {"commune_agreed_note": "Lettre"}),
        ("convention_agreed_by_somebody", {"commune_agreed_at": timezone.now()}),
        ("convention_tacit_is_whole", {"renewal_months": 12}),
        ("convention_tacit_is_whole", {"first_period_until": days(99)}),
        ("convention_tacit_is_whole", {"renewal_months": 0, "first_period_until": days(99)}),
        ("convention_tacit_is_whole", {"renewal_months": 12, "first_period_until": date(2001, 1, 1)}),
    ],
)
def test_impossible_conventions(constraint: str, changes: dict[str, Any]) -> None:
    recorded()
    refused(constraint, Convention.objects.all(), **changes)


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("convention_shared_has_moment", {"status": "negotiation"}),
        ("convention_shared_has_moment", {"shared_at": timezone.now()}),
        ("convention_to_sign_is_frozen", {"status": "to_sign", "shared_at": timezone.now()}),
        ("convention_to_sign_is_frozen", {"status": "negotiation", **FROZEN}),
        ("convention_to_sign_has_first_day", {"status": "to_sign", **FROZEN, "in_force_from": None}),
        ("convention_abandoned_has_reason", {"status": "abandoned"}),
        ("convention_draft_is_not_agreed", {"agency_agreed_at": timezone.now(), "agency_agreed_by": "lead"}),
        ("convention_tacit_or_fixed", {
            "renewal_months": 12, "first_period_until": days(99), "in_force_until": days(99),
        }),
    ],
)  # fmt: skip
def test_impossible_drafts(constraint: str, changes: dict[str, Any]) -> None:
    by = a_lead()
    a_draft()
    changes = {name: by if value == "lead" else value for name, value in changes.items()}
    refused(constraint, Convention.objects.all(), **changes)


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("amendment_known_status", {"status": "terminated"}),
        ("amendment_signed_has_dates", {"status": "signed"}),
        ("amendment_shared_has_moment", {"status": "negotiation"}),
        ("amendment_in_both_languages", {"title_nl": ""}),
        ("amendment_ends_after_start", {"new_last_day": date(2001, 1, 1)}),
        ("amendment_abandoned_has_reason", {"abandon_reason": "Erreur"}),
    ],
)
def test_impossible_amendments(constraint: str, changes: dict[str, Any]) -> None:
    an_amendment()
    refused(constraint, Amendment.objects.all(), **changes)


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("amendmentarticle_known_change", {"change": "nonsense"}),
        ("amendmentarticle_removed_has_no_text", {"change": "remove"}),
    ],
)
def test_impossible_changes_of_articles(constraint: str, changes: dict[str, Any]) -> None:
    an_amendment()
    refused(constraint, AmendmentArticle.objects.all(), **changes)


def test_an_article_number_once() -> None:
    draft = begun()
    refused("article_number_once", draft.articles.filter(number=2), number=1)
    refused("article_numbers_from_one", draft.articles.filter(number=2), number=0)


def test_a_draft_is_not_signed() -> None:
    a_draft()
    refused("convention_signed_has_dates", Convention.objects.all(), signed_on=date(2026, 1, 1))


def test_two_successors_of_one() -> None:
    first = recorded(reference="CC-2019-01", in_force_from=days(-900))
    recorded(in_force_from=days(-500), in_force_until=days(-300))
    last = recorded(reference="CC-2026-01", in_force_from=days(-200))
    refused("predecessor", Convention.objects.filter(pk=last.pk), predecessor=first)


def test_a_reference_once() -> None:
    recorded()
    other = a_draft("21002", "CC-2025-02")
    refused("reference", Convention.objects.filter(pk=other.pk), reference="CC-2025-01")


@pytest.mark.parametrize(
    ("constraint", "office", "changes"),
    [
        ("signatory_office_of_the_party", "bourgmestre", {"party": "agency"}),
        ("signatory_office_of_the_party", "director", {"party": "commune"}),
        ("signatory_office_of_the_party", "secretary", {"office": "nonsense"}),
        ("signatory_mandated_is_a_person", "bourgmestre", {"user": None}),
        ("signatory_has_a_name", "secretary", {"name": ""}),
        ("signatory_signed_with_evidence", "secretary", {"method": "handwritten"}),
    ],
)
def test_impossible_signatories(constraint: str, office: str, changes: dict[str, Any]) -> None:
    draft = a_draft()
    refused(constraint, draft.signatories.filter(office=office), **changes)


def test_a_signature_once() -> None:
    draft = a_draft()
    twin = Signatory(
        convention=draft, party="agency", office="director", name="Hélène Directrice", signed_on=days(-1)
    )
    with pytest.raises(IntegrityError, match="signatory_once"), transaction.atomic():
        twin.save()


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_modalities_in_one_language_only(language: str) -> None:
    a_draft()
    refused(
        "conventiontheme_in_both_languages", ConventionTheme.objects.all(), **{f"modality_{language}": ""}
    )


def test_a_theme_once() -> None:
    draft = a_draft()
    with pytest.raises(IntegrityError, match="conventiontheme_once"), transaction.atomic():
        ConventionTheme.objects.create(
            convention=draft, theme=a_theme("data"), modality_fr="a", modality_nl="b"
        )


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [("theme_known_service", {"kind": "nonsense"}), ("theme_named_in_both_languages", {"name_nl": ""})],
)
def test_impossible_themes(constraint: str, changes: dict[str, Any]) -> None:
    a_theme()
    refused(constraint, Theme.objects.all(), **changes)
