"""Concerns and notes for tests: raised, grouped, relayed and answered by their verbs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from communes.models import Commune
from communes.models.mandate import people_of
from hubportal.accounts.models import Role, User
from spoc.models import Answer, Concern, ConcernGroup, ConcernTheme, RelayItem, RelayNote, RelayPart
from spoc.models.concern_choices import NOTE_UNSENT
from tests.cast import COMMUNE_A, MandateFactory, RoleGrantFactory, UserFactory
from tests.spoc.stories import everybody

CANARY = "canari-sureau"
"""A word of a confidential concern of commune A that no other commune may read."""
NOTE = "note-saule"
"""A word that only the agency may read."""
SUMMARIES = {
    "summary_fr": "Les terrasses manquent de place.",
    "summary_nl": "De terrassen hebben plaats tekort.",
}
INTRODUCTIONS = {
    "introduction_fr": "Les communes attendent une réponse.",
    "introduction_nl": "De gemeenten wachten op een antwoord.",
}
REWORDED = {"title": "Distance", "text": "Quelle distance faut-il ?"}
"""How a lead writes a confidential concern."""
TEXTS = {"text_fr": "Deux mètres suffisent.", "text_nl": "Twee meter volstaat."}
QUESTIONS = {
    "question_fr": "Quelle distance sur une terrasse ?",
    "question_nl": "Welke afstand op een terras?",
}
REASON = {"reason": "La commune décide elle-même."}


def a_theme(code: str = "terraces") -> ConcernTheme:
    """Return a theme of the library."""
    ConcernTheme.objects.load()
    return ConcernTheme.objects.get(pk=code)


def somebody_of(nis: str) -> User:
    """Return somebody who acts for a commune."""
    return people_of(nis).order_by("pk").first() or MandateFactory(commune_id=nis, trade=True).user


def a_concern(by: User, commune: str = COMMUNE_A, **facts: Any) -> Concern:
    """Return a concern just raised, confidential unless told."""
    given: dict[str, Any] = {"title": f"Terrasses {CANARY}", "text": f"Quelle distance ? {CANARY}"}
    given |= {"theme": facts.pop("theme", None) or a_theme(), "language": "fr", "is_shareable": False} | facts
    return Concern.objects.raise_one(by=by, commune=Commune.objects.get(pk=commune), **given)


def qualified(by: User, spoc: User, **facts: Any) -> Concern:
    """Return a concern that its SPOC qualified."""
    group = facts.pop("group", None)
    row = a_concern(by, **facts)
    row.qualify(by=spoc, group=group)
    return row


def a_group(by: User, title: str = "Distance en terrasse") -> ConcernGroup:
    """Return an empty group; another title makes another one."""
    return ConcernGroup.objects.begin(by=by, title_fr=title, title_nl="Afstand op terras", theme=a_theme())


def a_grouped_concern(by: User, spoc: User, pk: int) -> Concern:
    """Return a confidential concern in a group, both with this key."""
    for row in (a_group(spoc), a_concern(by)):
        type(row)._base_manager.filter(pk=row.pk).update(id=pk)
    found = Concern.objects.get(pk=pk)
    found.join_group(by=spoc, group=ConcernGroup.objects.get(pk=pk))
    return found


def a_note(lead: User, addressee: str = "taskforce", **facts: Any) -> RelayNote:
    """Return a note being written, with its introduction."""
    row = RelayNote.objects.begin(by=lead, addressee=addressee, **facts)
    row.change(by=lead, addressee=addressee, due_on=row.due_on, **INTRODUCTIONS, **facts)
    return row


def with_group(note: RelayNote, lead: User, group: ConcernGroup) -> RelayItem:
    """Add a group to a note, with its summary; the confidential ones reworded."""
    item = note.add_group(by=lead, group=group)
    reword(note, lead, item)
    note.write_item(by=lead, item=item, title_fr=group.title_fr, title_nl=group.title_nl, **SUMMARIES)
    return item


def with_concern(note: RelayNote, lead: User, concern: Concern) -> RelayItem:
    """Add a single concern to a note, with title and summary; a confidential one reworded."""
    item = note.add_concern(by=lead, concern=concern)
    reword(note, lead, item)
    note.write_item(by=lead, item=item, title_fr="Terrasses", title_nl="Terrassen", **SUMMARIES)
    return item


def reword(note: RelayNote, lead: User, item: RelayItem) -> None:
    """Write the confidential concerns of an item as a lead does before they leave."""
    for part in note.parts(lead).filter(item=item, concern__is_shareable=False).in_order():
        note.reword(by=lead, part=part, **REWORDED)


def relayed(by: User, spoc: User, lead: User, **facts: Any) -> tuple[Concern, RelayNote]:
    """Return a concern that left with a note of its own, and the note."""
    row, note = qualified(by, spoc, **facts), a_note(lead)
    with_concern(note, lead, row)
    note.send(by=lead)
    row.refresh_from_db()
    return row, note


def answered(by: User, spoc: User, lead: User, **facts: Any) -> tuple[Concern, RelayNote, Answer]:
    """Return a concern whose commune was told the Region's answer, the note and the answer."""
    row, note = relayed(by, spoc, lead, **facts)
    found = published(note, lead)
    row.answer(by=spoc)
    return row, note, found


def published(note: RelayNote, lead: User, item: int = 1, part: int | None = None, **texts: Any) -> Answer:
    """Return a published answer to a note, recorded by a lead from a document."""
    found = note.answer(
        by=lead, item=item, part=part, upload=a_letter(), on_behalf_of="Task force", **(texts or TEXTS)
    )
    found.publish(by=lead)
    return found


def a_letter(name: str = "lettre.txt") -> SimpleUploadedFile:
    """Return the document in which an addressee answers."""
    return SimpleUploadedFile(name, b"Deux metres suffisent.")


def of_communes(count: int, group: ConcernGroup | None = None, first: int = 3, **facts: Any) -> list[Concern]:
    """Return qualified concerns of so many communes from 210NN on, each of its own échevin."""
    lead = RoleGrantFactory(role=Role.LEAD, user=UserFactory()).user
    rows = []
    for number in range(first, first + count):
        nis = f"210{number:02d}"
        rows.append(qualified(somebody_of(nis), lead, commune=nis, group=group, **facts))
    return rows


# --- For tests/test_transitions.py -----------------------------------------------------------------------------


def a_concern_of_everybody() -> Concern:
    """Return a concern of somebody who may take every step; it waits in a note that was sent, and answered."""
    person = everybody()
    row, note = relayed(person, person, person)
    published(note, person)
    # Of the steps that led here nothing is left: the tables of transitions begin at the beginning.
    forget(row)
    return row


def forget(row: Any) -> None:
    """Delete the steps of a row, as only what ends a retention period may."""
    with retention():
        row.events.all().delete()


@contextmanager
def retention() -> Iterator[None]:
    """Do what only the end of a retention period may."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL hubportal.retention = 'on'")
        yield
        cursor.execute("SET LOCAL hubportal.retention = 'off'")


def concern_facts(status: str) -> dict[str, Any]:
    """Return what the database wants in a concern of a status."""
    now = timezone.now()
    blank: dict[str, Any] = {"relayed_at": None, "qualified_at": None, "answered_at": None, "closed_at": None}
    found: dict[str, dict[str, Any]] = {
        "qualified": {"qualified_at": now},
        "relayed": {"qualified_at": now, "relayed_at": now},
        "answered": {"qualified_at": now, "relayed_at": now, "answered_at": now},
        "closed": {"answered_at": now, "closed_at": now},
        "not_relayed": {"not_relayed_reason": "Non."},
    }
    return blank | {"group": the_group()} | found.get(status, {})


def the_group() -> ConcernGroup:
    """Return a group."""
    return ConcernGroup.objects.order_by("pk").last() or a_group(everybody())


def the_answer() -> Answer:
    """Return the published answer."""
    return Answer.objects.published().order_by("pk").last()


def a_note_of_everybody() -> RelayNote:
    """Return a note being written that lacks nothing to be sent."""
    person = everybody()
    note = a_note(person)
    with_concern(note, person, qualified(person, person))
    return note


def note_facts(status: str) -> dict[str, Any]:
    """Return what the database wants in a note of a status; what was sent has its numbers."""
    if status in NOTE_UNSENT:
        return {}
    if not RelayItem.objects.filter(number=1).exists():
        RelayItem.objects.update(number=1)
        RelayPart.objects.update(number=1)
        Concern.objects.update(**concern_facts("relayed"), status="relayed")
    now = timezone.now()
    sent = {"reference": "NR-2026-001", "sent_at": now}
    read = sent | {"acknowledged_at": now}
    return {
        "sent": sent,
        "acknowledged": read,
        "partly_answered": read,
        "answered": read | {"answered_at": now},
        "closed": read | {"closed_at": now},
    }[status]


def an_answer() -> Answer:
    """Return an answer of somebody who may take every step, not published yet."""
    person = everybody()
    _, note = relayed(person, person, person)
    return note.answer(by=person, item=1, upload=a_letter(), on_behalf_of="Task force", **TEXTS)


def another_answer() -> Answer:
    """Return a newer answer to the same."""
    row = Answer.objects.order_by("pk").last()
    assert row is not None
    return Answer.objects.create(
        note=row.note, item=row.item, given_by=row.given_by, is_recorded=True, document=row.document,
        on_behalf_of="Task force", **TEXTS,
    )  # fmt: skip


def answer_facts(status: str) -> dict[str, Any]:
    """Return what the database wants in an answer of a status."""
    now, today = timezone.now(), timezone.localdate()
    public = {"published_at": now, "published_by": everybody(), "review_on": today}
    return {
        "given": {},
        "published": public,
        "superseded": {"superseded_by": another_answer() if status == "superseded" else None},
        "withdrawn": {"withdraw_reason": "Plus valable."},
    }[status]
