"""What a reader does now about an agreement, in one line, and which buttons belong to it.

The rules are those of the model: a button stands for a step of `next_steps(user)` that would not be refused at once.
"""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from conventions.models import Agreement, Convention, Party
from conventions.models.checks import parties_of
from conventions.models.choices import BINDING
from conventions.todo import Todo, lines
from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.look.dates import short_date
from hubportal.workflow import Step

ELSEWHERE: Final = frozenset({"record"})
"""Steps that are taken at the desk: a convention of the past is typed in there."""


NOTHING: Final = Todo(_("Nothing to do."))


def next_step(agreement: Agreement, user: User) -> Todo:
    """Return what a reader does now, as lists and mails say it, and closer where a page knows more."""
    todo = lines([agreement], user)[0].next
    if not agreement.text_visible_to(user):
        return todo or NOTHING
    return _at_rest(agreement, user) if todo is None else _closer(agreement, todo)


def _closer(agreement: Agreement, todo: Todo) -> Todo:
    """Count the gaps of a text that is to be shared."""
    if todo.verb == "share":
        gaps = sum(finding.is_blocking for finding in agreement.findings())
        words = ngettext(
            "Next step: mend %(count)d gap between French and Dutch, then share the text with the commune.",
            "Next step: mend %(count)d gaps between French and Dutch, then share the text with the commune.",
            gaps,
        )
        return Todo(words % {"count": gaps}, True) if gaps else todo
    return todo


def offered(agreement: Agreement, user: User) -> list[Step]:
    """Return the buttons: the steps of the state and the person, without those that lack something for certain."""
    found = [step for step in agreement.next_steps(user) if step.verb not in ELSEWHERE]
    if not parties_of(agreement, user, agreed=False):
        found = [step for step in found if step.verb != "agree"]
    if not _both_agreed(agreement):
        found = [step for step in found if step.verb != "freeze"]
    return found


def _both_agreed(agreement: Agreement) -> bool:
    return all(agreement.agreed(party) for party in Party.values)


# --- Nothing is asked -------------------------------------------------------------------------------------------


def _at_rest(agreement: Agreement, user: User) -> Todo:
    """Say why there is nothing to do; `successor` should be selected."""
    if agreement.status == "abandoned":
        return Todo(_("Nothing to do: it was abandoned."))
    if not isinstance(agreement, Convention):
        return Todo(_("Nothing to do: it is signed."))
    state = agreement.state
    if state == "terminated":
        state = "expired" if agreement.is_over else "binding"
    start, end = agreement.in_force_from, agreement.in_force_until
    facts = {"start": short_date(start) if start else "", "day": short_date(end) if end else ""}
    if end is None and state in ("in_force", "notice"):
        return Todo(_("Nothing to do: it is in force, by tacit renewal."))
    successor = getattr(agreement, "successor", None)
    is_known = successor is not None and (successor.status in BINDING or user.has_role(*AGENCY_ROLES))
    if state == "notice" and successor is not None and is_known:
        words = _("Nothing to do: it ends on %(day)s; %(other)s is to follow.")
        return Todo(words % {**facts, "other": successor.reference})
    return Todo(_TIMES[state] % facts)


_TIMES: Final[dict[str, Any]] = {
    "upcoming": _("Nothing to do: it is in force from %(start)s on."),
    "in_force": _("Nothing to do: it is in force until %(day)s."),
    "notice": _("Nothing to do: it ends on %(day)s."),
    "binding": _("Nothing to do: it binds both parties until %(day)s."),
    "expired": _("Nothing to do: it ended on %(day)s."),
    "superseded": _("Nothing to do: another agreement has replaced it."),
}
