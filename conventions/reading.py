"""What the page of an agreement shows to whoever reads its text: articles, themes, who agreed, who signed."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Q
from django.utils.translation import get_language

from conventions.models import (
    Agreement,
    Amendment,
    Comment,
    Convention,
    ConventionTheme,
    Party,
    ProjectAgreement,
    Signatory,
)
from conventions.models.article import ArticleText
from hubportal.accounts.models import User


class Shown(NamedTuple):
    """An article, with how many comments it has."""

    article: ArticleText
    comments: int = 0
    open: int = 0

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
    return [Shown(article, *counts.get(article.pk, (0, 0))) for article in found]


def consents(agreement: Agreement) -> list[Consent]:
    """Return what each party says of the text; `agency_agreed_by` and `commune_agreed_by` should be selected."""
    return [
        Consent(Party.COMMUNE, agreement.commune_agreed_at, agreement.commune_agreed_by, agreement.commune_agreed_note),
        Consent(Party.AGENCY, agreement.agency_agreed_at, agreement.agency_agreed_by),
    ]  # fmt: skip


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
