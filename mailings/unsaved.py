"""What a person types is kept by a script every few seconds, beside the versions, until they save or discard it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hubportal.accounts.requests import SignedIn
from hubportal.look.dates import hour
from hubportal.workflow import TransitionError
from mailings import parity, weight
from mailings.fields import MarkdownField
from mailings.forms import EditionForm
from mailings.models import LANGUAGES, Mailing, UnsavedText
from mailings.models.texts import FIELDS
from mailings.models.unsaved import NAMES
from mailings.pages import visible
from mailings.versions import asked_number, texts_of

TOO_LONG, CLOSED = 422, 409


class UnsavedForm(forms.Form):
    """The boxes as they stand, bad lines too: what is unsaved may be wrong, it must only not be endless."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in NAMES:
            self.fields[name] = MarkdownField()


@require_POST
def mailing_keep(request: SignedIn, number: int) -> HttpResponse:
    """Keep what the person has typed, for the script of the form, and say so in one line."""
    mailing = _written(request, number)
    form = UnsavedForm(request.POST)
    if not form.is_valid():
        return _said(_("Not kept: a text is too long, or holds what is no text."), TOO_LONG)
    found = dict(form.cleaned_data)
    try:
        row = UnsavedText.keep(mailing, by=request.user, version=found.pop("version"), texts=found)
    except TransitionError as error:
        return _said(_("Not kept: %(reason)s") % {"reason": error}, CLOSED)
    if row is None:
        return _said(_("Nothing differs from what is saved."), compared=_compared(request, mailing, None))
    words = _("Kept at %(hour)s, not saved yet.") % {"hour": hour(row.saved_at)}
    return _said(words, compared=_compared(request, mailing, parity_of(mailing, row.texts)))


@require_POST
def mailing_discard(request: SignedIn, number: int) -> HttpResponse:
    """Remove what the person has typed and not saved, and go back to what is saved."""
    mailing = _written(request, number)
    UnsavedText.objects.visible_to(request.user).filter(mailing=mailing).delete()
    words = _("Your unsaved text is removed. Here is version %(version)s.")
    messages.success(request, words % {"version": mailing.version})
    return redirect("mailings:edit", mailing.number)


def opened(request: SignedIn, mailing: Mailing, form: EditionForm) -> dict[str, Any]:
    """Fill the form with the version that was asked for, else with the person's unsaved text; return what to say."""
    row = UnsavedText.objects.visible_to(request.user).filter(mailing=mailing).first()
    if number := asked_number(request, "version", 0):
        kept = texts_of(mailing, request.user, number)
        texts = {f"{name}_{key}": getattr(side, name) for key, side in kept.items() for name in FIELDS}
        form.open_with(texts, mailing.version)
        return {"restored": kept["fr"], "replaced": row}
    if row is not None:
        form.open_with(row.texts, row.version)
    return {"unsaved": row}


def _written(request: SignedIn, number: int) -> Mailing:
    mailing = visible(request, number)
    if not mailing.can_be_revise_by(request.user):
        raise PermissionDenied
    return mailing


def in_boxes(form: EditionForm) -> dict[str, str]:
    """Return the texts as the boxes of a form show them."""
    return {name: form[name].value() or "" for name in NAMES}


def parity_of(mailing: Mailing, texts: Mapping[str, str]) -> parity.Report:
    """Compare what stands in the boxes, saved or not."""
    sides: dict[str, parity.Side] = {}
    for language in LANGUAGES:
        words: Any = {name: texts[f"{name}_{language}"] for name in FIELDS}
        sides[language] = mailing.side(language)._replace(**words)
    return parity.check(sides["fr"], sides["nl"])


def _compared(request: SignedIn, mailing: Mailing, typed: parity.Report | None) -> str:
    """Return the card of the comparison, for the script to put in the place of the one on the page."""
    context = {"report": typed or weight.report(mailing), "is_typed": typed is not None}
    return render_to_string(
        "mailings/partials/parity.html", {**context, "may_write": True, "here": "edit"}, request
    )


def _said(words: str, status: int = 200, **more: str) -> JsonResponse:
    return JsonResponse({"said": words, **more}, status=status)
