"""What a reader does now about an edition, in one line; nothing here reads the database after `with_review`."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from hubportal.look.dates import hour, short_date
from hubportal.workflow import Step
from mailings import parity
from mailings.due import with_due
from mailings.models import Approval, Capacity, Mailing, Status
from mailings.models.choices import STEERERS, WRITERS
from mailings.models.consent import Standing, capacity_to_approve, held, missing, open_remarks
from mailings.models.patience import open_run
from mailings.models.queryset import MailingQuerySet

OVERDUE: Final = timedelta(minutes=2)
"""The tick comes every minute: what has not left by then does not leave by itself."""


PREPARED: Final = 50
"""Editions in preparation that are listed: many more than anybody prepares at once."""


class NextStep(NamedTuple):
    """The line; `is_mine`: the reader must act."""

    text: str | Promise
    is_mine: bool = False


class Line(NamedTuple):
    """An edition in a list, and what to do."""

    mailing: Mailing
    next: NextStep


_AWAITED: Final = {
    (Capacity.AGENCY, Capacity.CABINET): _("Awaited: the approvals of the agency and of the cabinet."),
    (Capacity.AGENCY,): _("Awaited: the approval of the agency."),
    (Capacity.CABINET,): _("Awaited: the approval of the cabinet."),
}
_HELD_UP: Final = _("Your step: schedule it by hand, something stands in the way of its leaving by itself.")
_TO_NOBODY: Final = {
    Status.SENDING: _("Nothing to do: it is being sent."),
    Status.SENT: _("Nothing to do: it was sent."),
    Status.CANCELLED: _("Nothing to do: it was cancelled."),
    Status.EXPIRED: _("Nothing to do: it was not sent in time."),
}


def prepared(rows: MailingQuerySet, user: User) -> list[Line]:
    """Return what is in preparation, newest first, what waits for the reader before all others."""
    return lines(rows.in_preparation().order_by("-number")[:PREPARED], user)


def lines(rows: Iterable[Mailing], user: User) -> list[Line]:
    """Return editions as a list shows them, what waits for the reader before all others."""
    return sorted((line(row, user) for row in rows), key=lambda line: not line.next.is_mine)


def line(mailing: Mailing, user: User) -> Line:
    """Return an edition as a list shows it."""
    return Line(mailing, next_step(mailing, user))


def next_step(mailing: Mailing, user: User) -> NextStep:
    """Return what a person does now about an edition that was read `with_review`, and by when if a rhythm says so."""
    found = _next_step(mailing, user)
    return found._replace(text=with_due(found.text, mailing))


def _next_step(mailing: Mailing, user: User) -> NextStep:
    status, approvals = Status(mailing.status), held(mailing, mailing.approvals.all())
    if status == Status.DRAFT:
        return _writing(mailing, user)
    if status == Status.IN_REVIEW:
        return _approving(mailing, user, approvals)
    if status == Status.APPROVED:
        is_mine = user.has_role(*WRITERS)
        if is_mine and open_run(mailing):
            return NextStep(_HELD_UP, is_mine)
        ready = _("Nothing to do: both have approved it, an editor chooses when it leaves.")
        return NextStep(_("Your step: choose when it leaves.") if is_mine else ready, is_mine)
    if status == Status.SCHEDULED and mailing.scheduled_for:
        return _leaving(mailing.scheduled_for, user)
    if status == Status.PAUSED:
        return _paused(mailing, user, approvals)
    return NextStep(_TO_NOBODY.get(status, ""))


def offered(mailing: Mailing, user: User, *, is_level: bool) -> list[Step]:
    """Return the steps that are buttons: those of the table, but for what would only be refused."""
    held_up = set() if is_level else {"submit"}
    if missing(held(mailing, mailing.approvals.all())):
        held_up.add("resume")
    return [step for step in mailing.next_steps(user) if step.verb not in held_up]


def is_awaited(mailing: Mailing, user: User) -> bool:
    """Tell whether an edition waits for this person's approval."""
    approvals = held(mailing, mailing.approvals.all())
    return mailing.status == Status.IN_REVIEW and capacity_to_approve(mailing, user, approvals) is not None


def last_remark(mailing: Mailing) -> Approval | None:
    """Return the changes that were asked for last of this very text, as long as that side says nothing else."""
    return next(reversed(open_remarks(mailing, mailing.approvals.all())), None)


def _writing(mailing: Mailing, user: User) -> NextStep:
    if not user.has_role(*WRITERS):
        return NextStep(_("Nothing to do: the editors are writing."))
    if parity.check(mailing.side("fr"), mailing.side("nl")).blocking:
        return NextStep(_("Your step: finish both texts, so that they say the same."), is_mine=True)
    return NextStep(_("Your step: ask for approval."), is_mine=True)


def _approving(mailing: Mailing, user: User, approvals: Standing) -> NextStep:
    if capacity_to_approve(mailing, user, approvals):
        words = _("Your step: read both texts, then approve them or ask for changes.")
        return NextStep(words, is_mine=True)
    remark = last_remark(mailing)
    if remark and user.has_role(*WRITERS):
        who = {"name": remark.user.full_name}
        return NextStep(_("Your step: make the changes that %(name)s asked for.") % who, is_mine=True)
    return NextStep(_AWAITED.get(tuple(missing(approvals)), ""))


def _leaving(at: datetime, user: User) -> NextStep:
    moment, now = {"day": short_date(at), "hour": hour(at)}, timezone.now()
    if at > now:
        return NextStep(_("Nothing to do: it leaves by itself on %(day)s, %(hour)s.") % moment)
    if at > now - OVERDUE:
        return NextStep(_("Nothing to do: it leaves within a minute."))
    if user.has_role(*STEERERS):
        words = _("Your step: it was to leave on %(day)s, %(hour)s, and has not; see why.")
        return NextStep(words % moment, is_mine=True)
    return NextStep(
        _("Nothing to do: it was to leave on %(day)s, %(hour)s; editors and leads see to it.") % moment
    )


def _paused(mailing: Mailing, user: User, approvals: Standing) -> NextStep:
    if capacity_to_approve(mailing, user, approvals):
        words = _("Your step: an approval was withdrawn; approve the text again, or leave it paused.")
        return NextStep(words, is_mine=True)
    if missing(approvals):
        return NextStep(_AWAITED.get(tuple(missing(approvals)), ""))
    if user.has_role(*STEERERS):
        return NextStep(_("Your step: resume sending, or cancel what is left."), is_mine=True)
    return NextStep(_("Nothing to do: sending is paused, an editor or a lead decides."))
