"""`reseal_factors`: before an old secret key is thrown away."""

from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.core.management.base import BaseCommand
from django.db import transaction

from hubportal.accounts import sealed

SECRETS = ("secret", "seed")
"""Where a factor keeps what is sealed: an app, the recovery codes."""


class Command(BaseCommand):
    """Seals second factors with today's key; those whose key is gone already are counted, and stay."""

    help = "Seal all second factors with the secret key of today, so that the old ones can go."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Seal them anew."""
        done = lost = 0
        for factor in (
            Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).select_for_update().order_by("pk")
        ):
            try:
                fresh = {name: sealed.seal_anew(factor.data[name]) for name in SECRETS if name in factor.data}
            except InvalidToken:
                lost += 1
                continue
            factor.data = {**factor.data, **fresh}
            factor.save(update_fields=["data"])
            done += 1
        self.stdout.write(f"sealed anew: {done}; sealed with a key that is gone: {lost}")
