"""The versions of an edition: who saved each, what changed between any two, and writing on from an old one."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from hubportal.accounts.models import Role, User
from mailings.models import Mailing, Revision, UnsavedText
from mailings.versions import versions
from tests.mailings.attached import attach
from tests.mailings.leaving import sent
from tests.mailings.made import TEXTS, an_edition, brought_to, person
from tests.mailings.test_unsaved import address, boxes, keep, save

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def change(row: Mailing, portfolios: list[str] | None = None, **changes: str) -> None:
    """Save another version, as the editor."""
    typed = boxes() | by_box(row) | changes
    texts = {key: {name: typed[f"{name}_{key}"] for name in side} for key, side in TEXTS.items()}
    chosen = portfolios or row.portfolios
    row.revise(by=person(Role.EDITOR), texts=texts, portfolios=chosen, version=row.version)


def by_box(row: Mailing) -> dict[str, str]:
    """Return what is saved, by box."""
    return {f"{name}_{key}": text for key, side in row.texts.items() for name, text in side.items()}


@pytest.fixture
def row(editor: User) -> Mailing:
    """A draft of four versions: both texts, the French one, the Dutch one, the audience."""
    row = an_edition()
    change(row, subject_fr="Deuxième objet")
    change(row, body_nl="Tweede tekst")
    change(row, portfolios=["works"])
    return row


def test_each_version_says_who_saved_it_and_which_text_changed(row: Mailing, editor: User) -> None:
    found = [(each.number, each.row.by, each.languages) for each in versions(row, editor)]
    assert found == [
        (2, editor, ["fr", "nl"]), (3, editor, ["fr"]), (4, editor, ["nl"]), (5, editor, []),
    ]  # fmt: skip


def test_a_version_of_which_only_files_changed_names_them(row: Mailing, client: Client, editor: User) -> None:
    file = attach(row, "horaires.pdf")
    row.detach(by=editor, attachment=file.pk, version=row.version)
    client.force_login(editor)
    page = client.get(address(row, "versions"), {"to": "6"}).content.decode()
    assert page.count("attachments changed, not the texts") == 2
    assert page.count("the week, the audience or the reminder changed, not the texts") == 1
    assert page.count("Attachment added: <strong>horaires.pdf</strong>") == 2
    assert page.count("Attachment removed: <s>horaires.pdf</s>") == 1


def test_a_file_that_came_and_went_between_two_versions_is_no_change(
    row: Mailing, client: Client, editor: User
) -> None:
    file = attach(row, "horaires.pdf")
    row.detach(by=editor, attachment=file.pk, version=row.version)
    client.force_login(editor)
    compared = client.get(address(row, "versions"), {"from": "5", "to": "7"}).context["compared"]
    assert compared.files == ([], [])


def test_empty_lines_at_the_end_are_no_change(row: Mailing, editor: User) -> None:
    change(row, body_nl="Tweede tekst\n\n")
    assert versions(row, editor)[-1].languages == []


def test_the_last_version_is_compared_with_the_one_before(row: Mailing, client: Client, editor: User) -> None:
    change(row, subject_nl="Ander onderwerp")
    client.force_login(editor)
    page = client.get(address(row, "versions")).content.decode()
    assert "What changed from version 5 to version 6" in page
    assert "<ins>Ander onderwerp</ins>" in page


@pytest.mark.parametrize(
    ("query", "removed", "added"),
    [
        ({"to": "3"}, TEXTS["fr"]["subject"], "Deuxième objet"),
        ({"from": "3", "to": "2"}, "Deuxième objet", TEXTS["fr"]["subject"]),
        ({"from": "2", "to": "5"}, TEXTS["fr"]["subject"], "Deuxième objet"),
    ],
)
def test_any_two_versions_are_compared(
    query: dict[str, str], removed: str, added: str, row: Mailing, client: Client, editor: User
) -> None:
    client.force_login(editor)
    page = client.get(address(row, "versions"), query).content.decode()
    assert f"<del>{removed}</del>" in page
    assert f"<ins>{added}</ins>" in page


def test_the_first_version_is_shown_whole(row: Mailing, client: Client, editor: User) -> None:
    client.force_login(editor)
    page = client.get(address(row, "versions"), {"to": "2"}).content.decode()
    assert "What version 2 says" in page
    assert f"<ins>{TEXTS['nl']['subject']}</ins>" in page


def test_versions_of_the_same_words_say_so(row: Mailing, client: Client, editor: User) -> None:
    client.force_login(editor)
    assert "Not a word of the texts." in client.get(address(row, "versions")).content.decode()


@pytest.mark.parametrize("query", ["to=1", "to=99", "from=99", "to=x", "to=9999999999", "to=²", "from=-1"])
def test_a_version_that_does_not_exist_is_404(query: str, row: Mailing, client: Client, editor: User) -> None:
    client.force_login(editor)
    assert client.get(f"{address(row, 'versions')}?{query}").status_code == 404


def test_an_edition_nobody_saved_has_no_version(client: Client, editor: User) -> None:
    client.force_login(editor)
    page = client.get(address(Mailing.begin(by=editor), "versions"))
    assert "No version was saved yet." in page.content.decode()


@pytest.mark.parametrize("who", ["cabinet", "taskforce"])
def test_outside_one_reads_the_versions_that_were_submitted(
    who: str, client: Client, request: pytest.FixtureRequest
) -> None:
    reader, row = request.getfixturevalue(who), brought_to("in_review")
    change(row, subject_fr="Entre nous")
    change(row, subject_fr="Pour vous")
    row.submit(by=person(Role.EDITOR))
    client.force_login(reader)
    assert [each.number for each in versions(row, reader)] == [2, 4]
    page = client.get(address(row, "versions")).content.decode()
    assert "Entre nous" not in page
    assert "<ins>Pour vous</ins>" in page
    assert "Write on from" not in page
    assert client.get(address(row, "versions"), {"to": "3"}).status_code == 404
    assert client.get(address(row, "versions"), {"from": "3"}).status_code == 404


def test_communes_read_no_former_version(client: Client, echevine: User) -> None:
    row = sent()
    assert row in Mailing.objects.visible_to(echevine)
    client.force_login(echevine)
    assert client.get(address(row, "versions")).status_code == 403
    assert not Revision.objects.visible_to(echevine).exists()


def test_who_only_reads_writes_on_from_no_version(row: Mailing, client: Client, lead: User) -> None:
    client.force_login(lead)
    assert "Write on from" not in client.get(address(row, "versions")).content.decode()


def test_writing_on_from_an_old_version_is_a_new_one(row: Mailing, client: Client, editor: User) -> None:
    client.force_login(editor)
    opened = client.get(address(row), {"version": "2"})
    form = opened.context["form"]
    assert "The boxes hold version 2" in opened.content.decode()
    assert (form["subject_fr"].value(), form["version"].value()) == (TEXTS["fr"]["subject"], 5)
    assert Mailing.objects.get().version == 5
    save(client, row, version=form["version"].value(), portfolios=["works"])
    now = Mailing.objects.get()
    assert (now.version, now.texts["fr"]["subject"]) == (6, TEXTS["fr"]["subject"])


def test_an_unsaved_text_is_not_lost_by_looking_at_an_old_version(
    row: Mailing, client: Client, editor: User
) -> None:
    client.force_login(editor)
    keep(client, row, subject_fr="Pas fini")
    page = client.get(address(row), {"version": "2"}).content.decode()
    assert "You also have an unsaved text" in page
    assert UnsavedText.objects.get().texts["subject_fr"] == "Pas fini"
    assert client.get(address(row)).context["form"]["subject_fr"].value() == "Pas fini"


@pytest.mark.parametrize("number", ["1", "99", "x"])
def test_nobody_writes_on_from_what_was_not_kept(
    number: str, row: Mailing, client: Client, editor: User
) -> None:
    client.force_login(editor)
    assert client.get(address(row), {"version": number}).status_code == 404


def test_the_page_asks_the_database_as_often_for_twenty_versions(
    row: Mailing, client: Client, editor: User
) -> None:
    client.force_login(editor)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(address(row, "versions"))
        return len(queries)

    count()
    few = count()
    for number in range(20):
        change(row, subject_fr=f"Objet {number}")
    assert count() == few
