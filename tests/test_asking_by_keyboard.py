"""A chantier is asked for with the keyboard alone, in six pages at most, each thing once; the strokes are counted."""

import re
import sys
from collections import Counter

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from tests.browser import Portal
from tests.test_request_journey import NADIA, browser_of

pytestmark = pytest.mark.browser
YEAR = timezone.localdate().year + 1
FURTHEST = 80
"""Tab stops after which something is not to be reached by keyboard."""


class Typist:
    """Somebody without a mouse; counts what is pressed beside their own words."""

    def __init__(self, page: Page) -> None:
        self.page, self.strokes, self.pages, self.asked = page, 0, 0, Counter[str]()

    def press(self, key: str) -> None:
        """Press a key that is no text of one's own."""
        self.page.keyboard.press(key)
        self.strokes += 1

    def reach(self, selector: str) -> None:
        """Go on with Tab until something has the focus."""
        for _stop in range(FURTHEST):
            if self.page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
                return
            self.press("Tab")
        raise AssertionError(f"{selector} is not reached by keyboard")

    def write(self, selector: str, text: str) -> None:
        """Fill a field in; the words are one's own."""
        self.reach(selector)
        self.page.keyboard.type(text)

    def go(self, selector: str) -> None:
        """Activate a link or a button, and wait for the page that follows; the labels of its questions are noted."""
        self.reach(selector)
        with self.page.expect_navigation():
            self.press("Enter")

    def opens(self) -> None:
        """Begin a page of the request at its content, as the link at its top offers."""
        self.pages += 1
        labels = self.page.locator("main form .field > label, main form legend").all_inner_texts()
        self.asked.update({text.strip() for text in labels if text.strip()})
        self.go_to_content()

    def go_to_content(self) -> None:
        """Leave the menus out, once: a browser that was sent to the content stays there on the pages that follow."""
        if "#main" not in self.page.url:
            self.reach("a[href='#main']")
            self.press("Enter")


def test_a_chantier_in_six_pages_and_nothing_twice(
    portal: Portal,
    chromium: Browser,
) -> None:
    with browser_of(chromium, portal, NADIA) as context:
        typist = Typist(context.new_page())
        typist.page.goto("/fr/requests/new/")
        asks(typist)
        expect(typist.page.locator(".messages .notice--good")).to_contain_text(re.compile(r"D-\d{4}-\d{4,}"))
        context.close()
    twice = {label for label, count in typist.asked.items() if count > 1}
    words = f"a chantier by keyboard: {typist.pages} pages, {typist.strokes} strokes beside one's own words"
    sys.stdout.write(f"{words}\n")
    assert typist.pages <= 6
    assert twice == set()


def asks(typist: Typist) -> None:
    """Ask for support during roadworks, with what a person knows on the first day."""
    typist.opens()
    typist.reach("#kind-audit")
    typist.press("ArrowUp")
    typist.go("main form button[type=submit]")
    typist.opens()
    typist.write("#id_title", "Rue des Aubépines, phase 2")
    typist.write("#id_description", "Garder les commerces visibles.")
    typist.go("button[name=then][value=next]")
    typist.opens()
    # Day and month alike: Chromium without windows may ask for them in either order.
    typist.write("#id_starts_on", f"0303{YEAR}")
    typist.write("#id_ends_on", f"0404{YEAR}")
    typist.write("#id_streets", "Rue des Aubépines, du n° 12 au n° 96")
    typist.go("button[name=then][value=next]")
    typist.opens()
    typist.go("button[name=then][value=next]")
    typist.opens()
    typist.reach("input[name=convention_theme]")
    typist.go("button[name=then][value=next]")
    typist.opens()
    typist.go("form[action$='/submit/'] button[type=submit]")
