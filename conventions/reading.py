"""What the page of an agreement shows to whoever reads its text: articles, themes, who agreed, who signed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Q
from django.utils.translation import get_language

from conventions.models import (
    Agreement,
    Amendment,
    AmendmentEvent,
    Comment,
    Convention,
    ConventionEvent,
    ConventionTheme,
    Party,
    ProjectAgreement,
    Signatory,
)
from conventions.models.article import ArticleText
from conventions.models.consolidated import ConsolidatedArticle
from conventions.models.term import ONE_DAY
from hubportal.accounts.models import User
from hubportal.changes import Change, changes
from hubportal.workflow import TransitionEvent


class Shown(NamedTuple):
    """An article, with how many comments it has; one of an amendment with the lines that it changes."""

    article: ArticleText
    comments: int = 0
    open: int = 0
    before: ConsolidatedArticle | None = None
    changed_fr: Sequence[Change] = ()
    changed_nl: Sequence[Change] = ()

    @property
    def title_language(self) -> str:
        """The language of `article.title`: the reader's, unless only the other one was written."""
        own, other = ("nl", "fr") if get_language() == "nl" else ("fr", "nl")
        return own if getattr(self.article, f"title_{own}") else other


class Consent(NamedTuple):
    """Whether a party agrees to the text as it stands; no `at`: not yet."""

    party: Party
    at: datetime | None
    by: User | None
    note: str = ""


def articles(agreement: Agreement, user: User) -> list[Shown]:
    """Return the articles by number, each with its comments: two queries."""
    part = "amendment_article" if isinstance(agreement, Amendment) else "article"
    rows = Comment.objects.visible_to(user).filter(**{agreement.OWNER: agreement, f"{part}__isnull": False})
    counted = rows.order_by().values_list(part).annotate(
        all=Count("pk"), open=Count("pk", filter=Q(resolved_at=None))
    )  # fmt: skip
    counts = {pk: (count, still_open) for pk, count, still_open in counted}
    found = agreement.articles.visible_to(user).order_by("number")
    shown = [Shown(article, *counts.get(article.pk, (0, 0))) for article in found]
    return _compared(agreement, shown) if isinstance(agreement, Amendment) else shown


def _compared(amendment: Amendment, rows: list[Shown]) -> list[Shown]:
    """Add what each article replaces or takes out of the text as it was before the amendment."""
    known = {row.number: row for row in amendment.before}
    return [_with_changes(row, known.get(row.article.number)) for row in rows]


def _with_changes(row: Shown, before: ConsolidatedArticle | None) -> Shown:
    if before is None:
        return row
    return row._replace(
        before=before,
        changed_fr=changes(_whole(before, "fr"), _whole(row.article, "fr")),
        changed_nl=changes(_whole(before, "nl"), _whole(row.article, "nl")),
    )


def _whole(article: ArticleText | ConsolidatedArticle, side: str) -> str:
    return f"{getattr(article, f'title_{side}')}\n\n{getattr(article, f'body_{side}')}".strip()


def consents(agreement: Agreement) -> list[Consent]:
    """Return what each party says of the text; `agency_agreed_by` and `commune_agreed_by` should be selected."""
    return [
        Consent(Party.COMMUNE, agreement.commune_agreed_at, agreement.commune_agreed_by, agreement.commune_agreed_note),
        Consent(Party.AGENCY, agreement.agency_agreed_at, agreement.agency_agreed_by),
    ]  # fmt: skip


def decision(agreement: Agreement, user: User) -> dict[str, Any]:
    """Return what those who decide want to know: who agrees, what differs, why it came back, which text it is.

    Ask for it before `text`: a mark older than what is read is refused, one that is newer would not be.
    """
    is_open = agreement.is_writable
    return {
        **replaced(agreement),
        "consents": consents(agreement),
        "findings": agreement.findings() if is_open and agreement.can_be_edited_by(user) else [],
        "mark": agreement.mark if is_open else "",
        "remark": _last_remark(agreement, user) if is_open else None,
    }


def replaced(agreement: Agreement) -> dict[str, Any]:
    """Return the convention that the last signature will end, and its last day then; nothing where none ends."""
    if not isinstance(agreement, Convention) or agreement.in_force_from is None:
        return {}
    row = agreement.cuts_short()
    return {"cut": row, "cut_on": agreement.in_force_from - ONE_DAY} if row else {}


def _last_remark(agreement: Agreement, user: User) -> TransitionEvent | None:
    """Return why the text was sent back, if that was the last step."""
    model = AmendmentEvent if isinstance(agreement, Amendment) else ConventionEvent
    rows = model.objects.visible_to(user).filter(subject=agreement.pk).select_related("by")
    last: TransitionEvent | None = rows.order_by("at", "pk").last()
    return last if last and last.verb == "send_back" else None


def text(agreement: Agreement, user: User) -> dict[str, Any]:
    """Return everything that is agreed to and signed, as the partials of the text show it."""
    found: dict[str, Any] = {
        "articles": articles(agreement, user),
        "signatories": list(
            Signatory.objects.visible_to(user)
            .filter(**{agreement.OWNER: agreement})
            .order_by("-party", "signed_on", "pk")
        ),
    }
    if isinstance(agreement, Convention):
        themes = ConventionTheme.objects.visible_to(user).filter(convention=agreement)
        projects = ProjectAgreement.objects.visible_to(user).filter(convention=agreement)
        found["themes"] = list(themes.select_related("theme"))
        found["projects"] = list(projects.select_related("district").order_by("starts_on", "pk"))
    return found
