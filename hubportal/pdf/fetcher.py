"""What a PDF may load: our own static files and `data:`; nothing else, wherever an address comes from.

Importing this needs the libraries of hubportal/pango.py.
"""

import mimetypes
from pathlib import Path
from typing import Any, Final

from django.contrib.staticfiles import finders
from weasyprint.urls import URLFetcher, URLFetcherResponse

BASE: Final = "https://static.invalid/"
"""An address that leads nowhere (RFC 2606): the one under which a page names a static file."""


class OwnFilesOnly(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """Never opens a connection, nor a file that is no static file of the portal."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
        """Return what is at the address; ValueError for any that is not ours."""
        if not url.startswith(BASE):
            return super().fetch(url, headers)
        found = finders.find(url.removeprefix(BASE))
        if not isinstance(found, str):
            raise ValueError(f"no static file: {url}")
        kind = mimetypes.guess_type(found)[0] or "application/octet-stream"
        return URLFetcherResponse(url, Path(found).read_bytes(), {"Content-Type": kind})
