"""Relay notes, by who may see them and by where they are; their steps and reminders."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.contrib.postgres.aggregates import JSONBAgg
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Case, Count, Exists, F, Func, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, JSONObject
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.accounts.roles import OUTSIDE_ROLES
from hubportal.workflow import TransitionEvent
from spoc import deadlines
from spoc.models import repeats
from spoc.models.concern_choices import (
    ADDRESSED_ROLES,
    NOTE_SENT,
    NOTE_WAITS,
    NoteReminderKind,
    NoteStatus,
)
from spoc.models.parties import is_lead
from spoc.models.relay_item import RelayItem, RelayPart
from spoc.models.said import Reminded

if TYPE_CHECKING:
    from spoc.models.relay_note import RelayNote


def notes_seen_by(user: User, path: str = "") -> Q:
    """Return who sees what, as a condition on notes, or on rows that lead to one by `path` ("note__").

    The agency sees all; cabinet and task force those that were sent, to whomever; communes none: what they may
    know of the note in which their concern stands is `Concern.relays`.
    """
    if user.has_role(*AGENCY_ROLES):
        return Q()
    return Q(**{f"{path}status__in": NOTE_SENT}) if user.has_role(*OUTSIDE_ROLES) else Q(pk__in=[])


class RelayNoteQuerySet(models.QuerySet["RelayNote"]):
    """Relay notes."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency, those that were sent to cabinet and task force, none to communes."""
        return self.filter(notes_seen_by(user))

    def sent(self) -> Self:
        """Return those that left."""
        return self.filter(status__in=NOTE_SENT)

    def not_dropped(self) -> Self:
        """Return those that lists show: all but the drafts that were discarded."""
        return self.exclude(status=NoteStatus.DROPPED)

    def waiting(self) -> Self:
        """Return those that wait for an answer, or for the rest of it."""
        return self.filter(status__in=NOTE_WAITS)

    def waiting_for_leads(self) -> Self:
        """Return those where leads have the next step, the late ones first: ask, publish and close, send."""
        steps = (NoteStatus.ANSWERED, NoteStatus.DRAFT)
        rows = self.late() | self.filter(status__in=steps)
        order = [When(status=status, then=Value(place)) for place, status in enumerate(steps, 1)]
        return rows.annotate(turn=Case(*order, default=Value(0))).order_by("turn", "due_on", "pk")

    def addressed_to(self, user: User) -> Self:
        """Return those of which a person is the addressee today."""
        theirs = [addressee for addressee, role in ADDRESSED_ROLES.items() if user.has_role(role)]
        return self.filter(addressee__in=theirs)

    def late(self, on: date | None = None) -> Self:
        """Return those whose answer was due before a day (today)."""
        return self.waiting().filter(due_on__lt=on or timezone.localdate())

    def may_be_begun_by(self, user: User) -> bool:
        """Tell whether a person may begin one today: leads."""
        return is_lead(user)

    def with_subjects(self) -> Self:
        """Return them with what lists say of each: `subjects` (titles of its items), how many `concerns`, `has_gap`.

        `has_gap`: an answer to it is written in one language only.

        As JSON ({fr, nl}), read where it stands: the frozen words of what was sent; of a draft, which only the agency
        sees, its items, and the concerns that would leave now.
        """
        items = RelayItem.objects.filter(note=OuterRef("pk")).order_by().values("note")
        answers = self.model._meta.apps.get_model("spoc", "Answer")._default_manager
        title = JSONObject(fr="title_fr", nl="title_nl")
        numbers = _of_the_content("$.items[*].concerns[*].number")
        parts = RelayPart.objects.filter(item__note=OuterRef("pk")).that_go().order_by().values("item__note")
        return self.annotate(
            subjects=Coalesce(
                _of_the_content("$.items[*].title"),
                Subquery(items.annotate(titles=JSONBAgg(title, order_by="pk")).values("titles")),
            ),
            has_gap=Exists(answers.to_complete().filter(note=OuterRef("pk"))),
            concerns=Coalesce(
                Func(numbers, function="jsonb_array_length", output_field=models.IntegerField()),
                Subquery(parts.annotate(number_of=Count("*")).values("number_of")),
                0,
            ),
        )

    def newest_first(self) -> Self:
        """Return them as lists show them; the next page starts after (made_at, pk) of the last row."""
        return self.order_by("-made_at", "-pk")

    # --- Reminders ---------------------------------------------------------------------------------------------

    def to_remind(self, on: date | None = None) -> "list[tuple[RelayNote, NoteReminderKind, set[int]]]":
        """Return the notes of which is to be reminded on a day (today), why, and who was already; two queries.

        Each person once from 3 business days before they are due, once on the day itself (or the first one after it
        on which somebody looks); a week after that the leads, and again each week. `NoteReminder` notes who was.
        """
        day = on or timezone.localdate()
        # Whoever got the note today is not reminded of it today.
        rows = self.waiting().filter(sent_at__lt=deadlines.start_of(day))
        near = rows.filter(due_on__lte=deadlines.note_reminded_until(day)).prefetch_related("reminders")
        return [(row, *_reminded(row, day)) for row in near.order_by("due_on", "pk")]

    # --- Beginning one -----------------------------------------------------------------------------------------

    @transaction.atomic
    def begin(
        self,
        *,
        by: User,
        addressee: str,
        addressee_name: str = "",
        addressee_address: str = "",
        addressee_email: str = "",
        due_on: date | None = None,
    ) -> "RelayNote":
        """Keep and return an empty note, due in 10 business days unless told; a second click returns the first one.

        PermissionDenied but for leads, ValidationError on the fields.
        """
        if not is_lead(by):
            raise PermissionDenied
        facts: dict[str, Any] = {
            "addressee": addressee, "addressee_name": addressee_name.strip(),
            "addressee_address": addressee_address.strip(), "addressee_email": addressee_email.strip(),
            "due_on": due_on or deadlines.note_due_on(timezone.localdate()),
        }  # fmt: skip
        repeats.wait_for_a_first_click(by)
        if again := self._untouched().filter(made_by=by, **facts, made_at__gt=repeats.since()).last():
            return again
        row = self.model(made_by=by, **facts)
        row.refuse()
        row.save()
        return row

    def _untouched(self) -> Self:
        """Return the drafts in which nothing was written since they were begun."""
        is_blank = Q(status=NoteStatus.DRAFT, introduction_fr="", introduction_nl="")
        items = RelayItem.objects.filter(note=OuterRef("pk"))
        return self.filter(is_blank, ~Exists(items)).order_by("pk")


def _of_the_content(path: str) -> Func:
    """Return all that stands at a path of a note as it was sent; null for a draft."""
    found = (F("as_sent__content"), Value(path))
    return Func(*found, function="jsonb_path_query_array", output_field=models.JSONField())


def _reminded(note: "RelayNote", day: date) -> tuple[NoteReminderKind, set[int]]:
    """Return why people are reminded of a note on a day, and the keys of those who were."""
    kept, last_week = list(note.reminders.all()), day - timedelta(days=deadlines.REMIND_NOTE_AGAIN)
    if deadlines.held(note.due_on) > day:
        kind = NoteReminderKind.SOON
    elif any(row.kind == NoteReminderKind.DUE and row.sent_on <= last_week for row in kept):
        kind, kept = NoteReminderKind.LATE, [row for row in kept if row.sent_on > last_week]
    else:
        kind = NoteReminderKind.DUE
    return kind, {row.user_id for row in kept if row.kind == kind}


class RelayNoteEventQuerySet(models.QuerySet["RelayNoteEvent"]):
    """Steps taken."""

    def visible_to(self, user: User) -> Self:
        """Return the steps of the notes that the person may see."""
        return self.filter(notes_seen_by(user, "subject__"))


class RelayNoteEvent(TransitionEvent):
    """A step in the life of a relay note."""

    subject = models.ForeignKey(
        "spoc.RelayNote", models.PROTECT, related_name="events", verbose_name=_("relay note")
    )

    objects: ClassVar[models.Manager["RelayNoteEvent"]] = RelayNoteEventQuerySet.as_manager()

    class Meta(TransitionEvent.Meta):
        verbose_name = _("step of a relay note")
        verbose_name_plural = _("steps of relay notes")


class NoteReminder(Reminded):
    """A person was reminded of a note on a day."""

    note = models.ForeignKey(
        "spoc.RelayNote", models.PROTECT, related_name="reminders", verbose_name=_("relay note")
    )
    kind = models.CharField(_("why"), max_length=8, choices=NoteReminderKind.choices)

    class Meta(Reminded.Meta):
        verbose_name = _("reminder of a relay note")
        verbose_name_plural = _("reminders of relay notes")
        indexes = [models.Index(fields=["user", "sent_on"], name="note_reminder_of_the_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["note", "user", "kind", "sent_on"],
                name="note_reminder_once_a_day",
                violation_error_message=_("This person was reminded of this note today already."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=NoteReminderKind.values),
                name="note_reminder_known_kind",
                violation_error_message=_("This kind of reminder does not exist."),
            ),
        ]
