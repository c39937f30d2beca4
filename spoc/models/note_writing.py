"""Writing a relay note: what a lead does until it is sent. The second of two who write waits for the first."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from hubportal.workflow import Stateful
from spoc.models import checks
from spoc.models.concern_choices import NoteStatus
from spoc.models.concern_group import ConcernGroup, every_concern
from spoc.models.note_facts import NoteFacts
from spoc.models.relay_item import RelayItem, RelayItemQuerySet, RelayPart, RelayPartQuerySet

if TYPE_CHECKING:
    from spoc.models.concern import Concern


class NoteWriting(NoteFacts, Stateful):
    """A note, as long as it is written: its addressee and words, its items, the concerns in them."""

    class Meta:
        abstract = True

    def items(self, by: User) -> RelayItemQuerySet:
        """Return its items, to the agency; none to others. No template can call it: it asks for the reader."""
        return self._items().visible_to(by)

    def parts(self, by: User) -> RelayPartQuerySet:
        """Return the concerns in it, to the agency; none to others."""
        return self._parts().visible_to(by)

    @transaction.atomic
    def change(
        self,
        *,
        by: User,
        addressee: str,
        addressee_name: str = "",
        addressee_address: str = "",
        addressee_email: str = "",
        due_on: date | None = None,
        introduction_fr: str = "",
        introduction_nl: str = "",
        shown: str = "",
    ) -> None:
        """Write addressee, day and introduction; `shown`: the mark of those that were read before, as below."""
        self._open(by)
        facts: dict[str, Any] = {
            "addressee": addressee, "addressee_name": addressee_name.strip(),
            "addressee_address": addressee_address.strip(), "addressee_email": addressee_email.strip(),
            "introduction_fr": introduction_fr.strip(), "introduction_nl": introduction_nl.strip(),
            "due_on": due_on,
        }  # fmt: skip
        checks.as_shown(self, facts, shown)
        was_due = self.due_on
        for name, value in facts.items():
            setattr(self, name, value)
        self.refuse(was_due=was_due)
        self.save(update_fields=[*facts, "changed_at"])

    @transaction.atomic
    def add_group(self, *, by: User, group: ConcernGroup) -> RelayItem:
        """Add all concerns of a group that may be relayed, as one item; once more adds those that came since."""
        self._open(by)
        rows = list(every_concern().in_group(group).relayable().order_by("raised_at", "pk"))
        item = self._items().filter(group=group).first()
        if not rows and item is None:
            raise ValidationError(
                {"group": ValidationError(_("No concern of this group can be relayed."), "none")}
            )
        titles = {"title_fr": group.title_fr, "title_nl": group.title_nl}
        item = item or RelayItem.objects.create(note_id=self.pk, group=group, theme=group.theme, **titles)
        self._put(item, rows)
        return item

    @transaction.atomic
    def add_concern(self, *, by: User, concern: "Concern", item: RelayItem | None = None) -> RelayItem:
        """Add one concern as an item of its own, or to an item that is there."""
        self._open(by)
        rows = list(every_concern().filter(pk=concern.pk).relayable())
        if not rows:
            words = _("This concern cannot be relayed now: it is not qualified, or it is in another note.")
            raise ValidationError({"concern": ValidationError(words, "not_relayable")})
        own = {f"title_{concern.language}": concern.title if concern.is_shareable else ""}
        row = (
            self._own(item) if item else RelayItem.objects.create(note_id=self.pk, theme=concern.theme, **own)
        )
        self._put(row, rows)
        return row

    @transaction.atomic
    def write_item(
        self,
        *,
        by: User,
        item: RelayItem,
        title_fr: str,
        title_nl: str,
        summary_fr: str,
        summary_nl: str,
        shown: str = "",
    ) -> None:
        """Write what an item says, in both languages; what is missing is told when the note is to be sent."""
        self._open(by)
        row = self._own(item)
        texts = {
            "title_fr": title_fr,
            "title_nl": title_nl,
            "summary_fr": summary_fr,
            "summary_nl": summary_nl,
        }
        checks.as_shown(row, texts, shown)
        for name, text in texts.items():
            setattr(row, name, text.strip())
        row.full_clean(validate_unique=False, validate_constraints=False)
        row.save(update_fields=list(texts))

    @transaction.atomic
    def reword(self, *, by: User, part: RelayPart, title: str, text: str, shown: str = "") -> None:
        """Write a confidential concern without what tells whose it is; a shared one leaves in its own words."""
        self._open(by)
        row = self._own_part(part)
        if not row.concern.is_confidential:
            words = _("This concern is shared: it leaves in the commune's own words.")
            raise ValidationError({"text": ValidationError(words, "own_words")})
        checks.as_shown(row, ("title", "text"), shown)
        row.title, row.text = checks.needed(title, "title"), checks.needed(text, "text")
        row.full_clean(validate_unique=False, validate_constraints=False)
        row.save(update_fields=["title", "text"])

    @transaction.atomic
    def remove_part(self, *, by: User, part: RelayPart) -> None:
        """Take a concern out again; it stays qualified, as it was. An item without one goes with its last."""
        self._open(by)
        row = self._own_part(part)
        item = row.item
        row.delete()
        if not self._parts().filter(item=item).exists():
            item.delete()

    @transaction.atomic
    def remove_item(self, *, by: User, item: RelayItem) -> None:
        """Take an item out again; its concerns stay qualified, as they were."""
        self._open(by)
        row = self._own(item)
        self._parts().filter(item=row).delete()
        row.delete()

    @transaction.atomic
    def drop(self, *, by: User, reason: str = "") -> None:
        """Discard the draft: it never leaves, what it says stays, its concerns are free for another note."""
        self._begin("drop", by)
        self._parts().update(is_open=False)
        self._move("drop", by, comment=reason.strip())

    # --- Parts of the acts -------------------------------------------------------------------------------------

    def _items(self) -> RelayItemQuerySet:
        return RelayItem.objects.filter(note=self.pk)

    def _parts(self) -> RelayPartQuerySet:
        return RelayPart.objects.filter(item__note=self.pk)

    def _open(self, by: User) -> None:
        """Lock it to write; TransitionError once it was sent or discarded, PermissionDenied for who may not."""
        self._lock()
        if self.status != NoteStatus.DRAFT:
            raise self.too_late("write")
        if not self.can_be_written_by(by):
            raise PermissionDenied

    def _own(self, item: RelayItem) -> RelayItem:
        row = self._items().filter(pk=item.pk).first()
        if row is None:
            raise ValidationError({"item": ValidationError(_("This item is in another note."), "other_note")})
        return row

    def _own_part(self, part: RelayPart) -> RelayPart:
        row = self._parts().filter(pk=part.pk).select_related("concern", "item").first()
        if row is None:
            raise ValidationError(
                {"part": ValidationError(_("This concern is not in this note."), "other_note")}
            )
        return row

    def _put(self, item: RelayItem, rows: "Iterable[Concern]") -> None:
        RelayPart.objects.bulk_create(
            RelayPart(
                item=item, concern=row, title=row.title, text=row.text, is_anonymous=row.is_confidential
            )
            for row in rows
        )
