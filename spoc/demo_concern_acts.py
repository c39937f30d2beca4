"""Who plays in the demonstration's concerns, and what they do: raise, qualify and group; write notes, answer them."""

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Final

from django.core.files.uploadedfile import SimpleUploadedFile

from communes.models import Assignment, Commune, Mandate
from hubportal.accounts import demo as accounts
from hubportal.accounts.models import User
from spoc import demo_concern_texts as texts
from spoc.demo_clock import Play
from spoc.demo_concern_texts import Raised, Subject, Told
from spoc.models import Answer, Concern, ConcernGroup, ConcernTheme, RelayNote


def person(key: str) -> User:
    """Return a one-click account, without what it knew of another day's rights."""
    return accounts.people()[key]


def raiser(nis: str) -> User:
    """Return who speaks for a commune on the day of the play: of the college, whoever holds trade first."""
    mandates = Mandate.objects.valid().filter(commune=nis, user__is_active=True)
    rows = mandates.select_related("user")
    return min(rows, key=lambda row: ("trade" not in row.portfolios, row.rank or 0, row.pk)).user


def spoc(nis: str) -> User:
    """Return the SPOC of a commune on the day of the play."""
    return Assignment.objects.valid().select_related("user").get(commune=nis).user


def raise_one(found: Raised, theme: str) -> Concern:
    """Raise a concern by its commune."""
    facts = found._asdict()
    del facts["day"], facts["reworded"]
    commune = Commune.objects.get(pk=facts.pop("nis"))
    return Concern.objects.raise_one(
        by=raiser(found.nis), commune=commune, theme=ConcernTheme.objects.get(pk=theme), **facts
    )


class Gathered:
    """A subject: raised by its communes, qualified by their SPOCs and put into one group."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.concerns: list[Concern] = []
        self.group: ConcernGroup | None = None

    def plan(self, play: Play) -> None:
        """Plan when each is raised, and qualified a little later."""
        for found in self.subject.raised:
            play.plan(found.day, partial(self.raised, found))
            play.plan(found.day, partial(self.qualified, found))

    def raised(self, found: Raised) -> None:
        """Raise one of its concerns."""
        self.concerns.append(raise_one(found, self.subject.theme))

    def qualified(self, found: Raised) -> None:
        """Qualify it; the first of several begins their group."""
        concern = next(row for row in self.concerns if row.title == found.title)
        if len(self.subject.raised) > 1 and self.group is None:
            self.group = ConcernGroup.objects.begin(
                by=spoc(found.nis), title_fr=self.subject.title_fr, title_nl=self.subject.title_nl,
                theme=concern.theme,
            )  # fmt: skip
        concern.qualify(by=spoc(found.nis), group=self.group)

    def put_into(self, note: RelayNote, lead: User) -> None:
        """Make it an item of a note."""
        words = {name: getattr(self.subject, name) for name in _WORDS}
        if self.group:
            item = note.add_group(by=lead, group=self.group)
        else:
            item = note.add_concern(by=lead, concern=self.concerns[0])
        note.write_item(by=lead, item=item, **words)
        others = {found.title: found.reworded for found in self.subject.raised if found.reworded}
        for part in note.parts(lead).filter(item=item, title__in=others).in_order():
            note.reword(by=lead, part=part, title=part.title, text=others[part.title])

    def passed_on(self, rows: Iterable[Concern]) -> None:
        """Let the SPOC of each pass the answer on."""
        for row in rows:
            row.answer(by=spoc(row.commune_id))

    def closed(self, rows: Iterable[Concern]) -> None:
        """Let each commune say that it helps; they open the answer for that."""
        for row in rows:
            by = raiser(row.commune_id)
            if row.last_answer:
                row.last_answer.note_read(by)
            row.close(by=by)


_WORDS: Final = ("title_fr", "title_nl", "summary_fr", "summary_nl")


def begin(lead: User, addressee: str, due_on: date, introduction: tuple[str, str]) -> RelayNote:
    """Begin a note, with its introduction."""
    note = RelayNote.objects.begin(by=lead, addressee=addressee, due_on=due_on)
    fr, nl = introduction
    note.change(by=lead, addressee=addressee, due_on=due_on, introduction_fr=fr, introduction_nl=nl)
    return note


def give(note: RelayNote, item: int, told: Told, *, by: User, part: int | None = None) -> None:
    """Answer an item, or a concern of it; staff with the document from which they record it."""
    give_it = partial(note.answer, by=by, item=item, part=part, text_fr=told.text_fr, text_nl=told.text_nl)
    if note.is_addressee(by):
        give_it()
    else:
        source = SimpleUploadedFile("reunion-vergadering.txt", texts.SOURCE)
        give_it(upload=source, on_behalf_of="Joris Meulendijk")


def put_in_faq(note: RelayNote, item: int, told: Told | None) -> None:
    """Let the answer to an item answer its question for all communes, where it has one."""
    if told is not None and told.question_fr:
        row = Answer.objects.published().get(note=note, item__number=item, part=None)
        row.put_in_faq(by=person("lead"), question_fr=told.question_fr, question_nl=told.question_nl)
