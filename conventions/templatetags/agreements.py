"""Template tags of the conventions app."""

from typing import Any

from django import template

from conventions import pages
from conventions.models import Agreement

register = template.Library()


@register.simple_tag
def address(agreement: Agreement, page: str, **more: Any) -> str:
    """{% address agreement "step" verb=step.verb %}: a page of a convention or of an amendment."""
    return pages.address(agreement, page, **more)
