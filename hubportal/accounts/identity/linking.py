"""Linking an outside identity to one's account, and parting from it.

Who links an identity gives somebody a way in. So it begins with a form of the portal's own, sent by somebody who has
shown a moment ago that it is still them (`factors.asks_anew`), and marks the session. The way to the issuer is a link,
since `form-action 'self'` lets no form lead away; the link works while the mark is there, and takes it away.
"""

import time
from typing import Any, Final

from allauth.account.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from hubportal.accounts import devices
from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.models import User
from hubportal.accounts.requests import SignedIn

KEY: Final = "identity_linking"


def issuer() -> dict[str, Any] | None:
    """Return the issuer of the settings, with its `provider_id` and `name`; None when they name none."""
    apps: Any = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    return apps[0] if apps else None


def shown_to(request: SignedIn) -> dict[str, Any] | None:
    """Return what the page of one's details says of the issuer; None when there is none."""
    outside = issuer()
    if outside is None:
        return None
    is_linked = SocialAccount.objects.filter(user=request.user).exists()
    return {**outside, "is_linked": is_linked, "is_begun": not is_linked and _is_begun(request)}


def begin(request: SignedIn) -> None:
    """Let this session go to the issuer once, soon, to link what it comes back with."""
    request.session[KEY] = time.time()


def take(request: HttpRequest) -> bool:
    """Tell whether this session may go there to link an identity, and let it do so no more."""
    is_begun = request.user.is_authenticated and _is_begun(request)
    request.session.pop(KEY, None)
    return is_begun


def linked(user: User, request: HttpRequest) -> None:
    """Note that an identity was linked; who was in the account on another device comes in anew."""
    journal(Kind.IDENTITY_LINKED, user, user)
    devices.end_others(request, user)


@transaction.atomic
def part(request: SignedIn) -> bool:
    """Part from one's outside identity; False when there was none."""
    if not SocialAccount.objects.filter(user=request.user).delete()[0]:
        return False
    journal(Kind.IDENTITY_UNLINKED, request.user, request.user)
    devices.end_others(request, request.user)
    get_adapter(request).send_notification_mail("socialaccount/email/account_disconnected", request.user)
    return True


def _is_begun(request: HttpRequest) -> bool:
    began = request.session.get(KEY)
    return began is not None and time.time() - began < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
