"""Who reads how much: the agency all, a commune its own once it was shared, others state and dates of the signed."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from conventions.models import (
    Article,
    ArticleRevision,
    Comment,
    Convention,
    ConventionEvent,
    ConventionTheme,
    Document,
    Evidence,
    ProjectAgreement,
    Signatory,
)
from hubportal.accounts.models import User
from tests.cast import Cast
from tests.conventions.agreements import begun, frozen, shared, sign_one, signed

pytestmark = pytest.mark.django_db
AGENCY = {"spoc", "editor", "lead", "director", "admin"}
OWN = {"echevine", "colleague", "delegate"}
OTHERS = {"stranger", "cabinet", "taskforce"}


def readers(cast: Cast, model: Any) -> set[str]:
    """Return who sees any row of a model."""
    return {
        name for name, user in vars(cast).items() if model._default_manager.all().visible_to(user).exists()
    }


def text_readers(cast: Cast, convention: Convention) -> set[str]:
    """Return who reads the text; the method and the querysets must agree."""
    found = {name for name, user in vars(cast).items() if convention.text_visible_to(user)}
    for model in (Article, ArticleRevision, ConventionTheme, Signatory, ConventionEvent):
        rows: Any = model._default_manager.all()
        assert not rows.exists() or readers(cast, model) == found, model
    return found


def test_a_draft_is_the_agency_s(cast: Cast) -> None:
    draft = begun()
    assert readers(cast, Convention) == AGENCY
    assert text_readers(cast, draft) == AGENCY


@pytest.mark.parametrize("make", [shared, frozen])
def test_from_negotiation_on_its_own_people_read_it(make: Any, cast: Cast) -> None:
    convention = make()
    assert readers(cast, Convention) == AGENCY | OWN
    assert text_readers(cast, convention) == AGENCY | OWN


def test_once_signed_the_others_know_of_it_and_do_not_read_it(cast: Cast) -> None:
    convention = signed()
    assert readers(cast, Convention) == AGENCY | OWN | OTHERS
    assert text_readers(cast, convention) == AGENCY | OWN
    assert readers(cast, Evidence) == AGENCY | OWN
    dated = {name for name, user in vars(cast).items() if convention.dates_visible_to(user)}
    assert dated == AGENCY | OWN | {"stranger"}


def test_one_that_was_abandoned_after_it_was_shared_can_still_be_read(cast: Cast, lead: User) -> None:
    convention = shared()
    convention.abandon(by=lead, reason="Erreur")
    assert text_readers(cast, convention) == AGENCY | OWN
    never = begun(commune="21001")
    never.abandon(by=lead, reason="Erreur")
    assert not never.text_visible_to(cast.echevine)


def test_a_mandate_that_ended_reads_nothing(ended: User) -> None:
    convention = signed()
    assert not Convention.objects.visible_to(ended).exists()
    assert not convention.text_visible_to(ended)
    assert not convention.dates_visible_to(ended)


# --- Comments -------------------------------------------------------------------------------------------------


def test_both_parties_comment_and_read(cast: Cast) -> None:
    article = shared().articles.get(number=3)
    first = Comment.objects.write(on=article, by=cast.echevine, text=" Trop long. ")
    second = Comment.objects.write(on=article, by=cast.spoc, text="Nous raccourcissons.")
    assert (first.text, first.party, second.party, first.number) == ("Trop long.", "commune", "agency", 3)
    assert readers(cast, Comment) == AGENCY | OWN


@pytest.mark.parametrize("person", ["stranger", "ended", "cabinet"])
def test_others_do_not_comment(person: str, request: pytest.FixtureRequest) -> None:
    article = shared().articles.get(number=3)
    with pytest.raises(PermissionDenied):
        Comment.objects.write(on=article, by=request.getfixturevalue(person), text="Bonjour")


def test_a_commune_does_not_comment_a_draft(echevine: User) -> None:
    article = begun().articles.get(number=3)
    with pytest.raises(PermissionDenied):
        Comment.objects.write(on=article, by=echevine, text="Bonjour")


@pytest.mark.parametrize("text", ["  ", "x" * 4001])
def test_a_comment_says_something_and_not_too_much(text: str, lead: User) -> None:
    article = shared().articles.get(number=3)
    with pytest.raises(ValidationError) as caught:
        Comment.objects.write(on=article, by=lead, text=text)
    assert list(caught.value.message_dict) == ["text"]


def test_a_frozen_text_is_not_discussed_any_more(echevine: User) -> None:
    article = frozen().articles.get(number=3)
    with pytest.raises(ValidationError):
        Comment.objects.write(on=article, by=echevine, text="Encore une chose")


def test_a_comment_is_resolved_once_and_reopened(spoc: User, echevine: User, colleague: User) -> None:
    article = shared().articles.get(number=3)
    row = Comment.objects.write(on=article, by=echevine, text="Trop long.")
    with pytest.raises(PermissionDenied):
        row.resolve(by=colleague)
    assert row.resolve(by=spoc)
    assert not row.resolve(by=echevine)
    assert (row.resolved_by, Comment.objects.open().count()) == (spoc, 0)
    assert row.reopen(by=echevine)
    assert list(Comment.objects.open()) == [row]


def test_a_comment_outlives_its_article(lead: User) -> None:
    article = shared().articles.get(number=3)
    row = Comment.objects.write(on=article, by=lead, text="À supprimer ?")
    article.remove(by=lead, version=1)
    row.refresh_from_db()
    assert (row.article, row.number) == (None, 3)


# --- Project agreements ---------------------------------------------------------------------------------------

PROJECT = {"title_fr": "Halles", "title_nl": "Hallen", "text_fr": "Oui.", "text_nl": "Ja."}


def test_a_project_is_annexed_and_read_by_both(cast: Cast) -> None:
    convention = shared()
    row = ProjectAgreement.objects.annex(convention=convention, by=cast.spoc, **PROJECT)
    assert readers(cast, ProjectAgreement) == AGENCY | OWN
    assert row.revise(by=cast.lead, version=1, text_fr="Autre.")


def test_a_project_annexed_after_the_signature_changes_still(lead: User) -> None:
    row = ProjectAgreement.objects.annex(convention=signed(), by=lead, **PROJECT)
    assert not row.is_frozen
    assert row.revise(by=lead, version=1, text_fr="Autre.")


def test_nothing_is_annexed_while_people_sign(lead: User) -> None:
    convention = frozen()
    sign_one(convention, "secretary")
    with pytest.raises(ValidationError):
        ProjectAgreement.objects.annex(convention=convention, by=lead, **PROJECT)


@pytest.mark.parametrize("name", list(PROJECT))
def test_a_project_is_in_both_languages(name: str, lead: User) -> None:
    with pytest.raises(ValidationError) as caught:
        ProjectAgreement.objects.annex(convention=shared(), by=lead, **{**PROJECT, name: " "})
    assert name in caught.value.message_dict


def test_documents_follow_the_text(cast: Cast) -> None:
    Document.objects.create(
        convention=signed(), content_hash="e" * 64, kind="text",
        file="ab/abc", name="a.pdf", size=1, sha256="f" * 64,
    )  # fmt: skip
    assert readers(cast, Document) == AGENCY | OWN
