"""How a convention is used: the panel on its page, and the list of requests that its numbers lead to."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conventions.models import ConventionTheme
from hubportal.accounts.models import User
from tests.cast import Cast
from tests.conventions.drafts import recorded
from tests.spoc.stories import a_draft, brought_to
from tests.spoc_pages.test_list import LIST, titles

pytestmark = pytest.mark.django_db


@pytest.fixture
def theme(echevine: User, spoc: User) -> ConventionTheme:
    """A theme with a draft, a request that waits, one that goes on; beside it one outside the convention."""
    found = recorded().themes.get()
    for status in ("draft", "submitted", "in_progress"):
        brought_to(status, echevine, spoc, title=status, convention_theme=found, outside_reason="")
    a_draft(echevine, title="dehors")
    return found


def address(reference: str = "CC-2025-01") -> str:
    return reverse("conventions:detail", args=[reference])


def numbers(client: Client) -> list[tuple[str, int]]:
    """Return the states and numbers of the first theme of the panel."""
    panels = client.get(address()).context["panels"]["main"]
    found: list[tuple[str, int]] = panels[0].context["themes"][0].counts
    return found


def test_each_number_leads_to_these_requests(client: Client, theme: ConventionTheme, cast: Cast) -> None:
    client.force_login(cast.echevine)
    assert numbers(client) == [("draft", 1), ("submitted", 1), ("in_progress", 1)]
    html = client.get(address()).content.decode()
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]*\?theme=[^"]*)"', html)]
    assert [titles(client, link) for link in links] == [
        ["in_progress", "submitted", "draft"], ["draft"], ["submitted"], ["in_progress"],
    ]  # fmt: skip
    # A draft of the commune is no business of the agency yet.
    client.force_login(cast.spoc)
    assert numbers(client) == [("submitted", 1), ("in_progress", 1)]
    assert titles(client, links[0]) == ["in_progress", "submitted"]


def test_nobody_else_reads_numbers_or_narrows_by_a_theme_of_others(
    client: Client, theme: ConventionTheme, cast: Cast
) -> None:
    for person in (cast.stranger, cast.cabinet, cast.taskforce):
        client.force_login(person)
        response = client.get(address())
        assert response.context["panels"]["main"] == []
        assert "?theme=" not in response.content.decode()
    client.force_login(cast.stranger)
    assert client.get(reverse(LIST), {"theme": theme.pk}).status_code == 404
    client.force_login(cast.echevine)
    for asked in (
        {"theme": "x"},
        {"theme": "9" * 5000},
        {"theme": "-1"},
        {"theme": "999"},
    ):
        assert client.get(reverse(LIST), asked).status_code == 404, asked
    assert titles(client, f"{reverse(LIST)}?state=draft") == ["dehors", "draft"]


def test_the_next_page_stays_narrowed(client: Client, theme: ConventionTheme, echevine: User) -> None:
    for number in range(26):
        a_draft(echevine, title=f"{number}", convention_theme=theme, outside_reason="")
    client.force_login(echevine)
    html = client.get(reverse(LIST), {"theme": theme.pk, "state": "draft"}).content.decode()
    found = re.search(r'href="(\?[^"]*after=[^"]*)"', html)
    assert found is not None
    assert titles(client, reverse(LIST) + found[1].replace("&amp;", "&")) == ["0", "draft"]


def test_as_many_queries_for_one_request_as_for_twenty(
    client: Client, theme: ConventionTheme, echevine: User, spoc: User
) -> None:
    client.force_login(spoc)
    client.get(address())
    with CaptureQueriesContext(connection) as few:
        client.get(address())
    for _number in range(20):
        brought_to("submitted", echevine, spoc, convention_theme=theme, outside_reason="")
    with CaptureQueriesContext(connection) as many:
        client.get(address())
    assert len(many) == len(few)
