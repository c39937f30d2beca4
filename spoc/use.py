"""How a convention is used: the requests under each of its themes; and the list of requests narrowed to one."""

import re
from typing import Final, NamedTuple

from django.db.models import Count
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404

from conventions.models import Convention, ConventionTheme
from hubportal.accounts.models import User
from spoc.models import OPEN, ServiceRequest, Status

USED: Final = ("signed", "terminated")
"""States of a convention under which requests were or are made."""


class Use(NamedTuple):
    """A theme, with its requests by state as far as a reader may see them: (state, how many)."""

    theme: ConventionTheme
    counts: list[tuple[str, int]]
    total: int
    open: int


def use_of(user: User, convention: Convention) -> list[Use]:
    """Return the themes of a convention with their requests: two queries, however many."""
    themes = ConventionTheme.objects.visible_to(user).filter(convention=convention).select_related("theme")
    rows = ServiceRequest.objects.visible_to(user).kept().filter(convention_theme__convention=convention)
    by_theme: dict[int, dict[str, int]] = {}
    for key, status, number in (
        rows.order_by().values_list("convention_theme", "status").annotate(number=Count("pk"))
    ):
        by_theme.setdefault(key, {})[status] = number
    return [_use(theme, by_theme.get(theme.pk, {})) for theme in themes]


def _use(theme: ConventionTheme, found: dict[str, int]) -> Use:
    # In the order of a request's life.
    counts = [(status.value, found[status]) for status in Status if status in found]
    return Use(theme, counts, sum(found.values()), sum(found.get(status, 0) for status in OPEN))


def theme_of(user: User, asked: QueryDict) -> ConventionTheme | None:
    """Return the theme to which an address narrows the list; 404 for one that the person may not see."""
    theme = asked.get("theme", "")
    if not re.fullmatch("[0-9]{0,18}", theme):
        raise Http404
    themes = ConventionTheme.objects.visible_to(user).select_related("theme", "convention")
    return get_object_or_404(themes, pk=theme) if theme else None
