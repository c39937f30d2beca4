"""Writing a convention: begin one, see what it still lacks, its term, who signs, the council's decision."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from conventions import pages
from conventions.models import Article, Convention, ConventionTheme, ProjectAgreement, Signatory
from conventions.models.choices import WRITABLE
from conventions.nextstep import next_step
from conventions.parity import Finding
from conventions.readiness import lacking
from conventions.writing import closed, may_be_written
from conventions.writing_forms import BeginForm, CouncilForm, SignatoryForm, TermForm, add_errors
from hubportal.access.admin import bound
from hubportal.access.constraints import constraint_messages
from hubportal.accounts.models import STEWARDS
from hubportal.accounts.requests import SignedIn
from hubportal.workflow import TransitionError


@require_http_methods(["GET", "HEAD", "POST"])
def convention_new(request: SignedIn) -> HttpResponse:
    """Ask for which commune; on POST, begin a convention from the outline."""
    if not request.user.has_role(*STEWARDS):
        raise PermissionDenied
    form = BeginForm(*bound(request)[:1])
    if form.is_valid():
        try:
            with constraint_messages():
                row = Convention.objects.begin(commune=form.cleaned_data["commune"], by=request.user)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(
                request, _("The draft is here, with the articles of the outline in both languages.")
            )
            return redirect(pages.address(row, "edit"))
    return render(request, "conventions/convention_new.html", {"form": form})


@require_safe
def convention_edit(request: SignedIn, reference: str) -> HttpResponse:
    """Show the parts to write, and what is lacking before it can be signed."""
    convention = may_be_written(request, reference)
    if not convention.is_writable:
        return closed(request, convention)
    user, findings = request.user, convention.findings()
    articles = Article.objects.visible_to(user).filter(convention=convention).order_by("number")
    themes = ConventionTheme.objects.visible_to(user).filter(convention=convention).select_related("theme")
    context = {
        **pages.head(convention, user),
        "next": next_step(convention, user),
        "lacking": lacking(convention, "freeze"),
        "articles": [(row, _of(row, findings)) for row in articles],
        "themes": themes.order_by("theme__position", "theme"),
        "signatories": Signatory.objects.visible_to(user).filter(convention=convention),
        "projects": ProjectAgreement.objects.visible_to(user).filter(convention=convention),
    }
    return render(request, "conventions/convention_edit.html", context)


def _of(part: Any, findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.part == part]


@require_http_methods(["GET", "HEAD", "POST"])
def convention_term(request: SignedIn, reference: str) -> HttpResponse:
    """Ask for the term; on POST, write it."""
    convention = may_be_written(request, reference)
    if not convention.is_writable:
        return closed(request, convention)
    form = TermForm(*bound(request)[:1], convention=convention)

    def act() -> None:
        convention.set_term(by=request.user, **form.term)

    return _asked(request, convention, form, act, _("Term"))


@require_http_methods(["GET", "HEAD", "POST"])
def convention_council(request: SignedIn, reference: str) -> HttpResponse:
    """Ask on which day the council decided; on POST, write it: until the last signature."""
    convention = may_be_written(request, reference)
    if convention.status not in (*WRITABLE, "to_sign"):
        return closed(request, convention)
    form = CouncilForm(*bound(request)[:1], agreement=convention)

    def act() -> None:
        convention.set_council_decision(by=request.user, on=form.cleaned_data["on"])

    return _asked(
        request, convention, form, act, _("Decision of the communal council"), {"council_decided_on": "on"}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def signatory_new(request: SignedIn, reference: str) -> HttpResponse:
    """Ask who signs; on POST, write it down."""
    convention = may_be_written(request, reference)
    if not convention.is_writable:
        return closed(request, convention)
    form = SignatoryForm(*bound(request)[:1], agreement=convention)

    def act() -> None:
        convention.add_signatory(by=request.user, **form.arguments)

    return _asked(request, convention, form, act, _("Who signs"), {"user": "who", "office": "who"})


@require_POST
def signatory_remove(request: SignedIn, reference: str, pk: int) -> HttpResponse:
    """Let somebody not sign."""
    convention = may_be_written(request, reference)
    row: Signatory = get_object_or_404(
        Signatory.objects.visible_to(request.user).filter(convention=convention), pk=pk
    )
    try:
        row.remove(by=request.user)
    except TransitionError as error:
        messages.error(request, str(error))
        return redirect(convention)
    messages.success(request, _("%(name)s does not sign.") % {"name": row.name})
    return redirect(pages.address(convention, "edit") + "#h-signatories")


def _asked(
    request: SignedIn, convention: Convention, form: forms.Form, act: Callable[[], None],
    title: str, moved: Mapping[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    """Do what a good form asks for and lead on; otherwise show the form, with the reason and all that was typed."""
    if form.is_valid():
        try:
            with constraint_messages():
                act()
        except TransitionError as error:
            messages.error(request, str(error))
            return redirect(convention)
        except ValidationError as error:
            add_errors(form, error, moved)
        else:
            messages.success(request, _("Saved."))
            target = convention if convention.status == "to_sign" else pages.address(convention, "edit")
            return redirect(target)
        # What was refused stays in the form only.
        convention.refresh_from_db()
    context = {**pages.head(convention, request.user), "form": form, "title": title}
    return render(request, "conventions/convention_ask.html", context)
