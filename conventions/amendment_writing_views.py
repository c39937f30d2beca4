"""Writing an amendment: begin one, see what it still lacks, its facts, which articles it replaces or takes out."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from conventions import pages
from conventions.amendment_forms import BeginAmendmentForm, FactsForm
from conventions.models import Amendment, AmendmentArticle, Change, Signatory
from conventions.models.consolidated import ConsolidatedArticle
from conventions.nextstep import next_step
from conventions.part_views import edited, is_preview, page
from conventions.readiness import lacking
from conventions.writing import asked, closed, may_be_written, saved, with_findings
from conventions.writing_forms import TextsForm
from hubportal.access.admin import bound
from hubportal.access.constraints import constraint_messages
from hubportal.accounts.requests import SignedIn
from hubportal.workflow import TransitionError


@require_http_methods(["GET", "HEAD", "POST"])
def amendment_new(request: SignedIn, reference: str) -> HttpResponse:
    """Ask what the next amendment is about; on POST, begin it."""
    convention = pages.root_of(pages.readable(request, reference))
    if not convention.can_be_amended_by(request.user):
        raise PermissionDenied
    if not convention.is_amendable:
        messages.error(request, _("Only a signed convention can be amended."))
        return redirect(convention)
    form = BeginAmendmentForm(*bound(request)[:1])
    if form.is_valid():
        facts = {name: form.cleaned_data[name] for name in ("title_fr", "title_nl")}
        facts["knowing"] = form.cleaned_data["knowingly"]
        try:
            with constraint_messages():
                row = Amendment.objects.begin(convention=convention, by=request.user, **facts)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(
                request, _("The draft is here: say what it changes. The commune reads it once you share it.")
            )
            return redirect(pages.address(row, "edit"))
    context = {**pages.head(convention, request.user), "form": form, "title": _("Begin an amendment")}
    return render(request, "conventions/amendment_facts.html", context)


@require_safe
def amendment_edit(request: SignedIn, reference: str, number: int) -> HttpResponse:
    """Show what an amendment changes, what it could change, and what is lacking before it can be signed."""
    amendment = _amendment(request, reference, number)
    if not amendment.is_writable:
        return closed(request, amendment)
    user, findings = request.user, amendment.findings()
    changes = list(AmendmentArticle.objects.visible_to(user).filter(amendment=amendment).order_by("number"))
    changed = {row.number for row in changes}
    before = amendment.text_before
    context = {
        **pages.head(amendment, user),
        "next": next_step(amendment, user),
        "lacking": lacking(amendment, "freeze"),
        "changes": with_findings(changes, findings),
        "unchanged": [row for row in before if row.number not in changed],
        "signatories": Signatory.objects.visible_to(user).filter(amendment=amendment),
    }
    return render(request, "conventions/amendment_edit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def amendment_facts(request: SignedIn, reference: str, number: int) -> HttpResponse:
    """Ask what it is about, from when, until when the convention lasts; on POST, write it."""
    amendment = _amendment(request, reference, number)
    if not amendment.is_writable:
        return closed(request, amendment)
    form = FactsForm(*bound(request)[:1], row=amendment)

    def act() -> None:
        # From here on nobody else writes.
        amendment.open_text(request.user)
        form.check_seen(amendment)
        amendment.set_facts(by=request.user, **form.facts)

    return asked(
        request, amendment, form, act, _("Object and days"), template="conventions/amendment_facts.html"
    )


@require_http_methods(["GET", "HEAD", "POST"])
def article_replace(request: SignedIn, reference: str, number: int, article: int) -> HttpResponse:
    """Show the text in force of an article to write another one; on POST, replace it.

    Whoever comes second edits what the first one wrote: they see both texts.
    """
    amendment = _amendment(request, reference, number)
    if not amendment.is_writable:
        return closed(request, amendment)
    title = _("Replace article %(number)s") % {"number": article}
    known = _change(request, amendment, article, Change.REPLACE)
    if known is not None:
        return edited(request, amendment, "articles", known, title=title)
    texts = _texts(_before(amendment, article), is_sent=request.method == "POST")
    # Version 0: the first text of this change will be another one.
    row = AmendmentArticle(amendment=amendment, change=Change.REPLACE, number=article, version=0, **texts)
    form = TextsForm(*bound(request)[:1], row=row)
    if form.is_valid() and not is_preview(request):
        answer = saved(
            request, amendment, form,
            lambda: amendment.change_article(
                by=request.user, change=Change.REPLACE, number=article, **form.texts
            ),
        )  # fmt: skip
        if answer:
            return answer
    return page(request, amendment, "articles", form, title=title)


@require_http_methods(["GET", "HEAD", "POST"])
def article_take_out(request: SignedIn, reference: str, number: int, article: int) -> HttpResponse:
    """Ask whether the amendment takes an article out of the convention; on POST, let it do so."""
    amendment = _amendment(request, reference, number)
    if not amendment.is_writable:
        return closed(request, amendment)
    error = ""
    if request.method == "POST" and _change(request, amendment, article, Change.REMOVE) is None:
        try:
            with constraint_messages():
                amendment.change_article(by=request.user, change=Change.REMOVE, number=article)
        except TransitionError as late:
            messages.error(request, str(late))
            return redirect(pages.address(amendment, "detail"))
        except ValidationError as refusal:
            error = " ".join(refusal.messages)
    if request.method == "POST" and not error:
        messages.success(request, _("The amendment takes article %(number)s out.") % {"number": article})
        return redirect(pages.address(amendment, "edit"))
    before = _before(amendment, article)
    if before is None and not error:
        raise Http404
    context = {**pages.head(amendment, request.user), "article": before, "number": article, "error": error}
    return render(request, "conventions/amendment_take_out.html", context)


def _amendment(request: SignedIn, reference: str, number: int) -> Amendment:
    """Return an amendment for who writes in it; 404 when it cannot be read, PermissionDenied otherwise."""
    amendment = may_be_written(request, reference, number)
    if not isinstance(amendment, Amendment):
        raise TypeError(f"no amendment: {amendment!r}")
    return amendment


def _change(request: SignedIn, amendment: Amendment, article: int, change: str) -> AmendmentArticle | None:
    """Return what the amendment does to an article already, if it is this."""
    rows = AmendmentArticle.objects.visible_to(request.user).filter(amendment=amendment)
    return rows.filter(number=article, change=change).first()


def _before(amendment: Amendment, article: int) -> ConsolidatedArticle | None:
    return next((row for row in amendment.text_before if row.number == article), None)


def _texts(before: ConsolidatedArticle | None, *, is_sent: bool) -> dict[str, Any]:
    """Return the texts with which a replacement begins; 404 without an article, unless a text was sent already."""
    if before is None:
        if is_sent:
            return {}
        raise Http404
    return {name: getattr(before, name) for name in AmendmentArticle.TEXTS}
