"""Writing the parts of an agreement: articles; of a convention also its themes and the projects annexed."""

import copy
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from conventions import pages, parity
from conventions.former import Sides
from conventions.models import (
    Agreement,
    Amendment,
    AmendmentArticle,
    Article,
    Change,
    Convention,
    ConventionTheme,
    ProjectAgreement,
)
from conventions.models.article import ArticleText
from conventions.models.versioned import Versioned
from conventions.writing import closed, late, may_be_written, saved
from conventions.writing_forms import ProjectTextsForm, TextsForm, ThemeTextsForm
from hubportal.access.admin import bound
from hubportal.accounts.models import User
from hubportal.accounts.requests import SignedIn
from hubportal.changes import changes
from hubportal.files.forms import AsksForFileAgain
from hubportal.fingerprint import normal
from hubportal.keys import key_in
from hubportal.workflow import TransitionError


class Part(NamedTuple):
    """A kind of part: its model, the form in which one is added, the verb that adds it, what its pages say."""

    model: type[Versioned]
    form: Callable[..., TextsForm]
    add: Callable[[Any, User, dict[str, Any]], Any]
    new: Any
    edit: Any
    removal: Any
    """What happens when it is taken out."""
    remove: Any = gettext_lazy("Take it out of the text")
    removed: Any = gettext_lazy("It is taken out of the text.")


def _article_form(*args: Any, agreement: Agreement, **kwargs: Any) -> TextsForm:
    return TextsForm(*args, **kwargs)


def _add_article(convention: Convention, by: User, facts: dict[str, Any]) -> Any:
    return convention.add_article(by=by, **facts)


def _change_by_adding(amendment: Amendment, by: User, facts: dict[str, Any]) -> Any:
    return amendment.change_article(by=by, change=Change.ADD, **facts)


def _open_theme(convention: Convention, by: User, facts: dict[str, Any]) -> Any:
    return convention.open_theme(by=by, **facts)


def _annex(convention: Convention, by: User, facts: dict[str, Any]) -> Any:
    return ProjectAgreement.objects.annex(convention=convention, by=by, **facts)


OF_A_CONVENTION: Final[Mapping[str, Part]] = {
    "articles": Part(
        Article, _article_form, _add_article,
        gettext_lazy("Add an article"), gettext_lazy("Write the article"),
        gettext_lazy("The articles after it move up. Its former texts and its comments are kept."),
    ),
    "themes": Part(
        ConventionTheme, ThemeTextsForm, _open_theme,
        gettext_lazy("Open a theme"), gettext_lazy("Write the modalities"),
        gettext_lazy("The convention does not open this theme then."),
    ),
    "projects": Part(
        ProjectAgreement, ProjectTextsForm, _annex,
        gettext_lazy("Annex a project agreement"), gettext_lazy("Write the project agreement"),
        gettext_lazy("The project is not part of the convention then."),
    ),
}  # fmt: skip
OF_AN_AMENDMENT: Final[Mapping[str, Part]] = {
    "articles": Part(
        AmendmentArticle, _article_form, _change_by_adding,
        gettext_lazy("Add an article"), gettext_lazy("Write the article"),
        gettext_lazy(
            "The amendment leaves the agreement as it is there. Its former texts and its comments are kept."
        ),
        gettext_lazy("Take this change back"), gettext_lazy("The change is taken back."),
    ),
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def part_new(request: SignedIn, reference: str, kind: str, number: int | None = None) -> HttpResponse:
    """Ask for the texts of a new part; on POST, add it at the end."""
    agreement = may_be_written(request, reference, number)
    part = _part(agreement, kind)
    if not _is_open(agreement, kind):
        return closed(request, agreement)
    row = part.model(**{agreement.OWNER: agreement})
    form = part.form(*bound(request), row=row, agreement=agreement)
    if form.is_valid() and not is_preview(request):
        facts = {name: value for name, value in form.cleaned_data.items() if name not in ("version", "shown")}
        answer = saved(request, agreement, form, lambda: part.add(agreement, request.user, facts))
        if answer:
            return answer
    return page(request, agreement, kind, form, title=part.new)


@require_http_methods(["GET", "HEAD", "POST"])
def part_edit(
    request: SignedIn, reference: str, kind: str, pk: int, number: int | None = None
) -> HttpResponse:
    """Show the texts of a part to write in; on POST, save them. A conflict shows what is kept beside what was typed."""
    agreement = may_be_written(request, reference, number)
    part = _part(agreement, kind)
    row = _row(request, agreement, kind, pk)
    if row is None:
        return late(request, agreement, _("Somebody took this out of the text in the meantime."))
    if not _is_open(agreement, kind, row):
        return closed(request, agreement)
    if getattr(row, "change", "") == Change.REMOVE:
        # What takes an article out has no text to write in.
        return redirect(pages.address(agreement, "edit-remove", kind=kind, pk=pk))
    return edited(request, agreement, kind, row, title=part.edit)


def edited(request: SignedIn, agreement: Agreement, kind: str, row: Any, *, title: Any) -> HttpResponse:
    """Save the texts of a part and lead on; show its page otherwise."""
    form: TextsForm
    if kind == "projects":
        form = ProjectTextsForm(*bound(request), row=row, agreement=pages.root_of(agreement))
    else:
        form = TextsForm(*bound(request)[:1], row=row)
    if form.is_valid() and not is_preview(request):
        answer = saved(request, agreement, form, lambda: _revise(request, row, form))
        if answer:
            return _following(request, row) or answer
    return page(request, agreement, kind, form, title=title, row=row)


def _revise(request: SignedIn, row: Any, form: TextsForm) -> bool:
    """Save the texts of a part, and of a project its days and document, all or nothing; tell if anything differs."""
    version = form.cleaned_data["version"] or 0
    has_changed: bool = row.revise(by=request.user, version=version, **form.texts)
    if not isinstance(form, ProjectTextsForm):
        return has_changed
    now = row.version if has_changed else version
    return row.arrange(by=request.user, version=now, **form.facts) or has_changed


@require_http_methods(["GET", "HEAD", "POST"])
def part_remove(
    request: SignedIn, reference: str, kind: str, pk: int, number: int | None = None
) -> HttpResponse:
    """Ask whether a part is to be taken out of the text; on POST, do it."""
    agreement = may_be_written(request, reference, number)
    part = _part(agreement, kind)
    row = _row(request, agreement, kind, pk)
    if row is None:
        # It is what was wanted.
        messages.success(request, part.removed)
        return redirect(pages.address(agreement, "edit"))
    if not _is_open(agreement, kind, row):
        return closed(request, agreement)
    error = ""
    if request.method == "POST":
        try:
            row.remove(by=request.user, version=_number(request.POST.get("version", "")))
        except TransitionError as too_late:
            return late(request, agreement, str(too_late))
        except ValidationError as refusal:
            row, error = _row(request, agreement, kind, pk), " ".join(refusal.messages)
        else:
            messages.success(request, part.removed)
            return redirect(pages.address(agreement, "edit" if agreement.is_writable else "detail"))
    context = {
        **pages.head(agreement, request.user), "row": row, "kind": kind,
        "title": part.remove, "removal": part.removal, "error": error,
    }  # fmt: skip
    return render(request, "conventions/part_remove.html", context)


@require_POST
def article_move(request: SignedIn, reference: str, pk: int) -> HttpResponse:
    """Give an article of a convention another number."""
    agreement = may_be_written(request, reference)
    row = _row(request, agreement, "articles", pk)
    to = request.POST.get("to", "")
    try:
        row.move(by=request.user, to=_number(to) or row.number)
    except (TransitionError, ValidationError) as error:
        messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
    return redirect(pages.address(agreement, "edit") + "#h-articles")


def _number(text: str) -> int:
    """Return a short number that a page carried; 0 for anything else."""
    return key_in(text, 9) or 0


def _part(agreement: Agreement, kind: str) -> Part:
    """Return what belongs to an address; 404 for what this agreement has not."""
    kinds = OF_AN_AMENDMENT if isinstance(agreement, Amendment) else OF_A_CONVENTION
    if kind not in kinds:
        raise Http404
    return kinds[kind]


def _row(request: SignedIn, agreement: Agreement, kind: str, pk: int) -> Any:
    """Return a part that the person may read; 404 for another one, None on a POST about what is gone."""
    rows = getattr(agreement, kind).visible_to(request.user)
    return None if pages.is_gone(request, rows.model, pk) else get_object_or_404(rows, pk=pk)


def _is_open(agreement: Agreement, kind: str, row: Any = None) -> bool:
    """Tell whether parts of a kind change now: a project also beside a signed agreement, unless it was signed too."""
    beside = kind == "projects" and agreement.status == "signed" and not getattr(row, "is_frozen", False)
    return agreement.is_writable or beside


def _following(request: SignedIn, row: Any) -> HttpResponse | None:
    """Lead to the next article, if that was asked and there is one."""
    if request.POST.get("then") != "next" or not isinstance(row, ArticleText):
        return None
    agreement = row.agreement
    later = agreement.articles.filter(number__gt=row.number).order_by("number").first()
    if later is None:
        return None
    return redirect(pages.address(agreement, "edit-part", kind="articles", pk=later.pk))


def is_preview(request: SignedIn) -> bool:
    """Tell whether the form was sent to see it as it will be read, not to save it."""
    return request.POST.get("then") == "preview"


def page(
    request: SignedIn, agreement: Agreement, kind: str, form: TextsForm, *, title: Any, row: Any = None
) -> HttpResponse:
    """Show the form, with what differs between the two languages and, if asked, how it will be read."""
    kept = _row(request, agreement, kind, row.pk) if row else None
    if is_preview(request) and isinstance(form, AsksForFileAgain):
        form.show_again()
    by = (
        kept.revisions.select_related("by").order_by("at", "pk").last()
        if kind == "articles" and kept
        else None
    )
    context = {
        **pages.head(agreement, request.user),
        "form": form,
        "title": title,
        "row": kept,
        "kind": kind,
        "last": by,
        "remove": _part(agreement, kind).remove,
        "hints": _hints(kind, form, kept or form.row),
        "is_preview": is_preview(request),
        "compared": _compared(agreement, form) if is_preview(request) else [],
    }
    return render(request, "conventions/part_edit.html", context)


def _compared(agreement: Agreement, form: TextsForm) -> list[Sides]:
    """Return what the boxes of an amendment change in the article in force, title and body, by language."""
    row = form.row
    if not (isinstance(agreement, Amendment) and isinstance(row, AmendmentArticle)):
        return []
    before = next((article for article in agreement.text_before if article.number == row.number), None)
    if before is None:
        return []
    typed = {name: normal(text).strip() for name, text in form.typed.items()}
    names = [[f"{what}_{language}" for language in ("fr", "nl")] for what in ("title", "body")]
    return [[(name[-2:], changes(getattr(before, name), typed[name])) for name in pair] for pair in names]


def _hints(kind: str, form: TextsForm, row: Any) -> list[str]:
    """Return where French and Dutch of what stands in the boxes do not say the same; nothing while a part is new."""
    # An article that is to be replaced has its number already.
    if kind == "projects" or not (row.pk or getattr(row, "number", None)):
        return []
    twin = copy.copy(row)
    for name, text in form.typed.items():
        setattr(twin, name, text)
    found = parity.parity([twin] if kind == "articles" else [], [twin] if kind == "themes" else [])
    return [finding.message for finding in found if finding.part is not None]
