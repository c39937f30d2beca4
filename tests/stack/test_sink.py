"""The recording SMTP server, over real SMTP."""

import email
import email.policy
import json
import smtplib
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from hubportal.stack.layout import ROOT
from tests.stack.conftest import python


class Sink:
    """A running sink with its mailbox and its faults."""

    def __init__(self, folder: Path, port: int) -> None:
        self.mailbox = folder / "mailbox"
        self.faults = folder / "faults.json"
        self.port = port

    def smtp(self, timeout: float = 5) -> smtplib.SMTP:
        return smtplib.SMTP("127.0.0.1", self.port, timeout=timeout)

    def messages(self) -> list[EmailMessage]:
        files = sorted((self.mailbox / "new").iterdir())
        return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]

    def fail(self, *rules: dict[str, object]) -> None:
        self.faults.write_text(json.dumps(rules))


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    options = ["--mailbox", str(tmp_path / "mailbox"), "--faults", str(tmp_path / "faults.json")]
    command = python("-m", "hubportal.stack.sink", *options)
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield Sink(tmp_path, int(process.stdout.readline().rsplit(":", 1)[1]))
        process.terminate()


def message(text: str = "Bonjour") -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = "Écho"
    made["From"] = "portal@hubportal.example"
    made["To"] = "bourgmestre@commune.example"
    made.set_content(text)
    return made


def send(sink: Sink, *recipients: str, text: str = "Bonjour") -> dict[str, tuple[int, bytes]]:
    with sink.smtp() as client:
        return client.send_message(message(text), "bounce@hubportal.example", recipients)


def test_a_message_is_kept_with_its_envelope(sink: Sink) -> None:
    send(sink, "a@one.example", "b@two.example")
    (kept,) = sink.messages()
    assert kept["Subject"] == "Écho"
    assert kept["X-Envelope-From"] == "bounce@hubportal.example"
    assert kept["X-Envelope-To"] == "a@one.example, b@two.example"
    age = datetime.now(UTC) - datetime.fromisoformat(kept["X-Received-At"])
    assert timedelta(0) <= age < timedelta(seconds=10)
    assert kept.get_content().strip() == "Bonjour"


def test_one_connection_carries_many_messages_in_order(sink: Sink) -> None:
    with sink.smtp() as client:
        for number in range(20):
            client.send_message(message(str(number)), "a@b.example", ["c@d.example"])
    assert [kept.get_content().strip() for kept in sink.messages()] == [str(number) for number in range(20)]


def test_addresses_and_text_beyond_ascii_pass(sink: Sink) -> None:
    with sink.smtp() as client:
        client.ehlo()
        assert client.has_extn("smtputf8")
        assert client.has_extn("8bitmime")
        client.mail("é@hubportal.example", ["SMTPUTF8", "BODY=8BITMIME"])
        client.rcpt("échevin@commune.example")
        client.data("Subject: x\r\n\r\ndéjà\r\n".encode())
    (file,) = (sink.mailbox / "new").iterdir()
    assert "X-Envelope-To: échevin@commune.example\r\n".encode() in file.read_bytes()


def test_a_message_of_30_megabytes_passes(sink: Sink) -> None:
    line = "x" * 70 + "\n"
    send(sink, "a@one.example", text=line * 420_000)
    (file,) = (sink.mailbox / "new").iterdir()
    assert file.stat().st_size > 29_000_000


def test_a_deferred_recipient_is_told_451_and_the_others_pass(sink: Sink) -> None:
    sink.fail({"match": "defer@", "reply": "451 4.3.0 try later"})
    refused = send(sink, "defer@one.example", "fine@one.example")
    assert refused == {"defer@one.example": (451, b"4.3.0 try later")}
    (kept,) = sink.messages()
    assert kept["X-Envelope-To"] == "fine@one.example"


def test_a_refused_recipient_is_told_550(sink: Sink) -> None:
    sink.fail({"match": "refuse@", "reply": "550 5.1.1 unknown"})
    with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        send(sink, "refuse@one.example")
    assert caught.value.recipients == {"refuse@one.example": (550, b"5.1.1 unknown")}
    assert sink.messages() == []


def test_a_refusal_may_come_after_data(sink: Sink) -> None:
    sink.fail({"match": "spam@", "reply": "554 5.7.1 no", "at": "data"})
    with pytest.raises(smtplib.SMTPDataError):
        send(sink, "spam@one.example")
    assert sink.messages() == []


@pytest.mark.parametrize("store", [True, False])
def test_the_connection_is_dropped_after_data_without_an_answer(sink: Sink, store: bool) -> None:
    sink.fail({"match": "drop@", "drop_after_data": True, "store": store})
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionResetError)):
        send(sink, "drop@one.example")
    assert len(sink.messages()) == (1 if store else 0)
    send(sink, "fine@one.example")
    assert len(sink.messages()) == (2 if store else 1)


def test_an_answer_may_hang(sink: Sink) -> None:
    sink.fail({"match": "hang@", "delay": 60})
    with sink.smtp(timeout=0.3) as client, pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)):
        client.sendmail("a@b.example", ["hang@one.example"], b"Subject: x\r\n\r\n")


def test_new_rules_hold_at_once(sink: Sink) -> None:
    sink.fail({"match": "a@", "reply": "451 4.3.0 try later"})
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(sink, "a@one.example")
    sink.faults.unlink()
    send(sink, "a@one.example")
    sink.fail({"match": "a@", "reply": "550 5.1.1 unknown"})
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(sink, "a@one.example")


def test_rules_that_cannot_be_read_change_nothing(sink: Sink) -> None:
    sink.faults.write_text('[{"match": ')
    send(sink, "a@one.example")
    assert len(sink.messages()) == 1
