"""What a person types is kept by a script every few seconds, beside the versions, until they save or discard it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hubportal.accounts.requests import SignedIn
from hubportal.look.dates import hour
from hubportal.workflow import TransitionError
from mailings.fields import MarkdownField
from mailings.forms import EditionForm
from mailings.models import Mailing, UnsavedText
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
        return _said(_("Nothing differs from what is saved."))
    return _said(_("Kept at %(hour)s, not saved yet.") % {"hour": hour(row.saved_at)})


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


def _said(words: str, status: int = 200) -> JsonResponse:
    return JsonResponse({"said": words}, status=status)
