"""A PDF that would fetch for its author, drawn from end to end: nobody is called, nothing is read.

What the fetcher lets through, address by address: tests/platform/test_pdf.py.
"""

import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pikepdf
import pytest
from django.test import Client
from django.urls import reverse

from hubportal.accounts.models import User
from hubportal.pdf import drawn, why_not
from tests.spoc.stories import a_draft

pytestmark = pytest.mark.skipif(bool(why_not()), reason="the libraries that draw PDF are missing")


class Listener(ThreadingHTTPServer):
    """A server of this machine that notes who calls, and sends each one on to a file and to the cloud's data."""

    called: list[str]


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Note the call and redirect."""
        assert isinstance(self.server, Listener)
        self.server.called.append(self.path)
        self.send_response(302)
        target = "file:///etc/passwd" if "file" in self.path else "http://169.254.169.254/latest/meta-data/"
        self.send_header("Location", target)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A listener on a free port."""
    server = Listener(("127.0.0.1", 0), _Answer)
    server.called = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def hostile(target: str) -> str:
    """Return markup that names an address in each way that a PDF follows."""
    return f"""
        <link rel="stylesheet" href="{target}"><link rel="attachment" href="{target}"><style>@import url("{target}");
        @font-face {{ font-family: x; src: url("{target}") }} p {{ background: url("{target}"); font-family: x }}
        li {{ list-style-image: url("{target}") }} h1::before {{ content: url("{target}") }}</style>
        <img src="{target}"><img srcset="{target} 2x"><object data="{target}"></object><embed src="{target}">
        <iframe src="{target}"></iframe>
        <svg xmlns="http://www.w3.org/2000/svg"><image href="{target}"/><use href="{target}#a"/></svg>
        <a rel="attachment" href="{target}">x</a><p>x</p><ul><li>x</li></ul><h1>x</h1>"""


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1:{port}/x", "http://localhost:{port}/to-file", "http://0177.0.0.1:{port}/", "http://2130706433:{port}/",
     "http://[::ffff:127.0.0.1]:{port}/", "http://169.254.169.254/latest/meta-data/", "file:///etc/passwd",
     "file://localhost/etc/passwd", "FiLe:/etc/passwd", "//127.0.0.1:{port}/", "ftp://127.0.0.1:{port}/"],
)  # fmt: skip
def test_a_page_calls_nobody(target: str, listener: Listener) -> None:
    """CVE-2025-68616 and CVE-2026-55073 (WeasyPrint): it followed redirects, and passed one's own fetcher by."""
    markup = hostile(target.format(port=listener.server_port))
    pdf = drawn(f'<html lang="fr"><head><title>x</title></head><body>{markup}</body></html>')
    assert listener.called == []
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert dict(document.attachments) == {}
        assert b"root:x:0" not in b"".join(
            stream.read_bytes() for stream in document.objects if isinstance(stream, pikepdf.Stream)
        )


@pytest.mark.django_db
def test_words_of_people_call_nobody(listener: Listener, client: Client, echevine: User) -> None:
    """GHSA-35jj-wx47-4w8r (WeasyPrint): `<link rel=attachment>` put a file of the server into the PDF."""
    markup = hostile(f"http://127.0.0.1:{listener.server_port}/x")
    row = a_draft(echevine, title='<link rel="attachment" href="file:///etc/passwd">', description=markup)
    row.submit(by=echevine)
    client.force_login(echevine)
    answer = client.get(reverse("spoc:request-pdf", args=[row.pk]))
    assert answer.status_code == 200
    with pikepdf.open(io.BytesIO(b"".join(answer))) as document:  # type: ignore[call-overload]
        assert dict(document.attachments) == {}
    assert listener.called == []
