"""What the database keeps as it was, whoever writes behind the models' back: frozen texts and history."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from conventions.models import (
    Amendment,
    AmendmentEvent,
    Article,
    ArticleRevision,
    Convention,
    ConventionEvent,
    ConventionTheme,
    Document,
    Evidence,
    ProjectAgreement,
    Signatory,
    Theme,
)
from tests.conventions.agreements import (
    a_lead,
    agree_both,
    an_amendment,
    begun,
    frozen,
    shared,
    sign_amendment,
    sign_one,
    signed,
)
from tests.conventions.drafts import a_draft, a_theme, days, recorded, unlocked

pytestmark = pytest.mark.django_db


def refused(match: str, act: Callable[[], Any]) -> None:
    """Write behind the model's back; the database says why it stops it."""
    with pytest.raises(IntegrityError, match=match), transaction.atomic():
        act()


def a_project(convention: Convention) -> ProjectAgreement:
    """Annex a project agreement."""
    return ProjectAgreement.objects.annex(
        convention=convention,
        by=a_lead(),
        title_fr="Halles",
        title_nl="Hallen",
        text_fr="Oui.",
        text_nl="Ja.",
    )


PARTS: list[Callable[[Convention], Any]] = [
    lambda it: Article.objects.filter(convention=it, number=1).update(body_fr="Autre"),
    lambda it: Article.objects.filter(convention=it, number=1).delete(),
    lambda it: Article.objects.filter(convention=it, number=1).update(number=40),
    lambda it: Article.objects.create(convention=it, number=30, title_fr="Un", title_nl="Een"),
    lambda it: Article.objects.filter(convention=it, number=1).update(convention=begun("21002")),
    lambda it: ConventionTheme.objects.filter(convention=it).update(modality_nl="Anders"),
    lambda it: ConventionTheme.objects.filter(convention=it).delete(),
    lambda it: ConventionTheme.objects.create(
        convention=it, theme=a_theme("crisis"), modality_fr="Oui", modality_nl="Ja"
    ),
    lambda it: Signatory.objects.filter(convention=it, office="secretary").update(name="Quelqu’un d’autre"),
    lambda it: Signatory.objects.filter(convention=it, office="secretary").delete(),
    lambda it: Signatory.objects.create(convention=it, party="agency", office="director", name="Un autre"),
    lambda it: Theme.objects.filter(conventions__convention=it).update(name_fr="Autre nom"),
]


@pytest.mark.parametrize("make", [frozen, signed])
def test_no_part_of_a_frozen_text_changes(make: Any, subtests: pytest.Subtests) -> None:
    convention = make()
    for number, act in enumerate(PARTS):
        with subtests.test(number), transaction.atomic():
            refused("frozen text", partial(act, convention))
            assert Convention.objects.get(pk=convention.pk).is_unaltered()
            transaction.set_rollback(True)


def test_nor_of_one_that_was_recorded_terminated_or_abandoned() -> None:
    lead = a_lead()
    draft = a_draft()
    draft.add_article(by=lead, title_fr="Un", title_nl="Een")
    draft.record(by=lead)
    other = frozen(commune="21002")
    other.abandon(by=lead, reason="Erreur")
    for act in PARTS[:3]:
        refused("frozen text", partial(act, draft))
        refused("frozen text", partial(act, other))
    draft.terminate(by=lead, notice_given_on=days(-10), ends_on=days(300), reason="Fusion")
    for act in PARTS[:3]:
        refused("frozen text", partial(act, draft))


def test_a_text_in_negotiation_may_change() -> None:
    convention = shared()
    for act in PARTS[:4]:
        with transaction.atomic():
            act(convention)
            transaction.set_rollback(True)


@pytest.mark.parametrize(
    "changes",
    [
        {"reference": "CC-2001-01"},
        {"commune": "21003"},
        {"in_force_from": days(3)},
        {"notice_months": 1},
        {"renewal_months": 12, "first_period_until": days(999)},
        {"signed_until": days(9)},
        {"content_hash": "d" * 64},
        {"content_hash": "", "frozen_at": None},
    ],
)
def test_what_the_fingerprint_covers_stands(changes: dict[str, Any]) -> None:
    convention = signed()
    refused("frozen text|fingerprint", lambda: Convention.objects.filter(pk=convention.pk).update(**changes))


def test_nothing_of_a_signature_changes_once_all_have_signed() -> None:
    convention = frozen()
    sign_one(convention, "secretary")
    Signatory.objects.filter(office="secretary").update(**Signatory.UNSIGNED)
    sign_one(convention, "secretary")
    for office in ("bourgmestre", "director", "representative"):
        sign_one(convention, office)
    rows = Signatory.objects.filter(office="secretary")
    refused("frozen text", lambda: rows.update(**Signatory.UNSIGNED))
    refused("frozen text", lambda: rows.update(signed_on=days(-1)))


def test_a_paper_signature_does_not_change_either() -> None:
    recorded()
    refused("frozen text", lambda: Signatory.objects.filter(office="secretary").update(signed_on=days(-1)))


def test_a_project_annexed_before_the_signature_is_part_of_it_a_later_one_is_not() -> None:
    convention = shared()
    first = a_project(convention)
    agree_both(convention)
    convention.freeze(by=a_lead())
    rows = ProjectAgreement.objects.filter(pk=first.pk)
    refused("frozen text", lambda: rows.update(text_fr="Autre"))
    refused("frozen text", lambda: rows.update(is_frozen=False))
    refused("frozen text", lambda: rows.delete())
    for office in ("bourgmestre", "secretary", "director", "representative"):
        sign_one(convention, office)
    later = a_project(convention)
    assert ProjectAgreement.objects.filter(pk=later.pk).update(text_fr="Autre") == 1
    refused("frozen text", lambda: ProjectAgreement.objects.filter(pk=later.pk).update(is_frozen=True))


def test_an_amendment_is_frozen_too() -> None:
    amendment = an_amendment()
    sign_amendment(amendment)
    rows = Amendment.objects.filter(pk=amendment.pk)
    refused("frozen text", lambda: amendment.articles.update(body_fr="Autre"))
    refused("frozen text", lambda: amendment.articles.all().delete())
    refused("frozen text", lambda: rows.update(title_fr="Autre"))
    refused("frozen text", lambda: rows.update(new_last_day=days(900)))
    refused("frozen text", lambda: amendment.signatories.filter(office="secretary").update(name="Autre"))


def test_an_amendment_keeps_its_number_and_leaves_none_out() -> None:
    amendment = an_amendment()
    rows = Amendment.objects.filter(pk=amendment.pk)
    refused("keeps its number", lambda: rows.update(number=2))
    refused("keeps its number", lambda: rows._raw_delete(rows.db))
    twin = Amendment(convention=amendment.convention, number=3, title_fr="Un", title_nl="Een")
    refused("without gaps", twin.save)
    twin.number = 1
    refused("amendment_number_once", twin.save)


def test_history_is_only_added_to() -> None:
    amendment = an_amendment()
    sign_amendment(amendment)
    Document.objects.create(
        convention=amendment.convention, content_hash="e" * 64, kind="text",
        file="ab/abc", name="a.pdf", size=1, sha256="f" * 64,
    )  # fmt: skip
    for model in (ArticleRevision, ConventionEvent, AmendmentEvent, Evidence, Document):
        rows: Any = model._base_manager.all()
        assert rows.exists(), model
        field = "at" if hasattr(model, "at") else "made_at" if model is Document else "recorded_at"
        refused("append-only", lambda rows=rows, field=field: rows.update(**{field: timezone.now()}))  # type: ignore[misc]
        refused("append-only", lambda rows=rows: rows._raw_delete(rows.db))  # type: ignore[misc]


def test_the_end_of_the_legal_term_is_let_through() -> None:
    convention = signed()
    with unlocked():
        assert ConventionEvent.objects.filter(subject=convention).update(comment="") > 0
        assert Article.objects.filter(convention=convention).update(body_fr="") == 18
    refused("append-only", lambda: ConventionEvent.objects.filter(subject=convention).update(comment=""))


def test_a_theme_that_moves_in_lists_alters_nothing_that_was_signed() -> None:
    row = begun()
    row.open_theme(by=a_lead(), theme=a_theme("works"), modality_fr="Un plan.", modality_nl="Een plan.")
    row.share(by=a_lead())
    agree_both(row)
    row.freeze(by=a_lead())
    Theme.objects.filter(code="works").update(position=1)
    Theme.objects.filter(code="data").update(position=2)
    row = Convention.objects.get(pk=row.pk)
    assert row.is_unaltered()
    Theme.objects.filter(code="data").update(position=0)
    assert Convention.objects.get(pk=row.pk).is_unaltered()


def test_a_theme_keeps_its_names_once_a_party_agreed_to_them() -> None:
    row = shared()
    theme = row.themes.get().theme
    assert not theme.is_frozen
    row.agree(by=a_lead())
    assert theme.is_frozen
