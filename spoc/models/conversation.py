"""What both parties write to each other in a request, and hand to each other: messages, files, contacts."""

from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils import timezone

from hubportal.accounts.models import User
from hubportal.files.models import StoredFile
from hubportal.workflow import Stateful
from spoc import emails
from spoc.models import checks, repeats
from spoc.models.choices import Status
from spoc.models.clock import Clocked
from spoc.models.files import Deliverable, NewDeliverable, RequestFile
from spoc.models.introduction import Introduction
from spoc.models.partner import Partner
from spoc.models.said import say
from spoc.models.thread import Message

if TYPE_CHECKING:
    from spoc.models.request import ServiceRequest


class Conversation(Clocked, Stateful):
    """The request, as what is written in it; what is a step is in `ServiceRequest`."""

    if TYPE_CHECKING:
        files: models.Manager[RequestFile]

        def resume(self, *, by: User | None = None) -> None: ...

    class Meta:
        abstract = True

    @transaction.atomic
    def write(
        self, *, by: User, text: str = "", upload: UploadedFile | None = None, is_public: bool = True
    ) -> Message | None:
        """Send a message, a file or both to the other party, or leave a note that only the agency reads.

        An awaited answer of the requester lets the request go on by itself. A second click changes nothing.
        Returns the message, None for a file alone.
        """
        self._lock()
        checks.may_write(self._row, by, is_public)
        facts = StoredFile.facts_of(upload) if upload else {}
        message: Message | None = repeats.message(self._row, by, text, is_public, facts.get("sha256", ""))
        if message or (
            facts and not text.strip() and repeats.file(self._row, by, facts["sha256"], facts["name"])
        ):
            return message
        if text.strip() or not facts or not is_public:
            message = say(self, by, checks.needed(text, "text"), is_public=is_public)
        if facts:
            RequestFile.objects.create(request=self._row, message=message, uploaded_by=by, **facts)
        if is_public:
            self._told(by, message)
        return message

    @transaction.atomic
    def attach(self, *, by: User, upload: UploadedFile) -> RequestFile:
        """Add a file to the draft."""
        self._lock()
        if not self.can_be_edited_by(by):
            raise PermissionDenied
        facts = StoredFile.facts_of(upload)
        again = repeats.file(self._row, by, facts["sha256"], facts["name"])
        return again or RequestFile.objects.create(request=self._row, uploaded_by=by, **facts)

    @transaction.atomic
    def detach(self, *, by: User, file: RequestFile) -> None:
        """Take a file off the draft again; nobody else could read it, so nothing of it is kept."""
        self._lock()
        if not self.can_be_edited_by(by):
            raise PermissionDenied
        self.files.filter(pk=file.pk).delete()
        # On the disk only then: a row whose file is gone would be worse than a file without a row.
        transaction.on_commit(lambda: file.file.storage.delete(file.file.name))

    @transaction.atomic
    def hand_in(self, *, by: User, deliverable: NewDeliverable) -> Deliverable:
        """Add something to what is or will be delivered; the requester may read it at once."""
        self._lock()
        if not self.can_be_added_to_by(by):
            raise PermissionDenied
        return Deliverable.keep(self._row, deliverable, by)

    @transaction.atomic
    def introduce(
        self,
        *,
        by: User,
        text: str,
        partner: Partner | None = None,
        colleague: User | None = None,
        agreed: bool = False,
    ) -> Introduction:
        """Put the commune in contact with a colleague, or, when it `agreed`, with a partner: both get a mail."""
        self._lock()
        if not self.can_be_introduced_by(by):
            raise PermissionDenied
        told = checks.needed(text, "text")
        return Introduction.keep(self._row, by, told, partner=partner, colleague=colleague, agreed=agreed)

    # --- Parts of the verbs ---

    @property
    def _row(self) -> "ServiceRequest":
        """Itself: nothing but a request is a conversation."""
        return cast("ServiceRequest", self)

    def _answered(self, now: Any) -> dict[str, Any]:
        """Return the column to set when the responding party speaks for the first time."""
        return {} if self.answered_at else {"answered_at": now}

    def _told(self, by: User, message: Message | None) -> None:
        """Tell the other party; let the request go on when the requester has answered."""
        if self.side_of(by) == self.requesting_side:
            emails.answer(self._row, by, message)
            if self.status == Status.WAITING_REQUESTER:
                self.resume()
            return
        answered = self._answered(timezone.now())
        if answered:
            type(self)._base_manager.filter(pk=self.pk).update(**answered)
        emails.message(self._row, by, message)
