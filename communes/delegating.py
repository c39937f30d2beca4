"""Giving and withdrawing delegations: what a bourgmestre or an échevin does alone, within their own mandate.

The rule who may is `Commune.can_be_delegated_by`. Each act is journalled, and told to the civil servant by mail.
"""

from datetime import date
from typing import Final

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communes.models import Commune, Delegation
from hubportal.access.constraints import constraint_messages
from hubportal.accounts.invitations import invite
from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.letters import write_to
from hubportal.accounts.models import JournalEntry, User

PER_DAY: Final = 10
"""Delegations that one person gives in a day: each may be a mail to an address that they typed."""
OVER: Final = _("This delegation was withdrawn already, or has ended.")
NOT_THIS_ONE: Final = _("This address cannot receive a delegation: ask your SPOC or the agency.")
"""Whatever the reason: which addresses have a role, or had an account, is not for a commune to find out."""


@transaction.atomic
def give(
    commune: Commune, *, by: User, email: str, starts_on: date, ends_on: date | None = None, **facts: str
) -> Delegation:
    """Let a civil servant act for a commune; who is unknown is recorded with `facts` (names, language) and invited.

    Without a last day it ends with the giver's time in office. Two clicks: one delegation, one mail.
    PermissionDenied, or ValidationError by field.
    """
    if not commune.can_be_delegated_by(by):
        raise PermissionDenied
    # Two clicks, and the limit of the day: the second waits here.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    until = commune.mandates.filter(user=by).unbroken_until(starts_on)
    last = ends_on or until
    if twin := _given_already(commune, by, email, starts_on, last):
        return twin
    if _given_today(by) >= PER_DAY:
        raise ValidationError(
            _("You have given %(most)s delegations today: give the next one tomorrow."),
            "limit",
            {"most": PER_DAY},
        )
    _check_days(starts_on, ends_on, until)
    person, is_new = _person(email, by, facts)
    _close_ended(commune, person, by, starts_on)
    row = Delegation(user=person, commune=commune, given_by=by, starts_on=starts_on, ends_on=last)
    with constraint_messages():
        row.full_clean()
        row.save()
    journal(Kind.RECORDED, by, row, commune=commune.nis, starts_on=str(starts_on), ends_on=str(last or ""))
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
    if found is None or found.is_over:
        raise ValidationError(OVER, "too_late")
    has_begun = found.has_begun
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


def _given_already(
    commune: Commune, by: User, email: str, starts_on: date, ends_on: date | None
) -> Delegation | None:
    """Return what the same words gave a moment ago."""
    rows = Delegation.objects.filter(commune=commune, given_by=by, user__email=email.strip().lower())
    return rows.filter(starts_on=starts_on, ends_on=ends_on).select_related("user").first()


def was_withdrawn(commune: Commune, pk: int) -> bool:
    """Tell whether a delegation of a commune that is not there any more was taken off before it began."""
    entries = JournalEntry.objects.filter(kind=Kind.DELETED, target_type="communes.delegation")
    return entries.filter(target_id=str(pk), detail__commune=commune.nis).exists()


def _check_days(starts_on: date, ends_on: date | None, until: date | None) -> None:
    """Refuse days in the past, and days outside the giver's own time in office, which goes unbroken until a day."""
    if starts_on < timezone.localdate():
        raise ValidationError({"starts_on": _("A delegation begins today at the earliest.")})
    if ends_on and ends_on < starts_on:
        raise ValidationError({"ends_on": _("The last day cannot come before the first day.")})
    if until and until < starts_on:
        raise ValidationError({"starts_on": _("Choose a day on which you are in office.")})
    if until and ends_on and ends_on > until:
        raise ValidationError({"ends_on": _("Choose a day on which you are still in office.")})


def _close_ended(commune: Commune, person: User, by: User, day: date) -> None:
    """Write down the end of what ended with its giver before a day: else the days of the new one would meet it."""
    rows = Delegation.objects.filter(user=person, commune=commune).with_last_day().order_by("pk")
    for row in rows.select_for_update(of=("self",)):
        is_over = row.never_begins or (row.last_day or day) < day
        if not (row.ended_with_giver and is_over):
            continue
        journal(
            Kind.DELETED if row.never_begins else Kind.CHANGED,
            by,
            row,
            commune=commune.nis,
            fields=["ends_on"],
        )
        if row.never_begins:
            row.delete()
        else:
            row.ends_on = row.last_day
            row.save(update_fields=["ends_on"])


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
    if person.holds_or_will_hold_a_role() or person.was_closed():
        raise ValidationError({"email": NOT_THIS_ONE})
    return person, False


def _tell(what: str, row: Delegation, by: User) -> None:
    """Write to the civil servant, in their language."""
    if not row.user.email:
        return
    stem = "communes/email/delegation"
    context = {
        "what": what,
        "row": row,
        "commune": row.commune,
        "by": by,
        # The address of the page follows from the language of the moment: the reader's.
        "base_url": settings.BASE_URL,
    }
    write_to(
        row.user.email, row.user, f"{stem}.subject.txt", f"{stem}.txt", context, kind=f"delegation {what}"
    )
