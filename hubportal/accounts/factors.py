"""Second factors: who needs one, whether it was given, what happens when one comes or goes."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from allauth.account import app_settings
from allauth.account import signals as account_signals
from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
    record_authentication,
)
from allauth.account.internal.flows.reauthentication import (
    did_recently_reauthenticate,
    get_reauthentication_flows,
)
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from hubportal.accounts import devices
from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.models import User

STRONG: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""What counts as a second factor; recovery codes only stand in for one of these."""
View = Callable[..., HttpResponseBase]


def of(user: User) -> "QuerySet[Authenticator]":
    """Return a person's second factors, oldest first; recovery codes are none."""
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user=user, type__in=STRONG)
    return found.order_by("created_at", "pk")


def is_given(request: HttpRequest) -> bool:
    """Tell whether this session was signed in with a second factor, or a passkey; reads the session only."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


def give(request: HttpRequest, user: User, kind: str, key: int | None = None) -> None:
    """Write into the session that a second factor was given, and which one."""
    record_authentication(request, user, method="mfa", type=kind, id=key)


def give_code(request: HttpRequest) -> None:
    """Write into the session that a code by e-mail was given a moment ago."""
    record_authentication(request, request.user, method="code", reauthenticated=True)


def spend_first_code(user: User, code: str) -> None:
    """Note that the code by which an app was added was used: allauth notes those that sign in only."""
    Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP).wrap().validate_code(code)


def asks_anew(view: View) -> View:
    """Ask somebody who is signed in to show that it is still them; the act goes on once they have.

    Of whoever has neither password nor factor allauth would ask nothing: they type a fresh code by e-mail.
    """

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not _is_fresh(request):
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    return asked


@transaction.atomic
def forget(user: User, by: User | None) -> int:
    """Take all factors and recovery codes of a person who lost them, end their sessions; return how many factors."""
    kinds = list(of(user).values_list("type", flat=True))
    Authenticator.objects.filter(user=user).delete()
    for kind in kinds:
        journal(Kind.FACTOR_REMOVED, by, user, type=kind)
    devices.end_all(user, by)
    return len(kinds)


def listen() -> None:
    """Connect the listeners, once."""
    signals.authenticator_added.connect(_added, dispatch_uid="factor_added")
    signals.authenticator_removed.connect(_removed, dispatch_uid="factor_removed")
    signals.authentication_failed.connect(_failed, dispatch_uid="factor_failed")
    for signal in (account_signals.password_changed, account_signals.password_set):
        signal.connect(_password_changed, dispatch_uid="password_changed")
    account_signals.password_reset.connect(_password_reset, dispatch_uid="password_reset")


def _is_fresh(request: HttpRequest) -> bool:
    if get_reauthentication_flows(request.user):
        return bool(did_recently_reauthenticate(request))
    return _has_fresh_code(request)


def _has_fresh_code(request: HttpRequest) -> bool:
    since = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "code" and record["at"] > since for record in records)


def _added(
    sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    if authenticator.type not in STRONG:
        return
    give(request, user, authenticator.type, authenticator.pk)
    User.objects.filter(pk=user.pk).update(offers_factor=False)
    # What was a session of one factor becomes one of two: whoever knew its key shall not come along.
    request.session.cycle_key()
    journal(Kind.FACTOR_ADDED, user, user, type=authenticator.type)
    devices.end_others(request, user)


def _removed(
    sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    if authenticator.type in STRONG:
        _forget_given(request, user)
        journal(Kind.FACTOR_REMOVED, user, user, type=authenticator.type)
        devices.end_others(request, user)


def _forget_given(request: HttpRequest, user: User) -> None:
    """Take out of the session what was given with a factor that is no longer there."""
    left = set(Authenticator.objects.filter(user=user).values_list("pk", flat=True))
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        record
        for record in get_authentication_records(request, user)
        if record.get("method") != "mfa" or record.get("id") in left
    ]


def _failed(sender: Any, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    journal(Kind.SIGN_IN_FAILED, None, user, type=authenticator.type)


def _password_changed(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    journal(Kind.PASSWORD_CHANGED, user, user)
    devices.end_others(request, user)


def _password_reset(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    journal(Kind.PASSWORD_CHANGED, user, user, by="link")
    devices.end_all(user, user)
