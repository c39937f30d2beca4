"""No tracker: neither a page nor a mail loads anything from another house, and no link tells who followed it."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from hubportal.accounts.models import User
from hubportal.outbox.models import OutboxMessage
from mailings.models import Delivery
from tests.mailings.leaving import sent
from tests.spoc.stories import brought_to

pytestmark = pytest.mark.django_db
LOADED = {"src", "srcset", "poster", "data", "background", "action", "formaction", "ping", "manifest"}
OUR_HOSTS = {"", "localhost:8000", "testserver"}


class Loaded(HTMLParser):
    """Collects what a page loads, or sends a form to, without anybody following a link."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the addresses of an element."""
        for name, value in attrs:
            if name in LOADED or (tag == "link" and name == "href"):
                self.found.append(value or "")
            if name == "style":
                self.found += re.findall(r"url\(([^)]*)\)", value or "")


def foreign(text: str) -> list[str]:
    return [link for link in Loaded(text).found if urlsplit(link.strip("'\"")).netloc not in OUR_HOSTS]


def test_the_ruler_measures() -> None:
    assert foreign('<img src="https://pixel.example/a.gif">') == ["https://pixel.example/a.gif"]
    assert foreign('<p style="background:url(//pixel.example/a)">') == ["//pixel.example/a"]
    assert foreign('<link href="//fonts.example/a.css"><a href="https://x.example/">x</a>') == [
        "//fonts.example/a.css"
    ]


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
@pytest.mark.parametrize(
    "name", ["home", "account_login", "help", "privacy", "register", "accessibility", "accounts:my-data"]
)
def test_pages_load_nothing_from_elsewhere(client: Client, spoc: User, name: str, language: str) -> None:
    if name != "account_login":
        client.force_login(spoc)
    with translation.override(language):
        answer = client.get(reverse(name))
    assert answer.status_code == 200
    assert foreign(answer.content.decode()) == []


def test_the_policy_lets_a_browser_load_nothing_else(client: Client) -> None:
    """Whatever a page says, on any page (tests/test_headers.py holds the header itself)."""
    policy = client.get(reverse("help")).headers["Content-Security-Policy"]
    hosts = re.findall(r"https?://\S+", policy)
    assert hosts == []
    assert "default-src 'none'" in policy


def test_mails_load_nothing_at_all(echevine: User, spoc: User) -> None:
    brought_to("accepted", echevine, spoc)
    sent()
    assert OutboxMessage.objects.exists()
    for row in OutboxMessage.objects.all():
        assert Loaded(row.html).found == []
    for row in Delivery.objects.all():
        letter = row.envelope().content.decode()
        assert "<img" not in letter.lower()
        assert Loaded(letter).found == []


def test_no_link_of_a_letter_leads_over_a_counter(echevine: User) -> None:
    for row in sent().deliveries.all():
        links = re.findall(r"https?://[^\s\"<>]+", row.envelope().content.decode())
        with_token = [link for link in links if row.token in link]
        assert all(link.startswith(settings.BASE_URL) for link in with_token)
        assert {urlsplit(link).path.split("/")[3] for link in with_token} <= {"read", "stop"}
