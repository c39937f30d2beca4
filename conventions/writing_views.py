"""Writing a convention: begin one, see what it still lacks, its term; of amendments too: who signs, the council."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from conventions import pages
from conventions.models import Article, Convention, ConventionTheme, ProjectAgreement, Signatory
from conventions.nextstep import next_step
from conventions.readiness import lacking
from conventions.reading import replaced
from conventions.writing import asked, closed, may_be_written, with_findings
from conventions.writing_forms import BeginForm, CouncilForm, SignatoryForm, TermForm
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
                commune, known = form.cleaned_data["commune"], form.cleaned_data["knowingly"]
                row = Convention.objects.begin(commune=commune, by=request.user, knowing=known)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(
                request, _("The draft is here, with the articles of the outline in both languages.")
            )
            if old := Convention.objects.in_force().filter(commune=commune).order_by("pk").first():
                words = _("%(reference)s is in force: it ends the day before the first day of the new one.")
                messages.info(request, words % {"reference": old.reference})
            return redirect(pages.address(row, "edit"))
    return render(request, "conventions/convention_new.html", {"form": form})


@require_safe
def convention_edit(request: SignedIn, reference: str) -> HttpResponse:
    """Show the parts to write, and what is lacking before it can be signed."""
    convention = pages.root_of(may_be_written(request, reference))
    if not convention.is_writable:
        return closed(request, convention)
    user, findings = request.user, convention.findings()
    articles = Article.objects.visible_to(user).filter(convention=convention).order_by("number")
    themes = ConventionTheme.objects.visible_to(user).filter(convention=convention).select_related("theme")
    context = {
        **pages.head(convention, user),
        **replaced(convention),
        "next": next_step(convention, user),
        "lacking": lacking(convention, "freeze"),
        "articles": with_findings(articles, findings),
        "themes": themes.order_by("theme__position", "theme"),
        "signatories": Signatory.objects.visible_to(user).filter(convention=convention),
        "projects": ProjectAgreement.objects.visible_to(user).filter(convention=convention),
    }
    return render(request, "conventions/convention_edit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def convention_term(request: SignedIn, reference: str) -> HttpResponse:
    """Ask for the term; on POST, write it."""
    convention = pages.root_of(may_be_written(request, reference))
    if not convention.is_writable:
        return closed(request, convention)
    form = TermForm(*bound(request)[:1], row=convention)

    def act() -> None:
        # From here on nobody else writes.
        convention.open_text(request.user)
        form.check_seen(convention)
        convention.set_term(by=request.user, **form.facts)

    return asked(request, convention, form, act, _("Term"))


@require_http_methods(["GET", "HEAD", "POST"])
def agreement_council(request: SignedIn, reference: str, number: int | None = None) -> HttpResponse:
    """Ask on which day the council decided; on POST, write it: until the last signature, later if it is missing."""
    agreement = may_be_written(request, reference, number)
    if not agreement.awaits_council:
        messages.error(request, _("The day of the council's decision is written, and stays."))
        return redirect(pages.address(agreement, "detail"))
    form = CouncilForm(*bound(request)[:1], row=agreement)

    def act() -> None:
        agreement.open_council(request.user)
        form.check_seen(agreement)
        agreement.set_council_decision(by=request.user, on=form.cleaned_data["council_decided_on"])

    return asked(request, agreement, form, act, _("Decision of the communal council"), is_text=False)


@require_http_methods(["GET", "HEAD", "POST"])
def signatory_new(request: SignedIn, reference: str, number: int | None = None) -> HttpResponse:
    """Ask who signs; on POST, write it down."""
    agreement = may_be_written(request, reference, number)
    if not agreement.is_writable:
        return closed(request, agreement)
    form = SignatoryForm(*bound(request)[:1], agreement=agreement)

    def act() -> None:
        agreement.add_signatory(by=request.user, **form.arguments)

    return asked(request, agreement, form, act, _("Who signs"), {"user": "who", "office": "who"})


@require_POST
def signatory_remove(request: SignedIn, reference: str, pk: int, number: int | None = None) -> HttpResponse:
    """Let somebody not sign."""
    agreement = may_be_written(request, reference, number)
    there = pages.address(agreement, "edit") + "#h-signatories"
    if pages.is_gone(request, Signatory, pk):
        # It is what was wanted.
        return redirect(there)
    rows = Signatory.objects.visible_to(request.user).filter(**{agreement.OWNER: agreement})
    row: Signatory = get_object_or_404(rows, pk=pk)
    try:
        row.remove(by=request.user)
    except TransitionError as error:
        messages.error(request, str(error))
        return redirect(pages.address(agreement, "detail"))
    messages.success(request, _("%(name)s does not sign.") % {"name": row.name})
    return redirect(there)
