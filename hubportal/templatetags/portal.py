"""Template tags and filters of the look; the work is done in `hubportal.look` and `hubportal.forms`."""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField, BoundWidget
from django.template.base import NodeList, Parser, Token
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from hubportal import forms as portal_forms
from hubportal.look import dates, icons, states
from hubportal.look import hive as drawing

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """{% icon "phone" %}: decoration, always beside a word."""
    return icons.icon(name)


@register.simple_tag
def tag(kind: str, code: str, label: str = "") -> SafeString:
    """{% tag "request" request.status %}: a stored state; `label` replaces the word for another reader."""
    return states.tag(kind, code, label)


@register.simple_tag
def tagx(family: str, icon_name: str, text: str) -> SafeString:
    """{% tagx "bad" "alert" text %}: something computed, never stored."""
    return states.free_tag(family, icon_name, text)


@register.simple_tag
def hive(
    on: Any = drawing.CENTRE,
    gap: Collection[int] = (),
    off: Collection[int] = (),
    css: str = "hive",
    label: str = "",
    out: Collection[int] = (),
) -> SafeString:
    """{% hive on=commune %}, {% hive on=0 gap=missing css="" label="18 communes sur 19" %}."""
    return drawing.hive(_nis(on), gap, off, css, label, out)


@register.simple_tag
def ruler(commune: Any = None) -> SafeString:
    """{% ruler commune %}: the line of 19, the cell of this commune (object or NIS code) in yellow."""
    return drawing.ruler(_nis(commune))


@register.filter(expects_localtime=True)
def short_date(value: dt.date | None) -> str:
    """{{ day|short_date }}: 23.11.2026; nothing for no date."""
    return dates.short_date(value) if value else ""


@register.filter(expects_localtime=True)
def long_date(value: dt.date | None) -> str:
    """{{ day|long_date }}: lundi 23 novembre 2026, in the language of the page."""
    return dates.long_date(value) if value else ""


@register.filter(expects_localtime=True)
def hour(value: dt.datetime | dt.time | None) -> str:
    """{{ moment|hour }}: 9 h 30, 9.30 uur, 9:30."""
    return "" if value is None else dates.hour(value)


@register.simple_tag
def when(value: dt.date | None) -> SafeString | str:
    """{% when request.sent_at %}: the date, and the hour of a moment, inside <time>."""
    return dates.when(value) if value else ""


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """{% control field %}: the input alone; pages write {{ field.as_field_group }} instead."""
    return portal_forms.control(field)


@register.filter
def options(field: BoundField) -> list[BoundWidget]:
    """{% for option in field|options %}: radio buttons or boxes one by one."""
    return portal_forms.options(field)


@register.filter
def error_links(form: forms.BaseForm) -> list[portal_forms.ErrorLink]:
    """{% for error in form|error_links %}: the lines of the error summary."""
    return list(portal_forms.error_links(form))


@register.filter
def is_optional(field: BoundField) -> bool:
    """{% if field|is_optional %}: the label says so."""
    return portal_forms.is_optional(field)


@register.filter
def own_first(pair: Iterable[Any]) -> list[Any]:
    """{% for field in pair|own_first %}: something in French and in Dutch, the reader's language first."""
    found = list(pair)
    return found[::-1] if get_language() == "nl" else found


class PairNode(template.Node):
    """The same in French and in Dutch. One order for the eye, the ear and the keyboard: in the page itself."""

    child_nodelists = ("french", "dutch")

    def __init__(self, french: NodeList, dutch: NodeList) -> None:
        self.french, self.dutch = french, dutch

    def render(self, context: template.Context) -> SafeString:
        """Return both, the reader's language first."""
        return mark_safe("".join(side.render(context) for side in own_first((self.french, self.dutch))))  # noqa: S308


@register.tag
def pair(parser: Parser, token: Token) -> PairNode:
    """{% pair %}<p lang="fr">…</p>{% and %}<p lang="nl">…</p>{% endpair %}: the reader's language first."""
    french = parser.parse(("and",))
    parser.delete_first_token()
    dutch = parser.parse(("endpair",))
    parser.delete_first_token()
    return PairNode(french, dutch)


def _nis(commune: Any) -> int | None:
    """Return the NIS code of a commune given as an object, a number or a text; None without one."""
    if commune in (None, ""):
        return None
    return int(getattr(commune, "pk", commune))
