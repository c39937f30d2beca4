"""`manage.py load_demo`: fill the database with the demonstration; twice changes nothing."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone, translation

from hubportal.accounts.demo import PASSWORD, one_click
from hubportal.accounts.models import User
from hubportal.composition import modules
from hubportal.models import Installation


class Command(BaseCommand):
    help = "Fill the database with invented people and their work (demonstration only)."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("load_demo: only in the demonstration (HUBPORTAL_DEMO=1)")
        mark_as_demo()
        for module in modules("demo"):
            module.load(timezone.localdate())
        if options["verbosity"]:
            self._say_who_is_there()

    def _say_who_is_there(self) -> None:
        self.stdout.write(f"demo accounts: one click on the sign-in page, or the password “{PASSWORD}”")
        for account in one_click():
            with translation.override("en"):
                self.stdout.write(f"demo accounts: {account.email:<40} {account.label}")


def mark_as_demo() -> None:
    """Mark the database as a demonstration's; CommandError when real people may be in it."""
    installation = Installation.objects.filter(pk=1).first()
    if installation is not None and installation.is_demo:
        return
    if User.objects.exists():
        raise CommandError(
            "load_demo: this database holds people and is not a demonstration: nothing was changed"
        )
    Installation.objects.update_or_create(pk=1, defaults={"is_demo": True})
