"""The words of a lifecycle: transitions, steps that a person may take, and the error of who came too late."""

from dataclasses import KW_ONLY, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext

if TYPE_CHECKING:
    from hubportal.workflow.models import Stateful, TransitionEvent

TWICE: Final = timedelta(seconds=5)
"""The same step of the same person within this time is a double click; later they may have changed their mind."""


@dataclass(frozen=True)
class Transition:
    """One line of a table of transitions.

    `verb` names the method that takes the step; the method `can_be_<verb>_by(user)` tells who may. A verb may
    have several lines when its target depends on where it starts. With several targets the method chooses.
    A step without a `label` is offered on no screen.
    """

    verb: str
    sources: tuple[str, ...]
    target: str | tuple[str, ...]
    label: str | Promise = ""
    _: KW_ONLY
    question: str | Promise = ""
    """What a screen asks before the step is taken; empty: whether one is sure."""
    style: Literal["", "primary", "danger"] = ""
    """How the button looks: the usual next step, or one that is hard to take back."""
    by_itself: bool = False
    """A tick may take the step, with nobody behind it."""

    @property
    def targets(self) -> tuple[str, ...]:
        """The statuses that the step may lead to."""
        return (self.target,) if isinstance(self.target, str) else self.target

    @property
    def predicate(self) -> str:
        """Name of the method that tells whether a person may take the step."""
        return f"can_be_{self.verb}_by"

    @property
    def is_nobodys(self) -> bool:
        """Whether only the portal takes this step, so that no predicate is needed."""
        return self.by_itself and not self.label


@dataclass(frozen=True)
class Step:
    """A button: what a person may do now with one object."""

    verb: str
    label: str | Promise
    question: str | Promise
    style: str


class TransitionError(ValidationError):
    """A step that the object's state does not allow (any more); its message tells a person why.

    `status` is the state found, `event` the step that led there, None when no step was taken yet. It is a
    ValidationError with the code "too_late", so a form or a desk that knows nothing of workflows shows it.
    """

    def __init__(self, subject: "Stateful", verb: str, status: str, event: "TransitionEvent | None") -> None:
        self.subject, self.verb, self.status, self.event = subject, verb, status, event
        super().__init__(self._reason(), "too_late")

    def __str__(self) -> str:
        return str(self.message)

    def is_repeated_by(self, person: AbstractBaseUser) -> bool:
        """Tell whether the person took this very step a moment ago: a double click, which went well."""
        event = self.event
        if event is None or event.verb != self.verb or event.by_id != person.pk:
            return False
        return timezone.now() - event.at < TWICE

    def _reason(self) -> str:
        if own := self.subject.late_words(self.verb, self.status):
            return own
        facts: dict[str, Any] = {"state": dict(self.subject.Status.choices).get(self.status, self.status)}
        if self.event is None:
            return gettext("This is not possible now: the state is “%(state)s”.") % facts
        moment = formats.date_format(timezone.localtime(self.event.at), "SHORT_DATETIME_FORMAT")
        facts |= {"who": self.event.by or gettext("the portal"), "when": moment}
        return (
            gettext(
                "Somebody was first: %(who)s did the last step on %(when)s; the state is “%(state)s” now."
            )
            % facts
        )
