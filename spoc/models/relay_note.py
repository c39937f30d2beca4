"""A relay note: concerns of communes, grouped, sent to the Region under one number; and each step of its life."""

from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from hubportal.fingerprint import fingerprint
from hubportal.workflow import Stateful
from spoc.concerns import emails as concern_emails
from spoc.models import checks, confidential, note_content
from spoc.models.answer import Answer
from spoc.models.concern import Concern
from spoc.models.concern_choices import FellOut, NoteStatus
from spoc.models.note_document import NoteDocument
from spoc.models.note_queryset import RelayNoteQuerySet
from spoc.models.note_rules import NOTE_CONSTRAINTS, NOTE_INDEXES
from spoc.models.note_table import NOTE_TRANSITIONS
from spoc.models.note_writing import NoteWriting
from spoc.models.reference import next_note_reference
from spoc.models.relay_item import RelayItem, RelayPart
from spoc.models.repeats import since
from spoc.models.sent_note import Sent, SentNote, read
from spoc.relay import emails


class Fallen(NamedTuple):
    """A concern that fell out when its note was sent, and what it had become, in words."""

    reference: str
    title: str
    why: str


class RelayNote(NoteWriting, Stateful):
    """A note to the task force, the cabinet or an administration. From it nothing leads to a concern.

    What is in it, the agency reads by `items` and `parts`, everybody else by `as_sent`.
    """

    Status = NoteStatus
    TRANSITIONS = NOTE_TRANSITIONS

    objects = models.Manager.from_queryset(RelayNoteQuerySet)()

    class Meta:
        verbose_name = _("relay note")
        verbose_name_plural = _("relay notes")
        ordering = ["-made_at", "-pk"]
        constraints = NOTE_CONSTRAINTS
        indexes = NOTE_INDEXES

    def __str__(self) -> str:
        if self.status == NoteStatus.DROPPED:
            return str(_("Discarded note"))
        return self.reference or str(_("Note being written"))

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("spoc:note-detail", args=[self.pk])

    # --- Sending -----------------------------------------------------------------------------------------------

    @transaction.atomic
    def send(self, *, by: User, shown: str | None = None) -> list[Fallen]:
        """Send it: it gets its number, its words are frozen, each concern is relayed. Returns what fell out.

        A concern that is not qualified any more falls out; all the rest leaves. Sent twice, it is sent once: the
        second one waits for the first, and reads TransitionError. `shown`: the mark of what was read (`preview`);
        ValidationError "stale" when it would leave otherwise. None: nobody read it.
        """
        self._begin("send", by)
        rows = Concern.objects.filter(pk__in=self._parts().order_by().values("concern")).order_by("pk")
        # No commune takes one back between the look and the sending.
        list(rows.select_for_update(of=("self",)).values_list("pk"))
        items = note_content.numbered(self)
        note_content.as_shown(self, items, shown)
        note_content.refuse(note_content.flaws(self, items))
        fallen = self._drop()
        today = timezone.localdate()
        reference = next_note_reference(today.year)
        content = note_content.content_of(self, items, reference, today)
        self._number(items)
        SentNote.objects.create(note=self, content=content, content_hash=fingerprint(content), sent_by=by)
        self._move("send", by, reference=reference, sent_at=timezone.now())
        leaving = [part.concern for found in items for part in found.parts]
        Concern.relay_all(leaving, by=by)
        emails.sent(self, read(content), by)
        concern_emails.relayed(leaving, self)
        return fallen

    def preview(self) -> Sent:
        """Return the note as it would leave now; ValidationError while it has no due date."""
        if self.due_on is None:
            raise ValidationError({"due_on": _("Say by when an answer is needed.")})
        return read(note_content.content_of(self, note_content.numbered(self), "", None))

    def to_mend(self, by: User) -> list[note_content.Flaw]:
        """Return all that keeps it from being sent now, to whoever may write it; empty when it may leave."""
        return note_content.flaws(self, note_content.numbered(self)) if self.can_be_written_by(by) else []

    # --- What the addressee says -------------------------------------------------------------------------------

    @transaction.atomic
    def acknowledge(self, *, by: User, upload: UploadedFile | None = None) -> None:
        """Say that it arrived: the addressee of today, or staff with the document in which it says so."""
        self._begin("acknowledge", by)
        facts: dict[str, Any] = {"acknowledged_document": self._source(by, upload)}
        self._move("acknowledge", by, acknowledged_at=timezone.now(), **facts)
        emails.moved_on(self, by)

    @transaction.atomic
    def answer(
        self,
        *,
        by: User,
        item: int,
        part: int | None = None,
        text_fr: str = "",
        text_nl: str = "",
        on_behalf_of: str = "",
        upload: UploadedFile | None = None,
    ) -> Answer:
        """Answer an item, or one concern of it, by their numbers in the note; one language is enough for now.

        Staff record what the addressee said elsewhere: with the document, and on whose behalf. A second click
        answers once; a newer answer that is not published either replaces the older one.
        """
        self._begin("answer", by)
        texts = {"text_fr": text_fr.strip(), "text_nl": text_nl.strip()}
        row = self._place(item, part)
        same = Answer.objects.filter(note=self, item=row, part=part, given_by=by, **texts)
        again: Answer | None = same.filter(given_at__gt=since()).order_by("pk").last()
        if again:
            return again
        if not any(texts.values()):
            first = "text_nl" if get_language() == "nl" else "text_fr"
            words = _("Write the answer, in one language at least.")
            raise ValidationError({first: ValidationError(words, "required")})
        recorded = not self.is_addressee(by)
        found = Answer(
            note=self, item=row, part=part, given_by=by, is_recorded=recorded, **texts,
            on_behalf_of=checks.needed(on_behalf_of, "on_behalf_of") if recorded else on_behalf_of.strip(),
            document=self._source(by, upload),
        )  # fmt: skip
        found._checked(texts, by)
        self._keep(found)
        now = timezone.now()
        facts: dict[str, Any] = {"acknowledged_at": self.acknowledged_at or now}
        before, goal = self.status, self._answered_so_far()
        self._move(
            "answer", by, target=goal, answered_at=now if goal == NoteStatus.ANSWERED else None, **facts
        )
        # Of 200 answers to single concerns, the first and the last are told.
        if goal != before:
            emails.moved_on(self, by)
        return found

    @transaction.atomic
    def recount(self, *, by: None = None) -> None:
        """Say again how far it is answered, after an answer was withdrawn."""
        self._lock()
        goal = self._answered_so_far()
        moment = (self.answered_at or timezone.now()) if goal == NoteStatus.ANSWERED else None
        self._move("recount", by, target=goal, answered_at=moment)

    @transaction.atomic
    def close(self, *, by: User, reason: str = "") -> int:
        """End it; concerns without an answer go back to their SPOC, with the reason. Returns how many do."""
        self._begin("close", by)
        if Answer.objects.filter(note=self).given().exists():
            words = _(
                "An answer is not published yet: publish it, or withdraw it, so that its communes know."
            )
            raise ValidationError(words, "not_published")
        left = self._unanswered()
        told = (
            checks.needed(reason, "reason") if left or self.status != NoteStatus.ANSWERED else reason.strip()
        )
        # Communes, cabinet and task force read it.
        confidential.refuse({"reason": told}, self._parts().hidden_communes())
        self._move("close", by, comment=told, closed_at=timezone.now())
        if left:
            Concern.hand_back_all([part.concern_id for part in left], reason=told)
        emails.closed(self, by, told)
        return len(left)

    def after_withdrawal(self, reason: str) -> None:
        """Do what follows when an answer to it was withdrawn, in the transaction of `Answer.withdraw`.

        It is less answered than it was; once it is closed nobody answers any more, so what has no answer left goes
        back to its SPOC.
        """
        if self.status != NoteStatus.CLOSED:
            self.recount()
            return
        Concern.hand_back_all([part.concern_id for part in self._unanswered()], reason=reason)

    def has_a_gap(self) -> bool:
        """Tell whether an answer to it is written in one language only; rows read `with_subjects` know it already."""
        known: bool | None = getattr(self, "has_gap", None)
        return Answer.objects.filter(note=self).to_complete().exists() if known is None else known

    def late_words(self, verb: str, status: str) -> str:
        """Return what who comes with an answer, or says that it arrived, is told of a note that is closed."""
        is_ended = status == NoteStatus.CLOSED and verb in ("acknowledge", "answer")
        return str(_("This note is closed: no answer is taken any more.")) if is_ended else ""

    def place_of(self, concern: Concern) -> tuple[int, int]:
        """Return the numbers of a concern's item and of itself; ValidationError when it is in another note."""
        part = self._parts().filter(concern=concern, number__isnull=False).select_related("item").first()
        if part is None or part.item.number is None or part.number is None:
            raise ValidationError(
                {"part": ValidationError(_("This concern is not in this note."), "other_note")}
            )
        return part.item.number, part.number

    # --- Parts of the steps ------------------------------------------------------------------------------------

    def _unanswered(self) -> list[RelayPart]:
        """Return the concerns that were sent with it, wait, and have no answer, published or not."""
        answered = set(Answer.objects.filter(note=self).valid().order_by().values_list("item", "part"))
        waiting = self._parts().filter(is_open=True).with_concerns().in_order()
        return [
            part
            for part in waiting
            if answered.isdisjoint({(part.item_id, None), (part.item_id, part.number)})
        ]

    def _drop(self) -> list[Fallen]:
        """Let fall out what cannot be relayed any more."""
        fallen = []
        for part in self._parts().that_fall_out().with_concerns().in_order():
            why = FellOut(part.concern.status)
            self._parts().filter(pk=part.pk).update(is_open=False, fell_out=why)
            fallen.append(Fallen(part.concern.reference, part.concern.title, str(why.label)))
        return fallen

    def _number(self, items: list[note_content.Numbered]) -> None:
        for found in items:
            self._items().filter(pk=found.item.pk).update(number=found.number)
            for number, part in enumerate(found.parts, 1):
                part.number, part.is_anonymous = number, part.concern.is_confidential
                part.title, part.text = note_content.words_of(part)
            RelayPart.objects.bulk_update(found.parts, ["number", "is_anonymous", "title", "text"])

    def _place(self, item: int, part: int | None) -> RelayItem:
        """Return the item with a number; ValidationError unless it, and the concern in it, were sent with this note."""
        row = self._items().filter(number=item).first() if item else None
        if row is None:
            raise ValidationError({"item": ValidationError(_("This note has no such item."), "other_note")})
        if part is not None and not RelayPart.objects.filter(item=row, number=part).exists():
            raise ValidationError(
                {"part": ValidationError(_("This item has no such concern."), "other_note")}
            )
        return row

    def _source(self, by: User, upload: UploadedFile | None) -> NoteDocument | None:
        """Keep the document from which staff record; the addressee needs none."""
        if upload is None:
            if self.is_addressee(by):
                return None
            words = _("Add the document in which the addressee says so.")
            raise ValidationError({"upload": ValidationError(words, "required")})
        facts = NoteDocument.facts_of(upload)
        return NoteDocument.objects.create(note=self, uploaded_by=by, **facts)

    def _keep(self, found: Answer) -> None:
        """Keep an answer; an older one to the same that was not published gives way."""
        older = list(Answer.objects.given().filter(item=found.item_id, part=found.part).order_by("pk"))
        found.save()
        for row in older:
            row.supersede(successor=found)

    def _answered_so_far(self) -> str:
        """Return how far it is answered: an item is, when it or each of its concerns is."""
        answers = set(Answer.objects.filter(note=self).valid().order_by().values_list("item", "part"))
        if not answers:
            return NoteStatus.ACKNOWLEDGED
        rows = self._parts().filter(number__isnull=False).order_by().values_list("item", "number")
        is_whole = all((item, None) in answers or (item, number) in answers for item, number in rows)
        return NoteStatus.ANSWERED if is_whole else NoteStatus.PARTLY_ANSWERED
