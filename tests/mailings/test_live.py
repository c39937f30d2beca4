"""The page of an edition that is leaving renews itself in a real Chromium, and stops when it has left."""

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser import Portal
from tests.test_pages import sign_in

EDITION = """
from tests.mailings.leaving import *
row = brought_to("sending")
print("number", row.number)
"""
NEXT = """
from tests.mailings.leaving import *
row = Mailing.objects.get(number={number})
marked(row.deliveries.filter(status="queued").order_by("pk").first(), "{status}", 250, "queued")
"""
LAST = """
from tests.mailings.leaving import *
sent(Mailing.objects.get(number={number}))
"""


@pytest.mark.browser
@pytest.mark.slow
def test_it_renews_itself_and_leaves_the_focus_alone(browsing: BrowserContext, portal: Portal) -> None:
    number = portal.manage("shell", "-c", EDITION).split("number ")[1].split()[0]
    sign_in(browsing, "editor", "en")
    page = browsing.new_page()
    page.goto(f"/en/mailings/{number}/sending/")
    expect(page.get_by_text("This page renews itself every 5 seconds.")).to_be_visible()
    expect(page.locator("h1")).to_contain_text("Being sent: 0 messages of")
    pause = page.locator("#live-steps a").first
    pause.focus()
    pause.evaluate("link => { link.dataset.kept = 'yes'; }")
    portal.manage("shell", "-c", NEXT.format(number=number, status="accepted"))
    expect(page.locator("h1")).to_contain_text("Being sent: 1 message of", timeout=15_000)
    expect(pause).to_be_focused()
    assert pause.get_attribute("data-kept") == "yes"
    assert page.title().startswith("Being sent: 1 message of")
    portal.manage("shell", "-c", NEXT.format(number=number, status="uncertain"))
    expect(page.get_by_text("1 message is uncertain")).to_be_visible(timeout=15_000)
    portal.manage("shell", "-c", LAST.format(number=number))
    expect(page.locator("h1")).to_contain_text("Sent: ", timeout=15_000)
    # What could be pressed is gone; the focus goes to the page, not to nowhere.
    expect(page.locator("#main")).to_be_focused()
    expect(page.get_by_text("This page renews itself every 5 seconds.")).to_be_hidden()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.wait_for_timeout(6000)
    assert requests == []
