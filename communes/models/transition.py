"""A new college of one commune from a day on: prepared from a file, applied, taken back until the day before."""

from datetime import date, timedelta
from typing import Any, ClassVar, Final, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from communes.models.commune import Commune
from communes.models.mandate import Mandate
from communes.models.turnover import Turnover, turnover
from hubportal.accounts.invitations import invite
from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.models import STEWARDS, User
from hubportal.workflow import Stateful, Transition, TransitionEvent, known_status

CHANGED: Final = _("Something changed since you opened this page: look at it again.")
CHANGED_SINCE: Final = _("Mandates of this college were changed since: it cannot be taken back any more.")


class TransitionStatus(models.TextChoices):
    """States of a transition; stored codes."""

    DRAFT = "draft", pgettext_lazy("transition", "prepared")
    APPLIED = "applied", pgettext_lazy("transition", "applied")
    TAKEN_BACK = "taken_back", pgettext_lazy("transition", "taken back")


class CollegeTransitionQuerySet(models.QuerySet["CollegeTransition"]):
    """Transitions of colleges."""

    def visible_to(self, user: User) -> Self:
        """Return all to leads and administrators, none to others: they hold addresses of people not yet in office."""
        return self if user.has_role(*STEWARDS) else self.none()


def nothing_done() -> dict[str, list[Any]]:
    """Return what is to be taken back before anything was applied."""
    return {"ended": [], "begun": [], "people": []}


class CollegeTransition(Stateful):
    """The new college of a commune, as a file had it; `undo` keeps what applying it changed."""

    Status = TransitionStatus
    TRANSITIONS = (
        Transition("apply", ("draft",), "applied", _("Apply it"), style="primary"),
        Transition("discard", ("draft",), "taken_back", _("Discard it"), style="danger"),
        Transition("take_back", ("applied",), "taken_back", _("Take it back"), style="danger"),
    )

    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="transitions", verbose_name=_("commune")
    )
    starts_on = models.DateField(_("first day of the new college"))
    status = models.CharField(
        _("state"),
        max_length=12,
        choices=TransitionStatus.choices,
        default=TransitionStatus.DRAFT,
        editable=False,
    )
    rows = models.JSONField(default=list, editable=False)
    undo = models.JSONField(default=nothing_done, editable=False)
    prepared_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("prepared by"))
    prepared_at = models.DateTimeField(_("prepared at"), default=timezone.now, editable=False)
    invited_at = models.DateTimeField(_("invited at"), null=True, editable=False)

    objects: ClassVar[models.Manager["CollegeTransition"]] = CollegeTransitionQuerySet.as_manager()

    class Meta:
        verbose_name = _("transition of a college")
        verbose_name_plural = _("transitions of colleges")
        ordering = ["-starts_on", "commune", "-pk"]
        constraints = [
            known_status(TransitionStatus, "transition_known_status"),
            models.UniqueConstraint(
                fields=["commune"],
                condition=Q(status="draft"),
                name="transition_one_draft",
                violation_error_message=_("A transition of this commune is being prepared already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commune}, {self.starts_on:%d.%m.%Y}"

    @classmethod
    def prepare(cls, *, by: User, commune: Commune, starts_on: date, rows: list[Any]) -> "CollegeTransition":
        """Keep a new college to be looked at; another one of this commune that was not applied is discarded."""
        with transaction.atomic():
            Commune.objects.select_for_update().get(pk=commune.pk)
            for draft in cls.objects.filter(commune=commune, status=TransitionStatus.DRAFT).order_by("pk"):
                draft.discard(by=by)
            return cls.objects.create(commune=commune, starts_on=starts_on, rows=rows, prepared_by=by)

    def turnover(self) -> Turnover:
        """Return what it changes, as things stand now."""
        return turnover(self.commune_id, self.starts_on, self.rows)

    @property
    def is_over(self) -> bool:
        """Whether its day has come: what was applied stays."""
        return self.starts_on <= timezone.localdate()

    def can_be_managed_by(self, user: User) -> bool:
        """Tell whether a person may take its steps: leads and administrators."""
        return user.has_role(*STEWARDS)

    can_be_apply_by = can_be_discard_by = can_be_take_back_by = can_be_managed_by

    def apply(self, *, by: User, seen: str) -> None:
        """End the old college the day before, begin the new one; `seen`: the digest of the turnover that was shown.

        Of two leads one wins. ValidationError when things changed meanwhile, or its day has passed.
        """
        with transaction.atomic():
            Commune.objects.select_for_update().get(pk=self.commune_id)
            self._begin("apply", by)
            change = self.turnover()
            if self.starts_on < timezone.localdate():
                raise ValidationError(
                    _("Its first day has passed: import the file again with a later one."), "past"
                )
            if change.digest != seen:
                raise ValidationError(CHANGED, "changed")
            if change.obstacles:
                raise ValidationError([ValidationError(str(text), "obstacle") for text in change.obstacles])
            self._move("apply", by, undo=change.carry_out(by))

    def discard(self, *, by: User) -> None:
        """Give up what was only prepared."""
        self._move("discard", by)

    def take_back(self, *, by: User) -> None:
        """Put everything back as it was, until the day before; ValidationError afterwards, or once it was changed."""
        with transaction.atomic():
            Commune.objects.select_for_update().get(pk=self.commune_id)
            self._begin("take_back", by)
            if self.undo["begun"] and self.is_over:
                raise ValidationError(
                    _("The new college is in office: this cannot be taken back any more."), "over"
                )
            self._remove_begun(by)
            self._restore_ended(by)
            self._move("take_back", by)
        for pk in self.undo["people"]:
            self._forget(pk)

    def _remove_begun(self, by: User) -> None:
        rows = list(Mandate.objects.select_for_update().filter(pk__in=self.undo["begun"]).order_by("pk"))
        is_same = all((row.starts_on, row.ends_on) == (self.starts_on, None) for row in rows)
        if len(rows) != len(self.undo["begun"]) or not is_same:
            raise ValidationError(CHANGED_SINCE, "changed")
        for row in rows:
            journal(Kind.DELETED, by, row)
            try:
                row.delete()
            except ProtectedError as error:
                raise ValidationError(CHANGED_SINCE, "changed") from error

    def _restore_ended(self, by: User) -> None:
        last = self.starts_on - timedelta(days=1)
        for pk, ends_on in self.undo["ended"]:
            found = Mandate.objects.filter(pk=pk, ends_on=last)
            if not found.update(ends_on=date.fromisoformat(ends_on) if ends_on else None):
                raise ValidationError(CHANGED_SINCE, "changed")
            journal(Kind.CHANGED, by, Mandate(pk=pk), fields=["ends_on"])

    @staticmethod
    def _forget(pk: int) -> None:
        """Remove a person whom it recorded, unless they were invited or something else names them."""
        try:
            with transaction.atomic():
                User.objects.filter(pk=pk, is_active=False, invitations__isnull=True).delete()
        except ProtectedError:
            pass

    # --- Inviting ------------------------------------------------------------------------------------------------

    def newcomers(self) -> "models.QuerySet[User]":
        """Return those of the new college who were never let in, nor invited, and whose address is known."""
        begun = Mandate.objects.filter(pk__in=self.undo["begun"]).order_by()
        people = User.objects.filter(pk__in=begun.values("user"), is_active=False, email__isnull=False)
        return people.filter(invitations__isnull=True).order_by("pk")

    @transaction.atomic
    def invite_newcomers(self, *, by: User | None) -> int:
        """Invite them, once; the tick does it on the first day, without `by`. Return how many."""
        self._lock()
        if self.status != TransitionStatus.APPLIED:
            return 0
        people = [row for row in self.newcomers() if not row.holds_or_will_hold_a_role()]
        for person in people:
            invite(person, by)
        type(self)._base_manager.filter(pk=self.pk).update(invited_at=timezone.now())
        self.refresh_from_db()
        return len(people)


class CollegeTransitionEvent(TransitionEvent):
    """A step of a transition of a college."""

    subject = models.ForeignKey(CollegeTransition, models.CASCADE, related_name="events")
