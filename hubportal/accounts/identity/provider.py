"""The issuer of identities that the settings name, and what of its tokens is believed.

allauth leaves three things open that OpenID Connect Core 1.0 (3.1.3.7) lets a client leave, and that cost nothing to
close: it does not look at the signature of a token that came by TLS, asks for no `nonce`, and reads e-mail addresses.
"""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import jwt
from allauth.account.models import EmailAddress
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from requests import RequestException

ALGORITHMS: Final = frozenset({"RS256", "PS256", "ES256"})
"""How a token may be signed: with a key that only its issuer has."""
LONGEST_SUB: Final = 191
PLACES: Final = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
"""What an issuer must tell of itself for us to go there and believe what it says."""


@contextmanager
def reading_an_answer() -> Iterator[None]:
    """Turn what goes wrong while the issuer is asked and its answer taken apart into OAuth2Error.

    It stands around calls that read answers, and nothing else: a fault of our own is not the issuer's.
    """
    try:
        yield
    except (RequestException, AttributeError, KeyError, TypeError, ValueError) as error:
        raise OAuth2Error("the issuer is away, or says something else than the standard does") from error


class IssuerAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth is not typed for subclassing
    """Asks the issuer, and believes a token only if all of it is right."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """Return what the issuer tells of itself; OAuth2Error when it is away or tells too little."""
        with reading_an_answer():
            found: dict[str, Any] = super().openid_config
        if not all(isinstance(found.get(place), str) for place in PLACES):
            raise OAuth2Error("the issuer does not say where it is")
        return found

    @property
    def basic_auth(self) -> bool:
        """Tell how the portal proves itself to the issuer, which says what it takes."""
        with reading_an_answer():
            return bool(super().basic_auth)

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        """Return where the issuer leads back to: never by the name in the request, which anybody can write."""
        return settings.BASE_URL + reverse("openid_connect_callback", args=[self.provider_id])

    def get_access_token_data(
        self, request: HttpRequest, app: Any, client: Any, pkce_code_verifier: str | None = None
    ) -> Any:
        """Change the code for tokens; what this browser was sent away with tells which nonce they must hold."""
        self._nonce = nonce_of(pkce_code_verifier or "")
        with reading_an_answer():
            return super().get_access_token_data(request, app, client, pkce_code_verifier=pkce_code_verifier)

    def parse_token(self, data: Any) -> Any:
        """Return the token of an answer; OAuth2Error when it is none."""
        with reading_an_answer():
            return super().parse_token(data)

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """Return whose identity it is; OAuth2Error for a token that is missing or wrong in any part."""
        found = kwargs["response"].get("id_token")
        if not isinstance(found, str):
            raise OAuth2Error("no id_token")
        return self.get_provider().sociallogin_from_response(request, self._decode_id_token(app, found))

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        if self.openid_config["issuer"] != app.settings["issuer"]:
            raise OAuth2Error("another issuer")
        try:
            header = jwt.get_unverified_header(id_token)
        except jwt.PyJWTError as error:
            raise OAuth2Error("no token") from error
        if header.get("alg") not in ALGORITHMS or "kid" not in header:
            raise OAuth2Error("signed in a way that is not believed")
        keys_url = self.openid_config["jwks_uri"]
        with reading_an_answer():
            data: dict[str, Any] = jwtkit.verify_and_decode(
                credential=id_token,
                keys_url=keys_url,
                issuer=app.settings["issuer"],
                audience=app.client_id,
                lookup_kid=jwtkit.lookup_kid_jwk,
            )
        self._check(data, app.client_id)
        return data

    def _check(self, data: dict[str, Any], client: str) -> None:
        """Refuse what a token must hold and PyJWT does not ask for; the order tells nobody anything."""
        sub = data.get("sub")
        is_for_us = data["aud"] == client or data.get("azp") == client or data["aud"] == [client]
        is_whole = isinstance(sub, str) and 0 < len(sub) <= LONGEST_SUB and {"exp", "iat"} <= data.keys()
        if not (
            is_whole
            and is_for_us
            and secrets.compare_digest(str(data.get("nonce")).encode(), self._nonce.encode())
        ):
            raise OAuth2Error("a token for another sign-in")


class Issuer(OpenIDConnectProvider):  # type: ignore[misc]  # allauth is not typed for subclassing
    """The issuer; of what it tells, only `sub` is used and kept: CSAM gives no e-mail address."""

    oauth2_adapter_class = IssuerAdapter
    pkce_enabled_default = True

    def get_pkce_params(self) -> dict[str, str]:
        """Return what binds the sign-in to this browser (RFC 7636), and the nonce that follows from it."""
        params: dict[str, str] = super().get_pkce_params()
        params["nonce"] = nonce_of(params["code_verifier"])
        return params

    def get_default_scope(self) -> list[str]:
        """Return what is asked of the issuer: who somebody is, nothing about them."""
        return ["openid"]

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        """Return the same whatever stands in the address."""
        return self.get_default_scope()

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, str]:
        """Return the same whatever stands in the address."""
        return {}

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """Go there to sign in or to link an identity, and for nothing else that stands in the address."""
        found: dict[str, Any] = super().get_redirect_from_request_kwargs(request)
        if found["process"] != AuthProcess.CONNECT:
            found["process"] = AuthProcess.LOGIN
        return found

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Return by which name the issuer knows the person."""
        return str(data["sub"])

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Keep nothing else: names and numbers of the register are not needed."""
        return {}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """Take no name and no address from outside."""
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[EmailAddress]:
        """Match nobody by an address."""
        return []


def nonce_of(code_verifier: str) -> str:
    """Return the nonce of a sign-in: as secret as the verifier, which stays in the session, and not the verifier."""
    return hashlib.sha256(f"nonce of {code_verifier}".encode()).hexdigest()
