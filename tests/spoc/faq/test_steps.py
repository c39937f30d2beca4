"""The steps of an answer on the portal: completed, published, opened to all communes, found still valid, withdrawn."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from hubportal.accounts.models import User
from spoc.faq.nextstep import next_step
from spoc.models import Answer, Concern
from tests.cast import Cast
from tests.spoc.concerns.stories import (
    QUESTIONS,
    a_group,
    a_letter,
    a_note,
    answered,
    of_communes,
    published,
    relayed,
    with_group,
)
from tests.spoc.faq.answers import for_all, given

pytestmark = pytest.mark.django_db
FRENCH = {"text_fr": "Deux mètres."}
IN_A_WHILE = (timezone.localdate() + timedelta(days=60)).isoformat()


def take(client: Client, user: User, answer: Answer, verb: str, **data: Any) -> HttpResponse:
    """Take a step, as a person who has the page of the step before them."""
    client.force_login(user)
    address = reverse("spoc:answer-step", args=[answer.pk, verb])
    form = client.get(address).context["form"]
    known = {name: form[name].value() or "" for name in form.fields}
    response: HttpResponse = client.post(address, {**known, **data})
    answer.refresh_from_db()
    return response


def refused(response: Any, field: str | None, code: str) -> bool:
    """Tell whether a form was shown again with an error of this code on a field."""
    return response.status_code == 200 and bool(
        response.context["form"].has_error(field or NON_FIELD_ERRORS, code)
    )


@pytest.fixture
def half(cast: Cast) -> Answer:
    """An answer that the task force gave here, in French."""
    _row, note = relayed(cast.echevine, cast.spoc, cast.lead)
    return note.answer(by=cast.taskforce, item=1, **FRENCH)


@pytest.fixture
def whole(cast: Cast) -> Answer:
    """An answer in both languages, recorded by a lead."""
    return given(cast.echevine, cast.spoc, cast.lead)[2]


# --- Completing ------------------------------------------------------------------------------------------------------


def test_staff_write_the_language_that_is_missing(client: Client, cast: Cast, half: Answer) -> None:
    response = take(client, cast.editor, half, "complete", text_nl="Twee meter.")
    assert response["Location"] == half.get_absolute_url()
    assert (half.text_fr, half.text_nl, half.is_complete) == ("Deux mètres.", "Twee meter.", True)


def test_what_the_addressee_said_is_not_changed_by_staff(client: Client, cast: Cast, half: Answer) -> None:
    take(client, cast.editor, half, "complete", text_fr="Un mètre.", text_nl="Eén meter.")
    assert (half.text_fr, half.text_nl) == ("Deux mètres.", "Eén meter.")


def test_what_is_missing_is_what_staff_are_asked_for(client: Client, cast: Cast, half: Answer) -> None:
    assert refused(take(client, cast.editor, half, "complete"), "text_nl", "required")


def test_the_addressee_changes_it(client: Client, cast: Cast, half: Answer) -> None:
    take(client, cast.taskforce, half, "complete", text_fr="Un mètre.", text_nl="Eén meter.")
    assert half.text_fr == "Un mètre."


def test_nobody_writes_over_another_unseen(client: Client, cast: Cast, half: Answer) -> None:
    version = half.steps_taken
    take(client, cast.editor, half, "complete", text_nl="Twee meter.")
    late = take(client, cast.lead, half, "complete", text_nl="Drie meter.", version=version)
    assert refused(late, None, "stale")
    assert half.text_nl == "Twee meter."
    # Shown again, it may be sent again: it was seen now.
    assert late.context["form"]["version"].value() == str(half.steps_taken)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["cabinet", "director"])
def test_others_complete_nothing(name: str, client: Client, cast: Cast, half: Answer) -> None:
    client.force_login(getattr(cast, name))
    address = reverse("spoc:answer-complete", args=[half.pk])
    assert client.get(address).status_code == 403
    assert client.post(address, {"text_nl": "Twee meter."}).status_code == 403


# --- Publishing ------------------------------------------------------------------------------------------------------


def test_a_lead_publishes_what_they_reread(client: Client, cast: Cast, whole: Answer) -> None:
    take(client, cast.lead, whole, "publish", review_on=IN_A_WHILE, reread="on")
    assert (whole.status, whole.published_by) == ("published", cast.lead)
    assert whole.review_on == date.fromisoformat(IN_A_WHILE)


def test_nothing_is_published_without_a_second_look(client: Client, cast: Cast, whole: Answer) -> None:
    response = take(client, cast.lead, whole, "publish", review_on=IN_A_WHILE)
    assert refused(response, "reread", "required")
    assert whole.status == "given"


def test_words_that_were_not_seen_are_not_published(client: Client, cast: Cast, whole: Answer) -> None:
    version = whole.steps_taken
    take(client, cast.editor, whole, "complete", text_fr="Un mètre.")
    response = take(client, cast.lead, whole, "publish", reread="on", version=version)
    assert refused(response, None, "stale")
    assert whole.status == "given"


def test_one_language_is_not_published_and_its_button_is_not_there(
    client: Client, cast: Cast, half: Answer
) -> None:
    client.force_login(cast.lead)
    steps = client.get(half.get_absolute_url()).context["steps"]
    assert [step.verb for step in steps] == ["complete", "withdraw"]
    response = take(client, cast.lead, half, "publish", reread="on")
    assert refused(response, None, "one_language")


def test_a_day_that_is_over_is_refused_at_its_field(client: Client, cast: Cast, whole: Answer) -> None:
    response = take(client, cast.lead, whole, "publish", review_on="2026-01-05", reread="on")
    assert response.context["form"].errors.keys() == {"review_on"}  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["spoc", "editor", "cabinet", "taskforce"])
def test_only_leads_publish(name: str, client: Client, cast: Cast, whole: Answer) -> None:
    client.force_login(getattr(cast, name))
    response = client.post(reverse("spoc:answer-step", args=[whole.pk, "publish"]), {"reread": "on"})
    assert response.status_code == 403


def test_who_will_read_it_is_shown_before(client: Client, cast: Cast, whole: Answer) -> None:
    client.force_login(cast.lead)
    page = client.get(reverse("spoc:answer-step", args=[whole.pk, "publish"]))
    assert [line.concern.commune_id for line in page.context["reach"]] == ["21001"]


# --- For all communes, and afterwards --------------------------------------------------------------------------------


def test_it_becomes_a_question_for_all(client: Client, cast: Cast) -> None:
    *_rest, answer = answered(cast.echevine, cast.spoc, cast.lead)
    take(client, cast.lead, answer, "put_in_faq", **QUESTIONS)
    assert answer.question_nl == QUESTIONS["question_nl"]
    client.force_login(cast.stranger)
    assert client.get(answer.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("name", ["Anderlecht", "ANDERLECHT"])
def test_a_question_names_no_commune_whose_concern_is_confidential(
    name: str, client: Client, cast: Cast
) -> None:
    *_rest, answer = answered(cast.echevine, cast.spoc, cast.lead)
    asked = {**QUESTIONS, "question_fr": f"Que fait {name} ?"}
    response = take(client, cast.lead, answer, "put_in_faq", **asked)
    assert refused(response, "question_fr", "names_a_commune")
    assert answer.question_fr == ""


def test_a_question_is_asked_in_both_languages(client: Client, cast: Cast) -> None:
    *_rest, answer = answered(cast.echevine, cast.spoc, cast.lead)
    response = take(client, cast.lead, answer, "put_in_faq", question_fr="Où ?")
    assert refused(response, "question_nl", "required")


def test_the_second_look_says_that_it_takes_over_the_question_for_all(client: Client, cast: Cast) -> None:
    older = for_all(cast.echevine, cast.spoc, cast.lead)
    newer = older.note.answer(
        by=cast.lead, item=1, upload=a_letter(), on_behalf_of="Task force", text_fr="Un.", text_nl="Eén."
    )
    client.force_login(cast.lead)
    page = client.get(reverse("spoc:answer-step", args=[newer.pk, "publish"]))
    assert (page.context["replaced"], page.context["takes_over"]) == (older, True)
    assert older.get_absolute_url() in page.content.decode()
    newer.publish(by=cast.lead)
    assert newer.question_nl == older.question_nl
    client.force_login(cast.stranger)
    assert newer.get_absolute_url() in client.get(reverse("spoc:answer-list")).content.decode()


def test_the_question_of_what_was_withdrawn_is_offered_again(client: Client, cast: Cast) -> None:
    older = for_all(cast.echevine, cast.spoc, cast.lead)
    older.withdraw(by=cast.lead, reason="Plus valable.")
    newer = published(older.note, cast.lead, text_fr="Un.", text_nl="Eén.")
    client.force_login(cast.lead)
    form = client.get(reverse("spoc:answer-step", args=[newer.pk, "put_in_faq"])).context["form"]
    assert form["question_nl"].value() == older.question_nl
    assert newer.question_nl == ""


@pytest.mark.parametrize("name", ["lead", "taskforce"])
def test_it_is_found_still_valid(name: str, client: Client, cast: Cast) -> None:
    answer = for_all(cast.echevine, cast.spoc, cast.lead)
    Answer.objects.filter(pk=answer.pk).update(review_on="2026-01-05")
    take(client, getattr(cast, name), answer, "review", review_on=IN_A_WHILE)
    assert answer.review_on == date.fromisoformat(IN_A_WHILE)
    assert not Answer.objects.to_review().exists()


def test_it_is_withdrawn_with_a_reason_and_leaves_the_list_of_the_communes(
    client: Client, cast: Cast
) -> None:
    answer = for_all(cast.echevine, cast.spoc, cast.lead)
    assert refused(take(client, cast.lead, answer, "withdraw"), "reason", "required")
    take(client, cast.lead, answer, "withdraw", reason="La règle a changé.")
    assert answer.status == "withdrawn"
    client.force_login(cast.stranger)
    assert client.get(answer.get_absolute_url()).status_code == 404
    client.force_login(cast.cabinet)
    assert "La règle a changé." in client.get(answer.get_absolute_url()).content.decode()


def test_a_second_click_is_told_what_the_first_one_did(client: Client, cast: Cast, whole: Answer) -> None:
    data = {"review_on": IN_A_WHILE, "reread": "on"}
    take(client, cast.lead, whole, "publish", **data)
    address = reverse("spoc:answer-step", args=[whole.pk, "publish"])
    response = client.post(address, data, follow=True)
    assert response.redirect_chain[-1][0] == whole.get_absolute_url()
    assert "publiée" in response.content.decode()
    assert whole.events.filter(verb="publish").count() == 1


@pytest.mark.parametrize("verb", ["supersede", "nothing"])
def test_a_step_that_nobody_takes_does_not_exist(
    verb: str, client: Client, cast: Cast, whole: Answer
) -> None:
    client.force_login(cast.lead)
    assert client.post(reverse("spoc:answer-step", args=[whole.pk, verb])).status_code == 404


# --- The page --------------------------------------------------------------------------------------------------------


def test_the_agency_reads_who_was_told_and_who_has_read_it(client: Client, cast: Cast) -> None:
    row, _note, answer = answered(cast.echevine, cast.spoc, cast.lead)
    row.answers.get().note_read(cast.echevine)
    client.force_login(cast.director)
    page = client.get(answer.get_absolute_url())
    (line,) = page.context["reach"]
    assert (line.concern, line.waits, line.told.told_by) == (row, False, cast.spoc)
    assert cast.echevine.full_name in page.content.decode()


def test_what_replaced_it_is_named(client: Client, cast: Cast) -> None:
    _row, note, older = answered(cast.echevine, cast.spoc, cast.lead)
    newer = note.answer(
        by=cast.lead, item=1, upload=a_letter(), on_behalf_of="Task force", text_fr="Un.", text_nl="Eén."
    )
    newer.publish(by=cast.lead)
    client.force_login(cast.cabinet)
    assert newer.get_absolute_url() in client.get(older.get_absolute_url()).content.decode()


def test_an_item_with_ten_concerns_asks_as_often_as_one_with_two(client: Client, cast: Cast) -> None:
    def queries(count: int, first: int) -> int:
        group = a_group(cast.lead, f"Terrasses {count}")
        of_communes(count, group, first)
        note = a_note(cast.lead)
        with_group(note, cast.lead, group)
        note.send(by=cast.lead)
        found = note.answer(
            by=cast.lead, item=1, upload=a_letter(), on_behalf_of="Task force", text_fr="Un.", text_nl="Eén."
        )
        found.publish(by=cast.lead)
        for row in Concern.objects.in_group(group):
            row.answer(by=cast.lead)
        client.force_login(cast.lead)
        client.get(found.get_absolute_url())
        with CaptureQueriesContext(connection) as asked:
            assert len(client.get(found.get_absolute_url()).context["reach"]) == count
        return len(asked)

    assert queries(2, 3) == queries(10, 5)


def test_each_reader_is_told_their_next_step(cast: Cast, half: Answer) -> None:
    def told(user: User) -> tuple[str, bool] | None:
        found = next_step(Answer.objects.get(pk=half.pk), user)
        return found and (found.text.split(".")[0], found.is_mine)

    with override("en"):
        write = ("Your step: write what is missing", True)
        assert (told(cast.lead), told(cast.taskforce)) == (write, write)
        half.complete(by=cast.lead, **FRENCH, text_nl="Twee meter.")
        assert told(cast.lead) == ("Your step: publish it, after a second look", True)
        assert told(cast.taskforce) == ("Both languages are written: a lead publishes it", False)
        half.publish(by=cast.lead)
        assert told(cast.lead) == ("Nothing to do: it is published", False)
        assert told(cast.cabinet) is None
        Answer.objects.filter(pk=half.pk).update(review_on=timezone.localdate())
        assert told(cast.taskforce) == ("Your step: say whether it is still valid", True)


def test_the_page_says_it_to_who_has_a_step(client: Client, cast: Cast, half: Answer) -> None:
    client.force_login(cast.lead)
    page = client.get(half.get_absolute_url())
    assert page.context["next"].text in page.text
    client.force_login(cast.director)
    assert 'id="h-next"' not in client.get(half.get_absolute_url()).text


def test_what_answers_all_communes_already_gets_another_question(cast: Cast) -> None:
    row = for_all(cast.echevine, cast.spoc, cast.lead)
    with override("fr"):
        labels = {step.verb: str(step.label) for step in row.next_steps(cast.lead)}
    assert labels["put_in_faq"] == "Modifier la question"
