"""What a first visit costs: page, style, script, font and mark, as they come over the wire, compressed."""

import gzip
import re
import urllib.request

import pytest

from tests.browser import Portal

FIRST_VISIT_MAX = 60 * 1024
REPEAT_MAX = 14 * 1024
REQUESTS_MAX = 6


def fetch(url: str, cookie: str = "") -> tuple[bytes, str]:
    """Return the bytes on the wire, and the text."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip", "Cookie": cookie})
    with urllib.request.urlopen(request, timeout=10) as response:
        body: bytes = response.read()
        is_packed = response.headers["Content-Encoding"] == "gzip"
    return body, (gzip.decompress(body) if is_packed else body).decode(errors="replace")


@pytest.mark.parametrize("path", ["/fr/sign-in/", "/nl/help/"])
def test_a_first_visit_is_light(path: str, portal: Portal) -> None:
    page, text = fetch(portal.url + path)
    parts = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', text))
    style = next(part for part in parts if part.endswith(".css"))
    parts |= {
        f"/static/{name}" for name in re.findall(r'url\("?(fonts/[^")]+)', fetch(portal.url + style)[1])
    }
    weight = len(page) + sum(len(fetch(portal.url + part)[0]) for part in parts)
    assert any(part.endswith(".woff2") for part in parts)
    assert len(parts) + 1 <= REQUESTS_MAX
    assert weight <= FIRST_VISIT_MAX
    assert len(page) <= REPEAT_MAX
