"""The headers of every answer, in so many words, and the few addresses at which a view may set a policy of its own.

Nothing here is read from the code: a policy that is loosened there fails here.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.urls import Resolver404, resolve
from django.utils import translation

CSP: Final = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
PREVIEW: Final = {**CSP, "frame-src": "'self'"}
"""Of the page that shows a mail in a frame of its own."""
MAIL: Final = {
    "sandbox": "allow-popups allow-popups-to-escape-sandbox",
    "default-src": "'none'",
    "style-src": "'unsafe-inline'",
    "img-src": "data:",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
"""Of a mail on a page of its own: its styles stand in its lines."""
FRAMED: Final = {**MAIL, "frame-ancestors": "'self'"}
"""Of a mail in a frame of a page of ours."""
DOWNLOAD: Final = {"sandbox": "", "default-src": "'none'"}
"""Of a private file."""
EXACT: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), "
        "geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), "
        "picture-in-picture=(), screen-wake-lock=(), usb=(), xr-spatial-tracking=()"
    ),
}
PAGES: Final = {"mailings:preview": PREVIEW, "mailings:mail": FRAMED, "demo:message-html": MAIL}
"""Addresses whose page has a policy of its own."""
DOWNLOADS: Final = {
    *("accounts:my-data-json", "accounts:my-data-pdf"),
    *("spoc:request-pdf", "spoc:file-download", "spoc:deliverable-download", "spoc:concern-file"),
    *("spoc:note-pdf", "spoc:note-file"),
    *("conventions:document", "conventions:amendment-document", "conventions:evidence"),
    *("conventions:amendment-evidence", "conventions:project-file", "conventions:bundle-file"),
    *("mailings:message", "mailings:file", "mailings:read-file", "mailings:proof-pdf", "mailings:proof-csv"),
}
"""Addresses that hand out a private file, which a browser saves and never opens."""
AS_ROWS: Final = {"mailings:proof-csv"}
"""Among them, what is a table of our own making, row by row, until it is stored."""


def directives(policy: str) -> dict[str, str]:
    """Return the directives of a policy by their names."""
    return dict(part.strip().partition(" ")[::2] for part in policy.split(";"))


def faults(path: str, status: int, headers: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the headers of an answer: nothing, if each is exactly what it has to be."""
    found = [f"{name}: {headers.get(name)}" for name, value in EXACT.items() if headers.get(name) != value]
    policy = directives(headers.get("Content-Security-Policy", ""))
    if policy not in _policies(_route(path), status, headers):
        found.append(f"Content-Security-Policy: {policy}")
    # A mail may stand in a frame of a page of ours, nothing else in any.
    framed = "SAMEORIGIN" if policy == FRAMED else "DENY"
    if headers.get("X-Frame-Options") != framed:
        found.append(f"X-Frame-Options: {headers.get('X-Frame-Options')}")
    return found


def _policies(route: str, status: int, headers: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return which policies an answer may have: that of the portal, but for a page or a file of the lists above."""
    if status != 200:
        return [CSP]
    if route in DOWNLOADS and headers.get("Content-Disposition", "").startswith("attachment"):
        return [DOWNLOAD, CSP] if route in AS_ROWS else [DOWNLOAD]
    return [PAGES.get(route, CSP)]


def _route(path: str) -> str:
    """Return the name of an address; none for an unknown one."""
    try:
        with translation.override(translation.get_language_from_path(path) or translation.get_language()):
            return resolve(path).view_name
    except Resolver404:
        return ""
