"""The issuer of outside identities, for the sign-in page."""

from typing import Any

from django import template

from hubportal.accounts.identity import linking

register = template.Library()


@register.simple_tag
def issuer() -> dict[str, Any] | None:
    """{% issuer as outside %}: its `provider_id` and `name`; None when the settings name none."""
    return linking.issuer()
