"""A passkey in a real Chromium, kept by a device that is made of software: added, then used to come in."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from hubportal.accounts.demo import PASSWORD
from tests import axe
from tests.browser import Portal

DEVICE: dict[str, Any] = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def sound(page: Page) -> None:
    """Look at the page as the walk does (tests/test_pages.py), which does not come here."""
    assert not axe.violations(page)
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.mark.browser
def test_a_passkey_is_added_and_lets_in(chromium: Browser, portal: Portal) -> None:
    context = chromium.new_context(
        base_url=portal.url, locale="fr", reduced_motion="reduce", viewport={"width": 320, "height": 800}
    )
    axe.prepare(context)
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    page.goto("/fr/sign-in/")
    page.locator('form[action="/demo/sign-in/taskforce/"] button').click()
    page.goto("/nl/my-details/security/passkeys/add/")
    sound(page)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button[type=submit]").click()
    sound(page)
    page.locator("[data-passkey-button]").click()
    page.wait_for_url(lambda url: url.endswith("/codes/"))
    sound(page)
    page.goto("/nl/my-details/security/")
    sound(page)
    page.goto("/nl/sign-out/")
    page.locator("main form button").click()
    page.goto("/nl/sign-in/?next=/nl/my-details/security/")
    page.locator("[data-passkey-button]").click()
    page.wait_for_url(lambda url: "sign-in" not in url)
    # It leads where they wanted to go.
    assert page.url.endswith("/nl/my-details/security/")
    assert page.locator("#h-sessions").count() == 1
    assert not faults
    context.close()
