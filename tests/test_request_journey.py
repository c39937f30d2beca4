"""A request from the first word to the last, in a real Chromium, with a real worker and mail through the sink.

Once in French; once in Dutch on a phone without JavaScript. The SPOC works at the stock desk.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests import axe
from tests.browser import Portal
from tests.spoc.stories import day
from tests.test_journeys import last_mail, working  # noqa: F401  # a fixture
from tests.test_pages import sign_in

pytestmark = pytest.mark.browser
SPOC = "bilal.aertsen@hub.example"


@dataclass(frozen=True)
class Requester:
    """Who asks, and in which words the portal speaks to them."""

    key: str
    address: str
    language: str
    has_script: bool
    width: int


NADIA = Requester("echevine", "nadia.clermontois@anderlecht.example", "fr", True, 1280)
WOUTER = Requester("schepen", "wouter.beukelaar@jette.example", "nl", False, 360)


@contextmanager
def browser_of(chromium: Browser, portal: Portal, person: Requester) -> Iterator[BrowserContext]:
    """Open the requester's browser, signed in."""
    context = chromium.new_context(
        base_url=portal.url,
        locale=f"{person.language}-BE",
        java_script_enabled=person.has_script,
        viewport={"width": person.width, "height": 800},
    )
    sign_in(context, person.key, person.language)
    yield context
    context.close()


def press(page: Page, action: str) -> None:
    """Send the form that leads to an address."""
    page.locator(f"form[action$='{action}'] button[type=submit]").first.click()


def is_accessible(page: Page) -> None:
    """Fail on an axe violation (a page without JavaScript cannot be asked)."""
    assert axe.violations(page) == []


def asks(page: Page, person: Requester) -> str:
    """Choose the service, make a mistake, correct it, check, submit; return the reference."""
    page.goto(f"/{person.language}/")
    page.locator("main a[href$='/requests/new/']").first.click()
    page.locator("label[for=kind-chantier]").click()
    page.locator("main form button[type=submit]").click()
    page.locator("#id_title").fill("Rue des Aubépines, phase 1")
    page.locator("#id_description").fill("Garder les commerces visibles <b>&</b> {{ ouverts }}.")
    _goes_on(page)
    page.locator("#id_starts_on").fill(day(40).isoformat())
    page.locator("#id_ends_on").fill(day(30).isoformat())
    page.locator("#id_streets").fill("Rue des Aubépines, du n° 12 au n° 96")
    _goes_on(page)
    expect(page.locator("[role=alert] a[href='#id_ends_on']")).to_be_visible()
    expect(page.locator("#id_ends_on_error")).to_be_visible()
    assert page.locator("#id_streets").input_value().startswith("Rue des Aubépines")
    if person.has_script:
        is_accessible(page)
    page.locator("#id_ends_on").fill(day(90).isoformat())
    _goes_on(page)
    page.locator("#id_interruption-starts_on_0").fill(day(40).isoformat())
    page.locator("#id_interruption-ends_on_0").fill(day(80).isoformat())
    _goes_on(page)
    themes = page.locator("input[name=convention_theme]")
    if themes.count() > 1:
        themes.nth(1).check()
    else:
        page.locator("#id_outside_reason").fill("Aucun thème ne convient.")
    _goes_on(page)
    expect(page).to_have_url(re.compile("/check/$"))
    expect(page.locator("dl.summary")).to_contain_text("<b>&</b> {{ ouverts }}")
    press(page, "/submit/")
    notice = page.locator(".messages .notice--good")
    expect(notice).to_contain_text("Bilal Aertsen")
    found = re.search(r"D-\d{4}-\d{4,}", notice.inner_text())
    assert found
    return found[0]


def _goes_on(page: Page) -> None:
    """Keep a page of the draft, and go to the next one."""
    page.locator("button[name=then][value=next]").click()


def at_the_desk(desk: Page, reference: str) -> str:
    """Find a request in the queue and return the address of its page."""
    desk.goto(f"/admin/spoc/servicerequest/?q={reference}")
    desk.locator("#result_list tbody th a").click()
    expect(desk.locator("#content")).to_contain_text(reference)
    return desk.url


def takes(desk: Page, address: str, verb: str, **fields: str) -> None:
    """Take a step at the desk: its button, its form, its answer."""
    desk.goto(address)
    desk.locator(f"a[href$='/step/{verb}/']").first.click()
    for name, value in fields.items():
        field = desk.locator(f"#id_{name}")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    for second_look in desk.locator("#id_reread").all():
        second_look.check()
    desk.locator("#content form input[type=submit]").click()
    expect(desk).to_have_url(re.compile("/change/"))


@pytest.mark.parametrize("person", [NADIA, WOUTER], ids=["french", "dutch without javascript"])
def test_a_request_from_the_first_word_to_the_last(
    person: Requester,
    working: Portal,  # noqa: F811
    chromium: Browser,
    browsing: BrowserContext,
) -> None:
    sign_in(browsing, "spoc", "fr")
    desk = browsing.new_page()
    with browser_of(chromium, working, person) as hers:
        page = hers.new_page()
        before = time.time()
        reference = asks(page, person)
        receipt = last_mail(person.address, before, holding=reference)
        assert reference in receipt
        assert "Bilal Aertsen" in receipt
        assert reference in last_mail(SPOC, before, holding=reference)
        _is_asked(desk, page, person, reference)
        _is_delivered(desk, page, person, reference)


def _is_asked(desk: Page, page: Page, person: Requester, reference: str) -> None:
    """The SPOC accepts, starts and asks; she answers with a file, and it goes on."""
    here, address = page.url, at_the_desk(desk, reference)
    takes(desk, address, "accept")
    takes(desk, address, "start")
    before = time.time()
    takes(desk, address, "ask", question="Quel est le plan de déviation ?")
    assert "Quel est le plan de déviation ?" in last_mail(person.address, before, holding=reference)
    page.goto(here)
    expect(page.locator(".page-head .tag--wait")).to_be_visible()
    next_card = page.locator(".card--next")
    next_card.locator("#id_text").fill("Le voici.")
    plan = {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"not a pdf"}
    next_card.locator("#id_upload").set_input_files(plan)  # type: ignore[arg-type]
    press(page, "/answer/")
    expect(page.locator("#id_upload_error")).to_be_visible()
    assert page.locator("#id_text").input_value() == "Le voici."
    if person.has_script:
        is_accessible(page)
    page.locator("#id_upload").set_input_files({**plan, "buffer": b"%PDF-1.4 plan"})  # type: ignore[arg-type]
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".thread")).to_contain_text("plan.pdf")
    expect(page.locator(".page-head .tag--info")).to_be_visible()


def _is_delivered(desk: Page, page: Page, person: Requester, reference: str) -> None:
    """The SPOC delivers; she reads it, says it was useful, and the request is closed."""
    here, before = page.url, time.time()
    delivery = {"title": "Plan d'action", "text": "Panneaux aux carrefours.", "waiver": "Trop tôt."}
    takes(desk, at_the_desk(desk, reference), "deliver", proposed_outcome="solved", **delivery)
    assert "Plan d'action" in last_mail(person.address, before, holding=reference)
    page.goto(here)
    expect(page.locator("main")).to_contain_text("Panneaux aux carrefours.")
    page.locator("input[name=usefulness][value=yes]").check()
    press(page, "/step/confirm/")
    expect(page.locator(".page-head .tag--done")).to_be_visible()
    page.goto(f"/{person.language}/requests/")
    expect(page.locator("main")).to_contain_text(reference)
