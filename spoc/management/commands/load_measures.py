"""`manage.py load_measures`: the library of standard measures, from the checked-in list. Twice changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from spoc.models import StandardMeasure


class Command(BaseCommand):
    help = "Load the standard measures that are not there yet; what leads changed stays."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        added = StandardMeasure.objects.load()
        if options["verbosity"]:
            self.stdout.write(f"{added} standard measures added")
