"""Answers of the Region for tests: given, published and opened to all communes, by their verbs."""

from typing import Any

from hubportal.accounts.models import User
from spoc.models import Answer, Concern, RelayNote
from tests.spoc.concerns.stories import QUESTIONS, TEXTS, a_letter, published, relayed

OTHER_QUESTION = {"question_fr": "Qui paie l’éclairage ?", "question_nl": "Wie betaalt de verlichting?"}
OTHER_TEXTS = {"text_fr": "La Région paie.", "text_nl": "Het Gewest betaalt."}


def given(by: User, spoc: User, lead: User, **texts: str) -> tuple[Concern, RelayNote, Answer]:
    """Return a concern that was relayed, its note, and the answer to it, which is not published."""
    row, note = relayed(by, spoc, lead)
    texts = texts or {"text_fr": "Deux mètres.", "text_nl": "Twee meter."}
    return row, note, note.answer(by=lead, item=1, upload=a_letter(), on_behalf_of="Task force", **texts)


def for_all(by: User, spoc: User, lead: User, number: int = 0, **facts: Any) -> Answer:
    """Return an answer that is published and answers a question for all communes."""
    texts = facts.pop("texts", {})
    questions = facts.pop("questions", QUESTIONS)
    _row, note = relayed(by, spoc, lead, **{"title": f"Terrasses {number}", **facts})
    found = published(note, lead, **texts)
    found.put_in_faq(by=lead, **questions)
    return found


def two_answers(by: User, spoc: User, lead: User) -> None:
    """Make an answer published to the communes concerned, with the key 19, and one just given, with the key 20."""
    for pk in (19, 20):
        _row, note = relayed(by, spoc, lead, title=f"Terrasses {pk}")
        found = note.answer(by=lead, item=1, upload=a_letter(), on_behalf_of="Task force", **TEXTS)
        # Nothing names it yet.
        Answer.objects.filter(pk=found.pk).update(id=pk)
    Answer.objects.get(pk=19).publish(by=lead)
