"""What is known of a person in all apps, erasing it, and what is forgotten by time: composed of each `people.py`."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hubportal.accounts import people
from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.models import JournalEntry, User
from hubportal.composition import modules
from hubportal.moments import midnight
from hubportal.months import months_after
from hubportal.personal import Section, Subject, sections
from hubportal.retention import Partly, Rule

logger = logging.getLogger(__name__)


class Forgotten(NamedTuple):
    """What a day's run did: how many rows of each rule that ran, and the rules that failed, be it in part."""

    rows: dict[str, int]
    failed: list[str]


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
    return [found for module in apps for found in _of_app(module, subject, most)]


def _of_app(module: Any, subject: Subject, most: int | None) -> Iterator[Section]:
    yield from sections(module.SHARES, subject, most)
    if hasattr(module, "more"):
        yield from module.more(subject, most)


def as_json_text(found: list[Section]) -> str:
    """Return sections for a machine: stored codes and moments, under names that no language changes."""
    told = {
        section.name: [{cell.name: cell.value for cell in row} for row in section.rows] for section in found
    }
    return json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)


def erase(subject: Subject, *, by: User | None = None, dry_run: bool = False) -> dict[str, int]:
    """Forget how to reach somebody in all apps, at once; return how many rows of each app.

    Name, office, dates and archives stay (facts §5.3, §5.5). PermissionDenied for whoever holds a right today, may
    they sign in or not.
    """
    if isinstance(subject.user, User) and subject.user.is_in_office_today():
        raise PermissionDenied(_("This person holds rights today: end them first."))
    with _undone() if dry_run else transaction.atomic():
        done = {module.__name__: module.erase(subject) for module in modules("people")}
        # Whom it was, by key: the journal holds no address.
        journal(Kind.ERASED, by, subject.user, **{name: count for name, count in done.items() if count})
    return done


def rules() -> Iterator[Rule]:
    """Yield what is forgotten by time, app by app."""
    for module in modules("people"):
        yield from module.RULES


def retain(now: datetime, *, dry_run: bool = False) -> Forgotten:
    """Forget all that is old enough on that day; tell what was done, and write it in the journal.

    Each rule is a transaction of its own: one that fails is logged, and tried again the next day; the others go on. One
    that did a part keeps it, and is told as failed.
    A dry run does the same, then undoes it: it cannot tell anything else.
    """
    today, done = timezone.localdate(now), Forgotten({}, [])
    with _undone() if dry_run else nullcontext():
        _run(today, done)
    return done


def _run(today: date, done: Forgotten) -> None:
    for rule in rules():
        try:
            with transaction.atomic():
                found = rule.forget(months_after(today, -rule.months))
            if isinstance(found, Partly):
                done.failed.append(rule.name)
            done.rows[rule.name] = found.rows if isinstance(found, Partly) else found
        except Exception:
            logger.exception("retention rule %s failed", rule.name)
            done.failed.append(rule.name)
            # As in a tick: after a restart of PostgreSQL the next rule gets a new connection.
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()
    journal(Kind.ERASED, None, None, **done.rows, failed=done.failed)


def retained_on(now: datetime) -> bool:
    """Tell whether what is old was forgotten that day already, be it that a rule failed."""
    today = timezone.localdate(now)
    runs = JournalEntry.objects.filter(kind=Kind.ERASED, actor=None, target_type="", detail__has_key="failed")
    return runs.filter(at__gte=midnight(today), at__lt=midnight(today + timedelta(days=1))).exists()


@contextmanager
def _undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
