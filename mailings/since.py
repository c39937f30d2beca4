"""What changed in an edition since somebody's last word on it, in one line: for the mail that asks for approval."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from hubportal.accounts.models import User
from hubportal.look.dates import short_date
from mailings.models.choices import Decision
from mailings.parity.findings import LANGUAGES
from mailings.parity.saying import where

if TYPE_CHECKING:
    from mailings.models.approval import Approval
    from mailings.models.mailing import Mailing

Kept = dict[tuple[int, str], Any]
"""The texts that were kept, by version and language."""


def since(mailing: "Mailing") -> Callable[[User], str]:
    """Return what says the line to a person, empty for who said nothing of another text: three queries for all."""
    said = mailing.approvals.exclude(decision=Decision.SUBMITTED).exclude(content_hash=mailing.content_hash)
    last = {row.user_id: row for row in said.order_by("at", "pk")}
    versions = {row.version for row in last.values()}
    kept = {
        (row.version, row.language): row for row in mailing.revisions.filter(version__in=versions).order_by()
    }
    files = list(mailing.attachments.all()) if last else []

    def line(person: User) -> str:
        word = last.get(person.pk)
        if word is None:
            return ""
        facts = {"version": word.version, "day": short_date(word.at)}
        found = ", ".join(_changed(mailing, word, kept, files)) or _("for whom it is meant")
        words = _("Changed since your last word (version %(version)s, %(day)s): %(changes)s.")
        return words % {**facts, "changes": found}

    return line


def _changed(mailing: "Mailing", word: "Approval", kept: Kept, files: list[Any]) -> Iterator[str]:
    names = {"subject": _("subject"), "preheader": _("preview line"), "body": _("text")}
    for language in LANGUAGES:
        before, after = kept.get((word.version, language)), mailing.texts[language]
        # Of a text that was not kept, all may have changed.
        found = [
            name for code, name in names.items() if before is None or getattr(before, code) != after[code]
        ]
        if found:
            yield f"{where(language)['where']} ({', '.join(found)})"
    if any(file.is_in(word.version) != (file.removed_in is None) for file in files):
        yield _("attachments")
