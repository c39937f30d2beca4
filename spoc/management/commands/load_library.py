"""`manage.py load_library`: standard measures, standard answers, themes of concerns. Twice changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from spoc.models import ConcernTheme, StandardAnswer, StandardMeasure


class Command(BaseCommand):
    help = "Load standard measures, standard answers and themes that are not there yet; what leads changed stays."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        measures, answers = StandardMeasure.objects.load(), StandardAnswer.objects.load()
        themes = ConcernTheme.objects.load()
        if options["verbosity"]:
            self.stdout.write(
                f"{measures} standard measures, {answers} standard answers and {themes} themes of concerns added"
            )
