"""How a stored code is shown: one table code → (family, icon, label), composed from the apps.

An app that has states says so in its module `states.py`:

    STATES: StateTables = {"request": {"draft": State("", "draft", _("Draft")), ...}}

A page writes {% tag "request" request.status %}; the admin calls `tag("request", request.status)`.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple, TypeAlias

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString

from hubportal.composition import modules
from hubportal.look.icons import PATHS, icon

# "" not started; info moving; wait somebody must act; good reached; bad refused, expired, failed; done over,
# no action; line a computed remark (late, urgent), never a state.
FAMILIES: Final = frozenset({"", "info", "wait", "good", "bad", "done", "line"})


class State(NamedTuple):
    """One state as a reader sees it: the family gives the colour, the icon the shape, the label the word."""

    family: str
    icon: str
    label: str | Promise


StateTable: TypeAlias = Mapping[str, State]
StateTables: TypeAlias = Mapping[str, StateTable]


@cache
def tables() -> StateTables:
    """Return all tables by kind; ValueError if two apps name the same kind or a table cannot be drawn."""
    found: dict[str, StateTable] = {}
    for module in modules("states"):
        for kind, table in module.STATES.items():
            if kind in found:
                raise ValueError(f"{module.__name__}: the kind {kind!r} is already taken.")
            for code, state in table.items():
                if state.family not in FAMILIES or state.icon not in PATHS:
                    raise ValueError(f"{module.__name__}: {kind}.{code} has no such family or icon.")
            found[kind] = table
    return found


def tag(kind: str, code: str, label: str | Promise = "") -> SafeString:
    """Return the tag of a state, with `label` instead of the table's word if given; KeyError if unknown."""
    state = tables()[kind][code]
    return free_tag(state.family, state.icon, label or state.label)


def free_tag(family: str, icon_name: str, text: str | Promise) -> SafeString:
    """Return a tag that is not a stored state: something computed, like "2 days late"."""
    css = f"tag tag--{family}" if family else "tag"
    return format_html('<span class="{}">{}{}</span>', css, icon(icon_name), text)
