"""What axe finds wrong with a page that a browser shows: WCAG 2.2 A and AA, and its best practices."""

import json

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, Page

_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A mail in a frame has no origin that axe could speak to; tests/mailings/test_letter.py looks at it by itself.
_OPTIONS = json.dumps({"runOnly": _TAGS, "preload": False, "iframes": False, "resultTypes": ["violations"]})
# Only the violations come back, as one string: handing over what passes costs as much as finding it.
_RUN = f"""axe.run({_OPTIONS}).then(found => JSON.stringify(found.violations.map(
    rule => [rule.id, rule.nodes.slice(0, 3).map(node => node.html.slice(0, 160))])))"""


def prepare(context: BrowserContext) -> None:
    """Let every page of a session bring axe along, which is faster than handing it to each."""
    context.add_init_script(AXE_SCRIPT)


def violations(page: Page) -> list[str]:
    """Return the violations of a page, each with its rule and the beginning of the element."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE_SCRIPT)
    found = json.loads(page.evaluate(_RUN))
    return [f"{rule}: {html}" for rule, nodes in found for html in nodes]
