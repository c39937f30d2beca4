"""A relay note as it was sent: frozen words, with no way back to a concern.

This is what the addressee reads, on the portal, on paper and in the mail. It is made of text and numbers alone: no
template can follow it to the commune of a confidential concern, because it is not there (docs/decisions/0020).
"""

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from hubportal.files.models import SHA256
from hubportal.fingerprint import fingerprint
from spoc.models.concern_choices import Addressee
from spoc.models.parties import reads_notes
from spoc.models.said import Seen, note_seen, seen_once

if TYPE_CHECKING:
    from spoc.models.relay_note import RelayNote


class Words(NamedTuple):
    """The same in both languages; as text, in the reader's."""

    fr: str
    nl: str

    def __str__(self) -> str:
        return self.nl if get_language() == "nl" else self.fr


class SentConcern(NamedTuple):
    """A concern as it was sent; `commune` is None where it is confidential."""

    number: int
    place: str
    reference: str
    title: str
    text: str
    language: str
    is_urgent: bool
    raised_on: date
    commune: Words | None

    @property
    def commune_title(self) -> str:
        """Whose it is, in the reader's language, or that the note does not say it."""
        return str(self.commune or _("A commune that is not named"))


class SentItem(NamedTuple):
    """An item as it was sent; `inhabitants` are those of the communes that are named.

    `communes`: at most so many; one that is named and has a confidential concern besides counts twice.
    """

    number: int
    title: Words
    summary: Words
    theme: Words
    communes: int
    inhabitants: int
    concerns: tuple[SentConcern, ...]

    @property
    def is_exact(self) -> bool:
        """Whether each of its communes is named, so that their number is not only an upper bound."""
        return all(concern.commune is not None for concern in self.concerns)


class Sent(NamedTuple):
    """A whole note as it was sent, or as it would be now (`reference` empty)."""

    reference: str
    sent_on: date | None
    due_on: date
    addressee: str
    addressee_name: str
    addressee_address: str
    introduction: Words
    items: tuple[SentItem, ...]

    @property
    def addressee_title(self) -> str:
        """To whom it was written, in the reader's language."""
        return self.addressee_name or str(Addressee(self.addressee).label)

    @property
    def mark(self) -> str:
        """What tells one reading of a note from another: its fingerprint, the same in each language."""
        return fingerprint(repr(self))

    @property
    def concerns(self) -> int:
        """How many concerns it holds."""
        return sum(len(item.concerns) for item in self.items)


def read(content: dict[str, Any]) -> Sent:
    """Return the note that a content holds (`note_content.content_of` writes it)."""
    items = (_item(found) for found in content["items"])
    return Sent(
        reference=content["reference"],
        sent_on=_day(content["sent_on"]),
        due_on=date.fromisoformat(content["due_on"]),
        addressee=content["addressee"],
        addressee_name=content["addressee_name"],
        addressee_address=content["addressee_address"],
        introduction=Words(**content["introduction"]),
        items=tuple(items),
    )


def _item(found: dict[str, Any]) -> SentItem:
    words = {name: Words(**found[name]) for name in ("title", "summary", "theme")}
    concerns = tuple(_concern(one, found["number"]) for one in found["concerns"])
    return SentItem(**{**found, **words, "concerns": concerns})


def _concern(found: dict[str, Any], item: int) -> SentConcern:
    commune = Words(**found["commune"]) if found["commune"] else None
    raised = date.fromisoformat(found["raised_on"])
    return SentConcern(
        **{**found, "commune": commune, "raised_on": raised, "place": f"{item}.{found['number']}"}
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


class SentNoteQuerySet(models.QuerySet["SentNote"]):
    """Notes as they were sent."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency, cabinet and task force; none to communes (`Concern.relays` is their part)."""
        return self if reads_notes(user) else self.none()


class SentNote(models.Model):
    """The words of a note as they left; only added, never changed (held by the database)."""

    note = models.OneToOneField(
        "spoc.RelayNote",
        models.PROTECT,
        primary_key=True,
        related_name="as_sent",
        verbose_name=_("relay note"),
    )
    content = models.JSONField(_("content"))
    content_hash = models.CharField("SHA-256", max_length=64)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("sent by")
    )
    sent_at = models.DateTimeField(_("sent at"), default=timezone.now)

    objects: ClassVar[models.Manager["SentNote"]] = SentNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("relay note as it was sent")
        verbose_name_plural = _("relay notes as they were sent")
        ordering = ["-sent_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(content_hash__regex=SHA256),
                name="sent_note_has_its_fingerprint",
                violation_error_message=_("What was sent has its fingerprint."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.content["reference"])

    @property
    def sent(self) -> Sent:
        """The note as it was sent."""
        return read(self.content)


class NoteReadingQuerySet(models.QuerySet["NoteReading"]):
    """Who has seen which note."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency, cabinet and task force; none to communes."""
        return self if reads_notes(user) else self.none()

    def note(self, row: "RelayNote", by: User) -> None:
        """Note that somebody of the addressee sees a note that was sent; of all others nothing is noted."""
        if row.is_sent and row.is_addressee(by):
            note_seen(self, "note", row, by)


class NoteReading(Seen):
    """A person of the addressee has seen a note."""

    note = models.ForeignKey(
        "spoc.RelayNote", models.PROTECT, related_name="readings", verbose_name=_("relay note")
    )

    objects: ClassVar[models.Manager["NoteReading"]] = NoteReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("reader of a relay note")
        verbose_name_plural = _("readers of relay notes")
        ordering = ["note", "first_at", "pk"]
        constraints = seen_once("note_reading", "note")
