"""What changes an edition besides its texts: attachments; and what each change of it brings about."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from hubportal.accounts.models import User
from mailings import emails
from mailings.models import checks
from mailings.models.attachment import Attachment
from mailings.models.choices import Status
from mailings.models.edition import Edition
from mailings.models.revision import Revision
from mailings.models.texts import Variant

if TYPE_CHECKING:
    from mailings.models.mailing import Mailing


class Attaching(Edition):
    """The verbs that add and take off an attachment; as for a text, each change makes it a draft."""

    class Meta:
        abstract = True

    @transaction.atomic
    def attach(self, *, by: User, upload: UploadedFile, language: str, version: int) -> None:
        """Add a file for the readers of a language, or of both ("fr,nl"); approvals given before are void.

        ValidationError for a file that is not what it says, too big, there already or one too many; for a stale
        `version` as in `revise`.
        """
        self._begin("attach", by)
        self._is_still(version)
        new = Attachment(mailing_id=self.pk, language=language, added_by=by, **Attachment.facts_of(upload))
        checks.has_room_for(self, new)
        self._rewrite("attach", by, self.texts, [*self.attached, new], comment=new.name)
        new.added_in = self.version
        new.save()

    @transaction.atomic
    def detach(self, *, by: User, attachment: int, version: int) -> None:
        """Take a file off, by its key; approvals given before are void. ValidationError when it was taken off."""
        self._begin("detach", by)
        self._is_still(version)
        old = next((row for row in self.attached if row.pk == attachment), None)
        if old is None:
            raise ValidationError(checks.TAKEN_OFF, "gone")
        rest = [row for row in self.attached if row != old]
        self._rewrite("detach", by, self.texts, rest, comment=old.name)
        Attachment.objects.filter(pk=old.pk).update(removed_in=self.version)

    def _is_still(self, version: int) -> None:
        """Refuse what was written on another version than the stored one."""
        if version != self.version:
            raise ValidationError(checks.STALE, "stale")

    def _rewrite(
        self, verb: str, by: User, texts: Mapping[str, Mapping[str, str]], files: Iterable[Attachment],
        **changes: Any,
    ) -> None:  # fmt: skip
        """Keep a new version, in the verb's transaction: a draft again; who is concerned of what was not, is told."""
        was, approved_by = self.status, list(self.approvals_now.values())
        self._move(
            verb, by, content_hash=self.hash_of(texts, files), approved_hash="", version=self.version + 1,
            saved_at=timezone.now(), **changes,
        )  # fmt: skip
        for language, side in texts.items():
            Variant.objects.filter(mailing=self.pk, language=language).update(**side)
            Revision.objects.create(
                mailing_id=self.pk, version=self.version, language=language, by=by, **side
            )
        self.authors.add(by)
        if was != Status.DRAFT:
            emails.voided(cast("Mailing", self), by, [row.user for row in approved_by])
