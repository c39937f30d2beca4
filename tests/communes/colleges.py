"""New colleges for tests: files, and transitions of commune A that were prepared."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from communes.college_csv import COLUMNS
from communes.models import CollegeTransition, Commune
from hubportal.accounts.models import Role, User
from tests.cast import COMMUNE_A, grant

MAYOR = {
    "office": "bourgmestre", "first_name": "Claire", "last_name": "Nouvelle", "email": "claire@anderlecht.example",
}  # fmt: skip
NADIA = {
    "office": "echevin", "rank": "1", "first_name": "Nadia", "last_name": "Échevine",
    "email": "echevine@anderlecht.example", "portfolios": "trade|works",
}  # fmt: skip


def line(nis: str = COMMUNE_A, **cells: str) -> dict[str, str]:
    """Return a line of a file, by column."""
    return dict.fromkeys(COLUMNS, "") | {"nis": nis} | cells


def a_file(*lines: dict[str, str], mark: str = ";", bom: bool = False) -> bytes:
    """Return a file with these lines."""
    rows = [COLUMNS, *([row[name] for name in COLUMNS] for row in lines)]
    text = "\r\n".join(mark.join(row) for row in rows) + "\r\n"
    return text.encode("utf-8-sig" if bom else "utf-8")


def in_days(days: int) -> date:
    """Return a day some days from today."""
    return timezone.localdate() + timedelta(days=days)


def a_lead() -> User:
    """Return a lead, the same in a test each time it asks."""
    found = User.objects.holding([Role.LEAD]).order_by("pk").first()
    return found or grant(Role.LEAD, email="lead@team.example")


def kept(**cells: Any) -> dict[str, Any]:
    """Return a member as a transition keeps it."""
    usual = {
        "office": "echevin", "rank": None, "first_name": "", "last_name": "", "email": "", "phone": "",
        "language": "", "portfolios": [],
    }  # fmt: skip
    return {**usual, **cells}


def a_transition(*rows: dict[str, Any], days: int = 10) -> CollegeTransition:
    """Return a prepared transition of commune A: a new bourgmestre, and the échevine of trade goes on."""
    usual = (kept(**MAYOR), kept(**{**NADIA, "rank": 1, "portfolios": ["trade", "works"]}))
    return CollegeTransition.prepare(
        by=a_lead(),
        commune=Commune.objects.get(pk=COMMUNE_A),
        starts_on=in_days(days),
        rows=list(rows or usual),
    )


def digest() -> str:
    """Return the digest of what the only transition changes."""
    return CollegeTransition.objects.get().turnover().digest
