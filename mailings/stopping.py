"""Stopping an address or proposing another one, by the link that each message ends with."""

from typing import Final

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from mailings.models import Delivery, DeliveryEvent, SuppressedAddress

ONE_CLICK: Final = ("List-Unsubscribe", "One-Click")
"""What a mail program posts by itself (RFC 8058): without a cookie, and without reading the answer."""


class ProposalForm(forms.Form):
    """Another address for the same person."""

    address = forms.EmailField(
        label=gettext_lazy("Another address"),
        max_length=254,
        help_text=gettext_lazy("Somebody of the agency calls you to check it, then changes it."),
    )


# No cookie, no account: the link of a message is the proof, and nobody else can guess it.
@login_not_required
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Say what the recipient of a message can change; do it by POST only (mail scanners follow links)."""
    delivery = get_object_or_404(Delivery.objects.opened_with(token).select_related("mailing"))
    name, value = ONE_CLICK
    if request.POST.get(name) == value:
        delivery.stop()
        return HttpResponse(_("Nothing more is sent to this address."), content_type="text/plain")
    form = ProposalForm(request.POST if "propose" in request.POST else None)
    if "stop" in request.POST:
        delivery.stop()
        return _back_to(token, "stopped")
    if form.is_valid() and _proposed(delivery, form):
        return _back_to(token, "proposed")
    context = {
        "delivery": delivery,
        "is_of_a_commune": delivery.served.of_communes().exists(),
        "form": form,
        "stopped": SuppressedAddress.objects.filter(address=delivery.address).first(),
        "proposal": delivery.events.filter(kind=DeliveryEvent.Kind.MOVED).order_by("at", "pk").last(),
    }
    return render(request, "mailings/letter_stop.html", context)


def _back_to(token: str, done: str) -> HttpResponse:
    """Redirect to where the page says what was done: it takes the focus there, without a script."""
    return redirect(f"{reverse('mailings:stop', args=[token])}#{done}")


def _proposed(delivery: Delivery, form: ProposalForm) -> bool:
    """Tell staff of the address; False when the form must be shown again, with the reason."""
    try:
        delivery.propose(form.cleaned_data["address"])
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True
