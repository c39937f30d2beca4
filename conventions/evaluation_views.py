"""The pages of a yearly evaluation: to read, and to write with the meetings and actions of the year beside it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from conventions import pages
from conventions.following import of_year
from conventions.models import Convention, Evaluation, SteeringMeeting
from conventions.stale import VersionedForm, own_language
from hubportal.access.admin import bound
from hubportal.accounts.requests import SignedIn
from hubportal.forms import InBoth


class EvaluationForm(InBoth, VersionedForm):
    """Both languages of an evaluation and of what the parties conclude; each side speaks its own language."""

    in_both = ("text", "conclusions")
    text_fr = forms.CharField(label=_("evaluation"), max_length=20_000, widget=forms.Textarea({"rows": 12}))
    text_nl = forms.CharField(label=_("evaluation"), max_length=20_000, widget=forms.Textarea({"rows": 12}))
    conclusions_fr = forms.CharField(
        label=_("conclusions"), max_length=8000, required=False, widget=forms.Textarea({"rows": 6})
    )
    conclusions_nl = forms.CharField(
        label=_("conclusions"), max_length=8000, required=False, widget=forms.Textarea({"rows": 6})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own_language(self, Evaluation.TEXTS)


@require_safe
def evaluation_detail(request: SignedIn, reference: str, year: int) -> HttpResponse:
    """Show the evaluation of a year, or that it is not written yet."""
    convention = pages.root_of(pages.readable(request, reference))
    row = _evaluation(request, convention, year)
    context = {**_about(request, convention, year), "evaluation": row}
    return render(request, "conventions/evaluation_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def evaluation_edit(request: SignedIn, reference: str, year: int) -> HttpResponse:
    """Show both texts to write in; on POST, save them."""
    convention = pages.root_of(pages.readable(request, reference))
    row = _evaluation(request, convention, year)
    about = _about(request, convention, year)
    if not about["may_record"]:
        raise PermissionDenied(_("You may read this, but you do not record it."))
    initial = {"version": row.version, **row.texts} if row else {"version": 0}
    form = EvaluationForm(bound(request)[0], initial=initial)
    if form.is_valid():
        texts = {name: form.cleaned_data[name] for name in Evaluation.TEXTS}
        version = form.cleaned_data["version"] or 0

        def write() -> None:
            Evaluation.objects.write(
                convention=convention, year=year, by=request.user, version=version, **texts
            )

        if form.took(write):
            messages.success(request, _("The evaluation is saved."))
            return redirect("conventions:evaluation", reference, year)
    return render(request, "conventions/evaluation_form.html", {**about, "form": form, "evaluation": row})


def _evaluation(request: SignedIn, convention: Convention, year: int) -> Evaluation | None:
    """Return the evaluation of a year, None when it is to be written; 404 for a year without anything to evaluate."""
    rows = Evaluation.objects.visible_to(request.user).select_related("written_by")
    row = rows.filter(convention=convention, year=year).first()
    if row is None and year not in Evaluation.years_of(convention):
        raise Http404
    return row


def _about(request: SignedIn, convention: Convention, year: int) -> dict[str, Any]:
    return {
        "convention": convention,
        "commune": convention.commune,
        "year": year,
        "may_record": SteeringMeeting.can_be_recorded_by(convention, request.user),
        **of_year(request.user, convention, year),
    }
