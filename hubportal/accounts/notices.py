"""What a person is told when something in how they sign in was changed: one sentence for each kind of allauth's."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

CHANGES: Final[dict[str, Promise]] = {
    "account_connected": gettext_lazy("An outside identity was linked to your account: it signs in with it."),
    "account_disconnected": gettext_lazy("The outside identity is no longer linked to your account."),
    "email_changed": gettext_lazy("The e-mail address of your account was changed."),
    "email_confirm": gettext_lazy("The e-mail address of your account was confirmed."),
    "email_deleted": gettext_lazy("The e-mail address of your account was removed."),
    "password_changed": gettext_lazy("The password of your account was changed."),
    "password_reset": gettext_lazy("A new password was chosen for your account, by the link that we sent."),
    "password_set": gettext_lazy("A password was chosen for your account, which had none."),
    "recovery_codes_generated": gettext_lazy(
        "New recovery codes were made for your account; the old ones ended."
    ),
    "totp_activated": gettext_lazy("An authenticator app was added to your account."),
    "totp_deactivated": gettext_lazy("The authenticator app was removed from your account."),
    "webauthn_added": gettext_lazy("A passkey was added to your account."),
    "webauthn_removed": gettext_lazy("A passkey was removed from your account."),
}
"""By the last part of allauth's template prefix, the mail's kind; such mail leaves whatever right ended."""
