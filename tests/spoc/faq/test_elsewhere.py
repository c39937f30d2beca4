"""Answers of the Region elsewhere: at home, in the menu, as a section of the weekly edition."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hubportal.accounts.models import User
from hubportal.markdown import render
from mailings.blocks import offered
from spoc.blocks import offers
from spoc.faq.panels import NEW, home
from spoc.models import Answer
from tests.cast import Cast
from tests.mailings.made import an_edition
from tests.spoc.concerns.stories import answered, retention
from tests.spoc.faq.answers import OTHER_QUESTION, for_all, given
from tests.spoc.stories import day

pytestmark = pytest.mark.django_db


def waiting(user: User) -> dict[str, list[Answer]]:
    """Return what waits for a person at home, by place."""
    return {
        group["place"]: [row for row, _heading in group["lines"]]
        for panel in home(User.objects.get(pk=user.pk))
        for group in panel.context.get("groups", [])
    }


@pytest.fixture
def three(cast: Cast) -> dict[str, list[Answer]]:
    """An answer to complete, one to publish, one to review."""
    half = given(cast.echevine, cast.spoc, cast.lead, text_fr="Deux mètres.")[2]
    whole = given(cast.delegate, cast.spoc, cast.lead)[2]
    due = for_all(cast.echevine, cast.spoc, cast.lead, 1)
    Answer.objects.filter(pk=due.pk).update(review_on="2026-01-05")
    return {"to_publish": [whole], "to_complete": [half], "to_review": [due]}


def test_a_lead_finds_what_waits(cast: Cast, three: dict[str, list[Answer]]) -> None:
    assert waiting(cast.lead) == three


def test_the_addressee_finds_its_own_and_the_other_one_nothing(
    cast: Cast, three: dict[str, list[Answer]]
) -> None:
    assert waiting(cast.taskforce) == {name: three[name] for name in ("to_complete", "to_review")}
    assert waiting(cast.cabinet) == {}


@pytest.mark.parametrize("name", ["spoc", "editor", "director"])
def test_others_of_the_agency_are_shown_nothing(
    name: str, cast: Cast, three: dict[str, list[Answer]]
) -> None:
    assert home(getattr(cast, name)) == []


def test_a_commune_finds_what_is_new_for_all(client: Client, cast: Cast) -> None:
    new = for_all(cast.echevine, cast.spoc, cast.lead)
    answered(cast.echevine, cast.spoc, cast.lead, title="Autre")
    old = for_all(cast.echevine, cast.spoc, cast.lead, 1)
    with retention():
        Answer.objects.filter(pk=old.pk).update(opened_at=timezone.now() - timedelta(days=NEW + 1))
    (panel,) = home(cast.stranger)
    assert panel.context["rows"] == [new]
    client.force_login(cast.stranger)
    assert new.question_fr in client.get(reverse("home")).content.decode()


def test_home_asks_as_often_for_one_answer_as_for_eight(client: Client, cast: Cast) -> None:
    def queries() -> list[int]:
        counts = []
        for person in (cast.lead, cast.stranger, cast.taskforce):
            client.force_login(person)
            client.get(reverse("home"))
            with CaptureQueriesContext(connection) as asked:
                client.get(reverse("home"))
            counts.append(len(asked))
        return counts

    for_all(cast.echevine, cast.spoc, cast.lead)
    Answer.objects.update(review_on="2026-01-05")
    few = queries()
    for number in range(1, 8):
        for_all(cast.echevine, cast.spoc, cast.lead, number)
    Answer.objects.update(review_on="2026-01-05")
    assert queries() == few


def test_the_menu_marks_one_entry(client: Client, cast: Cast) -> None:
    answer = for_all(cast.echevine, cast.spoc, cast.lead)
    client.force_login(cast.echevine)
    for address in (reverse("spoc:answer-list"), answer.get_absolute_url()):
        marked = [link for link in client.get(address).context["shell"].nav if link.current]
        assert [link.url for link in marked] == [reverse("spoc:answer-list")]


# --- A section of the weekly edition ---------------------------------------------------------------------------------


def test_what_was_published_for_all_is_offered_in_both_languages(cast: Cast) -> None:
    answer = for_all(cast.echevine, cast.spoc, cast.lead)
    (block,) = offers(day(-3), day(0), day(0))
    for language, side in (("fr", block.fr), ("nl", block.nl)):
        assert getattr(answer, f"question_{language}") in side.html
        assert answer.text_in(language) in side.html
    assert block.code == "answers"


def test_the_page_of_an_edition_offers_it(cast: Cast) -> None:
    answer = for_all(cast.echevine, cast.spoc, cast.lead)
    said = {block.code: block.fr.html for block in offered(an_edition())}
    assert answer.question_fr in said["answers"]


def test_what_is_opened_to_all_long_after_it_was_published_is_new_then(client: Client, cast: Cast) -> None:
    _, _, answer = answered(cast.echevine, cast.spoc, cast.lead)
    with retention():
        Answer.objects.filter(pk=answer.pk).update(published_at=timezone.now() - timedelta(days=NEW + 1))
    newest = for_all(cast.echevine, cast.spoc, cast.lead, 1)
    answer.put_in_faq(by=cast.lead, **OTHER_QUESTION)
    assert list(Answer.objects.faq()) == [answer, newest]
    (block,) = offers(day(0), day(0), day(0))
    assert answer.question_fr in block.fr.html
    (panel,) = home(cast.stranger)
    assert panel.context["rows"] == [answer, newest]
    client.force_login(cast.stranger)
    lines = client.get(reverse("spoc:answer-list")).context["lines"]
    assert [row for row, _heading in lines] == [answer, newest]


def test_another_question_for_what_is_open_is_no_news(cast: Cast) -> None:
    answer = for_all(cast.echevine, cast.spoc, cast.lead)
    Answer.objects.filter(pk=answer.pk).update(opened_at=timezone.now() - timedelta(days=9))
    answer.put_in_faq(by=cast.lead, **OTHER_QUESTION)
    assert offers(day(-3), day(3), day(0)) == []


def test_what_has_its_question_when_it_is_published_is_open_from_then_on(cast: Cast) -> None:
    _, _, answer = given(cast.echevine, cast.spoc, cast.lead)
    answer.complete(by=cast.lead, text_fr="Deux.", text_nl="Twee.", **OTHER_QUESTION)
    answer.publish(by=cast.lead)
    assert answer.opened_at == answer.published_at


@pytest.mark.parametrize(("since", "until"), [(1, 3), (-3, -1)])
def test_of_other_days_nothing_is_offered(since: int, until: int, cast: Cast) -> None:
    for_all(cast.echevine, cast.spoc, cast.lead)
    assert offers(day(since), day(until), day(until)) == []


def test_what_was_published_to_the_communes_concerned_is_not_offered(cast: Cast) -> None:
    answered(cast.echevine, cast.spoc, cast.lead)
    assert offers(day(-3), day(3), day(3)) == []


def test_what_was_withdrawn_is_not_offered(cast: Cast) -> None:
    for_all(cast.echevine, cast.spoc, cast.lead).withdraw(by=cast.lead, reason="Plus valable.")
    assert offers(day(-3), day(3), day(3)) == []


def test_words_stand_as_they_are_line_by_line(cast: Cast) -> None:
    texts = {"text_fr": "*Un* [lien](https://x.example)\n\n- <b>deux</b>", "text_nl": "Eén"}
    for_all(cast.echevine, cast.spoc, cast.lead, texts=texts, questions=OTHER_QUESTION)
    (block,) = offers(day(0), day(0), day(0))
    html = render(block.fr.text)
    assert "<em>" not in html
    assert "<a " not in html
    assert "<b>" not in html
    assert "*Un*" in html
