"""The accounts app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """People, roles, invitations, journal."""

    name = "hubportal.accounts"
    label = "accounts"
    verbose_name = _("People and rights")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to Django's sign-in signals."""
        from hubportal.accounts import signins

        signins.listen()
