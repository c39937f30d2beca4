"""The one-click accounts, for the sign-in page of the demonstration."""

from django import template

from hubportal.accounts import demo

register = template.Library()


@register.simple_tag
def demo_accounts() -> list[demo.Account]:
    """{% demo_accounts as accounts %}."""
    return demo.one_click()
