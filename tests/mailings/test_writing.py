"""Writing an edition: both languages in one form, saved as a version; what is refused stays in the form."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from hubportal.accounts.models import User
from mailings.models import Mailing
from tests.mailings.made import TEXTS, an_edition, brought_to, in_state

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def address(row: Mailing, page: str = "edit") -> str:
    """Return the address of a page of an edition."""
    return reverse(f"mailings:{page}", args=[row.number])


def typed(row: Mailing, **changes: Any) -> dict[str, Any]:
    """Return what the form would send, with some of it changed."""
    texts = {f"{name}_{key}": text for key, side in TEXTS.items() for name, text in side.items()}
    rest = {"to_bourgmestres": "on", "portfolios": ["trade"], "version": row.version, "reminds_readers": "on"}
    return {**texts, **rest, "week_on": row.week_on.isoformat(), **changes}


def test_an_editor_begins_an_edition_and_writes_in_both_languages(client: Client, editor: User) -> None:
    client.force_login(editor)
    begun = client.post(reverse("mailings:new"))
    row = Mailing.objects.get()
    assert begun["Location"] == address(row)
    page = client.get(address(row)).content.decode()
    assert page.count("<textarea") == 6
    assert "[[name]]" in page
    saved = client.post(address(row), typed(row), follow=True).content.decode()
    assert "Saved: version 2." in saved
    way = reverse("mailings:step", args=[row.number, "submit"])
    assert f'<a href="{way}">Next step: ask for approval</a>' in saved
    row.refresh_from_db()
    assert row.texts["nl"] == TEXTS["nl"] | {"body": TEXTS["nl"]["body"].strip()}
    assert row.to_bourgmestres


def test_an_edition_that_was_left_empty_is_taken_up_again(client: Client, editor: User) -> None:
    client.force_login(editor)
    for _time in range(2):
        client.post(reverse("mailings:new"))
    assert Mailing.objects.count() == 1


def test_saving_again_what_is_stored_is_no_new_version(client: Client, editor: User) -> None:
    row = an_edition()
    client.force_login(editor)
    client.post(address(row), typed(row))
    row.refresh_from_db()
    again = client.post(address(row), typed(row), follow=True).content.decode()
    assert "Nothing was changed." in again
    assert Mailing.objects.get().version == row.version


def test_texts_that_differ_may_be_saved(client: Client, editor: User) -> None:
    row = an_edition()
    client.force_login(editor)
    page = client.post(address(row), typed(row, body_nl=""), follow=True).content.decode()
    assert "Saved: version 3." in page
    assert "asking for approval opens once nothing in this list is to be mended." in page
    assert reverse("mailings:step", args=[row.number, "submit"]) not in page


def test_somebody_who_saved_meanwhile_is_not_overwritten_unknowingly(client: Client, editor: User) -> None:
    row = an_edition()
    client.force_login(editor)
    stale = typed(row, subject_fr="Le mien")
    client.post(address(row), typed(row, subject_fr="Le sien"))
    refused = client.post(address(row), stale)
    page = refused.content.decode()
    assert "Somebody saved another version" in page
    assert "Le mien" in page
    assert Mailing.objects.get().texts["fr"]["subject"] == "Le sien"
    present = refused.context["form"]["version"].value()
    assert client.post(address(row), {**stale, "version": present}).status_code == 302
    assert Mailing.objects.get().texts["fr"]["subject"] == "Le mien"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("subject_fr", "Bonjour\r\nBcc: other@example.org", "one line"),
        ("subject_nl", "Goedendag\u2028Bcc: other@example.org", "one line"),
        ("preheader_nl", "Een\ntwee", "one line"),
        ("subject_fr", "x" * 201, "at most 200"),
        ("body_fr", "x" * 100_000, "at most 60000"),
        ("body_nl", "a\0b", "Null characters"),
        ("body_fr", "Bonjour [[prenom]]", "[[prenom]] is unknown"),
        ("body_nl", "Dag [[name.__class__]]", "is unknown"),
        ("subject_fr", "Bonjour [[name]]", "work in the text only"),
    ],
)
def test_what_is_refused_is_told_at_its_field_and_kept(
    field: str, value: str, words: str, client: Client, editor: User
) -> None:
    row = an_edition()
    client.force_login(editor)
    answer = client.post(address(row), typed(row, **{field: value}))
    assert answer.status_code == 200
    assert any(words in error for error in answer.context["form"].errors[field])
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert answer.context["form"][field].value() == value
    # Each column speaks its own language, after a refusal too.
    assert ">Objet</label>" in answer.content.decode()
    assert ">Onderwerp</label>" in answer.content.decode()
    assert Mailing.objects.get().version == row.version


@pytest.mark.parametrize(
    ("reader", "data", "named"),
    [
        ("fr", {"subject_fr": "a\nb"}, "Objet en français"),
        ("fr", {"body_nl": "Dag [[naam]]"}, "Texte en néerlandais"),
        ("nl", {"subject_fr": "a\nb"}, "Onderwerp in het Frans"),
    ],
)
def test_after_a_refusal_labels_stay_in_their_language_and_the_summary_says_which_text(
    reader: str, data: dict[str, str], named: str, client: Client, editor: User
) -> None:
    row = an_edition()
    client.force_login(editor)
    with translation.override(reader):
        text = client.post(address(row), typed(row, **data)).content.decode()
    assert '<label for="id_subject_fr">Objet</label>' in text
    assert '<label for="id_subject_nl">Onderwerp</label>' in text
    assert named in text.partition('id="errors-title"')[2].partition("</ul>")[0]


@pytest.mark.parametrize(
    ("data", "field"), [({"to_bourgmestres": "", "portfolios": []}, "portfolios"),
                        ({"portfolios": ["nonsense"]}, "portfolios"), ({"version": "x"}, "version")]
)  # fmt: skip
def test_an_audience_of_nobody_and_nonsense_are_refused(
    data: dict[str, Any], field: str, client: Client, editor: User
) -> None:
    row = an_edition()
    client.force_login(editor)
    assert client.post(address(row), typed(row, **data)).context["form"].errors[field]


def test_line_ends_of_a_browser_count_as_one_character(client: Client, editor: User) -> None:
    row = an_edition()
    client.force_login(editor)
    client.post(address(row), typed(row, body_fr="a\r\n" * 29_999 + "b"))
    assert Mailing.objects.get().texts["fr"]["body"] == "a\n" * 29_999 + "b"


@pytest.mark.parametrize("status", ["sending", "cancelled"])
def test_what_is_being_sent_or_over_cannot_be_written(
    status: str, client: Client, editor: User, echevine: User
) -> None:
    row = in_state(status)
    client.force_login(editor)
    page = client.get(address(row), follow=True).content.decode()
    assert "This text cannot be changed any more." in page
    kept = client.post(address(row), typed(row, subject_fr="Trop tard"))
    assert "Trop tard" in kept.content.decode()
    assert Mailing.objects.get().texts["fr"]["subject"] == TEXTS["fr"]["subject"]


def test_a_change_after_submission_makes_it_a_draft_again(client: Client, editor: User) -> None:
    row = brought_to("approved")
    client.force_login(editor)
    assert "voids the approvals" in client.get(address(row)).content.decode()
    client.post(address(row), typed(row, subject_fr="Autre"))
    assert Mailing.objects.get().status == "draft"


HOSTILE = ["{{ x }}", "{% debug %}", "{x.__class__}", "<script>alert(1)</script>", "%(name)s %s"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_script_is_only_words_on_every_page(text: str, client: Client, editor: User, cabinet: User) -> None:
    row = an_edition()
    client.force_login(editor)
    changes = {f"{name}_{key}": text for name in ("subject", "preheader", "body") for key in ("fr", "nl")}
    client.post(address(row), typed(row, **changes))
    row = Mailing.objects.get()
    row.submit(by=editor)
    client.force_login(cabinet)
    row.remark(by=cabinet, comment=text)
    own = [address(row, page) for page in ("detail", "preview", "recipients")]
    own.append(reverse("mailings:step", args=[row.number, "approve"]))
    for page in (reverse("mailings:list"), *own):
        content = client.get(page).content.decode()
        assert text.replace("<", "&lt;").replace(">", "&gt;") in content, page
        assert "<script>alert" not in content
    client.force_login(editor)
    assert "<script>alert" not in client.get(address(row)).content.decode()


@pytest.mark.parametrize("person", ["lead", "spoc", "director", "admin"])
def test_others_of_the_agency_read_but_do_not_write(
    person: str, client: Client, request: pytest.FixtureRequest
) -> None:
    row = an_edition()
    client.force_login(request.getfixturevalue(person))
    assert client.get(address(row, "detail")).status_code == 200
    assert client.get(address(row)).status_code == 403
    assert client.post(address(row), typed(row)).status_code == 403
    assert client.post(reverse("mailings:new")).status_code == 403


@pytest.mark.parametrize("person", ["echevine", "cabinet", "taskforce"])
@pytest.mark.parametrize("page", ["detail", "edit", "preview", "recipients"])
def test_a_draft_does_not_exist_for_people_outside(
    page: str, person: str, client: Client, request: pytest.FixtureRequest
) -> None:
    row = an_edition()
    client.force_login(request.getfixturevalue(person))
    assert client.get(address(row, page)).status_code == 404
