"""An answer to a relay note: to one of its items, or to one concern of it; published, it comes back to all."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communes.models import Commune
from hubportal import search
from hubportal.accounts.models import User
from hubportal.workflow import Step, Transition
from spoc import deadlines
from spoc.faq import emails
from spoc.models import checks, confidential
from spoc.models.answer_facts import AnswerFacts
from spoc.models.answer_queryset import AnswerQuerySet, follows_answers
from spoc.models.answer_rules import ANSWER_CONSTRAINTS, ANSWER_INDEXES
from spoc.models.answer_table import ANSWER_TRANSITIONS
from spoc.models.concern_choices import AnswerStatus
from spoc.models.parties import is_lead
from spoc.models.relay_item import RelayPart, RelayPartQuerySet


class Answer(AnswerFacts):
    """What the addressee of a note says. From it nothing leads to a concern: `part` is a number in its item."""

    Status = AnswerStatus
    TRANSITIONS = ANSWER_TRANSITIONS

    objects = search.WithoutWords.from_queryset(AnswerQuerySet)()

    class Meta:
        verbose_name = _("answer to a relay note")
        verbose_name_plural = _("answers to relay notes")
        ordering = ["-given_at", "-pk"]
        constraints = ANSWER_CONSTRAINTS
        indexes = ANSWER_INDEXES

    def __str__(self) -> str:
        return self.question or f"{self.note.reference}, {self.item}"

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("spoc:answer-detail", args=[self.pk])

    def heading_for(self, user: User) -> str:
        """Return what stands above it: its question; without one, to whoever reads notes, what it answers there."""
        if self.question or not follows_answers(user):
            return self.question or str(_("Answer of the Region"))
        place = f"{self.item.number}.{self.part}" if self.part else f"{self.item.number}."
        return f"{place} {self.item.title}"

    @property
    def is_complete(self) -> bool:
        """Whether it is written in both languages, so that it can be published."""
        return bool(self.text_fr and self.text_nl)

    @property
    def is_to_publish(self) -> bool:
        """Whether a lead may publish it now: it is written in both languages, and not published yet."""
        return self.status == AnswerStatus.GIVEN and self.is_complete

    @property
    def is_to_complete(self) -> bool:
        """Whether it is given in one language only."""
        return self.status == AnswerStatus.GIVEN and not self.is_complete

    def is_to_review(self, on: date | None = None) -> bool:
        """Tell whether somebody is to say if it is still valid."""
        day = on or timezone.localdate()
        return self.status == AnswerStatus.PUBLISHED and self.review_on is not None and self.review_on <= day

    # --- Who may take which step -------------------------------------------------------------------------------

    def can_be_publish_by(self, user: User) -> bool:
        """Tell whether a person may publish it: a lead, who sees that it names no confidential concern."""
        return is_lead(user)

    def can_be_complete_by(self, user: User) -> bool:
        """Tell whether a person may write at it: staff, and the addressee, until it is published."""
        return bool(self.note.is_answerable_by(user))

    can_be_put_in_faq_by = can_be_publish_by

    def can_be_review_by(self, user: User) -> bool:
        """Tell whether a person may say that it is still valid: a lead, and the addressee."""
        return is_lead(user) or self.note.is_addressee(user)

    can_be_withdraw_by = can_be_review_by

    def can_be_reworded_by(self, user: User) -> bool:
        """Tell whether a person may change what is said: what the addressee wrote here, only they."""
        return self.is_recorded or self.note.is_addressee(user)

    def next_steps(self, user: AbstractBaseUser) -> list[Step]:
        """Return the steps that the state and the person allow; in one language it is completed, not published."""
        steps = [step for step in super().next_steps(user) if self.is_complete or step.verb != "publish"]
        return [
            replace(step, label=line.label) if (line := self.line_of(step.verb)) else step for step in steps
        ]

    def line_of(self, verb: str) -> Transition | None:
        """Return the line of a step; what answers a question for all communes already gets another question."""
        line = super().line_of(verb)
        is_open = self.status == AnswerStatus.PUBLISHED and bool(self.question_fr)
        if line and is_open and verb == "put_in_faq":
            return replace(line, label=_("Change the question"))
        return line

    def parts(self, by: User) -> RelayPartQuerySet:
        """Return the concerns that it answers, to the agency; none to others. No template can call it."""
        rows = RelayPart.objects.visible_to(by).filter(item=self.item_id, number__isnull=False)
        if self.part is not None:
            return rows.filter(number=self.part)
        alone = Answer.objects.published().filter(item=self.item_id, part__isnull=False)
        return rows.exclude(number__in=alone.order_by().values("part"))

    def question_to_take_over(self) -> dict[str, Any]:
        """Return the question for all communes, by column, that comes to it when it is published; often none."""
        older = None if self.question_fr else Answer.objects.faq().to_the_same(self).first()
        return {"question_fr": older.question_fr, "question_nl": older.question_nl} if older else {}

    def question_to_begin_with(self, user: User) -> dict[str, Any]:
        """Return the question for all communes that a form begins with, by column: its own, or the former one.

        What was withdrawn may have answered a question for all: that one is asked still.
        """
        rows = Answer.objects.visible_to(user).to_the_same(self).exclude(question_fr="")
        former = None if self.question_fr else rows.order_by("-published_at", "-pk").first()
        asked = former or self
        return {"question_fr": asked.question_fr, "question_nl": asked.question_nl}

    # --- Steps -------------------------------------------------------------------------------------------------

    @transaction.atomic
    def complete(
        self,
        *,
        by: User,
        text_fr: str,
        text_nl: str,
        question_fr: str = "",
        question_nl: str = "",
        version: int | None = None,
    ) -> None:
        """Write it in both languages; `version`: `steps_taken` when it was read, so that nobody writes over another."""
        self._begin_after_its_note("complete", by)
        checks.unchanged(self, version)
        texts = {"text_fr": text_fr, "text_nl": text_nl}
        texts |= {"question_fr": question_fr, "question_nl": question_nl}
        self._keeps_what_was_said(by, texts)
        self._move("complete", by, **self._checked(texts, by))

    @transaction.atomic
    def publish(self, *, by: User, review_on: date | None = None, version: int | None = None) -> None:
        """Let the communes concerned read it; what was published to the same before is replaced, also in the FAQ.

        `version`: `steps_taken` when it was read, so that nobody publishes words that they did not see.
        """
        self._begin_after_its_note("publish", by)
        checks.unchanged(self, version)
        if not self.is_complete:
            missing = "text_nl" if self.text_fr else "text_fr"
            words = _("Write the answer in French and in Dutch before it is published.")
            raise ValidationError({missing: ValidationError(words, "one_language")})
        self._checked(
            {name: getattr(self, name) for name in ("text_fr", "text_nl", "question_fr", "question_nl")}, by
        )
        now, today = timezone.now(), timezone.localdate()
        day = _ahead(review_on, today) if review_on else deadlines.review_on(today)
        # The question for all communes stays answered: the newer one takes it over, unless it has its own.
        facts: dict[str, Any] = {**self.question_to_take_over()}
        if self.question_fr or facts:
            facts["opened_at"] = now
        for older in Answer.objects.published().to_the_same(self).order_by("pk"):
            older.supersede(successor=self)
        self._move("publish", by, published_at=now, published_by=by, review_on=day, **facts)
        emails.published(self, by)

    @transaction.atomic
    def put_in_faq(self, *, by: User, question_fr: str, question_nl: str) -> None:
        """Write the question that it answers for all communes, without saying who asked it."""
        self._begin_after_its_note("put_in_faq", by)
        texts = {
            "question_fr": checks.needed(question_fr, "question_fr"),
            "question_nl": checks.needed(question_nl, "question_nl"),
        }
        # Another question for what is open already is no news.
        self.opened_at = self.opened_at or timezone.now()
        self._move("put_in_faq", by, opened_at=self.opened_at, **self._checked(texts, by))

    @transaction.atomic
    def review(self, *, by: User, review_on: date) -> None:
        """Say that it is still valid, and when to ask again."""
        self._begin("review", by)
        self._move("review", by, review_on=_ahead(review_on, timezone.localdate()))

    @transaction.atomic
    def withdraw(self, *, by: User, reason: str) -> None:
        """Say that it is not valid any more; whoever was told keeps what they were told."""
        self._begin_after_its_note("withdraw", by)
        told = checks.needed(reason, "reason")
        # Cabinet and task force read it, and the communes to whose SPOC a concern comes back. Who may not know which
        # name is one too many names none that the note does not: else the refusal would tell it.
        if self.note.is_addressee(by):
            unnamed = RelayPart.objects.filter(item__note=self.note_id).unnamed_communes()
            confidential.refuse({"reason": told}, unnamed, confidential.not_in_the_note)
        else:
            confidential.refuse({"reason": told}, self._hidden())
        self._move("withdraw", by, withdraw_reason=told, comment=told)
        self.note.after_withdrawal(told)

    @transaction.atomic
    def supersede(self, *, successor: "Answer", by: None = None) -> None:
        """Give way to a newer answer to the same."""
        self._lock()
        self._move("supersede", by, superseded_by=successor)

    # --- Parts of the steps ------------------------------------------------------------------------------------

    def _begin_after_its_note(self, verb: str, by: User) -> None:
        """Lock the note before the answer, as who answers does: so nobody waits for somebody who waits for them."""
        self.note._lock()
        self._begin(verb, by)

    def _checked(self, texts: dict[str, str], by: User) -> dict[str, Any]:
        """Return the texts, without white space around them; refuse what is too long or names a confidential one.

        Not what the addressee writes: a refusal of some names only would tell them whose a concern is. A lead, who
        knows, does not publish it.
        """
        found: dict[str, Any] = {name: text.strip() for name, text in texts.items()}
        if not self.note.is_addressee(by):
            confidential.refuse(found, self._hidden())
        for name, text in found.items():
            setattr(self, name, text)
        self.full_clean(exclude=["note", "item", "given_by", "published_by"])
        return found

    def _keeps_what_was_said(self, by: User, texts: Mapping[str, str]) -> None:
        """Refuse that staff put other words into the addressee's mouth: they add the language that is missing."""
        if self.can_be_reworded_by(by):
            return
        said = {"text_fr": self.text_fr, "text_nl": self.text_nl}
        words = _("This is what the addressee said: only they change it. Add what is missing.")
        other = [name for name, text in said.items() if text and texts[name].strip() != text]
        if other:
            raise ValidationError({name: ValidationError(words, "not_ours") for name in other})

    def _hidden(self) -> list[Commune]:
        """Return the communes that no word about this answer may name: of the whole note, its other items too."""
        return RelayPart.objects.filter(item__note=self.note_id).hidden_communes()


def _ahead(day: date, today: date) -> date:
    if day <= today:
        raise ValidationError({"review_on": _("Choose a day to come.")})
    return day
