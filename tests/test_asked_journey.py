"""What the agency asked, from home to its delivery, in a real Chromium: by a bourgmestre in French at a desk, by a
schepen in Dutch on a phone without JavaScript. Both are of the demonstration, which asked something of each.
"""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import Portal
from tests.test_request_journey import WOUTER, Requester, browser_of, is_accessible

pytestmark = pytest.mark.browser
PHILOMENE = Requester("bourgmestre", "philomene.vandroogh@uccle.example", "fr", True, 1280)


def submits(page: Page, person: Requester, **fields: str) -> None:
    """Look at the page of a step, fill in its form and send it."""
    if person.has_script:
        is_accessible(page)
    for name, value in fields.items():
        page.locator(f"#id_{name}").fill(value)
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".messages .notice--good")).to_be_visible()


@pytest.mark.parametrize(
    ("person", "own", "calm"),
    [(PHILOMENE, "Votre étape", "Rien à faire"), (WOUTER, "Uw stap", "U hoeft niets te doen")],
    ids=["french", "dutch without javascript"],
)
def test_what_the_agency_asked_is_found_at_home_and_delivered(
    person: Requester, own: str, calm: str, portal: Portal, chromium: Browser
) -> None:
    with browser_of(chromium, portal, person) as theirs:
        page = theirs.new_page()
        page.goto(f"/{person.language}/")
        first = page.locator("main .tasks > li", has=page.locator("a[href*='/requests/']")).first
        expect(first.locator(".next")).to_contain_text(own)
        first.locator("a.tasks__name").click()
        card = page.locator(".card--next")
        expect(card.locator("h2")).to_contain_text(own)
        if card.locator("a[href$='/step/start/']").count():
            card.locator("a[href$='/step/start/']").click()
            submits(page, person)
        card.locator("a[href$='/deliverable/']").click()
        submits(page, person, title="Liste des terrasses", text="Dix terrasses, deux en attente.")
        expect(page.locator("#h-deliverables ~ .files")).to_contain_text("Dix terrasses")
        card.locator("a[href$='/step/deliver/']").click()
        page.locator("#id_proposed_outcome").select_option("solved")
        submits(page, person)
        expect(card.locator("h2")).to_contain_text(calm)
