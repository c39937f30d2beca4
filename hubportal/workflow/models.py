"""What a stateful model is made of: the abstract models `Stateful` and `TransitionEvent`."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Self

from django.apps import apps
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hubportal.workflow.table import Step, Transition, TransitionError


def known_status(
    statuses: type[models.TextChoices], name: str = "%(app_label)s_%(class)s_known_status"
) -> models.CheckConstraint:
    """Return the CHECK that a row's status is one of these; its name ends in _known_status."""
    return models.CheckConstraint(
        condition=models.Q(status__in=statuses.values),
        name=name,
        violation_error_message=_("This state does not exist."),
    )


class TransitionEvent(models.Model):
    """One step that was taken: append-only, written in the transaction of the step.

    A subclass adds the foreign key to its model, with `related_name="events"`.
    """

    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("who"),
        help_text=_("Empty: the portal itself."),
    )  # fmt: skip
    verb = models.CharField(_("step"), max_length=30)
    source = models.CharField(_("from"), max_length=20)
    target = models.CharField(_("to"), max_length=20)
    comment = models.TextField(_("comment"), blank=True)

    class Meta:
        abstract = True
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.verb}: {self.source} → {self.target}"


class Stateful(models.Model):
    """A model whose `status` only the methods named in its `TRANSITIONS` change.

    A subclass declares `Status`, a `status` field with those choices, `TRANSITIONS`, the CHECK
    `known_status(…)`, one method for each verb, which calls `_move`, and one predicate
    `can_be_<verb>_by(user)` for each verb that a person takes.
    """

    Status: ClassVar[type[models.TextChoices]]
    TRANSITIONS: ClassVar[Sequence[Transition]] = ()
    status: "models.CharField[str, str]"
    events: Any

    class Meta:
        abstract = True

    @property
    def steps_taken(self) -> int:
        """How many steps were taken: another number once somebody has taken one."""
        return int(self.events.count())

    def next_steps(self, user: AbstractBaseUser) -> list[Step]:
        """Return the steps that the state and the person allow: the usual one first, hard ones last."""
        steps = {
            line.verb: Step(line.verb, line.label, line.question, line.style)
            for line in self.TRANSITIONS
            if line.label and self.status in line.sources and self._may(line, user)
        }
        return sorted(steps.values(), key=lambda step: ("primary", "", "danger").index(step.style))

    def line_of(self, verb: str) -> Transition | None:
        """Return the line of a verb that a screen shows: the one that fits the state, else the first; None without."""
        lines = [line for line in self.TRANSITIONS if line.verb == verb and line.label]
        return next((line for line in lines if self.status in line.sources), lines[0] if lines else None)

    def too_late(self, verb: str) -> TransitionError:
        """Return the error of who comes too late for a step: with the state of the row, and who led there."""
        return TransitionError(self, verb, self.status, self.events.order_by("at", "pk").last())

    def late_words(self, verb: str, status: str) -> str:
        """Return what who comes too late for a step is told where a state says it better; empty: who was first."""
        return ""

    def _move(
        self,
        verb: str,
        by: AbstractBaseUser | None,
        *,
        target: str | None = None,
        comment: str = "",
        noted: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> None:
        """Take a step: change the status and `fields`, write the event with what is `noted`, read the row again.

        Of two who try at once, one wins; the other gets TransitionError. PermissionDenied when the person may
        not. `target` is needed where the table leaves the choice.
        """
        with transaction.atomic():
            # The lock makes the second of two wait here, and then read what the first one did.
            self._lock()
            found = self.status
            line = self._line(verb)
            self._check_person(line, by)
            goal = _goal(line, target)
            changes = fields | self._automatic() | {"status": goal}
            rows = type(self)._base_manager.filter(pk=self.pk)
            if not rows.filter(models.Q(status__in=line.sources)).update(**changes):
                raise self.too_late(verb)
            self.events.create(by=by, verb=verb, source=found, target=goal, comment=comment, **(noted or {}))
        self.refresh_from_db()

    @classmethod
    def _move_all(
        cls,
        rows: Sequence[Self],
        verb: str,
        by: AbstractBaseUser | None,
        *,
        comment: str = "",
        **fields: Any,
    ) -> None:
        """Take the same step with several rows, all or none: three queries, however many there are.

        The caller has locked them, and then read them; afterwards each is as old as it was read. TransitionError for
        the first that comes too late, PermissionDenied for the first with which the person may not.
        """
        goals = {}
        for row in rows:
            line = row._line(verb)
            row._check_person(line, by)
            goals[row.pk] = _goal(line, None)
        with transaction.atomic():
            for goal in sorted(set(goals.values())):
                keys = [pk for pk, target in goals.items() if target == goal]
                found = cls._base_manager.filter(pk__in=keys, status__in={row.status for row in rows})
                if found.update(**fields, **rows[0]._automatic(), status=goal) != len(keys):
                    raise ValueError("a row was not locked before it was read")
            event: Any = cls._meta.get_field("events").related_model
            event._default_manager.bulk_create(
                event(subject=row, by=by, verb=verb, source=row.status, target=goals[row.pk], comment=comment)
                for row in rows
            )

    def _lock(self) -> None:
        """Lock and read the row, so that what a verb checks still holds when it writes."""
        self.refresh_from_db(from_queryset=type(self)._base_manager.select_for_update(of=("self",)))

    def _begin(self, verb: str, by: AbstractBaseUser | None) -> None:
        """Lock the row; refuse who comes too late and who may not, before anything is checked."""
        self._lock()
        self._check_person(self._line(verb), by)

    def _line(self, verb: str) -> Transition:
        lines = [line for line in self.TRANSITIONS if line.verb == verb]
        if not lines:
            raise LookupError(f"{verb} is not in the table of {type(self).__name__}")
        line = next((line for line in lines if self.status in line.sources), None)
        if line is None:
            raise self.too_late(verb)
        return line

    def _check_person(self, line: Transition, by: AbstractBaseUser | None) -> None:
        if by is None and not line.by_itself:
            raise ValueError(f"{line.verb} needs the person who does it")
        if by is not None and not self._may(line, by):
            raise PermissionDenied(_("You may read this, but this step is not yours to take."))

    def _may(self, line: Transition, user: AbstractBaseUser) -> bool:
        return not line.is_nobodys and bool(getattr(self, line.predicate)(user))

    def _automatic(self) -> dict[str, Any]:
        """Return the values of `auto_now` fields, which an UPDATE does not set by itself."""
        stamped = [field for field in self._meta.concrete_fields if getattr(field, "auto_now", False)]
        return {field.attname: field.pre_save(self, add=False) for field in stamped}

    @classmethod
    def flaws(cls) -> Iterator[str]:
        """Yield what is wrong with the table itself, for tests: there should be nothing."""
        reached = {cls().status}
        for line in cls.TRANSITIONS:
            reached.update(line.targets)
            yield from cls._flaws_of(line)
        yield from (f"{status} is never reached" for status in cls.Status.values if status not in reached)
        if not any(constraint.name.endswith("_known_status") for constraint in cls._meta.constraints):
            yield "the database does not check the status"

    @classmethod
    def _flaws_of(cls, line: Transition) -> Iterator[str]:
        unknown = {*line.sources, *line.targets} - set(cls.Status.values)
        yield from (f"{line.verb}: {status} is no status" for status in sorted(unknown))
        if not callable(getattr(cls, line.verb, None)):
            yield f"{line.verb}: there is no such method"
        if not line.is_nobodys and not callable(getattr(cls, line.predicate, None)):
            yield f"{line.verb}: there is no {line.predicate}"


def _goal(line: Transition, target: str | None) -> str:
    if target is None and len(line.targets) == 1:
        (target,) = line.targets
    if target is None or target not in line.targets:
        raise ValueError(f"{line.verb} leads to one of {sorted(line.targets)}, not to {target}")
    return target


def stateful_models() -> list[type[Stateful]]:
    """Return every stateful model of the installed apps, so that one test walks every table there is."""
    return [model for model in apps.get_models() if issubclass(model, Stateful)]
