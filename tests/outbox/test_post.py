"""Writing a mail: a row in the transaction of the act, and the mail it becomes."""

import re
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path
from unittest import mock

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from hubportal.accounts.models import User
from hubportal.outbox.consignment import Status
from hubportal.outbox.models import OutboxMessage, post

Write = Callable[..., OutboxMessage]
pytestmark = pytest.mark.django_db
PRIVACY = {code: f"http://localhost:8000/{code}/privacy/" for code in ("fr", "nl")}
ROOT, APPS = Path(settings.BASE_DIR), ("hubportal", "communes", "conventions", "spoc", "mailings")


def test_the_mail_is_written_with_the_act_or_not_at_all(write: Write) -> None:
    def act() -> None:
        with transaction.atomic():
            write()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert not OutboxMessage.objects.exists()


def test_the_bell_rings_after_the_commit(django_capture_on_commit_callbacks: Callable[..., object]) -> None:
    with mock.patch("hubportal.outbox.bell.current_app.send_task") as send_task:
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
            post(to="a@example.brussels", person=None, language="fr", subject="S", text="T", kind="test")
            assert not send_task.called
        assert send_task.call_args.args == ("outbox.deliver",)


@pytest.mark.parametrize("subject", ["two\nlines", "two\r\nBcc: x@example.brussels", "end\n", "", "a\u2028b"])
def test_a_subject_is_one_line(write: Write, subject: str) -> None:
    with pytest.raises(ValueError, match="one line"):
        write(subject=subject)


@pytest.mark.parametrize("to", ["", "nobody", "a@b", "a@example.brussels\nBcc: b@example.brussels"])
def test_an_address_is_one(write: Write, to: str) -> None:
    with pytest.raises(ValueError, match="no e-mail address"):
        write(to=to)


def test_the_mail_carries_our_headers_and_is_the_same_each_time(write: Write) -> None:
    mail = write(
        subject="Été à Bruxelles", text="Œuvre\n.dot\n", html=f"<p>Œuvre {PRIVACY['nl']}</p>", language="nl"
    )
    first, second = mail.envelope(), OutboxMessage.objects.get(pk=mail.pk).envelope()
    message, again = message_from_bytes(first.content), message_from_bytes(second.content)
    assert message["Message-ID"] == again["Message-ID"] == mail.message_id
    assert message["Date"] == again["Date"]
    assert (message["Auto-Submitted"], message["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    assert message["Content-Language"] == "nl"
    assert message.get_content_type() == "multipart/alternative"
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]
    assert first.recipient == "ann@example.brussels"
    assert first.sender == "no-reply@hubportal.example"


def test_a_mail_without_html_is_plain_text(write: Write) -> None:
    assert message_from_bytes(write().envelope().content).get_content_type() == "text/plain"


IMPOSSIBLE = [
    {"status": "nonsense"},
    {"status": Status.ACCEPTED},
    {"accepted_at": timezone.now()},
    {"status": Status.SENDING},
    {"status": Status.SENDING, "worker": "w"},
    {"worker": "w"},
    {"status": Status.DEFERRED},
    {"next_try_at": timezone.now()},
    {"is_secret": True, "status": Status.FAILED},
    {"message_id": F("subject")},
]


@pytest.mark.parametrize("changes", IMPOSSIBLE)
def test_the_database_refuses_an_impossible_row(write: Write, changes: dict[str, object]) -> None:
    write(), write()
    with pytest.raises(IntegrityError), transaction.atomic():
        OutboxMessage.objects.update(**changes)


def test_only_administrators_see_the_outbox(write: Write, admin: User, lead: User, echevine: User) -> None:
    write()
    assert OutboxMessage.objects.all().visible_to(admin).count() == 1
    assert OutboxMessage.objects.all().visible_to(lead).count() == 0
    assert OutboxMessage.objects.all().visible_to(echevine).count() == 0


@pytest.mark.parametrize(
    ("language", "found"), [("fr", "fr"), ("nl", "nl"), ("fr, nl", "frnl"), ("", "frnl")]
)
def test_each_mail_leads_to_the_privacy_notice(write: Write, language: str, found: str) -> None:
    text = message_from_bytes(write(language=language).envelope().content).get_payload(decode=True).decode()
    assert [code for code, link in PRIVACY.items() if link in text] == re.findall("..", found)
    assert ("Vos données et vos droits" in text, "Uw gegevens en uw rechten" in text) == (
        "fr" in found,
        "nl" in found,
    )


def test_a_text_that_has_the_link_gets_no_second_one(write: Write) -> None:
    assert write(text=f"Vos droits : {PRIVACY['fr']}\n").text.count("/privacy/") == 1


def test_html_without_the_link_is_refused(write: Write) -> None:
    with pytest.raises(ValueError, match="privacy notice"):
        write(html=f"<p>{PRIVACY['fr']}</p>", language="fr, nl")


def test_nobody_writes_a_mail_but_by_post() -> None:
    """So the link is in every one; editions have a letter of their own (tests/mailings/test_letter.py)."""
    writing = re.compile(r"OutboxMessage(?:\.objects\.\w*create|\()")
    code = [path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
    found = [(path.name, len(writing.findall(path.read_text()))) for path in code]
    # The class itself, and the one call.
    assert [row for row in found if row[1]] == [("models.py", 2)]
