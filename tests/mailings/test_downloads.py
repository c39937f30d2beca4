"""Attachments handed out: by the link of a message, and to whoever may see the edition; listed in the letter itself."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from hubportal.accounts.models import Role
from mailings.freezing import frozen
from mailings.letter import placeholders
from mailings.models import Attachment, Mailing
from tests.cast import Cast, MandateFactory
from tests.mailings.attached import PDF, attach, with_attachment
from tests.mailings.leaving import sent
from tests.mailings.made import an_edition, forward, person

pytestmark = pytest.mark.django_db

LETTERS = ("fr", "nl", "fr,nl")


def a_sent_edition() -> tuple[Mailing, Attachment, Attachment]:
    """Return an edition that was sent with a file in each language, to an échevine."""
    MandateFactory(trade=True)
    row = an_edition()
    french, dutch = attach(row, "horaires.pdf", "fr"), attach(row, "uren.pdf", "nl")
    for status in ("in_review", "approved", "scheduled", "sending"):
        forward(row, status)
    return sent(row), french, dutch


def is_download(answer: Any, name: str) -> bool:
    """Tell whether a browser saves it, and does nothing else with it."""
    content = b"".join(answer.streaming_content)
    return (
        answer.status_code == 200
        and answer["Content-Disposition"] == f'attachment; filename="{name}"'
        and answer["X-Content-Type-Options"] == "nosniff"
        and answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        and answer["Cache-Control"] == "private, no-store"
        and content.startswith(PDF)
    )


# --- Who may have it ---------------------------------------------------------------------------------------------

READERS = ("spoc", "editor", "lead", "director", "admin", "cabinet", "taskforce")
COMMUNES = ("echevine", "delegate", "stranger")


def code(client: Client, row: Mailing, file: Attachment) -> int:
    """Return what the address of a file answers."""
    answer = client.get(reverse("mailings:file", args=[row.number, file.pk]))
    if answer.streaming:
        # Read to its end, the client closes it.
        b"".join(answer)
    return answer.status_code


def test_who_may_have_a_file_of_an_edition_by_its_state(cast: Cast, subtests: pytest.Subtests) -> None:
    row, file = with_attachment("draft")
    allowed = {"draft": set(READERS[:5]), "in_review": set(READERS), "sent": {*READERS, *COMMUNES}}
    for status, people in allowed.items():
        if status == "in_review":
            forward(row, status)
        elif status == "sent":
            for step in ("approved", "scheduled", "sending"):
                forward(row, step)
            sent(row)
        for name in (*READERS, *COMMUNES):
            with subtests.test(f"{status}: {name}"):
                client = Client()
                client.force_login(getattr(cast, name))
                assert code(client, row, file) == (200 if name in people else 404)


def test_nobody_without_a_right_of_today_has_it(cast: Cast, client: Client) -> None:
    row, file, _dutch = a_sent_edition()
    assert code(client, row, file) == 302
    client.force_login(cast.ended)
    assert code(client, row, file) == 403


def test_it_is_always_a_download(client: Client) -> None:
    row, french, _dutch = a_sent_edition()
    client.force_login(person(Role.SPOC))
    assert is_download(client.get(reverse("mailings:file", args=[row.number, french.pk])), "horaires.pdf")


def test_the_number_of_another_edition_opens_nothing(client: Client) -> None:
    row, file = with_attachment("draft")
    other = Mailing.begin(by=person(Role.EDITOR))
    client.force_login(person(Role.EDITOR))
    assert code(client, other, file) == 404
    assert code(client, row, file) == 200


def test_what_was_taken_off_is_handed_out_to_nobody(client: Client) -> None:
    row, file = with_attachment("draft")
    row.detach(by=person(Role.EDITOR), attachment=file.pk, version=row.version)
    client.force_login(person(Role.EDITOR))
    assert code(client, row, file) == 404


# --- By the link of a message ------------------------------------------------------------------------------------


def test_the_link_of_a_message_opens_its_files(client: Client) -> None:
    row, french, dutch = a_sent_edition()
    token = row.deliveries.get().token
    page = client.get(reverse("mailings:read", args=[token])).content.decode()
    for file in (french, dutch):
        with translation.override(file.language):
            url = reverse("mailings:read-file", args=[token, file.pk])
        assert f'href="{url}"' in page
        assert is_download(client.get(url), file.name)
    assert 'id="attachments-fr"' in page
    assert 'id="attachments-nl"' in page


def test_a_link_opens_no_file_of_another_edition(client: Client) -> None:
    row, _french, _dutch = a_sent_edition()
    other = Mailing.begin(by=person(Role.EDITOR))
    file = attach(other, "secret.pdf")
    token = row.deliveries.get().token
    assert client.get(reverse("mailings:read-file", args=[token, file.pk])).status_code == 404


def test_a_link_that_nobody_got_opens_nothing(client: Client) -> None:
    _row, french, _dutch = a_sent_edition()
    assert client.get(reverse("mailings:read-file", args=["no-such-link", french.pk])).status_code == 404


def test_to_download_is_not_to_acknowledge(client: Client) -> None:
    row, french, _dutch = a_sent_edition()
    delivery = row.deliveries.get()
    assert is_download(
        client.get(reverse("mailings:read-file", args=[delivery.token, french.pk])), "horaires.pdf"
    )
    delivery.refresh_from_db()
    assert delivery.acknowledged_at is None


def test_the_page_of_an_edition_lists_the_files_of_its_language(cast: Cast, client: Client) -> None:
    row, french, dutch = a_sent_edition()
    client.force_login(cast.stranger)
    for language, shown, hidden in (("fr", french, dutch), ("nl", dutch, french)):
        page = client.get(row.get_absolute_url(), {"language": language}).content.decode()
        assert f"/{language}/mailings/{row.number}/files/{shown.pk}/" in page
        assert hidden.name not in page


# --- In the letter -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", LETTERS)
def test_the_letter_lists_them_with_the_reader_s_own_page(key: str) -> None:
    row = an_edition()
    attach(row, "horaires.pdf", "fr")
    attach(row, "uren.pdf", "nl")
    (letter,) = frozen(row, timezone.now(), [key])
    for language, name, words in (("fr", "horaires.pdf", "Pièces jointes"), ("nl", "uren.pdf", "Bijlagen")):
        is_there = language in key.split(",")
        for content in (letter.text, letter.html):
            assert (f"{name} (PDF, " in content) is is_there
            assert (words in content) is is_there
            assert (f"/{language}/mailings/read/[[token]]/#attachments-{language}" in content) is is_there


def test_a_letter_without_attachments_does_not_speak_of_them() -> None:
    for letter in frozen(an_edition(), timezone.now()):
        assert "attachments" not in letter.html
        assert "Bijlagen" not in letter.text
        assert "Pièces jointes" not in letter.text


def test_a_name_is_no_placeholder_and_no_markup() -> None:
    row = an_edition()
    attach(row, "[[token]] {{ x }} <b>&.pdf")
    before = {letter.language: letter for letter in frozen(an_edition(), timezone.now())}
    for letter in frozen(row, timezone.now()):
        assert "{{ x }} _b_&.pdf (PDF" in letter.text
        assert "{{ x }} _b_&amp;.pdf (PDF" in letter.html
        for part in ("text", "html"):
            more = {*placeholders.split(getattr(letter, part))[1::2]}
            assert more == {*placeholders.split(getattr(before[letter.language], part))[1::2]}


def test_the_mail_to_oneself_lists_them_with_a_link_that_records_nothing(client: Client) -> None:
    row, _file = with_attachment("draft")
    client.force_login(person(Role.EDITOR))
    with translation.override("fr"):
        mail = client.get(reverse("mailings:message", args=[row.number, "fr"]))
    content = b"".join(mail.streaming_content).decode()  # type: ignore[attr-defined]
    assert "horaires.pdf (PDF, " in content
    assert "/preview/#attachments-fr" in content
    assert "/read/" not in content
