"""A new college of one commune from a day on: prepared from a file, applied, taken back until the day before."""

import logging
from datetime import date, timedelta
from typing import Any, ClassVar, Final, Self

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from communes.models.commune import Commune
from communes.models.mandate import Mandate
from communes.models.turnover import Turnover, turnover
from hubportal.access.constraints import constraint_messages
from hubportal.accounts.invitations import invite
from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.models import STEWARDS, User
from hubportal.workflow import Stateful, Step, Transition, TransitionEvent, known_status

logger = logging.getLogger(__name__)

CHANGED: Final = _("Something changed since you opened this page: look at it again.")
OVER: Final = _("The new college is in office: this cannot be taken back any more.")
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
        """Keep a new college to be looked at; another one of this commune that was not applied is discarded.

        PermissionDenied for whoever may not.
        """
        if not cls.can_be_prepared_by(by):
            raise PermissionDenied
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
        """Whether its day has come: what was applied stays, be it that it only ended mandates."""
        return self.starts_on <= timezone.localdate()

    @staticmethod
    def can_be_prepared_by(user: User) -> bool:
        """Tell whether a person may hand in the file of a new college: leads and administrators."""
        return user.has_role(*STEWARDS)

    def can_be_managed_by(self, user: User) -> bool:
        """Tell whether a person may take its steps: leads and administrators."""
        return self.can_be_prepared_by(user)

    can_be_apply_by = can_be_discard_by = can_be_take_back_by = can_be_managed_by

    def next_steps(self, user: AbstractBaseUser) -> list[Step]:
        """Return the steps that the state and the person allow, without one that would be refused today."""
        return [step for step in super().next_steps(user) if not self._refusals(step.verb)]

    def _refusals(self, verb: str) -> list[Any]:
        """Return why a step that its state allows is not taken, in words."""
        if verb == "apply":
            return self.turnover().obstacles
        return [OVER] if verb == "take_back" and self.is_over else []

    def _check(self, verb: str) -> None:
        if found := self._refusals(verb):
            raise ValidationError([ValidationError(str(words), "refused") for words in found])

    def apply(self, *, by: User, seen: str) -> None:
        """End the old college the day before, begin the new one; `seen`: the digest of the turnover that was shown.

        Of two leads one wins. ValidationError when things changed meanwhile, or its day has passed.
        """
        with transaction.atomic():
            Commune.objects.select_for_update().get(pk=self.commune_id)
            self._begin("apply", by)
            self._check("apply")
            change = self.turnover()
            if change.digest != seen:
                raise ValidationError(CHANGED, "changed")
            self._move("apply", by, undo=change.carry_out(by))

    def discard(self, *, by: User) -> None:
        """Give up what was only prepared."""
        self._move("discard", by)

    def take_back(self, *, by: User) -> None:
        """Put everything back as it was, until the day before; ValidationError afterwards, or once it was changed."""
        with transaction.atomic():
            Commune.objects.select_for_update().get(pk=self.commune_id)
            self._begin("take_back", by)
            self._check("take_back")
            self._remove_begun(by)
            # Somebody may have recorded a mandate on the days that come back.
            with constraint_messages():
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
        """Return those of the new college who were never let in, nor invited, and whose address is known.

        None while it is not applied; nobody who has a role, or whose mandate has ended meanwhile.
        """
        if self.status != TransitionStatus.APPLIED:
            return User.objects.none()
        begun = Mandate.objects.filter(pk__in=self.undo["begun"]).exclude(ends_on__lt=timezone.localdate())
        people = User.objects.filter(pk__in=begun.order_by().values("user"), is_active=False)
        unknown = people.filter(email__isnull=False, invitations__isnull=True)
        return unknown.exclude(pk__in=User.objects.with_a_role().order_by().values("pk")).order_by("pk")

    @transaction.atomic
    def invite_newcomers(self, *, by: User | None) -> int:
        """Invite them, once; the tick does it on the first day, without `by`. Return how many.

        One who cannot be invited stops nobody else, and is tried again by the next tick. PermissionDenied.
        """
        if by is not None and not self.can_be_managed_by(by):
            raise PermissionDenied
        self._lock()
        people = list(self.newcomers())
        done = sum(self._invited(person, by) for person in people)
        if self.status == TransitionStatus.APPLIED and done == len(people):
            type(self)._base_manager.filter(pk=self.pk).update(invited_at=timezone.now())
            self.refresh_from_db()
        return done

    def _invited(self, person: User, by: User | None) -> bool:
        try:
            invite(person, by)
        except Exception:
            logger.exception("person %s, of transition %s, could not be invited", person.pk, self.pk)
            return False
        return True


class CollegeTransitionEvent(TransitionEvent):
    """A step of a transition of a college."""

    subject = models.ForeignKey(CollegeTransition, models.CASCADE, related_name="events")
