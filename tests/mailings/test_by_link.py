"""The pages behind the links of a mail, in a real Chromium on a telephone: no script, no account, no cookie."""

import re
from contextlib import closing

import psycopg2
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import Portal
from tests.test_request_journey import is_accessible

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 740}
OTHER = {"fr": "nl", "nl": "fr"}


def a_link(portal: Portal, language: str) -> str:
    """Return the token of a message of the demonstration that nobody has acknowledged."""
    statement = (
        "SELECT token FROM mailings_delivery WHERE language = %s AND acknowledged_at IS NULL"
        " AND status = 'accepted' AND address NOT LIKE 'nadia.%%' ORDER BY id DESC LIMIT 1"
    )
    with closing(psycopg2.connect(portal.env["DATABASE_URL"])) as connection, connection.cursor() as cursor:
        cursor.execute(statement, [language])
        found: tuple[str] | None = cursor.fetchone()
    assert found is not None
    return found[0]


def phone(chromium: Browser, portal: Portal, *, has_scripts: bool = False) -> Page:
    """Open a telephone's browser."""
    context = chromium.new_context(
        base_url=portal.url, viewport=PHONE, java_script_enabled=has_scripts, color_scheme="dark"
    )
    return context.new_page()


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_after_the_button_the_thanks_are_what_one_sees(
    language: str, portal: Portal, chromium: Browser
) -> None:
    page = phone(chromium, portal)
    token = a_link(portal, language)
    page.goto(f"/{language}/mailings/read/{token}/")
    page.locator("main form button[type=submit]").click()
    expect(page).to_have_url(re.compile(f"/{language}/mailings/read/{token}/#thanks$"))
    expect(page.locator("#thanks")).to_be_in_viewport(ratio=1)
    expect(page.locator("#thanks")).to_be_focused()
    expect(page.locator("main form")).to_have_count(0)
    page.context.close()


@pytest.mark.parametrize("name", ["read", "stop"])
@pytest.mark.parametrize("language", ["fr", "nl"])
def test_the_language_is_changed_by_a_plain_link_that_keeps_the_token(
    language: str, name: str, portal: Portal, chromium: Browser
) -> None:
    page = phone(chromium, portal)
    token, other = a_link(portal, language), OTHER[language]
    page.goto(f"/{language}/mailings/{name}/{token}/")
    link = page.locator(f"main a[hreflang={other}]").first
    expect(link).to_be_in_viewport()
    link.click()
    expect(page).to_have_url(re.compile(f"/{other}/mailings/{name}/{token}/$"))
    expect(page.locator("html")).to_have_attribute("lang", other)
    page.context.close()


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_both_pages_are_accessible_and_fit(language: str, portal: Portal, chromium: Browser) -> None:
    page = phone(chromium, portal, has_scripts=True)
    page.set_viewport_size({"width": 320, "height": 740})
    token = a_link(portal, "nl" if language == "nl" else "fr")
    for address in (f"/{language}/mailings/read/{token}/", f"/{language}/mailings/stop/{token}/"):
        page.goto(address)
        is_accessible(page)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.goto(f"/{language}/mailings/read/{token}/")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("#thanks")).to_be_visible()
    is_accessible(page)
    page.context.close()
