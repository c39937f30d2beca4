"""The process's warm SMTP connection, and what exactly is known after each attempt."""

import smtplib
import threading
import time
from typing import NamedTuple

from django.core.mail.backends.smtp import EmailBackend

from hubportal.outbox.consignment import Envelope

_GO_AHEAD = 354
_CLOSING = 421


class Answer(NamedTuple):
    """A definite word of the relay (RFC 5321): 2xx accepted, 4xx not now, 5xx no."""

    code: int
    reply: str


class Unreachable(Exception):  # noqa: N818 - a state of the relay, not a fault of ours
    """The relay could not be reached, or went away before it got the message: nothing was sent."""


class ReplyLost(Exception):  # noqa: N818
    """The message was handed over and no answer came: perhaps it was sent."""


class Relay(threading.local):
    """One connection for each process (and thread), opened when first needed, kept while it works."""

    def __init__(self) -> None:
        self._backend: EmailBackend | None = None

    def send(self, envelope: Envelope, deadline: float) -> Answer:
        """Hand over one message; return the relay's word, or raise Unreachable or ReplyLost.

        After `deadline` (monotonic seconds) the message is not begun any more.
        """
        was_warm = self._backend is not None
        try:
            answer = self._announce(envelope, deadline)
        except Unreachable:
            if not was_warm:
                raise
            # An idle connection is closed by the other side in silence; nothing was sent on it.
            answer = self._announce(envelope, deadline)
        if was_warm and answer.code == _CLOSING:
            # So does one that says good-bye first; it speaks of the connection, not of this message.
            self.close()
            answer = self._announce(envelope, deadline)
        if answer.code != _GO_AHEAD:
            self._reset(answer.code)
            return answer
        return self._hand_over(envelope.content)

    def close(self) -> None:
        """Drop the connection; the next message opens another."""
        backend, self._backend = self._backend, None
        if backend is not None and backend.connection is not None:
            backend.connection.close()

    def _announce(self, envelope: Envelope, deadline: float) -> Answer:
        """Go as far as the relay's "go ahead", or its refusal."""
        try:
            smtp = self._open()
            code, reply = smtp.mail(envelope.sender)
            if code >= 500:
                # It is we who are refused (530, 535, 550 for the sender), not this recipient: no message may fail
                # for it.
                raise smtplib.SMTPSenderRefused(code, reply, envelope.sender)
            if 200 <= code < 300:
                code, reply = smtp.rcpt(envelope.recipient)
            if 200 <= code < 300 and time.monotonic() > deadline:
                raise TimeoutError
            if 200 <= code < 300:
                code, reply = smtp.docmd("DATA")
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            answer = f" {error.smtp_code}" if isinstance(error, smtplib.SMTPResponseException) else ""
            raise Unreachable(type(error).__name__ + answer) from error
        if code != _GO_AHEAD and not 400 <= code < 600:
            self.close()
            raise Unreachable(f"answered {code}")
        return Answer(code, reply.decode("utf-8", "replace"))

    def _hand_over(self, content: bytes) -> Answer:
        # RFC 5321, 4.5.2: a line that begins with a dot gets another. A pattern would cost more than all the rest.
        stuffed = (b"\n" + content).replace(b"\n.", b"\n..")[1:]
        end = b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n"
        smtp = self._open()
        try:
            smtp.send(stuffed + end)
            code, reply = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise ReplyLost(type(error).__name__) from error
        if code == _CLOSING or not 200 <= code < 600:
            self.close()
        if not 200 <= code < 600:
            raise ReplyLost(f"answered {code}")
        return Answer(code, reply.decode("utf-8", "replace"))

    def _open(self) -> smtplib.SMTP:
        if self._backend is None:
            # Not `get_connection`: the proof that mail leaves needs SMTP, whatever EMAIL_BACKEND is in tests.
            backend = EmailBackend(fail_silently=False)
            backend.open()
            self._backend = backend
            if backend.connection is not None:
                backend.connection.ehlo_or_helo_if_needed()
        if self._backend.connection is None:
            raise smtplib.SMTPServerDisconnected
        return self._backend.connection

    def _reset(self, code: int) -> None:
        """Make the connection ready for the next message after a refusal."""
        try:
            if code == _CLOSING or self._open().rset()[0] != 250:
                self.close()
        except (OSError, smtplib.SMTPException):
            self.close()


relay = Relay()
