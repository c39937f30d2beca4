"""The outbox, as a Django app."""

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.translation import gettext_lazy as _

LEASE_SECONDS = 120
"""How long a claim on a mail holds."""


class OutboxConfig(AppConfig):
    """Mail on its way."""

    name = "hubportal.outbox"
    label = "outbox"
    verbose_name = _("Mail")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Check the settings that sending leans on."""
        register(check_timeout)


def check_timeout(**kwargs: Any) -> list[CheckMessage]:
    """A relay that hangs must be given up before the claim on the message ends."""
    limit = LEASE_SECONDS / 2
    if 0 < (settings.EMAIL_TIMEOUT or 0) < limit:
        return []
    return [Error(f"EMAIL_TIMEOUT must be set, and below {limit:.0f} seconds.", id="outbox.E001")]
