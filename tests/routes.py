"""The addresses of the resolver, by the names that the tests use for them."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver


def route_names() -> set[str]:
    """Return the full name ("communes:detail") of every named address; an unnamed one is named by its pattern."""
    return set(_names(get_resolver().url_patterns, ""))


def _names(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(
                pattern.url_patterns, prefix + (f"{pattern.namespace}:" if pattern.namespace else "")
            )
        else:
            yield prefix + (pattern.name or f"<{pattern.pattern}>")
