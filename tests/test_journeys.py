"""Whole journeys, as people take them: a real Chromium, a real worker, mail through the sink."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import closing
from email import message_from_bytes, policy
from pathlib import Path

import psycopg2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import Portal
from tests.test_pages import sign_in

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def working(portal: Portal) -> Iterator[Portal]:
    """The portal with a worker, so that mail leaves."""
    worker = portal.start_worker()
    yield portal
    worker.terminate()
    worker.wait(15)


@pytest.fixture
def without_script(chromium: Browser, portal: Portal) -> Iterator[BrowserContext]:
    """A phone that runs no JavaScript, in Dutch."""
    context = chromium.new_context(
        base_url=portal.url, locale="nl-BE", java_script_enabled=False, viewport={"width": 360, "height": 740}
    )
    yield context
    context.close()


def last_mail(address: str, after: float, within: float = 25, holding: str = "") -> str:
    """Return the text of the newest mail to an address that came after a moment; wait for it.

    `holding` is a pattern in its text: the demonstration's own mails to the same person leave meanwhile.
    """
    box = Path(os.environ["HUBPORTAL_MAILBOX"])
    end = time.monotonic() + within
    while time.monotonic() < end:
        for path in sorted(box.glob("new/*"), key=lambda path: -path.stat().st_mtime):
            message = message_from_bytes(path.read_bytes(), policy=policy.default)
            if path.stat().st_mtime >= after and address in str(message["To"]):
                body = message.get_body(("plain",))
                assert body is not None
                if re.search(holding, text := str(body.get_content()), re.M):
                    return text
        time.sleep(0.3)
    raise AssertionError(f"no mail to {address}")


def end_mandates(portal: Portal, address: str, day: str) -> None:
    """Move the last day of a person's present mandates, behind the portal's back."""
    with (
        closing(psycopg2.connect(portal.env["DATABASE_URL"])) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE communes_mandate SET ends_on = %s::date WHERE starts_on > '2024-01-01'"
            " AND user_id = (SELECT id FROM accounts_user WHERE email = %s)",
            [day, address],
        )


def test_a_schepen_signs_in_by_code_and_looks_around_without_javascript(
    working: Portal, without_script: BrowserContext
) -> None:
    working.speak("nl")
    page = without_script.new_page()
    page.goto("/nl/")
    expect(page).to_have_url(re.compile("/nl/sign-in/"))
    before = time.time()
    page.get_by_label("E-mailadres").first.fill("Wouter.Beukelaar@Jette.example")
    page.get_by_role("button", name="code").first.click()
    line = r"^\s*([A-Z0-9-]{5,12})\s*$"
    code = re.search(line, last_mail("wouter.beukelaar@jette.example", before, holding=line), re.M)
    assert code
    page.locator("input[name=code]").fill("wrong1")
    page.locator("form.form button[type=submit]").first.click()
    expect(page.locator("[role=alert]")).to_be_visible()
    page.locator("input[name=code]").fill(code[1])
    page.locator("form.form button[type=submit]").first.click()
    expect(page.locator("h1")).to_contain_text("Wouter")
    _look_around(page)


def _look_around(page: Page) -> None:
    """Read one's commune, change language and colours, leave."""
    page.goto("/nl/communes/21010/")
    expect(page.locator("h1")).to_have_text("Jette")
    expect(page.locator("main")).to_contain_text("wouter.beukelaar@jette.example")
    page.goto("/nl/communes/21001/")
    expect(page.locator("main")).not_to_contain_text("@anderlecht.example")
    page.locator(".langs a[lang=fr]").click()
    expect(page).to_have_url(re.compile("/fr/communes/21001/"))
    page.select_option("select[name=theme]", "dark")
    page.locator("form:has(select[name=theme]) button").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.locator("details.menu").last.locator("summary").click()
    page.locator("form[action$='/sign-out/'] button").click()
    page.goto("/fr/")
    expect(page).to_have_url(re.compile("/fr/sign-in/"))


def test_a_mandate_that_ended_yesterday_closes_the_session_that_is_open(
    browsing: BrowserContext, portal: Portal
) -> None:
    portal.speak("fr")
    sign_in(browsing, "bourgmestre", "fr")
    page = browsing.new_page()
    page.goto("/fr/communes/")
    expect(page.locator("h1")).to_contain_text("19")
    end_mandates(portal, "philomene.vandroogh@uccle.example", "yesterday")
    try:
        assert page.goto("/fr/communes/").status == 403  # type: ignore[union-attr]
        page.goto("/fr/")
        expect(page.locator("main")).to_contain_text("mandat")
        expect(page.locator("main")).not_to_contain_text("@uccle.example")
    finally:
        end_mandates(portal, "philomene.vandroogh@uccle.example", "2030-11-30")


def test_a_lead_invites_somebody_who_comes_in_with_a_password(
    working: Portal, browsing: BrowserContext, chromium: Browser
) -> None:
    working.speak("fr")
    sign_in(browsing, "lead", "fr")
    desk = browsing.new_page()
    address = f"nouvelle-{time.monotonic_ns()}@koekelberg.example"
    desk.goto("/admin/accounts/user/add/")
    desk.locator("#id_first_name").fill("Capucine")
    desk.locator("#id_last_name").fill("Nouvelle")
    desk.locator("#id_email").fill(address)
    desk.locator("input[name=_continue]").click()
    before = time.time()
    desk.locator("form[action$='/invite/'] button").click()
    expect(desk.locator(".messagelist")).to_be_visible()
    link = re.search(r"http\S+/fr/invitation/\S+", last_mail(address, before))
    assert link
    _accept(chromium, working.url, link[0])


def _accept(chromium: Browser, base_url: str, link: str) -> None:
    """Open the link, choose a password that is too short, then a good one; the link works once."""
    context = chromium.new_context(base_url=base_url, locale="fr-BE")
    page = context.new_page()
    page.goto(link)
    page.locator("input[name=language][value=nl]").check()
    page.locator("input[name=content_language][value=nl]").check()
    page.locator("input[name=password]").fill("court")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("[role=alert]")).to_contain_text("12")
    page.locator("input[name=password]").fill("dix-neuf tilleuls")
    page.locator("main form button[type=submit]").click()
    expect(page).to_have_url(re.compile("/nl/$"))
    expect(page.locator("h1")).to_contain_text("Capucine")
    assert page.goto(link).status == 410  # type: ignore[union-attr]
    context.close()


def test_the_address_of_a_calendar_is_copied_by_a_button_and_a_word_says_so(
    browsing: BrowserContext, portal: Portal
) -> None:
    portal.speak("fr")
    browsing.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(browsing, "echevine", "fr")
    page = browsing.new_page()
    page.goto("/fr/requests/calendar/")
    page.locator("main form:not([action]) button").click()
    button = page.locator("[data-copy]")
    button.click()
    expect(button.locator("xpath=..").get_by_role("status")).not_to_be_empty()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#address").input_value()


def test_a_second_titular_bourgmestre_is_refused_at_the_field_and_nothing_is_lost(
    browsing: BrowserContext, portal: Portal
) -> None:
    portal.speak("fr")
    sign_in(browsing, "lead", "fr")
    page = browsing.new_page()
    page.goto("/admin/communes/mandate/?q=Vandroogh")
    page.get_by_role("link", name="Philomène Vandroogh").first.click()
    person = page.locator("#id_user option[selected]").get_attribute("value")
    page.goto("/admin/communes/mandate/add/")
    page.evaluate(
        """([user, commune]) => {
            for (const [id, value] of [["id_user", user], ["id_commune", commune]]) {
                const select = document.getElementById(id);
                select.add(new Option(value, value, true, true));
            }
        }""",
        [person, "21001"],
    )
    page.locator("#id_office").select_option("bourgmestre")
    page.locator("#id_starts_on").fill("2026-12-01")
    page.locator("#id_ends_on").fill("2026-11-01")
    page.locator("input[name=_save]").click()
    expect(page.locator(".field-ends_on .errorlist, .errorlist").first).to_contain_text("dernier jour")
    page.locator("#id_ends_on").fill("")
    page.locator("input[name=_save]").click()
    expect(page.locator(".errorlist").first).to_contain_text("bourgmestre")
    assert page.locator("#id_starts_on").input_value()
    assert page.locator("#id_office").input_value() == "bourgmestre"
