"""Going to the issuer of identities, coming back, and parting from it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from allauth.decorators import rate_limit
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from requests import RequestException

from hubportal.accounts.identity.provider import IssuerAdapter
from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.requests import SignedIn

View = Callable[..., HttpResponse]


def _of_the_issuer(view: View) -> View:
    """Answer 404 without an issuer in the settings, and a page that says what to do when it answers nonsense."""

    @wraps(view)
    def guarded(request: HttpRequest, provider_id: str) -> HttpResponse:
        try:
            return view(request, provider_id)
        except SocialApp.DoesNotExist as error:
            raise Http404 from error
        # An issuer that is away or that says something else than the standard does.
        except (RequestException, KeyError, TypeError, ValueError) as error:
            provider = get_adapter(request).get_provider(request, provider_id)
            found: HttpResponse = render_authentication_error(request, provider, exception=error)
            return found

    return guarded


@login_not_required
@never_cache
@require_safe
@rate_limit(action="login", limit_get=True)  # type: ignore[untyped-decorator]  # allauth is not typed
@_of_the_issuer
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Lead to the issuer: by a link, since a form may lead nowhere but here (`form-action`)."""
    found: HttpResponse = OAuth2LoginView.adapter_view(IssuerAdapter(request, provider_id))(request)
    return found


@login_not_required
@never_cache
@require_safe
@rate_limit(action="login", limit_get=True)  # type: ignore[untyped-decorator]  # allauth is not typed
@_of_the_issuer
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Let in whoever comes back from the issuer with an identity that is linked to an account."""
    found: HttpResponse = OAuth2CallbackView.adapter_view(IssuerAdapter(request, provider_id))(request)
    return found


@require_POST
def unlink(request: SignedIn) -> HttpResponse:
    """Part from one's outside identity; whoever signed in long ago signs in again first."""
    try:
        raise_if_reauthentication_required(request, app="allauth.socialaccount")
    except ReauthenticationRequired:
        return redirect("account_reauthenticate")
    rows: Any = SocialAccount.objects.filter(user=request.user)
    if rows.delete()[0]:
        journal(Kind.IDENTITY_UNLINKED, request.user, request.user)
        messages.success(request, _("The identity is no longer linked to your account."))
    return redirect("accounts:details")
