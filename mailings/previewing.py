"""Seeing an edition before it leaves: the mail as anybody will receive it, in light and dark, narrow and wide."""

from typing import Any, Final
from urllib.parse import urlencode

from csp.constants import SELF
from csp.decorators import csp_update
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from hubportal.access.mail_page import mail_page
from hubportal.accounts.requests import SignedIn
from mailings import example, trial, weight
from mailings.models import Mailing
from mailings.models.choices import SIDES, language_of, side_of, text_language
from mailings.pages import head, in_review_by

FITTING: Final = "fit"
WIDE: Final = 600
WIDTHS: Final = (FITTING, str(WIDE), "360")
"""What the screen has room for; or pixels: what a mail program on a computer shows, and a telephone."""
MODES: Final = ("light", "dark")
_QUERY: Final = "@media (prefers-color-scheme: dark)"
_SCHEME: Final = "light dark"


# The mail stands in a frame: its styles are in its lines, which no page of the portal allows.
# Outermost: what is refused has the portal's own policy.
@require_safe
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]  # django-csp knows no view with arguments
def mailing_preview(request: SignedIn, number: int) -> HttpResponse:
    """Show the mail as somebody will receive it, oneself unless another is chosen, and its text version."""
    mailing = in_review_by(request, number)
    words = request.GET.get("q", "").strip()
    is_asked = words or request.GET.get("as")
    everybody = list(example.everybody(mailing)) if is_asked else []
    reader = example.somebody(everybody, request.GET.get("as", ""))
    asked = _asked(request, reader)
    people, has_more = example.found(everybody, words)
    letter = _letter(request, mailing, asked["language"], reader)
    context = {
        **head(mailing, request.user),
        **asked,
        "reader": reader,
        "words": words,
        "people": [
            (row, _address(asked, {"as": row.key, "language": side_of(row.language)})) for row in people
        ],
        "has_more": has_more,
        "trial": letter,
        "texts": [mailing.text(code) for code in language_of(asked["language"]).split(",")],
        "tabs": _tabs(asked),
        "oneself": _address(asked, {"as": ""}),
        "frame": _frame(mailing, asked),
        "pixels": WIDE if asked["width"] == FITTING else asked["width"],
        "has_image": "<img" in letter.html,
        "sizes": _sizes(mailing),
        "most": weight.LIMIT // 1000,
    }
    return render(request, "mailings/mailing_preview.html", context)


@require_safe
def mailing_mail(request: SignedIn, number: int, language: str) -> HttpResponse:
    """Show the HTML of the mail alone, as the frame of the preview holds it; for who sees the preview."""
    mailing = in_review_by(request, number)
    if language not in SIDES:
        raise Http404
    key = request.GET.get("as", "")
    reader = example.somebody(example.everybody(mailing), key) if key else None
    html = _letter(request, mailing, language, reader).html
    return mail_page(as_seen(html, is_dark=request.GET.get("mode") == "dark"), is_framed=True)


def as_seen(html: str, *, is_dark: bool) -> str:
    """Return the mail in its light or its dark colours, whatever the device prefers; its links open beside it."""
    html = html.replace(_QUERY, "@media all" if is_dark else "@media not all")
    html = html.replace(_SCHEME, "dark" if is_dark else "light")
    return html.replace("<head>", '<head>\n<base target="_blank">', 1)


def _letter(request: SignedIn, mailing: Mailing, side: str, reader: example.Example | None) -> trial.Trial:
    return trial.one(mailing, language_of(side), reader.values if reader else trial.values(request.user))


def _asked(request: SignedIn, reader: example.Example | None) -> dict[str, Any]:
    """Return what is looked at, each with a value that exists: language, colours, width, whose letter."""
    language, mode, width = (request.GET.get(name, "") for name in ("language", "mode", "width"))
    own = side_of(reader.language) if reader else text_language()
    return {
        "language": language if language in SIDES else own,
        "mode": mode if mode in MODES else MODES[0],
        "width": width if width in WIDTHS else FITTING,
        "as": reader.key if reader else "",
    }


def _address(asked: dict[str, Any], changes: dict[str, Any]) -> str:
    """Return the query of this page with something else in it."""
    return "?" + urlencode({name: value for name, value in {**asked, **changes}.items() if value})


def _tabs(asked: dict[str, Any]) -> dict[str, list[tuple[Any, str, bool]]]:
    """Return the choices of each kind, with their addresses and whether they are the present ones."""
    return {
        name: [(value, _address(asked, {name: value}), value == asked[name]) for value in values]
        for name, values in (("language", SIDES), ("mode", MODES), ("width", WIDTHS))
    }


def _frame(mailing: Mailing, asked: dict[str, Any]) -> str:
    address = reverse("mailings:mail", args=[mailing.number, asked["language"]])
    return address + _address({"mode": asked["mode"], "as": asked["as"]}, {})


def _sizes(mailing: Mailing) -> list[tuple[str, int, bool]]:
    """Return each form of the mail, its kilobytes, and whether these are too many."""
    found = weight.sizes(mailing).items()
    return [(side_of(key), weight.kilobytes(size), size > weight.LIMIT) for key, size in found]
