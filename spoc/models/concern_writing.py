"""What is said about a concern that is no step: questions, messages, notes of the agency, files."""

from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from hubportal.accounts.models import User
from hubportal.files.models import StoredFile
from spoc.concerns import emails
from spoc.models import checks, repeats
from spoc.models.concern_thread import ConcernFile, ConcernMessage
from spoc.models.concern_way import ConcernWay
from spoc.models.said import say

if TYPE_CHECKING:
    from spoc.models.concern import Concern


class ConcernWriting(ConcernWay):
    """A concern, seen as what its commune and the agency write to each other."""

    messages: Any

    class Meta:
        abstract = True

    @transaction.atomic
    def ask(self, *, by: User, question: str) -> ConcernMessage:
        """Ask the commune something; where it stands does not change. A second click asks once."""
        self._lock()
        if not self.can_be_asked_about_by(by):
            raise PermissionDenied
        told = checks.needed(question, "question")
        again: Any = self.messages.filter(
            author=by, text=told, is_question=True, written_at__gt=repeats.since()
        )
        found: ConcernMessage | None = again.order_by("pk").last()
        if found:
            return found
        message: ConcernMessage = say(self, by, told, is_question=True)
        emails.question(self._concern, message)
        return message

    @transaction.atomic
    def write(
        self, *, by: User, text: str = "", upload: UploadedFile | None = None, is_public: bool = True
    ) -> ConcernMessage:
        """Send a message to the other party, with a file or without, or leave a note that only the agency reads.

        A second click changes nothing. Whoever writes to the other party may, or reads PermissionDenied.
        """
        self._lock()
        if not (self.can_be_written_to_by(by) if is_public else self.can_be_noted_by(by)):
            raise PermissionDenied
        told = checks.needed(text, "text")
        facts = StoredFile.facts_of(upload) if upload else {}
        again: ConcernMessage | None = repeats.message(self, by, told, is_public, facts.get("sha256", ""))
        message: ConcernMessage = again or say(self, by, told, is_public=is_public)
        if facts and not again:
            ConcernFile.objects.create(concern=self._concern, message=message, uploaded_by=by, **facts)
        if is_public and not again:
            emails.message(self._concern, by, message)
        return message

    def keep_file(self, upload: UploadedFile, by: User) -> ConcernFile:
        """Keep a file that came with the concern itself; `raise_one` calls this."""
        return ConcernFile.objects.create(
            concern=self._concern, uploaded_by=by, **StoredFile.facts_of(upload)
        )

    @property
    def _concern(self) -> "Concern":
        """Itself: nothing but a concern is written about like this."""
        return cast("Concern", self)
