"""What is typed and not saved: kept for its author alone, found again, discarded; no version, and no approval void."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from hubportal.accounts.models import Role, User
from mailings import jobs
from mailings.models import Mailing, UnsavedText
from tests.cast import grant
from tests.mailings.made import TEXTS, an_edition, brought_to, in_state

pytestmark = pytest.mark.django_db
Answer = HttpResponse


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def row(editor: User) -> Mailing:
    """A draft that was saved once, by the editor."""
    return an_edition()


def boxes(**changes: str) -> dict[str, str]:
    """Return what stands in the boxes, with some of it changed."""
    return {f"{name}_{key}": text for key, side in TEXTS.items() for name, text in side.items()} | changes


def address(row: Mailing, page: str = "edit") -> str:
    """Return the address of a page of an edition."""
    return reverse(f"mailings:{page}", args=[row.number])


def keep(client: Client, row: Mailing, **changes: Any) -> Any:
    """Send what the script of the form sends."""
    return client.post(address(row, "keep"), {"version": row.version, **boxes(), **changes})


def save(client: Client, row: Mailing, **changes: Any) -> Any:
    """Send the form."""
    facts = {
        "to_bourgmestres": "on", "portfolios": ["trade"], "week_on": row.week_on.isoformat(),
        "reminds_readers": "on",
    }  # fmt: skip
    return client.post(address(row), {"version": row.version, **boxes(), **facts, **changes})


def test_what_was_typed_is_there_when_the_page_opens_again(
    client: Client, editor: User, row: Mailing
) -> None:
    client.force_login(editor)
    answer = keep(client, row, body_fr="Pas fini\r\net la suite")
    assert answer.status_code == 200
    assert answer.json()["said"].startswith("Kept at ")
    page = client.get(address(row))
    assert page.context["form"]["body_fr"].value() == "Pas fini\net la suite"
    assert page.context["form"]["body_nl"].value().strip() == TEXTS["nl"]["body"].strip()
    assert "which you have not saved. Nobody else sees it." in page.content.decode()


def test_keeping_is_no_version_and_voids_nothing(client: Client, editor: User) -> None:
    row = brought_to("approved")
    before = (row.version, row.revisions.count(), row.events.count())
    client.force_login(editor)
    keep(client, row, subject_fr="Autre")
    row.refresh_from_db()
    assert (row.version, row.revisions.count(), row.events.count()) == before
    assert row.status == "approved"
    assert row.texts["fr"]["subject"] == TEXTS["fr"]["subject"]


def test_the_last_words_take_the_place_of_those_before(client: Client, editor: User, row: Mailing) -> None:
    client.force_login(editor)
    for words in ("Un", "Un deux"):
        keep(client, row, subject_fr=words)
    assert UnsavedText.objects.get().texts["subject_fr"] == "Un deux"


def test_a_save_ends_it(client: Client, editor: User, row: Mailing) -> None:
    client.force_login(editor)
    keep(client, row, subject_fr="Autre")
    assert save(client, row, subject_fr="Autre").status_code == 302
    assert not UnsavedText.objects.exists()
    assert "which you have not saved" not in client.get(address(row)).content.decode()


def test_a_save_that_was_refused_leaves_it(client: Client, editor: User, row: Mailing) -> None:
    client.force_login(editor)
    keep(client, row, body_fr="Bonjour [[prenom]]")
    page = save(client, row, body_fr="Bonjour [[prenom]]")
    assert page.status_code == 200
    assert UnsavedText.objects.exists()
    # The script keeps at once what a refused form holds.
    assert "data-keep-now" in page.content.decode()


def test_discarding_goes_back_to_what_is_saved(client: Client, editor: User, row: Mailing) -> None:
    client.force_login(editor)
    keep(client, row, subject_fr="Autre")
    page = client.post(address(row, "discard"), follow=True)
    assert page.context["form"]["subject_fr"].value() == TEXTS["fr"]["subject"]
    assert f"Here is version {row.version}." in page.content.decode()
    assert not UnsavedText.objects.exists()


def test_typing_back_what_is_saved_keeps_nothing(client: Client, editor: User, row: Mailing) -> None:
    client.force_login(editor)
    keep(client, row, subject_fr="Autre")
    said = keep(client, row).json()["said"]
    assert said == "Nothing differs from what is saved."
    assert not UnsavedText.objects.exists()


def test_another_editor_neither_sees_nor_ends_it(client: Client, editor: User, row: Mailing) -> None:
    client.force_login(editor)
    keep(client, row, subject_fr="Le mien")
    other = grant(Role.EDITOR)
    client.force_login(other)
    for page in (address(row), address(row, "detail"), address(row, "versions"), address(row, "preview")):
        assert "Le mien" not in client.get(page).content.decode()
    client.post(address(row, "discard"))
    save(client, row, subject_fr="Le sien")
    assert UnsavedText.objects.get().user == editor
    assert not UnsavedText.objects.visible_to(other).exists()


@pytest.mark.parametrize("person", ["lead", "director", "admin", "spoc"])
@pytest.mark.parametrize("page", ["keep", "discard"])
def test_who_does_not_write_keeps_nothing(
    page: str, person: str, client: Client, row: Mailing, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(person))
    assert client.post(address(row, page), {"version": row.version, **boxes()}).status_code == 403
    assert not UnsavedText.objects.exists()


@pytest.mark.parametrize("person", ["echevine", "cabinet", "taskforce"])
def test_a_draft_does_not_exist_for_people_outside(
    person: str, client: Client, row: Mailing, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(person))
    assert keep(client, row).status_code == 404


def test_who_does_not_write_any_more_sees_their_own_no_more(editor: User, row: Mailing) -> None:
    UnsavedText.keep(row, by=editor, texts=boxes(subject_fr="Autre"), version=row.version)
    editor.grants.update(starts_on="2020-01-01", ends_on="2020-12-31")
    assert not UnsavedText.objects.visible_to(User.objects.get(pk=editor.pk)).exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"body_fr": "x" * 60_001}, {"subject_fr": "x" * 60_001}, {"body_nl": "a\0b"},
        {"version": ""}, {"version": "x"}, {"version": "0"}, {"version": str(2**31)},
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_said(
    changes: dict[str, str], client: Client, editor: User, row: Mailing
) -> None:
    client.force_login(editor)
    answer = keep(client, row, **changes)
    assert (answer.status_code, answer.json()["said"][:9]) == (422, "Not kept:")
    assert not UnsavedText.objects.exists()


def test_what_the_form_would_refuse_is_kept_all_the_same(client: Client, editor: User, row: Mailing) -> None:
    client.force_login(editor)
    keep(client, row, subject_fr="x" * 201, subject_nl="Een\ntwee", body_fr="[[prenom]]")
    assert UnsavedText.objects.get().texts["subject_nl"] == "Een\ntwee"


def test_once_the_text_is_closed_nothing_is_kept(client: Client, editor: User) -> None:
    row = in_state("cancelled")
    client.force_login(editor)
    answer = keep(client, row, subject_fr="Trop tard")
    assert (answer.status_code, answer.json()["said"][:9]) == (409, "Not kept:")


def test_a_tick_forgets_what_was_typed_in_editions_that_are_closed(editor: User, lead: User) -> None:
    closed = an_edition()
    UnsavedText.keep(closed, by=editor, texts=boxes(subject_fr="Autre"), version=closed.version)
    open_still = Mailing.begin(by=editor)
    UnsavedText.keep(open_still, by=editor, texts=boxes(), version=1)
    closed.cancel(by=lead, reason="Erreur")
    assert jobs.forget_unsaved(timezone.now()) == 1
    assert jobs.forget_unsaved(timezone.now()) == 0
    assert UnsavedText.objects.get().mailing == open_still


def test_the_page_says_of_when_the_text_is(client: Client, editor: User, row: Mailing) -> None:
    UnsavedText.keep(row, by=editor, texts=boxes(subject_fr="Autre"), version=row.version)
    UnsavedText.objects.update(saved_at=timezone.now() - timedelta(days=400))
    day = timezone.localdate(UnsavedText.objects.get().saved_at)
    client.force_login(editor)
    assert f"your own text of {day:%d.%m.%Y}" in client.get(address(row)).content.decode()


def test_the_database_wants_each_box_and_one_row_a_person(editor: User, row: Mailing) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        UnsavedText.objects.create(mailing=row, user=editor, version=1, texts={"subject_fr": "x"})
    UnsavedText.objects.create(mailing=row, user=editor, version=1, texts=boxes())
    with pytest.raises(IntegrityError), transaction.atomic():
        UnsavedText.objects.create(mailing=row, user=editor, version=1, texts=boxes())


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{ x }}", "</textarea><b>x"])
def test_what_was_typed_is_only_words(text: str, client: Client, editor: User, row: Mailing) -> None:
    client.force_login(editor)
    keep(client, row, body_fr=text)
    page = client.get(address(row))
    assert page.context["form"]["body_fr"].value() == text
    assert text not in page.content.decode() or "<" not in text


def test_the_answer_compares_what_stands_in_the_boxes(client: Client, editor: User, row: Mailing) -> None:
    client.force_login(editor)
    found = keep(client, row, body_nl="").json()["compared"]
    assert "The text is missing in Dutch" in found
    assert "Of what stands in the boxes, not saved yet." in found
    found = keep(client, row).json()["compared"]
    assert "The text is missing in Dutch" not in found
    assert "not saved yet" not in found


def test_the_page_compares_the_unsaved_text_and_asks_for_approval_of_the_saved_one(
    client: Client, editor: User, row: Mailing
) -> None:
    client.force_login(editor)
    keep(client, row, body_nl="")
    page = client.get(address(row)).content.decode()
    assert "The text is missing in Dutch" in page
    assert reverse("mailings:step", args=[row.number, "submit"]) in page


def test_a_form_that_was_refused_compares_what_was_typed(client: Client, editor: User, row: Mailing) -> None:
    client.force_login(editor)
    page = save(client, row, body_fr="Bonjour [[prenom]]", body_nl="").content.decode()
    assert "The text is missing in Dutch" in page
    assert "Of what stands in the boxes, not saved yet." in page
