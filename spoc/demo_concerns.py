"""The demonstration's concerns: the spring of 2020, answered and in the FAQ; and the present, in each state.

Everything goes through the verbs, on its day, by whoever held the right that day.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Final

from django.utils import timezone

from hubportal.businessdays import add_business_days
from spoc import deadlines
from spoc import demo_concern_present as present
from spoc import demo_concern_texts as texts
from spoc.demo_clock import Play
from spoc.demo_concern_acts import Gathered, begin, give, person, put_in_faq, raise_one, raiser, spoc
from spoc.demo_concern_texts import Letter, Raised
from spoc.models import Answer, Concern, ConcernTheme, RelayNote

TERM: Final = 7
"""Business days that a note of 2020 left for its answer."""


def load(today: date) -> None:
    """Fill an empty database; later do nothing."""
    if Concern.objects.exists():
        return
    ConcernTheme.objects.load()
    play = Play(today)
    for letter in texts.LETTERS:
        _Relayed(play, letter).plan()
    _reviews(play)
    _Present(play).plan()
    play.run()


class _Relayed:
    """A note of 2020: sent, acknowledged, answered; passed on to each commune and closed."""

    def __init__(self, play: Play, letter: Letter) -> None:
        self.play, self.letter = play, letter
        self.subjects = [Gathered(subject) for subject in letter.subjects]
        self.note: RelayNote

    def plan(self) -> None:
        """Plan all of it."""
        letter, sent = self.letter, self.play.day(self.letter.sent)
        answered = self.play.day(letter.answered)
        for subject in self.subjects:
            subject.plan(self.play)
        self.play.plan(sent, self._write)
        self.play.plan(add_business_days(sent, 1), lambda: self.note.acknowledge(by=person(letter.addressee)))
        self.play.plan(answered, self._answer)
        self.play.plan(add_business_days(answered, 1), self._publish)
        self.play.plan(add_business_days(answered, 2), self._pass_on)
        if self.letter == texts.LETTERS[-1]:
            self.play.plan(add_business_days(answered, 7), self._answer_again)
        self.play.plan(letter.closed, self._close)

    def _write(self) -> None:
        lead, letter = person("lead"), self.letter
        due = add_business_days(timezone.localdate(), TERM)
        self.note = begin(lead, letter.addressee, due, (letter.introduction_fr, letter.introduction_nl))
        for subject in self.subjects:
            subject.put_into(self.note, lead)
        self.note.send(by=lead)

    def _answer(self) -> None:
        for number, subject in enumerate(self.subjects, 1):
            give(self.note, number, deadlines.held(subject.subject.told), by=person(self.letter.addressee))
        if self.letter == texts.LETTERS[-1]:
            give(self.note, 2, texts.TO_ONE_OF_THEM, part=4, by=person("lead"))

    def _publish(self) -> None:
        for row in Answer.objects.filter(note=self.note).given().order_by("pk"):
            row.publish(by=person("lead"))
        for number, subject in enumerate(self.subjects, 1):
            put_in_faq(self.note, number, subject.subject.told)

    def _answer_again(self) -> None:
        give(self.note, 1, texts.TERRACES_AGAIN, by=person(self.letter.addressee))
        for row in Answer.objects.filter(note=self.note).given().order_by("pk"):
            row.publish(by=person("lead"))
        put_in_faq(self.note, 1, texts.TERRACES_AGAIN)

    def _pass_on(self) -> None:
        for subject in self.subjects:
            subject.passed_on(subject.concerns)

    def _close(self) -> None:
        for subject in self.subjects:
            subject.closed(subject.concerns)
        self.note.close(by=person("lead"))


def _reviews(play: Play) -> None:
    """Let the answers of 2020 have been looked at again: one was withdrawn, of one it is asked now."""

    def withdraw() -> None:
        found = Answer.objects.published().get(item__theme="rents")
        found.withdraw(by=person("lead"), reason=texts.NOT_VALID_ANY_MORE)

    def review() -> None:
        faq = Answer.objects.faq().filter(published_at__year=2020).order_by("published_at", "pk")
        for row, days in zip(faq, present.STILL_VALID, strict=True):
            row.review(by=person("lead"), review_on=play.today + timedelta(days=days))
        for row in Answer.objects.published().filter(question_fr="", published_at__year=2020).order_by("pk"):
            row.review(by=person("lead"), review_on=play.today + timedelta(days=90))

    play.plan(date(2020, 7, 2), withdraw)
    play.plan(45, review)


class _Present:
    """What goes on now: a note that waits, one just answered, one being written, and concerns in no note."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.metro, self.deliveries = Gathered(present.METRO), Gathered(present.DELIVERIES)
        self.cartons = Gathered(present.CARTONS)
        self.answered = [Gathered(found) for found in (present.ENERGY, present.SIGNS, present.HEATERS)]

    def plan(self) -> None:
        """Plan all of it."""
        for subject in (self.metro, self.deliveries, self.cartons, *self.answered):
            subject.plan(self.play)
        self._letters()
        self._others()

    def _letters(self) -> None:
        plan = self.play.plan
        plan(9, lambda: self._send("cabinet", present.METRO_INTRODUCTION, [self.metro]))
        plan(30, lambda: self._send("taskforce", present.ENERGY_INTRODUCTION, self.answered))
        plan(27, lambda: self._last_of("taskforce").acknowledge(by=person("taskforce")))
        plan(16, self._answer)
        plan(14, self._publish)
        plan(3, lambda: self._write("cabinet", present.DRAFT_INTRODUCTION, self.deliveries))
        plan(2, lambda: self._write("taskforce", present.CARTONS_INTRODUCTION, self.cartons))

    def _send(self, addressee: str, introduction: tuple[str, str], subjects: list[Gathered]) -> None:
        lead, day = person("lead"), timezone.localdate()
        note = begin(lead, addressee, deadlines.note_due_on(day), introduction)
        for subject in subjects:
            subject.put_into(note, lead)
        note.send(by=lead)

    def _last_of(self, addressee: str) -> RelayNote:
        return RelayNote.objects.filter(addressee=addressee).latest("made_at", "pk")

    def _answer(self) -> None:
        note = self._last_of("taskforce")
        for number, subject in enumerate(self.answered, 1):
            give(note, number, deadlines.held(subject.subject.told), by=person("taskforce"))

    def _publish(self) -> None:
        """Publish the first answer; all but one of its SPOCs have passed it on, and one commune is content."""
        note, energy = self._last_of("taskforce"), self.answered[0]
        Answer.objects.to_publish().get(note=note, item__number=1).publish(by=person("lead"))
        put_in_faq(note, 1, energy.subject.told)
        told = [row for row in energy.concerns if row.commune_id != "21012"]
        energy.passed_on(told)
        energy.closed([row for row in told if row.commune_id == "21002"])

    def _write(self, addressee: str, introduction: tuple[str, str], subject: Gathered) -> None:
        """Begin a note that is not sent."""
        lead = person("lead")
        due = deadlines.note_due_on(self.play.today)
        subject.put_into(begin(lead, addressee, due, introduction), lead)

    def _others(self) -> None:
        """Let each be raised, and taken to where it is by the next act of its day."""
        others, plan = present.OTHERS, self.play.plan
        for found in others.to_qualify:
            plan(found.day, partial(raise_one, found, "other"))
        ends: tuple[tuple[Raised, str, Callable[[Concern], object]], ...] = (
            (others.qualified, "safety", lambda row: row.qualify(by=spoc(row.commune_id))),
            (others.answered, "opening", _answering(present.LOCALLY)),
            (others.closed, "opening", _answering(present.MODEL)),
            (others.declined, "support", _declining),
            (others.withdrawn, "support", _withdrawing),
        )
        for found, theme, act in ends:
            plan(found.day, partial(raise_one, found, theme))
            plan(found.day, partial(_with, found, act))
        plan(5, self._ask)
        plan(28, self._content)

    def _ask(self) -> None:
        row = Concern.objects.get(title=present.OTHERS.qualified.title)
        row.ask(by=spoc("21010"), question=present.QUESTION)
        row.write(by=spoc("21010"), text=present.NOTE, is_public=False)

    def _content(self) -> None:
        row = Concern.objects.get(title=present.OTHERS.closed.title)
        row.close(by=raiser("21013"))


def _with(found: Raised, act: Callable[[Concern], object]) -> None:
    act(Concern.objects.get(title=found.title))


def _answering(text: str) -> Callable[[Concern], object]:
    return lambda row: row.answer_locally(by=spoc(row.commune_id), text=text)


def _declining(row: Concern) -> None:
    row.decline_relay(by=spoc(row.commune_id), reason=present.DECLINED)


def _withdrawing(row: Concern) -> None:
    row.withdraw(by=raiser(row.commune_id), reason=present.WITHDRAWN)
