"""Journal of sign-ins: listens to the signals that Django sends."""

from typing import Any

from allauth.socialaccount.signals import social_account_added
from django.contrib.auth import signals
from django.http import HttpRequest

from hubportal.accounts import factors, seeing, sessions
from hubportal.accounts.identity import linking
from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.models import User


def listen() -> None:
    """Connect the listeners, once."""
    signals.user_logged_in.connect(_signed_in, dispatch_uid="journal_signed_in")
    signals.user_logged_out.connect(_signed_out, dispatch_uid="journal_signed_out")
    signals.user_login_failed.connect(_sign_in_failed, dispatch_uid="journal_sign_in_failed")
    factors.listen()
    social_account_added.connect(_linked, dispatch_uid="journal_linked")


def _signed_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    sessions.begin(request)
    journal(Kind.SIGNED_IN, user, user)


def _linked(sender: Any, request: HttpRequest, sociallogin: Any, **kwargs: Any) -> None:
    linking.linked(sociallogin.user, request)


def _signed_out(sender: Any, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        seeing.end(request, "signed out")
        journal(Kind.SIGNED_OUT, user, user)


def _sign_in_failed(sender: Any, credentials: dict[str, Any], **kwargs: Any) -> None:
    # Who it was meant to be, if we know them; the address that was typed is not kept.
    known = User.objects.filter(email=str(credentials.get("email") or "").lower()).first()
    journal(Kind.SIGN_IN_FAILED, None, known)
