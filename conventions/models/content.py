"""Exactly what is signed, as JSON can hold it: the fingerprint of an agreement is taken over this."""

from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conventions.models.amendment import Amendment
    from conventions.models.article import ArticleText
    from conventions.models.convention import Convention


def of_convention(convention: "Convention") -> dict[str, Any]:
    """Return the whole text of a convention; the order is part of it: themes by code, which never changes.

    Until it is frozen, each project agreement that is annexed would be signed with it.
    """
    annexed = convention.projects.filter(is_frozen=True) if convention.is_frozen else convention.projects
    return {
        "kind": "convention",
        "reference": convention.reference,
        "commune": convention.commune_id,
        "term": _term(convention),
        "articles": [_article(row) for row in convention.articles.order_by("number")],
        "themes": [
            {"code": row.theme_id, "name_fr": row.theme.name_fr, "name_nl": row.theme.name_nl, **row.texts}
            for row in convention.themes.select_related("theme").order_by("theme_id")
        ],
        "projects": [
            {**row.texts, **{name: _plain(getattr(row, name)) for name in ("starts_on", "ends_on", "sha256")}}
            for row in annexed.order_by("pk")
        ],
        "signatories": _signatories(convention),
    }


def _term(convention: "Convention") -> dict[str, Any]:
    """Return the term as it is signed: the last day may move afterwards."""
    term = {name: _plain(getattr(convention, name)) for name in convention.TERMS}
    return term | {"in_force_until": _plain(convention.signed_until)} if convention.is_frozen else term


def of_amendment(amendment: "Amendment") -> dict[str, Any]:
    """Return the whole text of an amendment."""
    names = ("title_fr", "title_nl", "in_force_from", "new_last_day")
    return {
        "kind": "amendment",
        "reference": amendment.reference,
        **{name: _plain(getattr(amendment, name)) for name in names},
        "articles": [
            {"change": row.change, **_article(row)} for row in amendment.articles.order_by("number")
        ],
        "signatories": _signatories(amendment),
    }


def _article(row: "ArticleText") -> dict[str, Any]:
    return {"number": row.number, **row.texts}


def _signatories(agreement: Any) -> list[dict[str, str]]:
    rows = agreement.signatories.order_by("-party", "pk")
    return [{"party": row.party, "office": row.office, "name": row.name} for row in rows]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
