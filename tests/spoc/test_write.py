"""Messages, notes and files."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from hubportal.accounts.models import User
from spoc.models import NewDeliverable, RequestFile
from tests.spoc.stories import NOTE, a_draft, a_file, ago, brought_to, mails

pytestmark = pytest.mark.django_db


def test_both_parties_write_and_the_other_one_gets_a_mail(echevine: User, spoc: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    row.write(by=echevine, text="Bonjour.")
    row.write(by=spoc, text="Bien reçu.")
    assert [(message.side, message.text) for message in row.messages.all()] == [
        ("commune", "Bonjour."),
        ("agency", "Bien reçu."),
    ]
    assert [(mail.kind, mail.person) for mail in mails()[-2:]] == [("answer", spoc), ("message", echevine)]


def test_the_first_message_of_the_agency_is_its_first_answer(echevine: User, spoc: User) -> None:
    row = brought_to("submitted", echevine, spoc)
    row.write(by=echevine, text="C'est urgent.")
    row.refresh_from_db()
    assert row.answered_at is None
    row.write(by=spoc, text="Je regarde.")
    row.refresh_from_db()
    assert row.answered_at is not None


def test_a_note_is_for_the_agency_only_and_in_no_mail(echevine: User, spoc: User, director: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    before = len(mails())
    note = row.write(by=spoc, text=NOTE, upload=a_file(), is_public=False)
    assert note is not None
    assert len(mails()) == before
    assert not type(note).objects.visible_to(echevine).filter(pk=note.pk).exists()
    assert type(note).objects.visible_to(director).filter(pk=note.pk).exists()
    assert not RequestFile.objects.visible_to(echevine).exists()
    assert RequestFile.objects.visible_to(spoc).get().message == note


def test_the_commune_leaves_no_notes(echevine: User, spoc: User) -> None:
    with pytest.raises(PermissionDenied):
        brought_to("in_progress", echevine, spoc).write(by=echevine, text="Entre nous", is_public=False)


@pytest.mark.parametrize("person", ["stranger", "director", "cabinet", "ended"])
def test_these_may_not_write(person: str, echevine: User, spoc: User, request: pytest.FixtureRequest) -> None:
    with pytest.raises(PermissionDenied):
        brought_to("in_progress", echevine, spoc).write(by=request.getfixturevalue(person), text="Bonjour")


@pytest.mark.parametrize("status", ["draft", "closed", "declined", "withdrawn"])
def test_nothing_is_written_to_what_is_not_open(status: str, echevine: User, spoc: User) -> None:
    with pytest.raises(ValidationError):
        brought_to(status, echevine, spoc).write(by=echevine, text="Bonjour")


def test_a_note_is_still_possible_once_it_is_closed(echevine: User, spoc: User) -> None:
    assert brought_to("closed", echevine, spoc).write(by=spoc, text="À relire", is_public=False)


def test_an_empty_message_is_refused(echevine: User, spoc: User) -> None:
    with pytest.raises(ValidationError):
        brought_to("in_progress", echevine, spoc).write(by=echevine, text="  ")


def test_a_file_is_kept_with_its_fingerprint_under_a_random_name(echevine: User, spoc: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    row.write(by=echevine, text="Le plan.", upload=a_file("../../plan secret.txt"))
    file = row.files.get()
    assert (file.name, file.size, len(file.sha256)) == ("plan secret.txt", 18, 64)
    assert "plan" not in file.file.name


def test_a_file_that_is_not_what_it_says_is_refused_and_nothing_is_kept(echevine: User, spoc: User) -> None:
    row = brought_to("waiting_requester", echevine, spoc)
    with pytest.raises(ValidationError):
        row.write(by=echevine, text="Le plan.", upload=SimpleUploadedFile("plan.pdf", b"MZ\x90"))
    row.refresh_from_db()
    assert row.status == "waiting_requester"
    assert row.messages.filter(text="Le plan.").count() == 0


def test_a_draft_takes_files_of_its_own_party(echevine: User, delegate: User) -> None:
    row = a_draft(echevine)
    row.attach(by=delegate, upload=a_file())
    assert row.files.get().uploaded_by == delegate


def test_nobody_else_adds_a_file_to_a_draft(echevine: User, stranger: User, spoc: User) -> None:
    row = a_draft(echevine)
    for person in (stranger, spoc):
        with pytest.raises(PermissionDenied):
            row.attach(by=person, upload=a_file())


def test_a_submitted_request_takes_no_more_files_without_a_message(echevine: User, spoc: User) -> None:
    with pytest.raises(PermissionDenied):
        brought_to("submitted", echevine, spoc).attach(by=echevine, upload=a_file())


def test_a_second_click_writes_and_tells_nothing_again(echevine: User, spoc: User) -> None:
    row = brought_to("waiting_requester", echevine, spoc)
    before = len(mails())
    for _ in range(2):
        row.write(by=echevine, text="Rue Wayez")
        row.write(by=echevine, text="Le plan", upload=a_file())
        row.write(by=echevine, upload=a_file("seul.txt"))
        row.write(by=spoc, text="Vu", is_public=False)
    assert [message.text for message in row.messages.filter(is_question=False)] == [
        "Rue Wayez",
        "Le plan",
        "Vu",
    ]
    assert [file.name for file in row.files.all()] == ["plan.txt", "seul.txt"]
    assert len(mails()) == before + 3
    assert row.events.filter(verb="resume").count() == 1


def test_the_same_words_later_are_another_message(echevine: User, spoc: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    row.write(by=echevine, text="Des nouvelles ?")
    row.messages.update(written_at=ago(1))
    row.write(by=echevine, text="Des nouvelles ?")
    row.write(by=spoc, text="Des nouvelles ?")
    assert row.messages.count() == 3


def test_a_second_click_adds_no_file_or_deliverable_again(echevine: User, spoc: User) -> None:
    draft = a_draft(echevine)
    assert draft.attach(by=echevine, upload=a_file()) == draft.attach(by=echevine, upload=a_file())
    row = brought_to("in_progress", echevine, spoc)
    first = row.hand_in(by=spoc, deliverable=NewDeliverable("Plan", upload=a_file()))
    assert row.hand_in(by=spoc, deliverable=NewDeliverable("Plan", upload=a_file())) == first
    row.hand_in(by=spoc, deliverable=NewDeliverable("Plan, suite", upload=a_file()))
    assert row.deliverables.count() == 2
