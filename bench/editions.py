"""Editions to measure and to kill: people who receive them, three who write and approve, and a text of 30 kB."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from django.core.management import call_command
from django.utils import timezone

from communes.models import Commune, Mandate
from hubportal.accounts.models import Role, RoleGrant, User
from mailings.models import Mailing

LONG: Final = (
    "Les chantiers de la semaine, rue par rue, avec les accès, les dates et les personnes à appeler. " * 3
)
TEAM: Final = (Role.EDITOR, Role.LEAD, Role.CABINET)


def prepare() -> None:
    """Make the tables, the communes, and those who write and approve."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("load_communes", verbosity=0)
    for role in TEAM:
        user = User.objects.create(email=f"{role}@team.example", last_name=role, is_active=True)
        RoleGrant.objects.create(user=user, role=role, starts_on=date(2025, 1, 1))


def people(number: int, portfolio: str) -> list[str]:
    """Make so many holders of a portfolio, all over the 19; return their addresses."""
    communes = list(Commune.objects.order_by("nis"))
    users = User.objects.bulk_create(
        (
            User(email=f"{portfolio}{n:06}@commune.example", last_name=f"Nom {n}", content_language="fr")
            for n in range(number)
        ),
        batch_size=5000,
    )
    Mandate.objects.bulk_create(
        (
            Mandate(
                user=user, commune=communes[n % 19], office="echevin", portfolios=[portfolio],
                starts_on=date(2025, 1, 1),
            )
            for n, user in enumerate(users)
        ),
        batch_size=5000,
    )  # fmt: skip
    return [user.email or "" for user in users]


def edition(portfolios: Sequence[str], paragraphs: int = 34) -> Mailing:
    """Write an edition and bring it to the minute before it is sent."""
    editor, lead, cabinet = (User.objects.holding([role]).get() for role in TEAM)
    row = Mailing.begin(by=editor)
    side = {"subject": "Mesure", "preheader": "", "body": f"{LONG}\n\n" * paragraphs}
    row.revise(
        by=editor, texts={"fr": side, "nl": side}, to_bourgmestres=False, portfolios=list(portfolios),
        version=row.version,
    )  # fmt: skip
    row.submit(by=editor)
    for person in (lead, cabinet):
        row.approve(by=person, seen_hash=row.content_hash)
    now = timezone.now()
    row.schedule(by=editor, scheduled_for=now, expires_at=now + timedelta(days=1), gap_reason="-")
    return row
