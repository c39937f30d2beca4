"""`manage.py tick`: one beat by hand."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from hubportal.tick import tick


class Command(BaseCommand):
    help = "Do everything that is due now, as beat does each minute."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, count in tick(timezone.now()).items():
            self.stdout.write(f"{name}: {count}")
