"""A code by e-mail for somebody who is signed in: sent, waited for, compared; kept in the session."""

import time
from typing import Any, Final

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from allauth.core.internal.cryptokit import compare_user_code
from django.conf import settings
from django.http import HttpRequest

KEY: Final = "fresh_code"
ATTEMPTS: Final = 3


def send(request: HttpRequest) -> bool:
    """Send a code to the person's address; False when too many were sent, those to sign in counted too."""
    address = str(getattr(request.user, "email", "") or "")
    adapter = get_adapter(request)
    if not ratelimit.consume(request, action="request_login_code", key=address):
        return False
    code = adapter.generate_login_code()
    request.session[KEY] = {"code": code, "at": time.time(), "attempts": 0}
    adapter.send_mail("account/email/login_code", address, {"code": code})
    return True


def is_waiting(request: HttpRequest) -> bool:
    """Tell whether a code was sent that may still be typed."""
    return bool(_waiting(request))


def check(request: HttpRequest, typed: str) -> None:
    """Spend the code; raise ValidationError when another was typed. Three wrong ones spend it too."""
    waiting = _waiting(request)
    if waiting and compare_user_code(actual=typed, expected=waiting["code"]):
        del request.session[KEY]
        return
    if waiting:
        waiting["attempts"] += 1
        request.session[KEY] = waiting
    raise get_adapter(request).validation_error("incorrect_code")


def _waiting(request: HttpRequest) -> dict[str, Any]:
    found: dict[str, Any] = request.session.get(KEY) or {}
    is_good = (
        found
        and found["attempts"] < ATTEMPTS
        and time.time() - found["at"] < settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT
    )
    return found if is_good else {}
