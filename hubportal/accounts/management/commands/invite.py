"""`invite EMAIL --role admin`: the first account of a new installation, or one more."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from hubportal.accounts.invitations import invite, person_with_role
from hubportal.accounts.roles import Role


class Command(BaseCommand):
    """Grants a role from today, writes the invitation mail, and prints the link."""

    help = "Invite a person and print the link, which holds seven days and works once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address and the role."""
        parser.add_argument("email")
        parser.add_argument("--role", required=True, choices=Role.values)

    def handle(self, *args: Any, **options: Any) -> None:
        """Invite."""
        try:
            validate_email(options["email"])
        except ValidationError:
            raise CommandError(f"{options['email']} is not an e-mail address") from None
        user = person_with_role(options["email"], Role(options["role"]))
        self.stdout.write(invite(user, by=None))
