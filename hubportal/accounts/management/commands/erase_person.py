"""`erase_person EMAIL [--dry-run]`: forget how to reach somebody."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser

from hubportal.accounts.forgetting import erase, subject_of


class Command(BaseCommand):
    """Erases what the law on archives lets go (GDPR, article 17)."""

    help = "Forget address, telephone and ways in of a person; name, offices and their dates stay."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address."""
        parser.add_argument("email")
        parser.add_argument("--dry-run", action="store_true", help="only say how many rows")

    def handle(self, *args: Any, **options: Any) -> None:
        """Erase."""
        try:
            done = erase(subject_of(options["email"]), dry_run=options["dry_run"])
        except PermissionDenied as error:
            raise CommandError(str(error)) from error
        for name, count in done.items():
            self.stdout.write(f"{name}: {count}")
