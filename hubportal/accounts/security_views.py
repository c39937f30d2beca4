"""The page of a person's sign-in: second factors, passkeys, sessions; allauth's own views where they need a turn."""

from typing import Any

from allauth.account.views import BaseReauthenticateView
from allauth.core.ratelimit import respond_429
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.views import AddWebAuthnView, EditWebAuthnView, RemoveWebAuthnView
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from hubportal.accounts import devices, factors, fresh_code
from hubportal.accounts.forms import FreshCodeForm
from hubportal.accounts.models import User
from hubportal.accounts.requests import SignedIn

INDEX = reverse_lazy("mfa_index")


@require_safe
def security(request: SignedIn) -> HttpResponse:
    """Show how one signs in, and where one is signed in."""
    found = list(Authenticator.objects.filter(user=request.user).order_by("created_at", "pk"))
    of_type = {kind: [one for one in found if one.type == kind] for kind in Authenticator.Type}
    codes = next(iter(of_type[Authenticator.Type.RECOVERY_CODES]), None)
    here = request.session.session_key
    context = {
        "app": next(iter(of_type[Authenticator.Type.TOTP]), None),
        "passkeys": [one.wrap() for one in of_type[Authenticator.Type.WEBAUTHN]],
        "has_codes": codes is not None,
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
        "is_missing": bool(request.user.roles) and not factors.is_given(request),
        "sessions": [
            {"row": row, "mark": devices.mark_of(row), "is_this": row.session_key == here}
            for row in devices.live(request.user)
        ],
    }
    return render(request, "accounts/security.html", context)


@require_POST
def end_sessions(request: SignedIn) -> HttpResponse:
    """End one session by its mark, all others ("others"), or all ("all")."""
    which, user = request.POST.get("which", ""), request.user
    here = request.session.session_key
    ended = {
        row.session_key for row in devices.live(user) if which in ("others", "all", devices.mark_of(row))
    }
    if which == "others":
        ended.discard(here or "")
    if not ended:
        raise Http404
    count = devices.end(devices.live(user).filter(session_key__in=ended), user, user)
    if here in ended:
        logout(request)
        return redirect("account_login")
    said = ngettext("%(count)d session is ended.", "%(count)d sessions are ended.", count)
    messages.success(request, said % {"count": count})
    return redirect("mfa_index")


@require_POST
def not_now(request: SignedIn) -> HttpResponse:
    """Offer no second factor on the home page any more."""
    User.objects.filter(pk=request.user.pk).update(offers_factor=False)
    return redirect("home")


@require_safe
@never_cache
def app_picture(request: SignedIn) -> HttpResponse:
    """Draw the secret that this session is about to take, for the camera of a telephone."""
    secret = request.session.get(SECRET_SESSION_KEY)
    if not secret:
        raise Http404
    adapter = get_adapter()
    drawn = adapter.build_totp_svg(adapter.build_totp_url(request.user, secret))
    return HttpResponse(drawn, content_type="image/svg+xml")


@method_decorator(factors.asks_anew, name="dispatch")
class AddApp(ActivateTOTPView):  # type: ignore[misc]  # allauth is not typed for subclassing
    """Adds an authenticator app."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the secret in groups of four, for whoever types it."""
        secret = kwargs.setdefault("form", self.get_form()).secret
        groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
        return {**super().get_context_data(**kwargs), "secret": groups}

    def form_valid(self, form: Any) -> HttpResponse:
        """Add it; the code that it began with is spent, as each one is."""
        answer: HttpResponse = super().form_valid(form)
        factors.spend_first_code(self.request.user, form.cleaned_data["code"])
        return answer


class RecoveryCodes(ViewRecoveryCodesView):  # type: ignore[misc]
    """Shows the recovery codes once, when asked by a button: to open a page shows and spends nothing."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Offer to show them."""
        codes = Authenticator.objects.filter(
            user=request.user, type=Authenticator.Type.RECOVERY_CODES
        ).first()
        if codes is None:
            raise Http404
        context = {"is_offer": True, "was_shown": codes.wrap().did_view}
        return render(request, self.template_name, context)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show them, unless they were shown before."""
        context = self.get_context_data(is_offer=False, was_shown=False, **kwargs)
        answer: HttpResponse = self.render_to_response(context)
        return answer


@method_decorator(factors.asks_anew, name="dispatch")
class AddPasskey(AddWebAuthnView):  # type: ignore[misc]
    """Adds a passkey, which the device keeps and asks its owner to unlock."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Give the browser what it makes the passkey from."""
        context: dict[str, Any] = super(AddWebAuthnView, self).get_context_data(**kwargs)
        context["js_data"] = {"creation_options": webauthn.begin_registration(self.request.user, True)}
        return context


class RenamePasskey(EditWebAuthnView):  # type: ignore[misc]
    """Gives a passkey another name."""

    success_url = INDEX


class RemovePasskey(RemoveWebAuthnView):  # type: ignore[misc]
    """Removes a passkey, unless it is the last factor of somebody who needs one."""

    success_url = INDEX

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say before the button that the last one stays."""
        may_go = get_adapter().can_delete_authenticator(self.object)
        return {**super().get_context_data(**kwargs), "passkey": self.object.wrap(), "may_go": may_go}

    def form_valid(self, form: Any) -> HttpResponse:
        """Remove it."""
        if not get_adapter().can_delete_authenticator(self.get_object()):
            raise PermissionDenied(get_adapter().error_messages["cannot_delete_authenticator"])
        removed: HttpResponse = super().form_valid(form)
        return removed


class GiveFactor(AuthenticateView):  # type: ignore[misc]
    """Asks for the second factor while signing in."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say which ways this person has."""
        kinds = set(factors.of(self.stage.login.user).values_list("type", flat=True))
        return {
            **super().get_context_data(**kwargs),
            "has_app": Authenticator.Type.TOTP in kinds,
            "has_passkey": Authenticator.Type.WEBAUTHN in kinds,
        }


class FreshCode(BaseReauthenticateView):  # type: ignore[misc]
    """Asks for a code by e-mail of somebody who is signed in and has no other way to show that it is them."""

    form_class = FreshCodeForm
    template_name = "accounts/fresh_code.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Send a code, or take one."""
        if "send" in request.POST:
            is_sent = fresh_code.send(request)
            return redirect(request.get_full_path()) if is_sent else respond_429(request)
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say whether one is on its way."""
        return {**super().get_context_data(**kwargs), "is_sent": fresh_code.is_waiting(self.request)}

    def get_form_kwargs(self) -> dict[str, Any]:
        """Let the form compare."""
        return {**super().get_form_kwargs(), "request": self.request}

    def form_valid(self, form: Any) -> HttpResponse:
        """Go on with what was asked for."""
        factors.give_code(self.request)
        answer: HttpResponse = super().form_valid(form)
        return answer
