"""Coming in as people do: password, code by e-mail, the app on a telephone."""

import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth
from django.test import Client
from django.urls import reverse

from hubportal.accounts.models import User
from hubportal.outbox.models import OutboxMessage
from tests.cast import PASSWORD


def by_password(user: User, client: Client | None = None) -> tuple[Client, Any]:
    """Type the password; return the browser and the answer."""
    client = client or Client()
    return client, client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})


def by_code(user: User) -> Client:
    """Come in by a code that was mailed."""
    client = Client()
    client.post(reverse("account_request_login_code"), {"email": user.email})
    client.post(reverse("account_confirm_login_code"), {"code": mailed_code()})
    return client


def mailed_code() -> str:
    """Return the code of the mail that was written last."""
    return OutboxMessage.objects.order_by("-created_at", "-pk")[0].text.split("\n\n")[2].strip()


def is_in(client: Client) -> bool:
    """Tell whether this browser is signed in."""
    return "_auth_user_id" in client.session


def confirm(client: Client) -> None:
    """Type the password once more."""
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def prove(client: Client) -> None:
    """Let this browser's person have shown a moment ago that it is them, as `confirm` does at the cost of a hash."""
    session = client.session
    shown = {"method": "password", "at": time.time(), "reauthenticated": True}
    session["account_authentication_methods"] = [*session["account_authentication_methods"], shown]
    session.save()


def grow_old(client: Client) -> None:
    """Let an hour pass since this browser's person showed that it is them."""
    session = client.session
    records = [{**record, "at": record["at"] - 3600} for record in session["account_authentication_methods"]]
    session["account_authentication_methods"] = records
    session.save()


def an_app(user: User) -> str:
    """Give a person an app and recovery codes; return what the app counts from."""
    secret = auth.generate_totp_secret()
    auth.TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def shown(secret: str, steps: int = 0) -> str:
    """Return what the app shows now, or some half minutes later."""
    return auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30 + steps))


def recovery_codes(user: User) -> list[str]:
    """Return the codes that are left."""
    codes: list[str] = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()
    return codes
