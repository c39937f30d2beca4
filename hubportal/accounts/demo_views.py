"""Sign-in by one click and the mailbox of the demonstration: on this machine only, in demo mode only."""

from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address
from typing import Final

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from hubportal.accounts import demo, mailbox
from hubportal.accounts.models import User

HERE: Final = ("localhost", "127.0.0.1", "::1")

View = Callable[..., HttpResponse]


def only_here(view: View) -> View:
    """Answer 404 unless this is the demonstration, asked for by and at this very machine."""

    @login_not_required
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        if not (settings.DEMO and is_local(request)):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def is_local(request: HttpRequest) -> bool:
    """Tell whether both the name asked for and the asking machine are the loopback."""
    host = request.get_host()
    name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
    try:
        return name.strip("[]") in HERE and ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


@only_here
@require_POST
def sign_in(request: HttpRequest, key: str) -> HttpResponse:
    """Sign in as one of the demonstration's people; the journal has it like any other sign-in."""
    account = next((account for account in demo.one_click() if account.key == key), None)
    if account is None:
        raise Http404
    user = get_object_or_404(User, email=account.email, is_active=True)
    login(request, user, backend="hubportal.accounts.backends.GrantBackend")
    with translation.override(user.language):
        return redirect("home")


@only_here
@require_safe
def mailbox_list(request: HttpRequest) -> HttpResponse:
    """Show what the portal sent, by person, newest first."""
    everything = mailbox.letters()
    chosen = request.GET.get("to", "")
    context = {
        "letters": [letter for letter in everything if not chosen or chosen in letter.recipients],
        "recipients": mailbox.recipients(everything),
        "chosen": chosen,
    }
    return render(request, "accounts/demo/mailbox.html", context)


@only_here
@require_safe
def mailbox_letter(request: HttpRequest, key: str) -> HttpResponse:
    """Show one message: its headers and its text."""
    found = mailbox.letter(key)
    if found is None:
        raise Http404
    return render(request, "accounts/demo/letter.html", {"letter": found})
