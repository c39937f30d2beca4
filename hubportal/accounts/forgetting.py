"""What is known of a person in all apps, erasing it, and what is forgotten by time: composed of each `people.py`."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hubportal.accounts import people
from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.models import JournalEntry, User
from hubportal.composition import modules
from hubportal.months import months_after
from hubportal.personal import Section, Subject, sections
from hubportal.retention import Rule


def subject_of(address: str) -> Subject:
    """Return whom an address means: its person, or only the address."""
    return Subject(User.objects.filter(email=address.lower()).first(), address.lower())


def about(user: User) -> Subject:
    """Return a person as a subject."""
    return Subject(user, user.email or "")


def known(subject: Subject, most: int | None = None) -> list[Section]:
    """Return all that is known of somebody, app by app; of each kind the newest `most` rows (all, unless told)."""
    # Who they are comes first, also before the mails of the floor below.
    apps = sorted(modules("people"), key=lambda module: module is not people)
    return [found for module in apps for found in sections(module.SHARES, subject, most)]


def as_json(found: list[Section]) -> dict[str, Any]:
    """Return sections for a machine: stored codes and moments, under names that no language changes."""
    return {
        section.name: [{cell.name: cell.value for cell in row} for row in section.rows] for section in found
    }


Encoder = DjangoJSONEncoder


def erase(subject: Subject, *, by: User | None = None, dry_run: bool = False) -> dict[str, int]:
    """Forget how to reach somebody in all apps, at once; return how many rows of each app.

    Name, office, dates and archives stay (facts §5.3, §5.5). PermissionDenied for whoever holds a right today.
    """
    if isinstance(subject.user, User) and subject.user.has_rights_today():
        raise PermissionDenied(_("This person holds rights today: end them first."))
    with _or_not(dry_run):
        done = {module.__name__: module.erase(subject) for module in modules("people")}
        # Whom it was, by key: the journal holds no address.
        journal(Kind.ERASED, by, subject.user, **{name: count for name, count in done.items() if count})
    return done


def rules() -> Iterator[Rule]:
    """Yield what is forgotten by time, app by app."""
    for module in modules("people"):
        yield from module.RULES


def retain(now: datetime, *, dry_run: bool = False) -> dict[str, int]:
    """Forget all that is old enough on that day; return how many rows of each rule, and write them in the journal.

    A dry run does the same, then undoes it: it cannot tell anything else.
    """
    today = timezone.localdate(now)
    with _or_not(dry_run):
        done = {}
        for rule in rules():
            with transaction.atomic():
                done[rule.name] = rule.forget(months_after(today, -rule.months))
        journal(Kind.ERASED, None, None, **done)
    return done


def retained_on(now: datetime) -> bool:
    """Tell whether what is old was forgotten that day already."""
    runs = JournalEntry.objects.filter(
        kind=Kind.ERASED, actor=None, target_type="", detail__has_key="accounts.contacts"
    )
    return runs.filter(at__date=timezone.localdate(now)).exists()


@contextmanager
def _or_not(dry_run: bool) -> Iterator[None]:
    with transaction.atomic():
        yield
        if dry_run:
            transaction.set_rollback(True)
