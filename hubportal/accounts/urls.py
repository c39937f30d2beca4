"""Addresses of accounts: allauth's, only those we use, under its names; ours under `accounts:`."""

from allauth.account import views as allauth
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from hubportal.accounts import factors, my_data, security_views, seeing, views

ours = [
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("my-details/", views.details, name="details"),
    path("my-data/", my_data.my_data, name="my-data"),
    path("my-data/object/", my_data.my_data_object, name="my-data-object"),
    path("my-data/export.json", my_data.my_data_json, name="my-data-json"),
    path("my-data/export.pdf", my_data.my_data_pdf, name="my-data-pdf"),
    path("my-details/security/app/picture/", security_views.app_picture, name="app-picture"),
    path("my-details/security/sessions/end/", security_views.end_sessions, name="end-sessions"),
    path("my-details/security/not-now/", security_views.not_now, name="not-now"),
    path("seeing/end/", seeing.seeing_end, name="seeing-end"),
    path("sign-in/again/code/", security_views.FreshCode.as_view(), name="fresh-code"),
]

security = [
    path("", security_views.security, name="mfa_index"),
    path("app/", security_views.AddApp.as_view(), name="mfa_activate_totp"),
    path("app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("codes/", security_views.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path("codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("passkeys/add/", security_views.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("passkeys/<int:pk>/name/", security_views.RenamePasskey.as_view(), name="mfa_edit_webauthn"),
    path("passkeys/<int:pk>/remove/", security_views.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
]

urlpatterns = [
    path("", include((ours, "accounts"))),
    path("sign-in/", allauth.login, name="account_login"),
    path("sign-in/code/", allauth.request_login_code, name="account_request_login_code"),
    path("sign-in/code/confirm/", allauth.confirm_login_code, name="account_confirm_login_code"),
    # Nobody signs up: who has no account reads whom to ask. allauth's mails want the name.
    path("sign-up/", login_not_required(RedirectView.as_view(pattern_name="help")), name="account_signup"),
    path("sign-out/", allauth.logout, name="account_logout"),
    path("sign-in/closed/", allauth.account_inactive, name="account_inactive"),
    path("password/change/", allauth.password_change, name="account_change_password"),
    path("password/set/", factors.asks_anew(allauth.password_set), name="account_set_password"),
    path("password/reset/", allauth.password_reset, name="account_reset_password"),
    path("password/reset/sent/", allauth.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done/",
        allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("sign-in/again/", allauth.reauthenticate, name="account_reauthenticate"),
    path("sign-in/again/factor/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("sign-in/again/passkey/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("sign-in/factor/", security_views.GiveFactor.as_view(), name="mfa_authenticate"),
    path("sign-in/passkey/", login_not_required(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path("my-details/security/", include(security)),
]
