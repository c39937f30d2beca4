"""Writing an edition in a real Chromium that dies: at most five seconds of typing are lost; then a text's tools."""

import re
import time
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.browser import Portal
from tests.test_mailing_journey import page_of
from tests.test_request_journey import is_accessible

pytestmark = pytest.mark.browser
LOST_AT_MOST = 5.0
TYPING = 9.0


def begins(page: Page) -> str:
    """Open an edition that nobody has saved; return its address."""
    page.goto("/fr/mailings/")
    page.locator("form[action$='/mailings/new/'] button").click()
    expect(page).to_have_url(re.compile("/edit/$"))
    return page.url


def types(page: Page) -> dict[int, float]:
    """Type numbers one after another, longer than one keeping takes; return when each was typed."""
    typed: dict[int, float] = {}
    page.locator("#id_body_nl").click()
    end = time.monotonic() + TYPING
    while time.monotonic() < end:
        page.keyboard.type(f"nr{len(typed)} ")
        typed[len(typed)] = time.monotonic()
        page.wait_for_timeout(100)
    return typed


def dies(page: Page) -> float:
    """Let the browser's process die without a word to the page; return when."""
    moment = time.monotonic()
    with suppress(Error):
        page.goto("chrome://crash", timeout=5000)
    return moment


def test_a_browser_that_dies_loses_five_seconds_at_most(portal: Portal, chromium: Browser) -> None:
    with page_of(chromium, portal, "editor") as page:
        address = begins(page)
        typed = types(page)
        expect(page.locator("[data-keep-note]")).to_contain_text("pas encore enregistré")
        died = dies(page)
    with page_of(chromium, portal, "editor") as page:
        page.goto(address)
        kept = page.locator("#id_body_nl").input_value()
        lost = [number for number in typed if f"nr{number} " not in f"{kept} "]
        assert len(lost) < len(typed)
        assert all(died - typed[number] <= LOST_AT_MOST for number in lost), (kept, typed, died)
        is_accessible(page)
        lays_out(page)
        page.locator("form[action$='/discard/'] button.btn--danger").click()
        expect(page.locator("#id_body_nl")).to_have_value("")
        expect(page.locator("form[action$='/discard/']")).to_have_count(0)


def lays_out(page: Page) -> None:
    """Make words bold by keyboard, a heading by button, take both back by undo, and go along the buttons."""
    box = page.locator("#id_body_fr")
    bar = page.locator("[role=toolbar][aria-controls=id_body_fr]")
    box.fill("un mot")
    box.evaluate("box => box.setSelectionRange(3, 6)")
    page.keyboard.press("Control+b")
    expect(box).to_have_value("un **mot**")
    bar.locator("[data-act=heading]").click()
    expect(box).to_have_value("## un **mot**")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(box).to_have_value("un mot")
    page.keyboard.press("Shift+Tab")
    expect(bar.locator("[data-act=heading]")).to_be_focused()
    for key in ("ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    expect(bar.locator("[data-act=link]")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("a.example")
    expect(box).to_have_value(re.compile(r"\]\(https://a\.example\)"))
    box.fill("- un")
    for typed in ("Enter", "d", "e", "Enter", "Enter", "f"):
        page.keyboard.press(typed)
    expect(box).to_have_value("- un\n- de\nf")
