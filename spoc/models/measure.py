"""Measures: what both parties agree to do before, during and after works, or in a relaunch, each with its state."""

from copy import copy
from datetime import date
from typing import Any, ClassVar, Final, Self

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubportal.access.constraints import CheckedTogether
from hubportal.access.plain import one_way
from hubportal.accounts.models import User
from hubportal.workflow import Stateful, TransitionEvent, known_status
from spoc import emails
from spoc.models import checks
from spoc.models.choices import TO_DO, MeasureStatus, Phase, Side, other_side
from spoc.models.measure_queryset import MeasureQuerySet
from spoc.models.measure_table import TRANSITIONS
from spoc.models.parties import seen_by
from spoc.models.standard import StandardMeasure

FURTHEST: Final = 10 * 366
"""Days ahead beyond which a day is a slip of the pen."""


class Measure(CheckedTogether, Stateful):
    """Something to be done for the shops, the district or the association: one of the library, or one's own."""

    Status = MeasureStatus
    TRANSITIONS = TRANSITIONS

    request = models.ForeignKey(
        "spoc.ServiceRequest", models.PROTECT, related_name="measures", verbose_name=_("request")
    )
    standard = models.ForeignKey(
        StandardMeasure,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="measures",
        verbose_name=_("standard measure"),
    )
    title = models.CharField(_("what is done"), max_length=160, blank=True, validators=[one_way])
    phase = models.CharField(_("phase"), max_length=8, choices=Phase.choices)
    status = models.CharField(
        _("state"),
        max_length=8,
        choices=MeasureStatus.choices,
        default=MeasureStatus.PROPOSED,
        editable=False,
    )
    party = models.CharField(_("responsible party"), max_length=8, choices=Side.choices)
    who = models.CharField(
        _("who does it"), max_length=120, blank=True, help_text=_("A person, a service, a partner.")
    )
    due_on = models.DateField(pgettext_lazy("deadline", "due"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("proposed by"),
    )
    proposed_side = models.CharField(
        _("proposed by the party"), max_length=8, choices=Side.choices, editable=False
    )
    proposed_at = models.DateTimeField(_("proposed at"), default=timezone.now, editable=False)
    agreed_at = models.DateTimeField(_("agreed at"), null=True, editable=False)
    done_on = models.DateField(_("done on"), null=True, editable=False)
    result = models.TextField(_("what came of it"), max_length=1000, blank=True, editable=False)
    drop_reason = models.TextField(_("why it was dropped"), max_length=1000, blank=True, editable=False)

    objects: ClassVar[models.Manager["Measure"]] = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["request", "due_on", "pk"]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(status__in=TO_DO), name="measure_to_do_by_day"),
        ]
        constraints = [
            known_status(MeasureStatus, "measure_known_status"),
            models.CheckConstraint(
                condition=Q(phase__in=Phase.values, party__in=Side.values, proposed_side__in=Side.values),
                name="measure_known_codes",
                violation_error_message=_("This phase or party does not exist."),
            ),
            models.CheckConstraint(
                condition=Q(standard__isnull=False, title="") | Q(standard__isnull=True) & ~Q(title=""),
                name="measure_standard_or_own",
                violation_error_message=_(
                    "A measure is one of the library or one of your own: say what is done."
                ),
            ),
            models.UniqueConstraint(
                fields=["request", "standard"],
                name="measure_of_the_library_once",
                violation_error_message=_("This measure of the library is in the plan already."),
            ),
            models.CheckConstraint(
                condition=Q(status=MeasureStatus.PROPOSED, agreed_at__isnull=True)
                | Q(status=MeasureStatus.DROPPED)
                | Q(agreed_at__isnull=False) & ~Q(status=MeasureStatus.PROPOSED),
                name="measure_agreed_when_it_was",
                violation_error_message=_("A measure is agreed to before it is done."),
            ),
            models.CheckConstraint(
                condition=Q(status=MeasureStatus.DONE, done_on__isnull=False)
                | ~Q(status=MeasureStatus.DONE) & Q(done_on__isnull=True, result=""),
                name="measure_done_on_a_day",
                violation_error_message=_("A measure that is done says when."),
            ),
            models.CheckConstraint(
                condition=Q(status=MeasureStatus.DROPPED) & ~Q(drop_reason="")
                | ~Q(status=MeasureStatus.DROPPED) & Q(drop_reason=""),
                name="measure_dropped_for_a_reason",
                violation_error_message=_("Say why it is dropped."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What is done: of a measure of the library in the reader's language."""
        return self.standard.title if self.standard else self.title

    @property
    def acting_side(self) -> Side | None:
        """The party that is to act: to agree to what the other one proposed, to do what it owes; None once it ended."""
        if self.status == MeasureStatus.PROPOSED:
            return other_side(self.proposed_side)
        return Side(self.party) if self.status in TO_DO else None

    @property
    def is_late(self) -> bool:
        """Whether its day is over and it is not done."""
        return self.status in TO_DO and self.due_on < timezone.localdate()

    def get_absolute_url(self) -> str:
        """Return the measure's page."""
        return reverse("spoc:measure", kwargs={"pk": self.request_id, "measure": self.pk})

    def clean(self) -> None:
        """Refuse a day that is over or out of reach while it is proposed: later it is what was agreed to."""
        super().clean()
        if self.due_on and self.status == MeasureStatus.PROPOSED:
            check_day(self.due_on)

    # --- Who may -----------------------------------------------------------------------------------------------

    def can_be_agree_by(self, user: User) -> bool:
        """Tell whether a person speaks for the party that did not propose it."""
        return self.request.is_carried_out and self.request.takes_part(user, other_side(self.proposed_side))

    def can_be_change_by(self, user: User) -> bool:
        """Tell whether a person speaks for the party that proposed it."""
        return self.request.is_planned and self.request.takes_part(user, self.proposed_side)

    def can_be_start_by(self, user: User) -> bool:
        """Tell whether a person acts for the responsible party, or follows the plan for the agency."""
        followed = self.request.takes_part(user, Side.AGENCY) or self.request.takes_part(user, self.party)
        return self.request.is_planned and followed

    can_be_finish_by = can_be_postpone_by = can_be_start_by

    def can_be_take_up_by(self, user: User) -> bool:
        """Tell whether a person may say that it is to be done after all, which a delivery would have waited for."""
        return self.request.is_carried_out and self.can_be_start_by(user)

    def can_be_drop_by(self, user: User) -> bool:
        """Tell whether a person takes part in the plan: either party may say that it will not happen."""
        return self.request.can_be_planned_by(user)

    # --- Steps -------------------------------------------------------------------------------------------------

    @transaction.atomic
    def agree(self, *, by: User, version: int | None = None, with_mail: bool = True) -> None:
        """Agree to what the other party proposed; `version` is the one that was read.

        ValidationError when it was changed since: nobody agrees to what they have not seen. Without `with_mail`
        the other party is told otherwise: of many at once in one mail.
        """
        self._begin("agree", by)
        checks.unchanged(
            self, version, text=_("This measure has just been changed: read it as it is now, then agree.")
        )
        self._move("agree", by, agreed_at=timezone.now())
        if with_mail:
            emails.measure_moved(self, "agree", by)

    @transaction.atomic
    def change(
        self, *, by: User, due_on: date, party: str, who: str = "", title: str = "", phase: str = ""
    ) -> None:
        """Change what was proposed and not agreed to yet; what it was is kept in the event.

        `title` and `phase` only of a measure of one's own: what a measure of the library is stays.
        """
        self._begin("change", by)
        facts: dict[str, Any] = {"due_on": due_on, "party": party, "who": who.strip()}
        if own := {name: text for name, text in (("title", title.strip()), ("phase", phase)) if text}:
            if self.standard_id:
                text = _("What a measure of the library is stays: drop it, and propose one of your own.")
                raise ValidationError(dict.fromkeys(own, text))
            facts |= own
        before = f"{self.name}, {self.due_on:%d.%m.%Y}, {self.get_party_display()} {self.who}".strip()
        if all(getattr(self, name) == value for name, value in facts.items()):
            return
        changed = copy(self)
        for name, value in facts.items():
            setattr(changed, name, value)
        changed.full_clean()
        self._move("change", by, comment=before, **facts)
        emails.measure_moved(self, "change", by)

    @transaction.atomic
    def start(self, *, by: User) -> None:
        """Say that it has begun."""
        self._begin("start", by)
        self._move("start", by)

    @transaction.atomic
    def finish(self, *, by: User, done_on: date, result: str = "") -> None:
        """Say on which day it was done, not a day to come, and what came of it."""
        self._begin("finish", by)
        if done_on > timezone.localdate():
            raise ValidationError({"done_on": _("This day has not come yet.")})
        if done_on < self.request.created_at.date():
            raise ValidationError({"done_on": _("This day is before the request.")})
        self._move("finish", by, comment=result.strip(), done_on=done_on, result=result.strip())

    @transaction.atomic
    def postpone(self, *, by: User, due_on: date, reason: str, version: int | None = None) -> None:
        """Move its day, as it was read (`version`); the other party reads why."""
        self._begin("postpone", by)
        checks.unchanged(self, version, "due_on")
        told = checks.needed(reason, "reason")
        check_day(due_on)
        if due_on == self.due_on:
            raise ValidationError({"due_on": _("This is its day already.")})
        self._move("postpone", by, comment=told, due_on=due_on)
        emails.measure_moved(self, "postpone", by, told)

    @transaction.atomic
    def drop(self, *, by: User, reason: str) -> None:
        """Say why it will not be done."""
        self._begin("drop", by)
        told = checks.needed(reason, "reason")
        self._move("drop", by, comment=told, drop_reason=told)
        emails.measure_moved(self, "drop", by, told)

    @transaction.atomic
    def take_up(self, *, by: User) -> None:
        """Take back that it was done or dropped; it is agreed to if it was."""
        self._begin("take_up", by)
        goal = "agreed" if self.agreed_at else "proposed"
        self._move("take_up", by, target=goal, done_on=None, result="", drop_reason="")

    def _begin(self, verb: str, by: Any) -> None:
        """Lock the request with it: it is not delivered while a measure of its plan moves."""
        super()._begin(verb, by)
        locked = type(self.request)._base_manager.select_for_update(of=("self",))
        self.request.refresh_from_db(fields=["status"], from_queryset=locked)
        if not self.request.is_planned:
            raise PermissionDenied(_("The request has ended: its plan is closed."))


class MeasureEventQuerySet(models.QuerySet["MeasureEvent"]):
    """Steps of measures."""

    def visible_to(self, user: User) -> Self:
        """Return the steps of the measures that the person may see."""
        return self.filter(seen_by(user, "subject__request__"))


class MeasureEvent(TransitionEvent):
    """A step in the life of a measure."""

    subject = models.ForeignKey(Measure, models.CASCADE, related_name="events", verbose_name=_("measure"))

    objects: ClassVar[models.Manager["MeasureEvent"]] = MeasureEventQuerySet.as_manager()

    class Meta(TransitionEvent.Meta):
        verbose_name = _("step of a measure")
        verbose_name_plural = _("steps of measures")


def check_day(due_on: date) -> None:
    """Raise ValidationError, on the field `due_on`, for a day that is over or beyond ten years."""
    ahead = (due_on - timezone.localdate()).days
    if ahead < 0:
        raise ValidationError({"due_on": _("This day is over.")})
    if ahead > FURTHEST:
        raise ValidationError({"due_on": _("This day is more than ten years away.")})
