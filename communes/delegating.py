"""Giving and withdrawing delegations: what a bourgmestre or an échevin does alone, within their own mandate.

The rule who may is `Commune.can_be_delegated_by`. Each act is journalled, and told to the civil servant by mail.
"""

from datetime import date
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communes.models import Commune, Delegation, Mandate
from hubportal.access.constraints import constraint_messages
from hubportal.access.dated import holding_on
from hubportal.accounts.invitations import invite
from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.letters import write_to
from hubportal.accounts.models import JournalEntry, User

PER_DAY: Final = 10
"""Delegations that one person gives in a day: each may be a mail to an address that they typed."""


@transaction.atomic
def give(
    commune: Commune, *, by: User, email: str, starts_on: date, ends_on: date | None = None, **facts: str
) -> Delegation:
    """Let a civil servant act for a commune; who is unknown is recorded with `facts` (names, language) and invited.

    Without a last day it ends with the mandate of the giver. PermissionDenied, or ValidationError by field.
    """
    if not commune.can_be_delegated_by(by):
        raise PermissionDenied
    # Two clicks, and the limit of the day: the second waits here.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if _given_today(by) >= PER_DAY:
        raise ValidationError(
            _("You have given %(most)s delegations today: give the next one tomorrow."),
            "limit",
            {"most": PER_DAY},
        )
    _check_days(commune, by, starts_on, ends_on)
    person, is_new = _person(email, by, facts)
    if ends_on is None:
        ends_on = _last_day(commune, by, starts_on)
    row = Delegation(user=person, commune=commune, given_by=by, starts_on=starts_on, ends_on=ends_on)
    with constraint_messages():
        row.full_clean()
        row.save()
    journal(Kind.RECORDED, by, row, commune=commune.nis, starts_on=str(starts_on), ends_on=str(ends_on or ""))
    _tell("given", row, by)
    if is_new or (not person.is_active and not person.invitations.open().exists()):
        invite(person, by)
    return row


@transaction.atomic
def withdraw(row: Delegation, *, by: User) -> None:
    """Let today be the last day of a delegation; one that has not begun is taken off. Two clicks: one mail.

    PermissionDenied, and ValidationError once it ends today or has ended.
    """
    if not row.can_be_withdrawn_by(by):
        raise PermissionDenied
    today = timezone.localdate()
    found = Delegation.objects.select_for_update().filter(pk=row.pk).first()
    if found is None or (found.ends_on and found.ends_on <= today):
        raise ValidationError(_("This delegation was withdrawn already, or has ended."), "too_late")
    has_begun = found.starts_on <= today
    kind = Kind.CHANGED if has_begun else Kind.DELETED
    journal(kind, by, found, commune=found.commune_id, ends_on=str(today), fields=["ends_on"])
    if has_begun:
        found.ends_on = today
        found.save(update_fields=["ends_on"])
    _tell("withdrawn", found, by)
    if not has_begun:
        found.delete()


def _given_today(by: User) -> int:
    rows = JournalEntry.objects.filter(actor=by, kind=Kind.RECORDED, target_type="communes.delegation")
    return rows.filter(at__date=timezone.localdate()).count()


def _own(commune: Commune, by: User, day: date) -> Any:
    return Mandate.objects.filter(holding_on(day), user=by, commune=commune)


def _last_day(commune: Commune, by: User, day: date) -> date | None:
    """Return the last day of the giver's mandate that holds on a day; None when it has none."""
    ends: list[date | None] = list(_own(commune, by, day).order_by("pk").values_list("ends_on", flat=True))
    return None if None in ends else max((end for end in ends if end), default=None)


def _check_days(commune: Commune, by: User, starts_on: date, ends_on: date | None) -> None:
    """Refuse days in the past, and days outside the giver's own mandate."""
    if starts_on < timezone.localdate():
        raise ValidationError({"starts_on": _("A delegation begins today at the earliest.")})
    if ends_on and ends_on < starts_on:
        raise ValidationError({"ends_on": _("The last day cannot come before the first day.")})
    if not _own(commune, by, starts_on).exists():
        raise ValidationError({"starts_on": _("Choose a day on which you are in office.")})
    if ends_on and not _own(commune, by, ends_on).exists():
        raise ValidationError({"ends_on": _("Choose a day on which you are still in office.")})


def _person(email: str, by: User, facts: dict[str, str]) -> tuple[User, bool]:
    """Return the person with this address, and whether they were unknown; what is known of them is left as it is."""
    person = User.objects.filter(email=email.strip().lower()).first()
    if person is None:
        person = User(email=email, language=facts.get("content_language") or "fr", **facts)
        person.set_unusable_password()
        person.full_clean()
        person.save()
        journal(Kind.RECORDED, by, person)
        return person, True
    if person == by:
        raise ValidationError({"email": _("This is your own address: a delegation goes to somebody else.")})
    if person.holds_or_will_hold_a_role():
        raise ValidationError(
            {"email": _("Whoever has a role at the agency or the Region cannot act for a commune.")}
        )
    if not person.is_active and person.invitations.filter(accepted_at__isnull=False).exists():
        raise ValidationError(
            {"email": _("The account with this address was closed: ask your SPOC or the agency.")}
        )
    return person, False


def _tell(what: str, row: Delegation, by: User) -> None:
    """Write to the civil servant, in their language."""
    if not row.user.email:
        return
    page = settings.BASE_URL + reverse("communes:detail", args=[row.commune_id])
    stem = "communes/email/delegation"
    context = {
        "what": what,
        "row": row,
        "commune": row.commune,
        "by": by,
        "page": page,
        "has_begun": row.starts_on <= timezone.localdate(),
    }
    write_to(
        row.user.email, row.user, f"{stem}.subject.txt", f"{stem}.txt", context, kind=f"delegation {what}"
    )
