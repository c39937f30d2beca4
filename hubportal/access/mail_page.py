"""A mail as a page of its own, as a mail program would show it: its own styles, no script, nothing from elsewhere."""

from typing import Final

from django.http import HttpResponse

_POLICY: Final = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors {}"
)
"""The styles of a mail stand in its lines. The page has no origin: it reads no cookie and sends no form."""
POLICY: Final = _POLICY.format("'none'")
FRAMED: Final = _POLICY.format("'self'")
"""The same inside a page of the portal, and in no other."""


def mail_page(html: str, *, is_framed: bool = False) -> HttpResponse:
    """Return the HTML of a mail under a policy of its own; `is_framed`: a page of the portal may hold it."""
    response = HttpResponse(html)
    response["Content-Security-Policy"] = FRAMED if is_framed else POLICY
    if is_framed:
        response["X-Frame-Options"] = "SAMEORIGIN"
    return response
