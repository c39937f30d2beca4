"""A concern that a commune passes on through the agency, and each step of its life (the table: `concern_table`)."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hubportal import search
from hubportal.accounts.models import User
from spoc.concerns import emails
from spoc.models import checks
from spoc.models.answer import Answer
from spoc.models.concern_answer import ConcernAnswer
from spoc.models.concern_choices import NOTE_SENT, ConcernStatus, Urgency
from spoc.models.concern_group import ConcernGroup
from spoc.models.concern_queryset import ConcernQuerySet
from spoc.models.concern_rules import CONCERN_CONSTRAINTS, CONCERN_INDEXES
from spoc.models.concern_table import CONCERN_TRANSITIONS
from spoc.models.concern_theme import ConcernTheme
from spoc.models.concern_writing import ConcernWriting
from spoc.models.relay_item import RelayPart


class Concern(ConcernWriting):
    """A question or problem of a commune; it is kept whole, never merged, never deleted (held by the database).

    Each verb is one transaction: the locked row's check, the UPDATE, the event, and what it writes besides. It
    raises TransitionError (too late), PermissionDenied (not yours), ValidationError (with the fields of its
    arguments).
    """

    Status = ConcernStatus
    TRANSITIONS = CONCERN_TRANSITIONS

    objects = search.WithoutWords.from_queryset(ConcernQuerySet)()

    class Meta:
        verbose_name = _("concern")
        verbose_name_plural = _("concerns")
        ordering = ["-raised_at", "-pk"]
        constraints = CONCERN_CONSTRAINTS
        indexes = CONCERN_INDEXES

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    # --- The SPOC ----------------------------------------------------------------------------------------------

    @transaction.atomic
    def qualify(
        self,
        *,
        by: User,
        theme: ConcernTheme | None = None,
        urgency: str = "",
        group: ConcernGroup | None = None,
    ) -> None:
        """Say that it is understood; theme, urgency and group as the SPOC sees them, where they are given."""
        self._begin("qualify", by)
        facts = self._as_the_spoc_sees_it(theme, urgency, group)
        self._move("qualify", by, qualified_at=timezone.now(), **facts)

    @transaction.atomic
    def requalify(
        self,
        *,
        by: User,
        theme: ConcernTheme | None = None,
        urgency: str = "",
        group: ConcernGroup | None = None,
    ) -> None:
        """Say the same once more, after it was reopened or on second thoughts; when it was qualified stays."""
        self._begin("requalify", by)
        self._move("requalify", by, **self._as_the_spoc_sees_it(theme, urgency, group))

    @transaction.atomic
    def join_group(self, *, by: User, group: ConcernGroup) -> None:
        """Put it into a group, or into another one, until it is relayed; it stays whole."""
        self._begin("join_group", by)
        self._fits(group)
        self._move("join_group", by, comment=f"{group.title_fr} / {group.title_nl}", group=group)

    @transaction.atomic
    def leave_group(self, *, by: User) -> None:
        """Take it out of its group again."""
        self._begin("leave_group", by)
        self._move("leave_group", by, group=None)

    @transaction.atomic
    def fall_out_of_group(self, *, by: None = None) -> None:
        """Be in no group any more, since its commune is named there and wants it confidential (`choose_readers`)."""
        self._begin("fall_out_of_group", by)
        self._move("fall_out_of_group", by, group=None)

    @transaction.atomic
    def answer_locally(self, *, by: User, text: str, source: Answer | None = None) -> ConcernAnswer:
        """Answer without asking the Region; `source`: one of `known_answers` that the text says again."""
        self._begin("answer_locally", by)
        told = checks.needed(text, "text")
        if source is not None:
            self._is_known(source, "source", by)
        row = self._tell(by, told, source=source)
        self._move("answer_locally", by, answered_at=row.told_at)
        emails.answered(self, row)
        return row

    @transaction.atomic
    def decline_relay(self, *, by: User, reason: str) -> None:
        """Not pass it on; the commune reads why, and may reopen it."""
        self._begin("decline_relay", by)
        told = checks.needed(reason, "reason")
        # Reopened, the concern has no reason any more: the step keeps it.
        self._move("decline_relay", by, comment=told, not_relayed_reason=told)
        emails.declined(self)

    @transaction.atomic
    def answer(self, *, by: User, text: str = "", source: Answer | None = None) -> ConcernAnswer:
        """Pass the Region's published answer on to the commune: as it stands, or (`text`) as the SPOC adapts it."""
        self._begin("answer", by)
        part, known = self.part_to_answer(), self.answers_to_pass_on()
        if part is None or not known:
            raise ValidationError(_("No answer to this concern is published yet."), "nothing_published")
        chosen = source or known[0]
        if chosen not in known:
            raise ValidationError({"source": _("This answer was given to another concern.")}, "other_concern")
        own = chosen.text_in(self.language)
        told = text.strip() or own
        row = self._tell(by, told, source=chosen, item=chosen.item, is_adapted=told != own)
        self._move("answer", by, answered_at=row.told_at)
        RelayPart.objects.filter(pk=part.pk).update(is_open=False)
        emails.answered(self, row)
        return row

    # --- The note ----------------------------------------------------------------------------------------------

    @transaction.atomic
    def relay(self, *, by: User) -> None:
        """Go out with the note in which it stands; `RelayNote.send` calls `relay_all`."""
        self._begin("relay", by)
        part = self.open_part()
        if part is None or part.item.note.status not in NOTE_SENT:
            raise ValidationError(_("This concern is in no note that was sent."), "no_note")
        self._move("relay", by, relayed_at=timezone.now())

    @classmethod
    @transaction.atomic
    def relay_all(cls, rows: Sequence["Concern"], *, by: User) -> None:
        """Let several go out with their note, as `relay` does with one: the same checks, each asked once for all."""
        ready = RelayPart.objects.filter(concern__in=rows, is_open=True, item__note__status__in=NOTE_SENT)
        if ready.count() != len(rows):
            raise ValidationError(_("This concern is in no note that was sent."), "no_note")
        cls._move_all(rows, "relay", by, relayed_at=timezone.now())

    @transaction.atomic
    def hand_back(self, *, reason: str, by: None = None) -> None:
        """Come back to its SPOC: its note is closed, and no answer to it is left (`RelayNote.close`)."""
        self._begin("hand_back", by)
        self.hand_back_all([self.pk], reason=reason)
        self.refresh_from_db()

    @classmethod
    @transaction.atomic
    def hand_back_all(cls, keys: Iterable[int], *, reason: str) -> None:
        """Let several come back, as `hand_back` does with one: as many queries for 200, one mail to each SPOC."""
        told = checks.needed(reason, "reason")
        locked = cls.objects.filter(pk__in=keys).select_for_update(of=("self",))
        rows = list(locked.select_related("commune").order_by("pk"))
        if rows:
            cls._move_all(rows, "hand_back", None, comment=told)
            RelayPart.objects.filter(concern__in=rows, is_open=True).update(is_open=False)
            emails.handed_back(rows, told)

    # --- The commune -------------------------------------------------------------------------------------------

    @transaction.atomic
    def close(self, *, by: User | None = None) -> None:
        """Agree that it is answered; by itself after 30 calendar days."""
        self._lock()
        self._move("close", by, closed_at=timezone.now())

    @transaction.atomic
    def settle(self, *, by: User, answer: Answer) -> None:
        """Say that an answer which was published already answers this one, too."""
        self._begin("settle", by)
        self._is_known(answer, "answer", by)
        self._move("settle", by, closed_at=timezone.now(), settled_by=answer)
        emails.settled(self, by)

    @transaction.atomic
    def reopen(self, *, by: User, reason: str) -> None:
        """Go on with what was answered, closed or not relayed; what was said stays."""
        self._begin("reopen", by)
        told = checks.needed(reason, "reason")
        blank: dict[str, Any] = {"answered_at": None, "closed_at": None, "settled_by": None}
        blank |= {"not_relayed_reason": "", "qualified_at": self.qualified_at or timezone.now()}
        self._move("reopen", by, comment=told, **blank)
        emails.reopened(self, by, told)

    @transaction.atomic
    def withdraw(self, *, by: User, reason: str = "") -> None:
        """Take it back, until it is relayed; from a note that is being written it falls out when that is sent."""
        self._begin("withdraw", by)
        self._move("withdraw", by, comment=reason.strip())
        emails.withdrawn(self, by, reason.strip())

    @transaction.atomic
    def choose_readers(self, *, by: User, is_shareable: bool) -> None:
        """Share it with the other communes, or keep it confidential from now on.

        A group whose title names its commune keeps nobody from it: the concern falls out of that group.
        """
        self._lock()
        if not self.can_be_shared_by(by):
            raise PermissionDenied
        if not is_shareable and self.group is not None:
            self.group.hold()
            if self.group.names(self.commune):
                self.fall_out_of_group()
        self._set(is_shareable=is_shareable)

    # --- Parts of the verbs ------------------------------------------------------------------------------------

    def _as_the_spoc_sees_it(
        self, theme: ConcernTheme | None, urgency: str, group: ConcernGroup | None
    ) -> dict[str, Any]:
        """Return theme, urgency and group, where they are given; refuse what cannot be."""
        facts: dict[str, Any] = {"theme": theme} if theme else {}
        if urgency:
            facts["urgency"] = checks.one_of(urgency, Urgency.values, "urgency")
        if group:
            self._fits(group)
            facts["group"] = group
        return facts

    def _fits(self, group: ConcernGroup) -> None:
        """Refuse a group whose title says whose this confidential concern is."""
        group.hold()
        if self.is_confidential:
            try:
                group.refuse_names([self.commune])
            except ValidationError as error:
                raise ValidationError({"group": list(dict.fromkeys(error.messages))}) from None

    def _is_known(self, answer: Answer, field: str, by: User) -> None:
        """Refuse an answer that is not published any more, or that this person or the commune may not read."""
        if not self.known_answers(by).filter(pk=answer.pk).exists():
            raise ValidationError({field: ValidationError(_("This answer is not published."), "unpublished")})

    def _tell(self, by: User, text: str, **facts: Any) -> ConcernAnswer:
        # The moment is given: the concern keeps the same one, and a default knows no clock but the machine's.
        at = timezone.now()
        row = ConcernAnswer(concern=self, text=text, language=self.language, told_by=by, told_at=at, **facts)
        row.full_clean(validate_constraints=False)
        row.save()
        return row

    def _set(self, **facts: Any) -> None:
        type(self)._base_manager.filter(pk=self.pk).update(changed_at=timezone.now(), **facts)
        self.refresh_from_db()
