"""`forget_factors EMAIL`: for a colleague who lost telephone, passkey and recovery codes."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hubportal.accounts import factors
from hubportal.accounts.models import User


class Command(BaseCommand):
    """Takes every second factor off an account and ends its sessions; the journal has it."""

    help = "Take all second factors and recovery codes off an account, and end its sessions."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address."""
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        """Forget them."""
        user = User.objects.filter(email=options["email"].lower()).first()
        if user is None:
            raise CommandError(f"nobody is known by {options['email']}")
        count = factors.forget(user, by=None)
        self.stdout.write(
            f"{count} second factors are gone; the next sign-in asks for a new one if a role does"
        )
