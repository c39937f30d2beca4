"""The headers of every answer, and the few policies that a view may set in the place of the portal's own."""

from collections.abc import Mapping
from typing import Any

from hubportal.access import mail_page
from hubportal.access.middleware import PERMISSIONS_POLICY
from hubportal.files import download

CSP = {
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
PREVIEW = {**CSP, "frame-src": "'self'"}
"""Of the page that shows a mail in a frame of its own."""
EXACT = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS_POLICY,
}


def directives(policy: str) -> dict[str, str]:
    """Return the directives of a policy by their names."""
    return dict(part.strip().partition(" ")[::2] for part in policy.split(";"))


MAIL = directives(mail_page.POLICY)
POLICIES = [CSP, PREVIEW, MAIL, directives(mail_page.FRAMED), directives(download.POLICY)]


def faults(headers: Mapping[str, Any], policies: list[dict[str, str]] = POLICIES) -> list[str]:
    """Return what is wrong with the headers of an answer: nothing, if each is exactly what it has to be."""
    found = [f"{name}: {headers.get(name)}" for name, value in EXACT.items() if headers.get(name) != value]
    policy = directives(headers.get("Content-Security-Policy", ""))
    if policy not in policies:
        found.append(f"Content-Security-Policy: {policy}")
    # A mail may stand in a frame of a page of ours, nothing else in any.
    framed = "SAMEORIGIN" if policy.get("frame-ancestors") == "'self'" else "DENY"
    if headers.get("X-Frame-Options") != framed:
        found.append(f"X-Frame-Options: {headers.get('X-Frame-Options')}")
    return found
