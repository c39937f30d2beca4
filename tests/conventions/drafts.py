"""Conventions for tests: a draft that is complete, and one that was recorded.

Its bourgmestre is a person of its own, in office since December 2018, so a draft may be dated as a test needs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from communes.models import Mandate
from conventions.models import Convention, ConventionTheme, Signatory, Theme
from hubportal.accounts.models import Role, User
from tests.cast import COMMUNE_A, MandateFactory, grant
from tests.remembered import remembered

CANARY = "canari-tilleul"
"""A word of commune A that no other commune may read."""
IN_OFFICE_SINCE = date(2018, 12, 1)


@contextmanager
def unlocked() -> Iterator[None]:
    """Let what is frozen or history be changed, as the erasure after the legal term does."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL hubportal.retention = 'on'")
        yield
        cursor.execute("SET LOCAL hubportal.retention = 'off'")


def days(count: int) -> date:
    """Return the day that is so many days from today."""
    return timezone.localdate() + timedelta(days=count)


def a_theme(code: str = "data", kind: str = "audit") -> Theme:
    """Return a theme, made if need be."""
    return Theme.objects.get_or_create(
        code=code, defaults={"name_fr": f"Thème {code}", "name_nl": f"Thema {code}", "kind": kind}
    )[0]


def a_bourgmestre(commune: str = COMMUNE_A) -> User:
    """Return the bourgmestre of a commune, appointed if need be."""
    held = Mandate.objects.filter(commune=commune, office="bourgmestre", starts_on=IN_OFFICE_SINCE).first()
    if held is None:
        held = MandateFactory(commune_id=commune, bourgmestre=True, starts_on=IN_OFFICE_SINCE)
    return held.user


def open_theme(convention: Convention, code: str = "data") -> ConventionTheme:
    """Open a theme, with a canary in its modalities."""
    return ConventionTheme.objects.create(
        convention=convention,
        theme=a_theme(code),
        modality_fr=f"Un diagnostic par an, **{CANARY}**.",
        modality_nl=f"Eén diagnose per jaar, **{CANARY}**.",
    )


def sign(
    convention: Convention, office: str, name: str, signed_on: date, user: User | None = None
) -> Signatory:
    """Add a signature."""
    row = Signatory(convention=convention, office=office, name=name, user=user, signed_on=signed_on)
    row.full_clean()
    row.save()
    return row


@remembered
def a_draft(commune: str = COMMUNE_A, reference: str = "CC-2025-01", **fields: Any) -> Convention:
    """Return a draft that can be recorded: from 100 days ago, without an end unless told."""
    first_day = fields.setdefault("in_force_from", days(-100))
    draft = Convention.objects.create(commune_id=commune, reference=reference, **fields)
    open_theme(draft)
    signed_on = min(first_day - timedelta(days=12), timezone.localdate())
    sign(draft, "bourgmestre", "", signed_on, a_bourgmestre(commune))
    sign(draft, "secretary", f"Secrétaire {CANARY}", signed_on)
    sign(draft, "director", "Hélène Directrice", signed_on)
    return draft


def a_lead() -> User:
    """Return a lead of one's own."""
    return User.objects.filter(grants__role=Role.LEAD).order_by("pk").first() or grant(Role.LEAD)


@remembered
def recorded(commune: str = COMMUNE_A, reference: str = "CC-2025-01", **fields: Any) -> Convention:
    """Return a convention that a lead recorded."""
    draft = a_draft(commune, reference, **fields)
    draft.record(by=a_lead())
    return draft
