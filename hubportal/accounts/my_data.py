"""A person's own page: what is known of them, taking it along, objecting (GDPR, articles 15 to 21)."""

from io import BytesIO
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hubportal.access.middleware import open_without_rights
from hubportal.accounts import forgetting, objecting
from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.models import Objection
from hubportal.accounts.objecting import ObjectionForm
from hubportal.accounts.requests import SignedIn
from hubportal.files.download import download
from hubportal.look.dates import hour, short_date
from hubportal.pdf import drawn, why_not
from hubportal.pdf.later import later

SHOWN: Final = 10
"""Rows of a kind on the page: the newest."""
PRINTED: Final = 200
"""Rows of a kind in the PDF; the JSON has all."""
NAME: Final = "hubportal-my-data"


@open_without_rights
@require_safe
def my_data(request: SignedIn) -> HttpResponse:
    """Show what is known of whoever asks, and what they may do about it."""
    return _page(request, ObjectionForm())


@open_without_rights
@require_safe
def my_data_json(request: SignedIn) -> HttpResponseBase:
    """Hand out all that is known of whoever asks, for a machine (article 20)."""
    text = forgetting.as_json_text(forgetting.known(forgetting.about(request.user)))
    journal(Kind.EXPORTED, request.user, request.user, what="personal data", format="json")
    return download(BytesIO(text.encode()), f"{NAME}.json", "application/json")


@open_without_rights
@require_safe
def my_data_pdf(request: SignedIn) -> HttpResponseBase:
    """Hand out what is known of whoever asks, on paper."""
    if missing := why_not():
        return later(request, _("My data"), missing=missing)
    content = BytesIO(drawn(markup(request)))
    journal(Kind.EXPORTED, request.user, request.user, what="personal data", format="pdf")
    return download(content, f"{NAME}.pdf", "application/pdf")


@open_without_rights
@require_POST
def my_data_object(request: SignedIn) -> HttpResponse:
    """Object to a use of one's data; one objection at a time."""
    form = ObjectionForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    if objecting.object_to(request.user, form.cleaned_data["reason"]):
        messages.success(request, _("Your objection is with the agency; we answer within a month."))
    else:
        messages.warning(request, _("You have objected already; we answer within a month."))
    return redirect("accounts:my-data")


def markup(request: SignedIn) -> str:
    """Return the HTML of the PDF, in the active language."""
    now = timezone.now()
    printed = {"day": short_date(now), "hour": hour(now)}
    context = {
        "language": get_language(),
        "person": request.user,
        "sections": forgetting.known(forgetting.about(request.user), PRINTED),
        "foot": _("Drawn up on %(day)s, %(hour)s") % printed,
    }
    return render_to_string("accounts/pdf/my_data.html", context)


def _page(request: SignedIn, form: ObjectionForm) -> HttpResponse:
    mine = Objection.objects.filter(user=request.user)
    context: dict[str, Any] = {
        "sections": forgetting.known(forgetting.about(request.user), SHOWN),
        "objections": mine,
        "form": None if mine.open().exists() else form,
    }
    return render(request, "accounts/my_data.html", context)
