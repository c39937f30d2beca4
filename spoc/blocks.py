"""What this app offers for the weekly edition: what the Region answered to all communes, once it was opened to them.

Only questions for all: an answer to the communes concerned stays with them.
"""

from datetime import date, timedelta
from typing import Any, Final

from django.utils.translation import get_language, gettext

from hubportal.blocks import Block, Section, in_both, literal
from spoc import deadlines
from spoc.models import Answer

CODE: Final = "answers"


def offers(since: date, until: date, leaves: date) -> list[Block]:
    """Return the questions and answers that were published, or opened to all communes, on one of these days.

    What is published is not announced: the day on which the edition leaves changes nothing.
    """
    begun, over = deadlines.start_of(since), deadlines.start_of(until + timedelta(days=1))
    found = list(Answer.objects.faq().filter(opened_at__gte=begun, opened_at__lt=over))
    return [in_both(CODE, lambda: _section(found))] if found else []


def _section(found: list[Any]) -> Section:
    """Return the section in the language of the moment."""
    return Section(gettext("What the Region answered"), "\n\n".join(_written(row) for row in found))


def _written(row: Answer) -> str:
    lines = row.text_in(get_language() or "fr").splitlines()
    paragraphs = [literal(line) for line in lines if line.strip()]
    return "\n\n".join([f"**{literal(row.question)}**", *paragraphs])
