"""Writing: articles, themes, the order of both; and that nobody's words are lost."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from conventions.models import Article, Convention, TextConflictError
from conventions.models.article import LONGEST_BODY, LONGEST_TITLE
from hubportal.accounts.models import User
from hubportal.workflow import TransitionError
from tests.conventions.agreements import a_lead, agree_both, begun, frozen, shared
from tests.conventions.drafts import a_theme

pytestmark = pytest.mark.django_db


def article(convention: Convention, number: int) -> Article:
    """Return an article, read anew."""
    return convention.articles.get(number=number)


def keys(convention: Convention) -> list[str]:
    """Return the keys in the order of the numbers, which leave none out."""
    rows = list(convention.articles.order_by("number"))
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    return [row.key for row in rows]


def test_a_text_is_saved_with_its_history(lead: User) -> None:
    row = article(begun(), 4)
    assert row.revise(by=lead, version=1, body_fr="Nouveau\r\ntexte ", body_nl="Nieuwe\ntekst")
    row.refresh_from_db()
    assert (row.body_fr, row.body_nl, row.version) == ("Nouveau\ntexte", "Nieuwe\ntekst", 2)
    last = row.revisions.last()
    assert last is not None
    assert (last.kind, last.by, last.version, last.body_fr) == ("edited", lead, 2, "Nouveau\ntexte")


def test_nothing_happens_when_nothing_differs(lead: User) -> None:
    row = article(shared(), 4)
    agree_both(row.convention)
    assert not row.revise(by=lead, version=1, **row.texts)
    row.convention.refresh_from_db()
    assert row.version == 1
    assert row.convention.agreed("agency")


def test_the_second_of_two_gets_both_texts(lead: User, admin: User) -> None:
    mine = article(begun(), 4)
    theirs = Article.objects.get(pk=mine.pk)
    theirs.revise(by=admin, version=1, body_fr="Le leur")
    with pytest.raises(TextConflictError) as caught:
        mine.revise(by=lead, version=1, body_fr="Le mien")
    assert (caught.value.mine["body_fr"], caught.value.theirs["body_fr"]) == ("Le mien", "Le leur")
    assert (caught.value.version, caught.value.code) == (2, "stale")
    assert article(mine.convention, 4).body_fr == "Le leur"
    mine.revise(by=lead, version=caught.value.version, body_fr="Les deux")
    assert article(mine.convention, 4).body_fr == "Les deux"


def test_a_theme_is_guarded_in_the_same_way(lead: User) -> None:
    row = begun().themes.get()
    row.revise(by=lead, version=1, modality_fr="Deux diagnostics.")
    with pytest.raises(TextConflictError):
        row.revise(by=lead, version=1, modality_fr="Trois diagnostics.")
    with pytest.raises(ValidationError):
        row.revise(by=lead, version=2, modality_nl=" ")


def test_a_change_voids_what_the_parties_agreed_to(lead: User) -> None:
    convention = shared()
    agree_both(convention)
    article(convention, 2).revise(by=lead, version=1, body_fr="Autre chose.")
    convention.refresh_from_db()
    assert not any(map(convention.agreed, ["agency", "commune"]))
    assert (convention.commune_agreed_by, convention.status) == (None, "negotiation")


@pytest.mark.parametrize(
    "change",
    [
        lambda convention, by: article(convention, 3).move(by=by, to=1),
        lambda convention, by: article(convention, 3).remove(by=by, version=1),
        lambda convention, by: convention.add_article(by=by, title_fr="Un", title_nl="Een"),
        lambda convention, by: convention.themes.get().remove(by=by, version=1),
        lambda convention, by: convention.set_term(by=by, notice_months=3),
        lambda convention, by: convention.signatories.get(office="secretary").remove(by=by),
        lambda convention, by: convention.open_theme(
            by=by, theme=a_theme("crisis"), modality_fr="Oui.", modality_nl="Ja."
        ),
    ],
)
def test_so_does_any_other_change(change: object, lead: User) -> None:
    convention = shared()
    agree_both(convention)
    assert callable(change)
    change(convention, lead)
    convention.refresh_from_db()
    assert not any(map(convention.agreed, ["agency", "commune"]))


def test_articles_are_moved_and_leave_no_gap(lead: User) -> None:
    convention = begun()
    before = keys(convention)
    article(convention, 5).move(by=lead, to=2)
    assert keys(convention) == [before[0], before[4], *before[1:4], *before[5:]]
    article(convention, 2).move(by=lead, to=5)
    assert keys(convention) == before
    article(convention, 1).move(by=lead, to=99)
    assert keys(convention) == [*before[1:], before[0]]


def test_an_article_is_added_in_between_and_taken_out(lead: User) -> None:
    convention = begun()
    before = keys(convention)
    row = convention.add_article(by=lead, number=3, title_fr="Marchés", title_nl="Markten")
    assert keys(convention) == [*before[:2], "", *before[2:]]
    row.remove(by=lead, version=1)
    assert keys(convention) == before
    assert [found.kind for found in convention.revisions.filter(title_fr="Marchés")] == ["added", "removed"]


def test_what_somebody_just_changed_is_not_taken_out(lead: User) -> None:
    row = article(begun(), 3)
    row.revise(by=lead, version=1, body_fr="Plus long.")
    with pytest.raises(TextConflictError):
        row.remove(by=lead, version=1)
    assert Article.objects.filter(pk=row.pk).exists()


def test_one_that_was_taken_out_cannot_be_saved(lead: User) -> None:
    row = article(begun(), 3)
    Article.objects.get(pk=row.pk).remove(by=lead, version=1)
    with pytest.raises(ValidationError) as caught:
        row.revise(by=lead, version=1, body_fr="Trop tard")
    assert caught.value.code == "gone"


def test_a_title_of_20_000_characters_is_refused_at_its_field(lead: User) -> None:
    row = article(begun(), 3)
    with pytest.raises(ValidationError) as caught:
        row.revise(by=lead, version=1, title_fr="T" * 20_000, body_fr="Autre")
    assert list(caught.value.message_dict) == ["title_fr"]
    row.refresh_from_db()
    assert (len(row.title_fr) <= LONGEST_TITLE, row.version) == (True, 1)


def test_a_body_that_is_too_long_is_refused_at_its_field(lead: User) -> None:
    row = article(begun(), 3)
    with pytest.raises(ValidationError) as caught:
        row.revise(by=lead, version=1, body_nl="T" * (LONGEST_BODY + 1))
    assert list(caught.value.message_dict) == ["body_nl"]


def test_the_spoc_of_the_commune_writes_too(spoc: User) -> None:
    assert article(begun(), 3).revise(by=spoc, version=1, body_fr="Autre")


@pytest.mark.parametrize("person", ["editor", "director", "echevine", "stranger", "cabinet"])
def test_nobody_else_writes(person: str, request: pytest.FixtureRequest) -> None:
    row = article(shared(), 3)
    with pytest.raises(PermissionDenied):
        row.revise(by=request.getfixturevalue(person), version=1, body_fr="Autre")


def test_the_spoc_of_another_commune_does_not(spoc: User) -> None:
    row = article(begun(commune="21002"), 3)
    with pytest.raises(PermissionDenied):
        row.revise(by=spoc, version=1, body_fr="Autre")


def test_nothing_of_a_frozen_text_changes(lead: User) -> None:
    convention = frozen()
    for change in (
        lambda: article(convention, 3).revise(by=a_lead(), version=1, body_fr="Autre"),
        lambda: article(convention, 3).move(by=a_lead(), to=1),
        lambda: convention.add_article(by=a_lead(), title_fr="Un", title_nl="Een"),
        lambda: convention.signatories.get(office="secretary").remove(by=a_lead()),
        lambda: convention.set_term(by=a_lead(), notice_months=3),
    ):
        with pytest.raises(TransitionError):
            change()
    assert convention.is_unaltered()


def test_one_that_moved_while_it_was_taken_out_leaves_no_gap(lead: User) -> None:
    convention = begun()
    stale = convention.articles.get(number=5)
    convention.articles.get(number=2).remove(by=lead, version=1)
    stale.remove(by=lead, version=1)
    numbers = convention.articles.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, 17))


@pytest.mark.parametrize("marks", ["---", "#", ">", "[x]: https://a.example", "\u200b"])
def test_marks_without_words_are_no_text(marks: str, lead: User) -> None:
    convention = begun()
    convention.articles.get(number=3).revise(by=lead, version=1, body_nl=marks)
    with pytest.raises(ValidationError):
        convention.share(by=lead)
