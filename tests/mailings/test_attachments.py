"""Attachments: added and taken off by writers, approved with the text, fixed when the edition is no draft."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from hubportal.accounts.models import Role, User
from hubportal.outbox.models import OutboxMessage
from hubportal.workflow import TransitionError
from mailings import parity
from mailings.models import BOTH, Attachment, Mailing
from mailings.models.attachment import MOST
from tests.mailings.attached import PDF, a_pdf, attach, with_attachment
from tests.mailings.leaving import sent
from tests.mailings.made import TEXTS, an_edition, in_state, person
from tests.mailings.test_writing import address, typed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("echevine")]


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def page_of(client: Client) -> Callable[[str, User], str]:
    """Return a way to read a page in English as somebody."""

    def read(url: str, user: User) -> str:
        client.force_login(user)
        return client.get(url).content.decode()

    return read


def sides(row: Mailing) -> list[parity.Finding]:
    """Return what blocks the edition."""
    row = Mailing.objects.get(pk=row.pk)
    return parity.check(row.side("fr"), row.side("nl")).blocking


# --- The verbs ---------------------------------------------------------------------------------------------------


def test_an_attachment_makes_a_new_version_that_is_kept_and_told() -> None:
    row = an_edition()
    before = row.version, row.content_hash
    file = attach(row)
    assert (file.name, file.kind, file.language, file.added_in) == ("horaires.pdf", "PDF", BOTH, row.version)
    assert row.version == before[0] + 1
    assert row.content_hash != before[1]
    assert row.revisions.filter(version=row.version).count() == 2
    event = row.events.last()
    assert (event.verb, event.comment) == ("attach", "horaires.pdf")


def test_what_is_taken_off_is_kept_and_the_hash_is_the_former_one() -> None:
    row = an_edition()
    before = row.content_hash
    file = attach(row)
    row.detach(by=person(Role.EDITOR), attachment=file.pk, version=row.version)
    assert row.content_hash == before
    assert row.attached == []
    file.refresh_from_db()
    assert file.removed_in == row.version


@pytest.mark.parametrize("status", ["in_review", "approved", "scheduled"])
@pytest.mark.parametrize("verb", ["attach", "detach"])
def test_approvals_are_void_and_everybody_concerned_is_told(verb: str, status: str) -> None:
    row, file = with_attachment(status)
    OutboxMessage.objects.all().delete()
    editor = person(Role.EDITOR)
    if verb == "attach":
        row.attach(by=editor, upload=a_pdf("autre.pdf", b"x"), language=BOTH, version=row.version)
    else:
        row.detach(by=editor, attachment=file.pk, version=row.version)
    assert (row.status, row.approved_hash, row.approvals_now) == ("draft", "", {})
    told = set(OutboxMessage.objects.filter(kind="mailing voided").values_list("to_address", flat=True))
    assert told == {person(Role.LEAD).email, person(Role.CABINET).email}


@pytest.mark.parametrize("status", ["sending", "paused", "sent", "cancelled", "expired"])
def test_nothing_changes_once_it_leaves_or_is_over(status: str) -> None:
    row = in_state(status)
    with pytest.raises(TransitionError):
        row.attach(by=person(Role.EDITOR), upload=a_pdf(), language=BOTH, version=row.version)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.EDITOR])
def test_only_editors_attach(role: Role) -> None:
    row = an_edition()
    with pytest.raises(PermissionDenied):
        row.attach(by=person(role), upload=a_pdf(), language=BOTH, version=row.version)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.EDITOR])
def test_only_editors_take_one_off(role: Role) -> None:
    row, file = with_attachment("draft")
    with pytest.raises(PermissionDenied):
        row.detach(by=person(role), attachment=file.pk, version=row.version)


def test_a_page_that_is_out_of_date_is_refused() -> None:
    row = an_edition()
    stale = row.version
    file = attach(row)
    with pytest.raises(ValidationError) as refused:
        row.attach(by=person(Role.EDITOR), upload=a_pdf("b.pdf", b"b"), language=BOTH, version=stale)
    assert refused.value.code == "stale"
    with pytest.raises(ValidationError) as refused:
        row.detach(by=person(Role.EDITOR), attachment=file.pk, version=stale)
    assert refused.value.code == "stale"


def test_what_somebody_took_off_is_not_taken_off_again() -> None:
    row, file = with_attachment("draft")
    row.detach(by=person(Role.EDITOR), attachment=file.pk, version=row.version)
    with pytest.raises(ValidationError, match="already"):
        row.detach(by=person(Role.EDITOR), attachment=file.pk, version=row.version)


def test_an_attachment_of_another_edition_is_not_taken_off() -> None:
    row, file = with_attachment("draft")
    other = Mailing.begin(by=person(Role.EDITOR))
    with pytest.raises(ValidationError, match="already"):
        other.detach(by=person(Role.EDITOR), attachment=file.pk, version=other.version)
    assert len(row.attached) == 1


def test_the_same_file_twice_is_refused_whatever_its_name() -> None:
    row = an_edition()
    row.attach(by=person(Role.EDITOR), upload=a_pdf("a.pdf"), language="fr", version=row.version)
    with pytest.raises(ValidationError) as refused:
        row.attach(by=person(Role.EDITOR), upload=a_pdf("b.pdf"), language="nl", version=row.version)
    assert "attached already" in refused.value.message_dict["upload"][0]


def test_more_than_a_reader_would_open_are_refused() -> None:
    row = an_edition()
    for number in range(MOST):
        attach(row, f"{number}.pdf", "fr")
    with pytest.raises(ValidationError) as refused:
        attach(row, "encore.pdf")
    assert str(MOST) in refused.value.message_dict["upload"][0]
    attach(row, "nog.pdf", "nl")


# --- The hash ----------------------------------------------------------------------------------------------------


def test_the_hash_holds_content_name_and_language_of_each_file_and_not_their_order() -> None:
    row = an_edition()

    def found(*files: tuple[str, str, str]) -> str:
        made = [Attachment(sha256=sha, name=name, language=language) for sha, name, language in files]
        return row.hash_of(row.texts, made)

    first, second = ("a" * 64, "a.pdf", "fr"), ("b" * 64, "b.pdf", "nl")
    assert found() == row.content_hash
    assert found(first, second) == found(second, first)
    others = [
        found(first), found(("c" * 64, "a.pdf", "fr")), found(("a" * 64, "c.pdf", "fr")),
        found(("a" * 64, "a.pdf", "nl")), found(first, second),
    ]  # fmt: skip
    assert len({found(), *others}) == 6


def test_an_approval_of_the_edition_without_the_file_is_refused() -> None:
    row, file = with_attachment("in_review")
    seen = row.content_hash
    row.detach(by=person(Role.EDITOR), attachment=file.pk, version=row.version)
    row.submit(by=person(Role.EDITOR))
    with pytest.raises(ValidationError) as refused:
        row.approve(by=person(Role.CABINET), seen_hash=seen)
    assert refused.value.code == "stale"


# --- The database ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["in_review", "approved", "scheduled", "sending", "sent"])
def test_the_database_refuses_a_change_unless_it_is_a_draft(status: str) -> None:
    row, file = with_attachment("sending" if status == "sent" else status)
    if status == "sent":
        sent(row)
    with pytest.raises(IntegrityError, match="drafts only"), transaction.atomic():
        Attachment.objects.filter(pk=file.pk).update(removed_in=99)


@pytest.mark.parametrize(
    "change", [{"name": "autre.pdf"}, {"sha256": "0" * 64}, {"language": "fr"}, {"added_in": 1}]
)
def test_the_database_refuses_another_file_in_its_place(change: dict[str, Any]) -> None:
    _row, file = with_attachment("draft")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Attachment.objects.filter(pk=file.pk).update(**change)


def test_the_database_keeps_what_was_taken_off() -> None:
    _row, file = with_attachment("draft")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        file.delete()


# --- Parity ------------------------------------------------------------------------------------------------------


def test_a_file_for_one_language_alone_blocks() -> None:
    row = an_edition()
    attach(row, "horaires.pdf", "fr")
    (finding,) = sides(row)
    assert (finding.code, finding.language) == ("attachments", "nl")
    with pytest.raises(ValidationError):
        row.submit(by=person(Role.EDITOR))


def test_one_in_each_language_or_one_for_both_is_level() -> None:
    row = an_edition()
    attach(row, "horaires.pdf", "fr")
    attach(row, "uren.pdf", "nl")
    attach(row, "plan.pdf")
    assert sides(row) == []


# --- The page ----------------------------------------------------------------------------------------------------


def test_an_editor_saves_and_attaches_in_one_go(client: Client, editor: User) -> None:
    row = an_edition()
    client.force_login(editor)
    data = typed(row, then="attach", upload=a_pdf(), attach_to=BOTH, subject_fr="Autre objet")
    page = client.post(address(row), data, follow=True).content.decode()
    row = Mailing.objects.get()
    assert row.texts["fr"]["subject"] == "Autre objet"
    assert [file.name for file in row.attached] == ["horaires.pdf"]
    assert "horaires.pdf" in page
    assert f'name="detach" value="{row.attached[0].pk}"' in page


def test_an_editor_saves_and_takes_off_in_one_go(client: Client, editor: User) -> None:
    row, file = with_attachment("draft")
    client.force_login(editor)
    client.post(address(row), typed(row, detach=file.pk, subject_fr="Autre objet"))
    row = Mailing.objects.get()
    assert row.texts["fr"]["subject"] == "Autre objet"
    assert row.attached == []


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (SimpleUploadedFile("gros.pdf", PDF + b"x" * 30 * 1024 * 1024), "25"),
        (SimpleUploadedFile("image.png", b"\xff\xd8\xff\xe0<?php echo 1 ?>"), ".png"),
        (SimpleUploadedFile("page.pdf", b"<html><script>alert(1)</script>%PDF-1.7"), ".pdf"),
        (SimpleUploadedFile("archive.docx", b"PK\x03\x04nothing"), ".docx"),
        (SimpleUploadedFile("virus.exe", b"MZ"), "pdf"),
        (SimpleUploadedFile("vide.pdf", b""), "empty"),
    ],
    ids=["30 MB", "a script in a picture", "a page that ends as a PDF", "no zip", "exe", "empty"],
)
def test_a_bad_file_is_told_at_its_field_and_nothing_typed_is_lost(
    upload: SimpleUploadedFile, words: str, client: Client, editor: User
) -> None:
    row = an_edition()
    client.force_login(editor)
    upload.seek(0)
    data = typed(row, then="attach", upload=upload, attach_to="fr", body_nl="Wat ik net typte")
    answer = client.post(address(row), data, headers={"accept-language": "en"})
    assert answer.status_code == 200
    form = answer.context["form"]
    assert any(words in error for error in form.errors["upload"])
    assert set(form.errors) == {"upload"}
    page = answer.content.decode()
    assert 'id="id_upload_error"' in page
    assert "Wat ik net typte" in page
    stored = Mailing.objects.get()
    assert (stored.version, stored.attached) == (row.version, [])


def test_a_good_file_is_asked_for_again_when_the_text_is_refused(client: Client, editor: User) -> None:
    row = an_edition()
    client.force_login(editor)
    data = typed(row, then="attach", upload=a_pdf(), attach_to=BOTH, body_fr="Bonjour [[prenom]]")
    form = client.post(address(row), data).context["form"]
    assert set(form.errors) == {"body_fr", "upload"}
    assert Mailing.objects.get().attached == []


def test_a_file_that_the_edition_refuses_leaves_the_text_as_it_was_and_what_was_typed(
    client: Client, editor: User
) -> None:
    row, _file = with_attachment("draft", "horaires.pdf")
    client.force_login(editor)
    same = a_pdf("copie.pdf", b"horaires.pdf")
    data = typed(row, then="attach", upload=same, attach_to=BOTH, subject_fr="Autre objet")
    answer = client.post(address(row), data)
    assert "upload" in answer.context["form"].errors
    assert "Autre objet" in answer.content.decode()
    stored = Mailing.objects.get()
    assert (stored.version, stored.texts["fr"]["subject"]) == (row.version, TEXTS["fr"]["subject"])


def test_a_full_disk_is_told_at_the_field_and_nothing_is_kept(
    client: Client, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = an_edition()
    client.force_login(editor)

    def is_full(_storage: FileSystemStorage, _name: str, _content: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", is_full)
    data = typed(row, then="attach", upload=a_pdf(), attach_to=BOTH, subject_fr="Autre objet")
    answer = client.post(address(row), data)
    assert answer.status_code == 200
    (told,) = answer.context["form"].errors["upload"]
    assert "its disk may be full" in told
    assert "Autre objet" in answer.content.decode()
    stored = Mailing.objects.get()
    assert (stored.version, stored.attached) == (row.version, [])


def test_to_attach_without_a_file_is_told(client: Client, editor: User) -> None:
    row = an_edition()
    client.force_login(editor)
    answer = client.post(address(row), typed(row, then="attach"))
    assert set(answer.context["form"].errors) == {"upload"}


def test_who_only_reads_attaches_nothing_by_the_page(client: Client, spoc: User) -> None:
    row = an_edition()
    client.force_login(spoc)
    answer = client.post(address(row), typed(row, then="attach", upload=a_pdf(), attach_to=BOTH))
    assert answer.status_code == 403
    assert not Attachment.objects.exists()


# --- Who approves sees it ----------------------------------------------------------------------------------------


def test_the_cabinet_reads_which_files_came_and_went(page_of: Callable[[str, User], str]) -> None:
    row, file = with_attachment("in_review", "ancien.pdf")
    row.approve(by=person(Role.LEAD), seen_hash=row.content_hash)
    row.detach(by=person(Role.EDITOR), attachment=file.pk, version=row.version)
    new = attach(row, "nouveau.pdf")
    row.submit(by=person(Role.EDITOR))
    for url in (row.get_absolute_url(), reverse("mailings:step", args=[row.number, "approve"])):
        page = page_of(url, person(Role.CABINET))
        assert "<s>ancien.pdf</s>" in page
        assert "<strong>nouveau.pdf</strong>" in page
        for language in ("fr", "nl"):
            assert page.count(f'href="/{language}/mailings/{row.number}/files/{new.pk}/"') == 1
        assert "for whom it is meant has changed" not in page
