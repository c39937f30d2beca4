"""Template filters of the communes app."""

from django import template
from django.utils.formats import number_format
from django.utils.safestring import SafeString

from hubportal import markdown as sanitizer

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """{{ district.about|markdown }}: what a person wrote, as safe HTML."""
    return sanitizer.render(text)


@register.filter
def phone_link(number: str) -> str:
    """{{ user.phone|phone_link }}: the digits for a tel: address; a Belgian number gets its country."""
    digits = "".join(sign for sign in number if sign.isdigit() or sign == "+")
    return "+32" + digits[1:] if digits.startswith("0") and not digits.startswith("00") else digits


@register.filter
def grouped(number: int) -> str:
    """{{ commune.population|grouped }}: 129 600 in French, 129.600 in Dutch, as all numbers on the page."""
    return number_format(number, force_grouping=True)
