"""How allauth's outside identities are bent to the portal: they open an account that is linked, and make none."""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base import AuthError, AuthProcess
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse

from hubportal.accounts.journal import Kind, journal


class IdentityAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth is not typed for subclassing
    """allauth's adapter of outside identities."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """People are invited; nobody makes an account alone."""
        return False

    def get_requests_session(self) -> Any:
        """Return what asks the issuer: by no proxy of the environment, to no other place than asked."""
        session = super().get_requests_session()
        session.trust_env = False
        session.max_redirects = 0
        return session

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        """Return the page on which identities are linked."""
        return reverse("accounts:details")

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Say to whoever comes with an identity that nobody linked what to do; the journal has it."""
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            # Linking may wait in the session until its person has shown again that it is them: not with the token.
            sociallogin.token = None
            return
        if sociallogin.is_existing:
            return
        journal(Kind.SIGN_IN_FAILED, None, reason="identity not linked")
        raise ImmediateHttpResponse(render(request, "accounts/identity/unknown.html", status=403))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Any = None,
        extra_context: Any = None,
    ) -> None:
        """Say that it did not work, not why in the issuer's words; the journal has it, but no turning back."""
        if error != AuthError.CANCELLED:
            journal(Kind.SIGN_IN_FAILED, None, reason="identity refused")
        raise ImmediateHttpResponse(
            render(
                request,
                "accounts/identity/refused.html",
                {"is_cancelled": error == AuthError.CANCELLED},
                status=200 if error == AuthError.CANCELLED else 401,
            )
        )
