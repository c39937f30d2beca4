"""Going to the issuer of identities, coming back, linking what it knows one by, and parting from it."""

from collections.abc import Callable
from functools import wraps

from allauth.decorators import rate_limit
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from hubportal.accounts import factors
from hubportal.accounts.identity import linking
from hubportal.accounts.identity.provider import IssuerAdapter
from hubportal.accounts.requests import SignedIn

View = Callable[..., HttpResponse]


def _of_the_issuer(view: View) -> View:
    """Answer 404 without an issuer in the settings, and a page that says what to do when it answers nonsense.

    allauth asks the issuer before it looks for `OAuth2Error`, too, which is all that its adapter raises.
    """

    @wraps(view)
    def guarded(request: HttpRequest, provider_id: str) -> HttpResponse:
        try:
            return view(request, provider_id)
        except SocialApp.DoesNotExist as error:
            raise Http404 from error
        except OAuth2Error as error:
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
    """Lead to the issuer: by a link, since a form may lead nowhere but here (`form-action`).

    A link from anywhere begins a sign-in; to link an identity it must have been begun here (`link`).
    """
    if request.GET.get("process") == AuthProcess.CONNECT and not linking.take(request):
        raise PermissionDenied
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
@factors.asks_anew
def link(request: SignedIn) -> HttpResponse:
    """Begin to link an outside identity; the page of one's details then shows the way to the issuer."""
    linking.begin(request)
    return redirect(f"{reverse('accounts:details')}#h-identity")


@require_POST
@factors.asks_anew
def unlink(request: SignedIn) -> HttpResponse:
    """Part from one's outside identity."""
    if linking.part(request):
        messages.success(request, _("The identity is no longer linked to your account."))
    return redirect("accounts:details")
