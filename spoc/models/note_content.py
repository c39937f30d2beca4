"""What a relay note says, and what is still missing before it can be sent."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from communes.models import Commune
from spoc import deadlines
from spoc.models import confidential
from spoc.models.concern_choices import Addressee, Urgency
from spoc.models.relay_item import RelayItem, RelayPart
from spoc.models.sent_note import read

if TYPE_CHECKING:
    from spoc.models.relay_note import RelayNote


class Numbered(NamedTuple):
    """An item with the number it leaves with, and the concerns that leave with it."""

    number: int
    item: RelayItem
    parts: Sequence[RelayPart]


class Flaw(NamedTuple):
    """Something to mend before a note leaves: in which item or concern (None: the note itself), which field."""

    field: str
    message: str
    item: int | None = None
    part: int | None = None


def numbered(note: "RelayNote") -> list[Numbered]:
    """Return what would leave if the note were sent now: items without such a concern are left out. Two queries."""
    parts: dict[int, list[RelayPart]] = {}
    for part in RelayPart.objects.filter(item__note=note.pk).that_go().with_concerns().in_order():
        parts.setdefault(part.item_id, []).append(part)
    rows = RelayItem.objects.filter(note=note.pk).select_related("theme").in_order()
    items = [item for item in rows if item.pk in parts]
    return [Numbered(number, item, parts[item.pk]) for number, item in enumerate(items, 1)]


def content_of(
    note: "RelayNote", items: Iterable[Numbered], reference: str, sent_on: date | None
) -> dict[str, Any]:
    """Return the note as JSON holds it: no key leads to a concern, none to the commune of a confidential one."""
    return {
        "reference": reference,
        "sent_on": sent_on.isoformat() if sent_on else "",
        "due_on": deadlines.held(note.due_on).isoformat(),
        "addressee": note.addressee,
        "addressee_name": note.addressee_name,
        "addressee_address": note.addressee_address,
        "introduction": {"fr": note.introduction_fr, "nl": note.introduction_nl},
        "items": [_item(found) for found in items],
    }


def _item(found: Numbered) -> dict[str, Any]:
    item = found.item
    shown = {part.concern.commune for part in found.parts if not part.concern.is_confidential}
    hidden = {part.concern.commune for part in found.parts if part.concern.is_confidential}
    # Those that are not named are counted apart: were a commune with one concern of each kind counted once, the number
    # would say whose the other one is. Their inhabitants are not counted: the sum would say who they are.
    return {
        "number": found.number,
        "title": {"fr": item.title_fr, "nl": item.title_nl},
        "summary": {"fr": item.summary_fr, "nl": item.summary_nl},
        "theme": {"fr": item.theme.title_fr, "nl": item.theme.title_nl},
        "communes": len(shown) + len(hidden),
        "inhabitants": sum(commune.population for commune in shown),
        "concerns": [_concern(number, part) for number, part in enumerate(found.parts, 1)],
    }


def words_of(part: RelayPart) -> tuple[str, str]:
    """Return title and text with which a concern leaves: its own where it is shared, the lead's where it is not."""
    own = part if part.concern.is_confidential else part.concern
    return own.title, own.text


def _concern(number: int, part: RelayPart) -> dict[str, Any]:
    concern = part.concern
    title, text = words_of(part)
    return {
        "number": number,
        "reference": concern.reference,
        "title": title,
        "text": text,
        "language": concern.language,
        "is_urgent": concern.urgency == Urgency.URGENT,
        "raised_on": deadlines.day_of(concern.raised_at).isoformat(),
        "commune": None
        if concern.is_confidential
        else {"fr": concern.commune.name_in("fr"), "nl": concern.commune.name_in("nl")},
    }


def flaws(note: "RelayNote", items: Sequence[Numbered]) -> list[Flaw]:
    """Return all that keeps a note from being sent, in the reader's language."""
    found = list(_of_the_note(note))
    if not items:
        found.append(Flaw("items", _("No concern is left that could be relayed: add one that is qualified.")))
    hidden: set[Commune] = set()
    for _number, item, parts in items:
        theirs = {part.concern.commune for part in parts if part.concern.is_confidential}
        hidden |= theirs
        found += _of_an_item(item, parts, theirs)
    if unwanted := confidential.named([note.introduction_fr, note.introduction_nl], hidden):
        found.append(Flaw("introduction_fr", confidential.refusal(unwanted)))
    return found


def _of_the_note(note: "RelayNote") -> Iterable[Flaw]:
    for field in ("introduction_fr", "introduction_nl"):
        if not getattr(note, field).strip():
            yield Flaw(field, _("Write the introduction in French and in Dutch."))
    if note.due_on is None:
        yield Flaw("due_on", _("Say by when an answer is needed."))
    else:
        try:
            deadlines.check_due(note.due_on, timezone.localdate())
        except ValidationError as error:
            yield from (Flaw("due_on", message) for message in error.messages)
    if note.addressee == Addressee.ADMINISTRATION and not (note.addressee_email or note.addressee_address):
        yield Flaw("addressee_address", _("Write the address of the administration, or its e-mail address."))


def _of_an_item(item: RelayItem, parts: Sequence[RelayPart], hidden: set[Commune]) -> Iterable[Flaw]:
    for field in ("title_fr", "title_nl", "summary_fr", "summary_nl"):
        text = getattr(item, field)
        if not text.strip():
            yield Flaw(field, _("Write title and summary in French and in Dutch."), item.pk)
        elif unwanted := confidential.named([text], hidden):
            yield Flaw(field, confidential.refusal(unwanted), item.pk)
    for part in parts:
        # A shared concern leaves in the commune's own words.
        if part.concern.is_confidential:
            yield from _of_a_confidential(part)


def _of_a_confidential(part: RelayPart) -> Iterable[Flaw]:
    if part.text.strip() == part.concern.text.strip():
        # Title and text are written on one page: who changed the text has read both.
        words = _("These are the commune's own words: write them without what tells whose concern it is.")
        yield Flaw("text", words, part.item_id, part.pk)
    for field in ("title", "text"):
        if confidential.named([getattr(part, field)], [part.concern.commune]):
            yield Flaw(field, confidential.refusal([part.concern.commune]), part.item_id, part.pk)


def as_shown(note: "RelayNote", items: Iterable[Numbered], shown: str | None) -> None:
    """Refuse what would leave otherwise than it was read: a concern may have become confidential since."""
    if shown is not None and shown != read(content_of(note, items, "", None)).mark:
        words = _("The note has changed meanwhile: read it again, then send it.")
        raise ValidationError(words, "stale")


def refuse(found: Sequence[Flaw]) -> None:
    """Raise ValidationError with everything that keeps a note from being sent."""
    if found:
        messages = list(dict.fromkeys(flaw.message for flaw in found))
        raise ValidationError([ValidationError(message, "not_ready") for message in messages])
