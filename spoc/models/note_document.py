"""Source documents of a relay note: the letter or mail in which its addressee acknowledged it or answered."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from spoc.models.note_queryset import notes_seen_by
from spoc.models.said import SaidFile, whole_file


class NoteDocumentQuerySet(models.QuerySet["NoteDocument"]):
    """Source documents."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency, those of sent notes to cabinet and task force, none to communes."""
        return self.filter(notes_seen_by(user, "note__"))


class NoteDocument(SaidFile):
    """What an addressee wrote elsewhere, as a file; what is recorded from it names it."""

    note = models.ForeignKey("spoc.RelayNote", models.PROTECT, related_name="+", verbose_name=_("relay note"))

    objects: ClassVar[models.Manager["NoteDocument"]] = NoteDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("source document")
        verbose_name_plural = _("source documents")
        ordering = ["uploaded_at", "pk"]
        constraints = [whole_file("note_document_is_whole")]
