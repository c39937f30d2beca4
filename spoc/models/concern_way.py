"""Where a concern went and what may answer it: notes, answers, and the steps that they leave."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from hubportal.accounts.models import User
from hubportal.workflow import Stateful, Step
from spoc.models.answer import Answer
from spoc.models.answer_queryset import AnswerQuerySet
from spoc.models.concern_answer import ConcernAnswer
from spoc.models.concern_choices import ConcernStatus
from spoc.models.concern_parties import ConcernParties
from spoc.models.relay_item import Relayed, RelayPart


class ConcernWay(ConcernParties, Stateful):
    """A concern, seen from the notes with which it left and the answers that there are."""

    answers: Any

    class Meta:
        abstract = True

    def next_steps(self, user: AbstractBaseUser) -> list[Step]:
        """Return the steps that the state and the person allow; nothing is passed on before the Region has answered."""
        return [step for step in super().next_steps(user) if step.verb != "answer" or self._has_answer()]

    def known_answers(self, user: User) -> AnswerQuerySet:
        """Return the published answers that may answer it: this person may read them, and its commune may, too."""
        found: AnswerQuerySet = Answer.objects.visible_to(user).published().readable_in([self.commune_id])
        return found

    @property
    def words(self) -> str:
        """All that its commune wrote in it: what resembles it resembles this."""
        return f"{self.title} {self.text}"

    def answers_like_it(self, user: User) -> AnswerQuerySet:
        """Return those of the known answers that resemble it, the most alike first."""
        return self.known_answers(user).similar_to(self.words, self.theme_id)

    def open_part(self) -> RelayPart | None:
        """Return the part of a note in which it stands and waits, the note written or sent; agency only."""
        return RelayPart.objects.filter(concern=self.pk, is_open=True).select_related("item__note").first()

    def part_to_answer(self) -> RelayPart | None:
        """Return the part of a note that its answer answers: where it waits, or where it was answered last."""
        told = None if self.status == ConcernStatus.RELAYED else self.last_answer
        if told is None or told.item_id is None:
            return self.open_part()
        return RelayPart.objects.filter(concern=self.pk, item=told.item_id, number__isnull=False).first()

    def answers_to_pass_on(self) -> list[Answer]:
        """Return the published answers to it, its own before that of its item; none when its commune was told that."""
        part, told = self.part_to_answer(), self.last_answer
        known = list(Answer.objects.published().to_part(part)) if part else []
        is_news = self.status == ConcernStatus.RELAYED or not told or told.source not in known[:1]
        return known if is_news else []

    def relays(self) -> list[Relayed]:
        """Return the notes with which it left, the last one first: what its commune may know of each. One query."""
        found = RelayPart.objects.filter(concern=self.pk, number__isnull=False).order_by(
            "-item__note__sent_at"
        )
        columns = ("addressee", "addressee_name", "sent_at", "due_on", "status")
        rows = found.values_list(
            "item__note",
            "item__note__reference",
            *(f"item__note__{name}" for name in columns),
            "title",
            "text",
            "is_anonymous",
        )
        return [Relayed(*row) for row in rows]

    @property
    def last_answer(self) -> ConcernAnswer | None:
        """What its commune was answered last; None before the first answer."""
        found: ConcernAnswer | None = self.answers.order_by("told_at", "pk").last()
        return found

    def _has_answer(self) -> bool:
        """Tell whether an answer waits to be passed on; rows read `with_turns` know it already."""
        known: bool | None = getattr(self, "has_answer", None)
        return bool(self.answers_to_pass_on()) if known is None else known
