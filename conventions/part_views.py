"""Writing the parts of a convention: its articles, the themes that it opens, the projects annexed to it."""

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
from conventions.models import Article, Convention, ConventionTheme, ProjectAgreement
from conventions.models.versioned import TextConflictError, Versioned
from conventions.writing import closed, may_be_written
from conventions.writing_forms import ProjectTextsForm, TextsForm, ThemeTextsForm, add_errors
from hubportal.access.admin import bound
from hubportal.access.constraints import constraint_messages
from hubportal.accounts.models import User
from hubportal.accounts.requests import SignedIn
from hubportal.workflow import TransitionError


class Part(NamedTuple):
    """A kind of part: its model, the form in which one is added, the verb that adds it, what its pages say."""

    model: type[Versioned]
    form: Callable[..., TextsForm]
    add: Callable[[Convention, User, dict[str, Any]], Any]
    new: Any
    edit: Any
    removal: Any
    """What happens when it is taken out."""


def _article_form(*args: Any, agreement: Convention, **kwargs: Any) -> TextsForm:
    return TextsForm(*args, **kwargs)


def _add_article(convention: Convention, by: User, facts: dict[str, Any]) -> Any:
    return convention.add_article(by=by, **facts)


def _open_theme(convention: Convention, by: User, facts: dict[str, Any]) -> Any:
    return convention.open_theme(by=by, **facts)


def _annex(convention: Convention, by: User, facts: dict[str, Any]) -> Any:
    return ProjectAgreement.objects.annex(convention=convention, by=by, **facts)


PARTS: Final[Mapping[str, Part]] = {
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


@require_http_methods(["GET", "HEAD", "POST"])
def part_new(request: SignedIn, reference: str, kind: str) -> HttpResponse:
    """Ask for the texts of a new part; on POST, add it at the end."""
    convention, part = may_be_written(request, reference), _part(kind)
    if not _is_open(convention, kind):
        return closed(request, convention)
    row = part.model(convention=convention)  # type: ignore[misc]  # each of them is of a convention
    form = part.form(*bound(request), row=row, agreement=convention)
    is_preview = request.POST.get("then") == "preview"
    if form.is_valid() and not is_preview:
        facts = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        answer = _saved(request, convention, form, lambda: part.add(convention, request.user, facts))
        if answer:
            return answer
    return _page(request, convention, kind, form, title=part.new, is_preview=is_preview)


@require_http_methods(["GET", "HEAD", "POST"])
def part_edit(request: SignedIn, reference: str, kind: str, pk: int) -> HttpResponse:
    """Show the texts of a part to write in; on POST, save them. A conflict shows what is kept beside what was typed."""
    convention, part = may_be_written(request, reference), _part(kind)
    row = _row(request, convention, kind, pk)
    if not _is_open(convention, kind, row):
        return closed(request, convention)
    form = TextsForm(*bound(request)[:1], row=row)
    is_preview = request.POST.get("then") == "preview"
    if form.is_valid() and not is_preview:
        version = form.cleaned_data["version"] or 0
        answer = _saved(
            request, convention, form, lambda: row.revise(by=request.user, version=version, **form.texts)
        )
        if answer:
            return _following(request, row) or answer
    return _page(request, convention, kind, form, title=part.edit, is_preview=is_preview, row=row)


@require_http_methods(["GET", "HEAD", "POST"])
def part_remove(request: SignedIn, reference: str, kind: str, pk: int) -> HttpResponse:
    """Ask whether a part is to be taken out of the text; on POST, do it."""
    convention, part = may_be_written(request, reference), _part(kind)
    row = _row(request, convention, kind, pk)
    if not _is_open(convention, kind, row):
        return closed(request, convention)
    error = ""
    if request.method == "POST":
        version = request.POST.get("version", "")
        try:
            row.remove(by=request.user, version=int(version) if version.isdecimal() else 0)
        except TransitionError as late:
            messages.error(request, str(late))
            return redirect(convention)
        except ValidationError as refusal:
            row, error = _row(request, convention, kind, pk), " ".join(refusal.messages)
        else:
            messages.success(request, _("It is taken out of the text."))
            return redirect(pages.address(convention, "edit"))
    context = {
        **pages.head(convention, request.user), "row": row, "kind": kind, "removal": part.removal, "error": error,
    }  # fmt: skip
    return render(request, "conventions/part_remove.html", context)


@require_POST
def article_move(request: SignedIn, reference: str, pk: int) -> HttpResponse:
    """Give an article another number."""
    convention = may_be_written(request, reference)
    row = _row(request, convention, "articles", pk)
    to = request.POST.get("to", "")
    try:
        row.move(by=request.user, to=int(to) if to.isdecimal() and len(to) < 4 else row.number)
    except (TransitionError, ValidationError) as error:
        messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
    return redirect(pages.address(convention, "edit") + "#h-articles")


def _part(kind: str) -> Part:
    if kind not in PARTS:
        raise Http404
    return PARTS[kind]


def _row(request: SignedIn, convention: Convention, kind: str, pk: int) -> Any:
    """Return a part that the person may read; 404 for another one."""
    return get_object_or_404(getattr(convention, kind).visible_to(request.user), pk=pk)


def _is_open(convention: Convention, kind: str, row: Any = None) -> bool:
    """Tell whether parts of a kind change now: a project also beside a signed convention, unless it was signed too."""
    beside = kind == "projects" and convention.status == "signed" and not getattr(row, "is_frozen", False)
    return convention.is_writable or beside


def _saved(
    request: SignedIn, convention: Convention, form: TextsForm, act: Callable[[], Any]
) -> HttpResponse | None:
    """Do it and lead on; None when the form must be shown again, with the reason and all that was typed."""
    try:
        with constraint_messages():
            has_changed = act()
    except TransitionError as error:
        messages.error(request, str(error))
        return redirect(convention)
    except TextConflictError as error:
        form.show_conflict(error)
        return None
    except ValidationError as error:
        add_errors(form, error)
        return None
    if has_changed:
        messages.success(request, _("Saved."))
    else:
        messages.info(request, _("Nothing was changed."))
    return redirect(pages.address(convention, "edit"))


def _following(request: SignedIn, row: Any) -> HttpResponse | None:
    """Lead to the next article, if that was asked and there is one."""
    if request.POST.get("then") != "next" or not isinstance(row, Article):
        return None
    later = row.convention.articles.filter(number__gt=row.number).order_by("number").first()
    if later is None:
        return None
    return redirect(pages.address(row.convention, "edit-part", kind="articles", pk=later.pk))


def _page(
    request: SignedIn, convention: Convention, kind: str, form: TextsForm,
    *, title: Any, is_preview: bool, row: Any = None,
) -> HttpResponse:  # fmt: skip
    """Show the form, with what differs between the two languages and, if asked, how it will be read."""
    kept = _row(request, convention, kind, row.pk) if row else None
    by = (
        kept.revisions.select_related("by").order_by("at", "pk").last()
        if kind == "articles" and kept
        else None
    )
    context = {
        **pages.head(convention, request.user),
        "form": form,
        "title": title,
        "row": kept,
        "kind": kind,
        "last": by,
        "hints": _hints(kind, form, kept),
        "is_preview": is_preview,
    }
    return render(request, "conventions/part_edit.html", context)


def _hints(kind: str, form: TextsForm, kept: Any) -> list[str]:
    """Return where French and Dutch of what stands in the boxes do not say the same."""
    if kept is None or kind == "projects":
        return []
    twin = copy.copy(kept)
    for name, text in form.typed.items():
        setattr(twin, name, text)
    found = parity.parity([twin] if kind == "articles" else [], [twin] if kind == "themes" else [])
    return [finding.message for finding in found if finding.part is not None]
