"""The text of an edition on a page: the same words as in the mail, in the look of the site."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Final, NamedTuple

from django.utils.safestring import SafeString, mark_safe

from hubportal.accounts.models import User
from hubportal.changes import Change, changes
from mailings.letter import File, Pieces, Text, pieces, placeholders
from mailings.models import LANGUAGES, Approval, Attachment, Decision, Mailing, Revision

_AS_TYPED: Final = {
    name: f"[[{name.removesuffix('_fr').removesuffix('_nl')}]]" for name in placeholders.VALUES
}
"""Some placeholders have a value in each language: an author knows one name for both."""


class Shown(NamedTuple):
    """One language, ready for a page; without a reader, its placeholders are as their author typed them."""

    language: str
    subject: str
    preheader: str
    pieces: Pieces
    reader: Mapping[str, str] | None
    files: tuple[File, ...] = ()

    @property
    def other(self) -> str:
        """The other language."""
        return "nl" if self.language == "fr" else "fr"

    @property
    def meant_for(self) -> str:
        """The line above the title: for whom the message is."""
        return self.reader[f"for_{self.language}"] if self.reader else ""


class Row(NamedTuple):
    """What stands side by side, or one below the other on a telephone."""

    is_ask: bool
    sides: list[tuple[str, SafeString]]
    """The pieces with their languages; an empty one where that language has no more."""


class Pair(NamedTuple):
    """Both languages, cut so that each piece stands beside its twin."""

    texts: list[Shown]
    rows: list[Row]

    @property
    def has_files(self) -> bool:
        """Whether there is any attachment, in either language."""
        return any(text.files for text in self.texts)


class Changed(NamedTuple):
    """What changed in one language since an earlier version; empty lists where nothing did."""

    language: str
    subject: list[Change]
    preheader: list[Change]
    body: list[Change]


class Files(NamedTuple):
    """The attachments that came and went from one version to another."""

    added: list[Attachment]
    removed: list[Attachment]


def files_between(mailing: Mailing, before: int, after: int) -> Files:
    """Return which attachments came and went between two versions; read `attachments` ahead."""
    files = mailing.attachments.all()
    added = [row for row in files if row.is_in(after) and not row.is_in(before)]
    return Files(added, [row for row in files if row.is_in(before) and not row.is_in(after)])


def rows_of(sides: Sequence[Changed]) -> list[list[tuple[str, list[Change]]]]:
    """Return what changed, field by field: the lines of each language, empty where only the other one changed."""
    fields = zip(*((side.subject, side.preheader, side.body) for side in sides), strict=True)
    return [list(zip(LANGUAGES, field, strict=True)) for field in fields if any(field)]


class Comparison(NamedTuple):
    """What changed since a version that somebody signed; `sides` is None when that text was not kept."""

    since: Approval
    sides: list[Changed] | None
    files: Files

    @property
    def is_same_text(self) -> bool:
        """Whether no word changed: then attachments did, or the audience."""
        return self.sides is not None and not self.rows

    @property
    def rows(self) -> list[list[tuple[str, list[Change]]]]:
        """What changed, field by field."""
        return rows_of(self.sides or [])


def shown(text: Text, values: Mapping[str, str] | None = None) -> Shown:
    """Return a text with its values in place of the placeholders; without values, with what its author typed."""
    found = pieces(text)
    intro, ask, *rest = (_filled(piece, values) for piece in (found.intro, found.ask, *found.rest))
    shape = Pieces(intro, ask, rest)
    return Shown(text.language, text.subject, text.preheader, shape, values, text.files)


def pair(mailing: Mailing, values: Mapping[str, str] | None = None) -> Pair:
    """Return both languages of an edition."""
    texts = [shown(mailing.text(language), values) for language in LANGUAGES]
    asks = [text.pieces.ask for text in texts]
    # A draft may have a section in one language only.
    rest = zip_longest(*(text.pieces.rest for text in texts), fillvalue=SafeString())
    rows = [([text.pieces.intro for text in texts], False), (asks, True), *((row, False) for row in rest)]
    return Pair(
        texts, [Row(is_ask, list(zip(LANGUAGES, row, strict=True))) for row, is_ask in rows if any(row)]
    )


def _filled(piece: SafeString, values: Mapping[str, str] | None) -> SafeString:
    html = placeholders.fill(piece, _AS_TYPED if values is None else values, is_html=True)
    # What the sanitizer made safe stays so: values are escaped by `fill`.
    return mark_safe(html)  # noqa: S308


def comparison(mailing: Mailing, user: User | None = None) -> Comparison | None:
    """Return what changed since the reader's last word on another version; None when there is none.

    Who has not said anything yet reads it since the last one that was submitted or approved by anybody.
    """
    signed = (Decision.SUBMITTED, Decision.APPROVED)
    others = [row for row in mailing.approvals.all() if row.content_hash != mailing.content_hash]
    own = [row for row in others if user is not None and row.user_id == user.pk]
    earlier = own or [row for row in others if row.decision in signed]
    if not earlier:
        return None
    since = earlier[-1]
    files = files_between(mailing, since.version, mailing.version)
    kept = Revision.objects.all().both_of(mailing, since.version)
    if not kept:
        return Comparison(since, None, files)
    sides = [changed(kept[language], mailing.text(language)) for language in LANGUAGES]
    return Comparison(since, sides, files)


def changed(before: Revision | Text, after: Revision | Text) -> Changed:
    """Return what changed between two texts of one language."""
    return Changed(
        after.language,
        changes(before.subject, after.subject),
        changes(before.preheader, after.preheader),
        changes(before.body, after.body),
    )
