"""What a PDF may load: our own static files, whatever its page names."""

from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import SuspiciousFileOperation

if TYPE_CHECKING:
    from hubportal.pdf.fetcher import OwnFilesOnly


@pytest.fixture
def fetcher() -> "OwnFilesOnly":
    """What fetches for a PDF. Read here: without Pango the other tests run all the same."""
    from hubportal.pdf.fetcher import OwnFilesOnly

    return OwnFilesOnly()


BASE = "https://static.invalid/"


def test_our_own_files_are_fetched(fetcher: "OwnFilesOnly") -> None:
    assert b"@font-face" in fetcher.fetch(f"{BASE}pdf.css").read()
    assert fetcher.fetch("data:text/plain,hello").read() == b"hello"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "https://hub.example/x.css", "ftp://127.0.0.1/", "file:///etc/passwd", "/etc/passwd",
        "FILE:///etc/passwd", "gopher://127.0.0.1/", "https://static.invalid.example/x",
        "https://static.invalid/no-such-file.css",
    ],
)  # fmt: skip
def test_nothing_else_is_fetched(url: str, fetcher: "OwnFilesOnly") -> None:
    with pytest.raises(ValueError, match=r"disallowed|absolute|no static file"):
        fetcher.fetch(url)


@pytest.mark.parametrize("path", ["../hubportal/settings.py", "/etc/passwd", "..%2f..%2fetc/passwd"])
def test_no_path_leads_out_of_the_static_files(path: str, fetcher: "OwnFilesOnly") -> None:
    with pytest.raises((SuspiciousFileOperation, ValueError)):
        fetcher.fetch(BASE + path)
