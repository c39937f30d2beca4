"""What a person typed into a form that cannot be taken: shown again, so that nothing is lost."""

from typing import Final

from django.http import HttpRequest

MARKS: Final = frozenset({"shown", "seen"})
"""Hidden fields that mark what a page showed."""


def came_from_here(request: HttpRequest) -> bool:
    """Return whether the browser vouches that a page of this very site sent the form."""
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def words(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what a person wrote in a form that leads nowhere any more, by field, so that they can copy it.

    What they read a moment ago may be taken back or end meanwhile; what has no space in it is a choice or a key,
    unless it is one side of a text in both languages.
    """
    fields = sent(request) if request.method == "POST" and came_from_here(request) else []
    return [(name, value) for name, value in fields if _is_said(name, value)]


def _is_said(name: str, value: str) -> bool:
    if name in MARKS:
        return False
    return len(value.split()) > 1 or (name.endswith(("_fr", "_nl")) and bool(value.strip()))


def sent(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the names and values of a form, in their order; nothing at all if one is a password."""
    if any("password" in name for name in request.POST):
        return []
    names = [name for name in request.POST if name != "csrfmiddlewaretoken"]
    return [(name, value) for name in names for value in request.POST.getlist(name)]
