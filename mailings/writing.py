"""Writing an edition: begin one, change both texts, have them as a file, send them to oneself."""

from io import BytesIO
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hubportal.access.admin import bound
from hubportal.access.constraints import constraint_messages
from hubportal.accounts.requests import SignedIn
from hubportal.blocks import Block
from hubportal.files.download import download
from mailings import blocks, trial, unsaved, weight
from mailings.forms import EditionForm
from mailings.letter import placeholders
from mailings.models import ExtraRecipient, Mailing, Status
from mailings.models.choices import SIDES, language_of
from mailings.models.consent import asked_changes
from mailings.pages import can_be_tried_by, cards, head, in_review_by, visible


@require_POST
def mailing_new(request: SignedIn) -> HttpResponse:
    """Begin an edition and open it; one that was begun and left empty is taken up again."""
    if not Mailing.can_be_begun_by(request.user):
        raise PermissionDenied
    untouched = Mailing.objects.filter(status=Status.DRAFT, version=1, created_by=request.user, run=None)
    try:
        with constraint_messages():
            mailing = untouched.order_by("number").first()
            if mailing is None:
                mailing = Mailing.begin(by=request.user)
            else:
                mailing.take_up()
    except ValidationError:
        messages.error(request, _("Somebody began an edition at the same moment: here it is in the list."))
        return redirect("mailings:list")
    return redirect("mailings:edit", mailing.number)


@require_http_methods(["GET", "HEAD", "POST"])
def mailing_edit(request: SignedIn, number: int) -> HttpResponse:
    """Show both texts to write in; on POST, save them, and send them to oneself if that was asked."""
    mailing = visible(request, number)
    if not mailing.can_be_revise_by(request.user):
        raise PermissionDenied
    offered = blocks.offered(mailing)
    form = EditionForm(*_typed(request, offered), mailing=mailing)
    said: dict[str, Any] = {}
    if request.method == "POST":
        if form.is_valid() and form.save(request.user):
            return _saved(request, mailing, form)
    elif not mailing.can_be_written_by(request.user):
        messages.error(request, _("This text cannot be changed any more."))
        return redirect(mailing)
    else:
        said = unsaved.opened(request, mailing, form)
    is_typed = form.is_bound or any(said.values())
    context = {
        **said,
        **head(mailing, request.user),
        **cards(mailing),
        "form": form,
        "is_typed": is_typed,
        "compared": unsaved.parity_of(mailing, unsaved.in_boxes(form)) if is_typed else None,
        # They stay until approval is asked for again: who makes them saves more than once.
        "remarks": asked_changes(mailing.approvals.all()),
        "blocks": offered,
        "of_same_week": Mailing.objects.of_week(mailing.week_on).exclude(pk=mailing.pk).order_by("number"),
        "placeholders": placeholders.KNOWN,
        "extras": ExtraRecipient.objects.visible_to(request.user).valid().count(),
    }
    return render(request, "mailings/mailing_edit.html", context)


@require_safe
def mailing_message(request: SignedIn, number: int, language: str) -> HttpResponseBase:
    """Hand out the mail as a file, in French, in Dutch or in both, to whoever sees the preview."""
    mailing = in_review_by(request, number)
    if language not in SIDES:
        raise Http404
    content = trial.message(mailing, request.user, language_of(language))
    return download(BytesIO(content), f"mailing-{number}-{language}.eml", "message/rfc822")


@require_POST
def mailing_test(request: SignedIn, number: int) -> HttpResponse:
    """Send the letter to oneself, in French, in Dutch and in both."""
    mailing = in_review_by(request, number)
    if not can_be_tried_by(request.user):
        raise PermissionDenied
    _send_test(request, mailing)
    return redirect("mailings:preview", mailing.number)


def _typed(request: SignedIn, offered: list[Block]) -> tuple[Any, Any]:
    """Return what the form is bound to; with a section at the end of both texts, if one was chosen."""
    data, files = bound(request)
    chosen = data.get("insert") if data else None
    if not chosen:
        return data, files
    block = next((block for block in offered if block.code == chosen), None)
    if block is None:
        messages.error(request, _("This section is not offered any more."))
        return data, files
    messages.info(request, _("“%(title)s” stands at the end of both texts.") % {"title": block.shown.title})
    return blocks.with_section(data, block), files


def _saved(request: SignedIn, mailing: Mailing, form: EditionForm) -> HttpResponse:
    if mailing.version == form.cleaned_data["version"]:
        messages.info(request, _("Nothing was changed."))
    else:
        words = _("Saved: version %(version)s.") % {"version": mailing.version}
        messages.success(request, _with_next(words, mailing))
    if request.POST.get("then") == "test" and can_be_tried_by(request.user):
        _send_test(request, mailing)
    return redirect("mailings:edit", mailing.number)


def _with_next(words: str, mailing: Mailing) -> str:
    """Add the way to asking for approval, when nothing stands in it."""
    mailing.refresh_from_db()
    if mailing.status != Status.DRAFT or weight.report(mailing).blocking:
        return words
    address = reverse("mailings:step", args=[mailing.number, "submit"])
    return format_html('{} <a href="{}">{}</a>', words, address, _("Next step: ask for approval"))


def _send_test(request: SignedIn, mailing: Mailing) -> None:
    trial.send(mailing, request.user)
    words = _("Three tests are on their way to %(address)s: in French, in Dutch, in both.")
    messages.success(request, words % {"address": request.user.email})
