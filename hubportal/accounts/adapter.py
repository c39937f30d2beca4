"""How allauth is bent to the portal: nobody signs up, its mail goes through the outbox, its limits count by person."""

import unicodedata
from typing import Any
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.letters import write_to
from hubportal.accounts.models import User
from hubportal.accounts.notices import CHANGES
from hubportal.accounts.sessions import device_of

WAYS = {
    "reauthenticate": gettext_lazy("With your password"),
    "mfa_reauthenticate": gettext_lazy("With a code of your app, or a recovery code"),
    "mfa_reauthenticate:webauthn": gettext_lazy("With a passkey"),
    "code": gettext_lazy("With a code by e-mail"),
}
"""How somebody who is signed in shows that it is still them, by allauth's names."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is not typed for subclassing
    """allauth's account adapter."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are invited; nobody makes an account alone."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write allauth's mail to the outbox; its codes and links are blanked once the relay took it."""
        write_to(
            email,
            User.objects.filter(email=email.lower()).first(),
            f"{template_prefix}_subject.txt",
            f"{template_prefix}_message.txt",
            context,
            kind=template_prefix.rsplit("/", 1)[-1],
            is_secret=True,
        )

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell a person what changed in how they sign in, when and in which browser; no address of the network."""
        if not user.email:
            return
        kind = template_prefix.rsplit("/", 1)[-1]
        told = {"change": CHANGES[kind], "at": timezone.localtime(), "device": device_of(self.request)}
        stem = "accounts/email/security"
        write_to(user.email, user, f"{stem}.subject.txt", f"{stem}.txt", told, kind=kind)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Return the ways to show that it is still oneself; who has no other gets a code by e-mail."""
        found = super().get_reauthentication_methods(user)
        if not found and isinstance(user, User) and user.email:
            found = [{"id": "code", "url": reverse("accounts:fresh-code")}]
        return [{**way, "description": str(WAYS[way["id"]])} for way in found]

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the link that goes out by mail; what the browser called this host has no say in it."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.BASE_URL + path.replace("UID-KEY", quote(key))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse an address that was tried too often, and write it down."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            journal(
                Kind.LIMITED, None, User.objects.filter(email=str(credentials.get("email")).lower()).first()
            )
            raise

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth adds the name by which the host was called: each spelling of it would be five attempts more.
        return unicodedata.normalize("NFKC", str(credentials.get("email") or "")).casefold()
