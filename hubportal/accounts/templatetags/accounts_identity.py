"""The issuer of outside identities, for the pages that lead to it."""

from typing import Any

from allauth.socialaccount.models import SocialAccount
from django import template
from django.conf import settings

from hubportal.accounts.models import User

register = template.Library()


@register.simple_tag
def issuer() -> dict[str, Any] | None:
    """{% issuer as outside %}: its `provider_id` and `name`; None when the settings name none."""
    apps: Any = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    return apps[0] if apps else None


@register.filter
def is_linked(user: User) -> bool:
    """Tell whether a person's outside identity is linked to their account."""
    found: bool = SocialAccount.objects.filter(user=user).exists()
    return found
