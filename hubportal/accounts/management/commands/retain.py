"""`retain [--dry-run]`: forget what is old enough, as a tick does once a day."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from hubportal.accounts.forgetting import retain


class Command(BaseCommand):
    """Runs the retention periods."""

    help = "Forget what the retention periods let go; print how many rows of each rule."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the choice to only count."""
        parser.add_argument("--dry-run", action="store_true", help="only say how many rows")

    def handle(self, *args: Any, **options: Any) -> None:
        """Forget."""
        done = retain(timezone.now(), dry_run=options["dry_run"])
        for name, count in done.rows.items():
            self.stdout.write(f"{name}: {count}")
        if done.failed:
            raise CommandError(f"Failed, see the log: {', '.join(done.failed)}")
