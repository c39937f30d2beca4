"""`manage.py load_communes`: the 19 communes, from the checked-in table. Twice changes nothing."""

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from communes.models import Commune

SOURCE = Path(__file__).resolve().parents[2] / "data" / "communes.csv"
KEPT = ("site", "mail_domains")
"""What a lead may have mended in the desk: the table fills these fields of a new commune only."""


class Command(BaseCommand):
    help = "Load the 19 communes; a row that is already so is not touched."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        known = Commune.objects.in_bulk()
        rows = list(read())
        changed = [row for row in rows if _is_new_or_other(row, known.get(row["nis"]))]
        for row in changed:
            fields = row if row["nis"] not in known else {k: v for k, v in row.items() if k not in KEPT}
            Commune.objects.update_or_create(nis=row["nis"], defaults=fields)
        if options["verbosity"]:
            self.stdout.write(f"{len(rows)} communes, {len(changed)} changed")


def read() -> Iterator[dict[str, Any]]:
    """Yield the fields of each commune of the table."""
    with SOURCE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield {
                "nis": row["nis"],
                "name_fr": row["name_fr"],
                "name_nl": row["name_nl"],
                "postal_codes": row["postal_codes"].split(";"),
                "population": int(row["population"]),
                "population_on": date.fromisoformat(row["population_date"]),
                "area_km2": Decimal(row["area_km2"]),
                "site": row["site_domain"],
                "mail_domains": [domain for domain in row["mail_domains"].split(";") if domain],
            }


def _is_new_or_other(row: dict[str, Any], known: Commune | None) -> bool:
    return known is None or any(getattr(known, name) != row[name] for name in row if name not in KEPT)
