"""How allauth's second factors are bent to the portal: sealed, bound to our address, never the last one gone."""

from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import qrcode  # type: ignore[import-untyped]
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from qrcode.image.svg import SvgPathFillImage  # type: ignore[import-untyped]

from hubportal.accounts import factors, sealed
from hubportal.accounts.models import User
from hubportal.accounts.sessions import device_of


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is not typed for subclassing
    """allauth's adapter of second factors."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This code does not fit. Take the one that is shown now."),
        "cannot_delete_authenticator": gettext_lazy(
            "Your role asks for a second factor: add another one first, then remove this one."
        ),
    }

    def get_totp_issuer(self) -> str:
        """Return what the app on the telephone calls us."""
        return f"hubportal {self._host()}"

    def build_totp_svg(self, url: str) -> str:
        """Return the picture that the app reads: black on white, in a dark page too."""
        picture = BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(picture)
        return picture.getvalue().decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return whom a passkey is for: the address of this installation, whatever the browser called it."""
        return {"id": self._host(), "name": "hubportal"}

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        """Return what a passkey is called until its owner says otherwise: after the browser."""
        return device_of(context.request) or _("Passkey")

    def encrypt(self, text: str) -> str:
        """Seal what a factor is counted out from."""
        return sealed.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Unseal it."""
        return sealed.unseal(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Tell whether one may go: whoever holds a role keeps one."""
        owner: Any = authenticator.user
        is_bound = isinstance(owner, User) and bool(owner.roles)
        return not is_bound or factors.of(owner).exclude(pk=authenticator.pk).exists()

    def _host(self) -> str:
        return urlsplit(settings.BASE_URL).hostname or ""
