"""Answers to relay notes, by who may see them and by where they are."""

from collections.abc import Collection
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from communes.models.mandate import communes_of
from hubportal import search
from hubportal.accounts.models import User
from spoc.models.answer_rules import IN_FAQ
from spoc.models.concern_choices import AnswerStatus
from spoc.models.parties import reads_notes
from spoc.models.relay_item import RelayPart


def follows_answers(user: User) -> bool:
    """Tell whether a person reads every answer today, published or not: the agency, cabinet and task force do."""
    return reads_notes(user)


def reads_answers(user: User) -> bool:
    """Tell whether a person reads any answer today: whoever follows them all, and who acts for a commune."""
    return follows_answers(user) or bool(communes_of(user))


class AnswerQuerySet(models.QuerySet[Any]):
    """Answers."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency, cabinet and task force; to a commune what was published to it, and the FAQ."""
        if follows_answers(user):
            return self
        own = communes_of(user)
        return self.readable_in(own) if own else self.none()

    def readable_in(self, communes: Collection[str]) -> Self:
        """Return what the people of these communes may read: what was published to one of them, and the FAQ."""
        # What fell out before the note was sent was not answered.
        sent = RelayPart.objects.filter(number__isnull=False)
        theirs = sent.filter(item=OuterRef("item"), concern__commune__in=communes)
        of_the_item = Q(Exists(theirs), part__isnull=True)
        of_the_concern = Q(Exists(theirs.filter(number=OuterRef("part"))))
        to_them = Q(status=AnswerStatus.PUBLISHED) & (of_the_item | of_the_concern)
        return self.filter(IN_FAQ | to_them)

    def addressed_to(self, user: User) -> Self:
        """Return those to notes of which a person is the addressee today."""
        notes = self.model._meta.get_field("note").related_model._default_manager
        return self.filter(note__in=notes.addressed_to(user).order_by().values("pk"))

    def valid(self) -> Self:
        """Return what the addressee has said and still says, published or not."""
        return self.filter(status__in=[AnswerStatus.GIVEN, AnswerStatus.PUBLISHED])

    def given(self) -> Self:
        """Return those given that are not published yet, in one language or in both."""
        return self.filter(status=AnswerStatus.GIVEN)

    def to_publish(self) -> Self:
        """Return those that a lead may publish now: given, and written in both languages."""
        return self.given().exclude(text_fr="").exclude(text_nl="")

    def to_complete(self) -> Self:
        """Return those given in one language only."""
        return self.given().filter(Q(text_fr="") | Q(text_nl=""))

    def published(self) -> Self:
        """Return those that are published."""
        return self.filter(status=AnswerStatus.PUBLISHED)

    def faq(self) -> Self:
        """Return those that answer a question for all communes, the ones opened to them last first."""
        return self.filter(IN_FAQ).order_by("-opened_at", "-pk")

    def to_part(self, part: RelayPart) -> Self:
        """Return those to one concern of a note: its own before that of its item."""
        rows = self.filter(Q(part__isnull=True) | Q(part=part.number), item=part.item_id)
        return rows.order_by(F("part").asc(nulls_last=True), "-pk")

    def to_the_same(self, answer: Any) -> Self:
        """Return the other answers to what an answer is given to: its item, or the same concern of it."""
        return self.filter(item=answer.item_id, part=answer.part).exclude(pk=answer.pk)

    def to_review(self, on: date | None = None) -> Self:
        """Return those of which is to be asked whether they are still valid: their day has come."""
        return self.published().filter(review_on__lte=on or timezone.localdate())

    def search(self, text: str) -> Self:
        """Return those whose question or text hold the words; give it only what the reader may see."""
        return self.filter(search.matches(text))

    def similar_to(self, text: str, theme: str) -> Self:
        """Return those that share two words with a text, or one on its theme, the most alike first.

        Give it only what the reader may see.
        """
        found: Self = search.alike(self, text, near=Q(item__theme=theme))
        return found.order_by("-likeness", "-published_at", "-pk")

    def to_the_part(self) -> Exists:
        """Return the condition, on concerns in notes, that one of these answers it or its item."""
        to_it = Q(part__isnull=True) | Q(part=OuterRef("number"))
        return Exists(self.order_by().filter(to_it, item=OuterRef("item")))
