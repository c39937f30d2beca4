"""Which answers of the Region are to be looked at again: leads are reminded once a week, of all of them at once."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from communes.recipients import leads
from hubportal.accounts.models import User
from spoc import deadlines
from spoc.models import Answer, AnswerReminder


class Review(NamedTuple):
    """A line of a reminder: an answer of which is to be said whether it is still valid."""

    answer: Answer


def to_review(today: date) -> Iterator[tuple[User, Review]]:
    """Yield the leads who were not reminded for a week, each with every answer whose day has come."""
    lately = today - timedelta(days=deadlines.REMIND_REVIEW)
    told = set(AnswerReminder.objects.filter(sent_on__gt=lately).order_by().values_list("user", flat=True))
    people = [person for person in leads(today) if person.pk not in told]
    rows = Answer.objects.to_review(today).select_related("note", "item").order_by("review_on", "pk")
    for answer in rows if people else ():
        yield from ((person, Review(answer)) for person in people)
