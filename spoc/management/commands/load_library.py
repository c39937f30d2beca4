"""`manage.py load_library`: the standard measures and answers, from the checked-in lists. Twice changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from spoc.models import StandardAnswer, StandardMeasure


class Command(BaseCommand):
    help = "Load the standard measures and answers that are not there yet; what leads changed stays."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        measures, answers = StandardMeasure.objects.load(), StandardAnswer.objects.load()
        if options["verbosity"]:
            self.stdout.write(f"{measures} standard measures and {answers} standard answers added")
