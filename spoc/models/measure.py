"""Measures: what both parties agree to do before, during and after works, or in a relaunch, each with its state."""

from copy import copy
from datetime import date
from typing import Any, ClassVar, Final

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubportal.access.constraints import CheckedTogether
from hubportal.access.plain import one_way
from hubportal.accounts.models import User
from hubportal.workflow import Stateful
from spoc import plan_emails
from spoc.models import checks
from spoc.models.choices import TO_DO, MeasureStatus, Phase, Side
from spoc.models.measure_queryset import MeasureQuerySet
from spoc.models.measure_rules import CONSTRAINTS, INDEXES
from spoc.models.measure_table import TRANSITIONS
from spoc.models.measure_turns import Turns
from spoc.models.standard import StandardMeasure

FURTHEST: Final = 10 * 366
"""Days ahead beyond which a day is a slip of the pen."""


class Measure(CheckedTogether, Turns, Stateful):
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
    is_countered = models.BooleanField(
        _("other day proposed"),
        default=False,
        editable=False,
        help_text=_("Its day is that of the party which is to agree: the one that proposed it agrees."),
    )
    offered_at = models.DateTimeField(
        _("changed at"),
        null=True,
        editable=False,
        help_text=_("Since when it stands as it is offered; empty: since it was proposed."),
    )
    agreed_at = models.DateTimeField(_("agreed at"), null=True, editable=False)
    done_on = models.DateField(_("done on"), null=True, editable=False)
    result = models.TextField(_("what came of it"), max_length=1000, blank=True, editable=False)
    drop_reason = models.TextField(_("why it was dropped"), max_length=1000, blank=True, editable=False)

    objects: ClassVar[models.Manager["Measure"]] = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["request", "due_on", "pk"]
        indexes = INDEXES
        constraints = CONSTRAINTS

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What is done: of a measure of the library in the reader's language."""
        return self.standard.title if self.standard else self.title

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
            plan_emails.measure_moved(self, "agree", by)

    @transaction.atomic
    def counter(
        self,
        *,
        by: User,
        due_on: date,
        reason: str = "",
        version: int | None = None,
        with_mail: bool = True,
    ) -> None:
        """Agree, but by another day: then the party that proposed it agrees or changes it. A second click does nothing.

        ValidationError on `due_on` when it was changed since it was read (`version`). `with_mail`: see `agree`.
        """
        self._begin("counter", by)
        was = self.due_on
        if self.is_countered and due_on == was:
            return
        checks.unchanged(self, version, "due_on")
        check_day(due_on)
        if due_on == was:
            raise ValidationError({"due_on": _("This is its day already: agree to it, or give another one.")})
        told = reason.strip()
        offer: dict[str, Any] = {"due_on": due_on, "is_countered": True, "offered_at": timezone.now()}
        self._move("counter", by, comment=told, noted={"was_due_on": was}, **offer)
        if with_mail:
            plan_emails.measures_countered(self.request, by, [(self, was)], told)

    @transaction.atomic
    def change(
        self,
        *,
        by: User,
        due_on: date,
        party: str,
        who: str = "",
        title: str = "",
        phase: str = "",
        version: int | None = None,
    ) -> None:
        """Change what one proposed and was not agreed to yet, whatever the answer was; what it was is in the event.

        `title` and `phase` only of a measure of one's own: what a measure of the library is stays. `version`: see
        `counter`.
        """
        self._begin("change", by)
        facts: dict[str, Any] = {"due_on": due_on, "party": party, "who": who.strip()}
        facts |= self._own(title=title.strip(), phase=phase)
        before = f"{self.name}, {self.due_on:%d.%m.%Y}, {self.get_party_display()} {self.who}".strip()
        if all(getattr(self, name) == value for name, value in facts.items()):
            if self.is_countered:
                raise ValidationError(_("So the other party proposes it: agree to it, or change something."))
            return
        checks.unchanged(self, version)
        changed = copy(self)
        for name, value in facts.items():
            setattr(changed, name, value)
        changed.full_clean()
        self._move("change", by, comment=before, is_countered=False, offered_at=timezone.now(), **facts)
        plan_emails.measure_moved(self, "change", by)

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
        self._move("postpone", by, comment=told, noted={"was_due_on": self.due_on}, due_on=due_on)
        plan_emails.measure_moved(self, "postpone", by, told)

    @transaction.atomic
    def drop(self, *, by: User, reason: str) -> None:
        """Say why it will not be done."""
        self._begin("drop", by)
        told = checks.needed(reason, "reason")
        self._move("drop", by, comment=told, drop_reason=told)
        plan_emails.measure_moved(self, "drop", by, told)

    @transaction.atomic
    def take_up(self, *, by: User) -> None:
        """Take back that it was done or dropped; it is agreed to if it was."""
        self._begin("take_up", by)
        goal = "agreed" if self.agreed_at else "proposed"
        self._move("take_up", by, target=goal, done_on=None, result="", drop_reason="")

    def _own(self, **facts: str) -> dict[str, str]:
        """Return what is given of what it is; ValidationError on each field for a measure of the library."""
        given = {name: text for name, text in facts.items() if text}
        if given and self.standard_id:
            text = _("What a measure of the library is stays: drop it, and propose one of your own.")
            raise ValidationError(dict.fromkeys(given, text))
        return given

    def _begin(self, verb: str, by: Any) -> None:
        """Lock the request with it: it is not delivered while a measure of its plan moves."""
        super()._begin(verb, by)
        locked = type(self.request)._base_manager.select_for_update(of=("self",))
        self.request.refresh_from_db(fields=["status"], from_queryset=locked)
        if not self.request.is_planned:
            raise PermissionDenied(_("The request has ended: its plan is closed."))


def check_day(due_on: date) -> None:
    """Raise ValidationError, on the field `due_on`, for a day that is over or beyond ten years."""
    ahead = (due_on - timezone.localdate()).days
    if ahead < 0:
        raise ValidationError({"due_on": _("This day is over.")})
    if ahead > FURTHEST:
        raise ValidationError({"due_on": _("This day is more than ten years away.")})
