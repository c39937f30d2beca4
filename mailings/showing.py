"""The text of an edition on a page: the same words as in the mail, in the look of the site."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from django.utils.safestring import SafeString, mark_safe

from hubportal.markdown import sections
from mailings import placeholders
from mailings.changes import Change, changes
from mailings.letter import Text
from mailings.models import LANGUAGES, Approval, Decision, Mailing, Revision

_AS_TYPED: Final = {
    name: f"[[{name.removesuffix('_fr').removesuffix('_nl')}]]" for name in placeholders.VALUES
}
"""Some placeholders have a value in each language: an author knows one name for both."""


class Shown(NamedTuple):
    """One language, ready for a page."""

    language: str
    subject: str
    preheader: str
    body: SafeString

    @property
    def other(self) -> str:
        """The other language."""
        return "nl" if self.language == "fr" else "fr"


class Changed(NamedTuple):
    """What changed in one language since an earlier version; empty lists where nothing did."""

    language: str
    subject: list[Change]
    preheader: list[Change]
    body: list[Change]


class Comparison(NamedTuple):
    """What changed since a version that somebody signed; `sides` is None when that text was not kept."""

    since: Approval
    sides: list[Changed] | None

    @property
    def is_same_text(self) -> bool:
        """Whether no word changed: then it is the audience that did."""
        return self.sides is not None and not any(
            side.subject or side.preheader or side.body for side in self.sides
        )


def shown(text: Text, values: Mapping[str, str] | None = None) -> Shown:
    """Return a text with its values in place of the placeholders; without values, with what its author typed."""
    body = placeholders.seal(text.body.replace("\r\n", "\n").replace("\r", "\n"), text.language)
    html = placeholders.unseal("".join(sections(body)))
    html = placeholders.fill(html, _AS_TYPED if values is None else values, is_html=True)
    # What the sanitizer made safe stays so: values are escaped by `fill`.
    return Shown(text.language, text.subject, text.preheader, mark_safe(html))  # noqa: S308


def both(mailing: Mailing, values: Mapping[str, str] | None = None) -> list[Shown]:
    """Return both languages of an edition."""
    return [shown(mailing.text(language), values) for language in LANGUAGES]


def comparison(mailing: Mailing) -> Comparison | None:
    """Return what changed since the last other version that was submitted or approved; None when there is none."""
    signed = (Decision.SUBMITTED, Decision.APPROVED)
    earlier = [
        row
        for row in mailing.approvals.all()
        if row.decision in signed and row.content_hash != mailing.content_hash
    ]
    if not earlier:
        return None
    since = earlier[-1]
    kept = {
        row.language: row
        for row in Revision.objects.filter(mailing=mailing, version=since.version).order_by()
    }
    if len(kept) < len(LANGUAGES):
        return Comparison(since, None)
    return Comparison(since, [_changed(kept[language], mailing.text(language)) for language in LANGUAGES])


def _changed(before: Revision, after: Text) -> Changed:
    return Changed(
        after.language,
        changes(before.subject, after.subject),
        changes(before.preheader, after.preheader),
        changes(before.body, after.body),
    )
