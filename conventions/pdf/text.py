"""What the PDF of an agreement says, in both languages, row by row in the order in which it is read."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.conf import settings
from django.utils import timezone, translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from communes.callers import who_to_call
from communes.colleges import colleges
from conventions.models import Agreement, Amendment, Convention, Party, Signatory
from conventions.models.choices import BINDING
from hubportal.look.dates import short_date
from hubportal.markdown import render

LANGUAGES: Final = ("fr", "nl")
MARKS: Final[dict[str, Callable[[], str]]] = {
    "draft": lambda: _("Draft agreement"),
    "to-sign": lambda: _("Copy to sign"),
}
"""What stands across each page until it is signed (docs/decisions/0010)."""


@dataclass(frozen=True)
class Words:
    """A few words in one language."""

    language: str
    text: str


@dataclass(frozen=True)
class Side:
    """One language of a row: a heading with its anchor, and the text below it, safe."""

    language: str
    anchor: str
    heading: str
    body: SafeString


@dataclass(frozen=True)
class Row:
    """A part of the text: its heading's level, French and Dutch."""

    level: int
    sides: list[Side]


@dataclass(frozen=True)
class Place:
    """Where somebody signs, or has signed."""

    name: str
    office: list[Words]
    signed: list[Words] | None


def both(say: Callable[[], object]) -> list[Words]:
    """Return the same in French and in Dutch."""
    found = []
    for code in LANGUAGES:
        with translation.override(code):
            found.append(Words(code, str(say())))
    return found


def once(say: Callable[[], object]) -> list[Words]:
    """Return the same, once where it reads the same in both: a day."""
    french, dutch = both(say)
    return [french] if french.text == dutch.text else [french, dutch]


def row(anchor: str, level: int, say: Callable[[str], tuple[str, str]]) -> Row:
    """Return a row; `say` returns heading and Markdown or safe HTML for a language, which is active then."""
    sides = []
    for code in LANGUAGES:
        with translation.override(code):
            heading, text = say(code)
            body = text if isinstance(text, SafeString) else render(text)
            sides.append(Side(code, f"{code}-{anchor}", heading, body))
    return Row(level, sides)


def _kind(agreement: Agreement) -> str:
    """Return what the pages are: a draft, the copy that is printed and signed, or the text that binds."""
    if agreement.status in BINDING:
        return "signed"
    return "to-sign" if agreement.status == "to_sign" else "draft"


def context(agreement: Agreement) -> dict[str, Any]:
    """Return what the template of the PDF needs."""
    convention = agreement if isinstance(agreement, Convention) else None
    root = convention or _root(agreement)
    rows, signing, annexes = (
        list(_articles(agreement)),
        _signing(),
        [_contacts(root, is_one_of_many=bool(convention))],
    )
    if convention:
        annexes += [*_themes(convention), *_projects(convention)]
    return {
        "agency": settings.AGENCY_NAME["fr"],
        "reference": str(agreement),
        "fingerprint": agreement.content_hash,
        "kind": _kind(agreement),
        "mark": " / ".join(word.text for word in both(MARKS.get(_kind(agreement), str))),
        "what": both(lambda: _what(agreement)),
        "is_amendment": not convention,
        "parties": both(lambda: _parties(root)),
        "subject": both(lambda: getattr(agreement, "title", "")),
        "facts": [
            *_facts(agreement),
            (once(lambda: _("State")), once(lambda: agreement.Status(agreement.status).label)),
        ],
        "contents": both(lambda: _("Contents")),
        "authentic": both(lambda: _("Both texts are equally authentic.")),
        "rows": rows,
        "signing": signing,
        "places": _places(agreement),
        "annexes": annexes,
        "entries": [*rows, signing, *annexes],
    }


def _what(agreement: Agreement) -> str:
    if isinstance(agreement, Amendment):
        return _("Amendment %(number)s") % {"number": agreement.number}
    return _("Framework agreement")


def _root(agreement: Agreement) -> Convention:
    if not isinstance(agreement, Amendment):
        raise TypeError(f"no agreement to draw: {agreement!r}")
    return agreement.convention


def _parties(root: Convention) -> str:
    names = {"agency": settings.AGENCY_NAME[get_language() or "fr"], "commune": root.commune.name}
    return _("between %(agency)s and the commune: %(commune)s") % names


def _facts(agreement: Agreement) -> Iterator[tuple[list[Words], list[Words]]]:
    """Yield what the cover says of the term: label and value."""
    if isinstance(agreement, Amendment):
        root = agreement.convention
        yield (
            once(lambda: _("Amends the framework agreement")),
            once(lambda: f"{root.reference} ({_day(root.signed_on)})"),
        )
        yield once(lambda: _("In force from")), once(lambda: _day(agreement.in_force_from))
        if agreement.new_last_day:
            yield once(lambda: _("New last day")), once(lambda: _day(agreement.new_last_day))
    elif isinstance(agreement, Convention):
        # The last day may move once it is signed; the paper says the one that was signed.
        last = agreement.signed_until if agreement.is_frozen else agreement.in_force_until
        is_tacit = last is None and agreement.renewal_months is not None
        yield once(lambda: _("In force from")), once(lambda: _day(agreement.in_force_from))
        yield (
            once(lambda: _("In force until")),
            once(lambda: _("tacit renewal") if is_tacit else _day(last)),
        )
        if is_tacit and agreement.first_period_until:
            yield once(lambda: _("First period until")), once(lambda: _day(agreement.first_period_until))
            yield once(lambda: _("Then renewed by")), once(lambda: _months(agreement.renewal_months or 0))
        months = agreement.notice_months
        yield (
            once(lambda: _("Notice")),
            once(lambda: _months(months)),
        )


def _months(count: int) -> str:
    return ngettext("%(months)s month", "%(months)s months", count) % {"months": count}


def _day(day: date | None) -> str:
    return short_date(day) if day else "–"


def _articles(agreement: Any) -> Iterator[Row]:
    before = {row.number: row for row in agreement.before} if isinstance(agreement, Amendment) else {}
    for article in agreement.articles.order_by("number"):

        def say(code: str, article: Any = article) -> tuple[str, str]:
            facts = {"number": article.number, "title": getattr(article, f"title_{code}")}
            change = getattr(article, "change", "")
            if change:
                # What takes an article out has no title of its own.
                facts["title"] = facts["title"] or getattr(before.get(article.number), f"title_{code}", "")
            heading = _("Article %(number)s. %(title)s") % facts
            body = str(getattr(article, f"body_{code}"))
            return heading, f"*{capfirst(article.get_change_display())}.*\n\n{body}" if change else body

        yield row(f"article-{article.number}", 2, say)


def _themes(convention: Convention) -> Iterator[Row]:
    rows = list(convention.themes.select_related("theme").order_by("theme__position", "theme_id"))
    if rows:
        yield row("themes", 2, lambda code: (_("Annex 2: themes and modalities"), ""))
    for found in rows:

        def say(code: str, found: Any = found) -> tuple[str, str]:
            return getattr(found.theme, f"name_{code}"), getattr(found, f"modality_{code}")

        yield row(f"theme-{found.pk}", 3, say)


def _projects(convention: Convention) -> list[Row]:
    """Return the project agreements that are part of what is signed, or would be if it were frozen now."""
    kept = convention.projects.all() if convention.is_writable else convention.projects.filter(is_frozen=True)
    found = list(kept.order_by("pk"))
    if not found:
        return []
    rows = [row("projects", 2, lambda code: (_("Annex 3: project agreements"), ""))]
    for project in found:

        def say(code: str, project: Any = project) -> tuple[str, str]:
            facts = " ".join(_project_facts(project))
            return getattr(project, f"title_{code}"), f"{getattr(project, f'text_{code}')}\n\n{facts}".strip()

        rows.append(row(f"project-{project.pk}", 3, say))
    return rows


def _project_facts(project: Any) -> Iterator[str]:
    """Yield what is signed of a project besides its text: its days, and which document lies beside it."""
    if project.starts_on:
        yield _("From %(day)s.") % {"day": short_date(project.starts_on)}
    if project.ends_on:
        yield _("Until %(day)s, included.") % {"day": short_date(project.ends_on)}
    if project.file:
        name = re.sub(r"[^\w .,()-]", "", project.name)
        yield _("Document: %(name)s, SHA-256 %(mark)s.") % {"name": name, "mark": project.sha256}


def _signing() -> Row:
    return row("signatures", 2, lambda code: (_("Signatures"), ""))


def _places(agreement: Agreement) -> list[tuple[list[Words], list[Place]]]:
    """Return where each party signs, the commune first."""
    found: list[Signatory] = list(agreement.signatories.order_by("-party", "pk"))
    return [
        (
            both(lambda party=party: capfirst(str(party.label))),  # type: ignore[misc]
            [_place(signatory) for signatory in found if signatory.party == party],
        )
        for party in (Party.COMMUNE, Party.AGENCY)
    ]


def _place(signatory: Signatory) -> Place:
    day = signatory.signed_on
    signed = both(lambda: _("Signed on %(day)s") % {"day": _day(day)}) if day else None
    return Place(signatory.name, both(lambda: capfirst(signatory.get_office_display())), signed)


def _contacts(root: Convention, *, is_one_of_many: bool) -> Row:
    """Return the contact persons of the day on which it is drawn: they change without an amendment."""
    caller, college = who_to_call(root.commune), colleges([root.commune_id])[root.commune_id]

    def say(code: str) -> tuple[str, str]:
        trade = ", ".join(mandate.user.full_name for mandate in college.trade) or _("vacant")
        people = [(_("SPOC"), caller.spoc.full_name if caller.spoc else _("vacant"))]
        if caller.user and caller.user != caller.spoc:
            label = _("Stand-in") if caller.capacity == "stand_in" else _("Lead")
            people.append((label, caller.user.full_name))
        if college.bourgmestre:
            people.append((capfirst(_("bourgmestre")), college.bourgmestre.user.full_name))
        people.append((_("Trade"), trade))
        listed = format_html_join("", "<p><b>{}</b><br>{}</p>", people)
        told = _("On %(day)s. Contact persons change without an amendment.")
        day = short_date(timezone.localdate())
        heading = _("Annex 1: contact persons") if is_one_of_many else _("Annex: contact persons")
        return heading, format_html("<p>{}</p>{}", told % {"day": day}, listed)

    return row("annex", 2, say)
