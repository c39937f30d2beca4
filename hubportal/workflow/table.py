"""The words of a lifecycle: transitions, steps that a person may take, and the error of who came too late."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from hubportal.workflow.models import Stateful, TransitionEvent


@dataclass(frozen=True)
class Transition:
    """One line of a table of transitions.

    `verb` names the method that takes the step, `participle` the predicate `can_be_<participle>_by(user)`;
    a verb may have several lines when its target depends on where it starts. With several `targets` the
    method chooses. `by_itself`: a tick may take the step, with nobody behind it. A step without a `label`
    is offered on no screen.
    """

    verb: str
    participle: str
    sources: Collection[str]
    targets: Collection[str]
    label: str | Promise = ""
    question: str | Promise = ""
    by_itself: bool = False
    is_final: bool = field(default=False, kw_only=True)
    """Hard to take back: the button says so, and stands last."""

    @property
    def predicate(self) -> str:
        """Name of the method that tells whether a person may take the step."""
        return f"can_be_{self.participle}_by"


@dataclass(frozen=True)
class Step:
    """A button: what a person may do now with one object."""

    verb: str
    label: str | Promise
    question: str | Promise
    is_final: bool


class TransitionError(Exception):
    """A step that the object's state does not allow (any more); `str` of it tells a person why.

    `status` is the state found, `event` the step that led there, None when no step was taken yet.
    """

    def __init__(self, subject: "Stateful", verb: str, status: str, event: "TransitionEvent | None") -> None:
        self.subject, self.verb, self.status, self.event = subject, verb, status, event
        super().__init__(verb, status)

    def __str__(self) -> str:
        facts: dict[str, Any] = {"state": dict(self.subject.Status.choices).get(self.status, self.status)}
        if self.event is None:
            return _("This is not possible now: the state is “%(state)s”.") % facts
        moment = formats.date_format(timezone.localtime(self.event.at), "SHORT_DATETIME_FORMAT")
        facts |= {"who": self.event.by or _("the portal"), "when": moment}
        return (
            _("Somebody was first: %(who)s did the last step on %(when)s; the state is “%(state)s” now.")
            % facts
        )
