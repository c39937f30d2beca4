"""Sign-in by one click and the mailbox of the demonstration: on this machine only, in demo mode only."""

from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from hubportal.access.mail_page import mail_page
from hubportal.accounts import demo, factors, mailbox
from hubportal.accounts.models import User

View = Callable[..., HttpResponse]
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via")


class DemoIsLocalMiddleware:
    """Answers nothing but 404 to whoever reaches the demonstration from elsewhere: its passwords are known."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, or 404."""
        if settings.DEMO and not is_local(request):
            return HttpResponse(
                "hubportal: the demonstration answers this machine only\n",
                status=404,
                content_type="text/plain",
            )
        return self.get_response(request)


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
    """Tell whether both the name asked for and the asking machine are the loopback, with no proxy between."""
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        is_here = ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
    return is_here and split_domain_port(request.get_host())[0] in settings.LOOPBACK


@only_here
@require_POST
def sign_in(request: HttpRequest, key: str) -> HttpResponse:
    """Sign in as one of the demonstration's people; the journal has it like any other sign-in."""
    account = next((account for account in demo.one_click() if account.key == key), None)
    if account is None:
        raise Http404
    user = get_object_or_404(User, email=account.email, is_active=True)
    login(request, user, backend="hubportal.accounts.backends.GrantBackend")
    # One click stands for password and second factor.
    factors.give(request, user, "demo")
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
def mailbox_message(request: HttpRequest, name: str) -> HttpResponse:
    """Show one message: its headers and its text."""
    found = mailbox.letter(name)
    if found is None:
        raise Http404
    return render(request, "accounts/demo/message.html", {"letter": found})


@only_here
@require_safe
def mailbox_html(request: HttpRequest, name: str) -> HttpResponse:
    """Show the HTML of one message as a mail program would: its own styles, no script, nothing from elsewhere."""
    found = mailbox.letter(name)
    if found is None or not found.html:
        raise Http404
    return mail_page(found.html)
