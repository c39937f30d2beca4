"""The versions of an edition: who saved each, what changed between any two, and the way back to one."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hubportal.accounts.models import User
from hubportal.accounts.requests import SignedIn
from hubportal.keys import key_asked
from mailings.letter import Text
from mailings.models import LANGUAGES, Approval, Mailing, Revision
from mailings.pages import head, in_review_by
from mailings.showing import Changed, Files, changed, files_between, rows_of

BEGINNING: Final = 0
"""What the first version is compared with: nothing."""
NUMBER_LENGTH: Final = 9


class Version(NamedTuple):
    """A version that was saved: its number, one of its texts for who and when, what was said of it."""

    number: int
    row: Revision
    languages: list[str]
    """Those whose text changed since the version before; none when only attachments, the week or the audience did."""
    decisions: list[Approval]
    before: int
    files: Files
    """The attachments that came and went since then."""


class Compared(NamedTuple):
    """Two versions, by number, and what changed from one to the other."""

    before: int
    after: int
    sides: list[Changed]
    files: Files

    @property
    def rows(self) -> list[list[tuple[str, Any]]]:
        """What changed, field by field."""
        return rows_of(self.sides)


@require_safe
def mailing_versions(request: SignedIn, number: int) -> HttpResponse:
    """Show the versions, newest first, and what changed: `?to` since the one before it, or since `?from`."""
    mailing = in_review_by(request, number)
    found = versions(mailing, request.user)
    context = {
        **head(mailing, request.user),
        "versions": list(reversed(found)),
        "compared": _compared(request, mailing, found),
    }
    return render(request, "mailings/mailing_versions.html", context)


def versions(mailing: Mailing, user: User) -> list[Version]:
    """Return the versions that a person may read, oldest first: two queries, without the long texts."""
    rows = Revision.objects.visible_to(user).filter(mailing=mailing).marked().select_related("by")
    found: list[Version] = []
    marks: dict[str, str] = {}
    for row in rows.order_by("version", "language"):
        if not found or found[-1].number != row.version:
            said = [decision for decision in mailing.approvals.all() if decision.version == row.version]
            before = found[-1].number if found else BEGINNING
            files = files_between(mailing, before, row.version)
            found.append(Version(row.version, row, [], said, before, files))
        if marks.get(row.language) != row.mark:
            found[-1].languages.append(row.language)
        marks[row.language] = row.mark
    return found


def texts_of(mailing: Mailing, user: User, number: int) -> dict[str, Revision]:
    """Return both texts of a version by language, for who may read it; 404 for others and when it was not kept."""
    found = Revision.objects.visible_to(user).both_of(mailing, number)
    if not found:
        raise Http404
    return found


def asked_number(request: SignedIn, name: str, default: int) -> int:
    """Return the number of a version that an address asks for; 404 for what is no number."""
    asked = key_asked(request, name, NUMBER_LENGTH)
    return default if asked is None else asked


def _compared(request: SignedIn, mailing: Mailing, found: list[Version]) -> Compared | None:
    if not found:
        return None
    after = asked_number(request, "to", found[-1].number)
    chosen = next((row for row in found if row.number == after), None)
    if chosen is None:
        raise Http404
    before = asked_number(request, "from", chosen.before)
    texts: Mapping[str, Revision | Text] = {language: Text(language, "", "", "") for language in LANGUAGES}
    if before:
        texts = texts_of(mailing, request.user, before)
    ours = texts_of(mailing, request.user, after)
    sides = [changed(texts[language], ours[language]) for language in LANGUAGES]
    return Compared(before, after, sides, files_between(mailing, before, after))
