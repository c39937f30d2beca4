"""`export_person EMAIL`: all that the portal knows of somebody, as JSON."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hubportal.accounts.forgetting import as_json_text, known, subject_of
from hubportal.accounts.journal import Kind, journal


class Command(BaseCommand):
    """Prints what a person may ask for (GDPR, articles 15 and 20)."""

    help = "Print all that is known of the person with this address, or of the address, as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address."""
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        """Export."""
        subject = subject_of(options["email"])
        found = known(subject)
        if not found:
            raise CommandError("Nothing is known of this address.")
        journal(Kind.EXPORTED, None, subject.user, what="personal data", format="json")
        self.stdout.write(as_json_text(found))
