"""Every page that a person can reach by links, in each language, in a real Chromium.

A crawl from home and from the desk, as several roles, so a new page is covered by being linked. Each page: 0 axe
violations, nothing that scrolls sideways, its language declared, nothing that the Content-Security-Policy blocks.

Each page is drawn in one of the three languages and in one of both looks, the same in each run. With WALK=whole in
the environment, as .ci/run has it, it is drawn in every language, so that French and Dutch are in different looks, and
those whose parts depend on the reader are drawn for each role, not only home. WALK=cross, for `bench/run axe`: each
language at each width in each colour.
"""

import json
import os
import re
import time
import urllib.request
import zlib
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from django.utils import timezone, translation
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests import axe
from tests.browser import Portal
from tests.routes import route_names

ROLES = ["", "echevine", "ended", "spoc", "editor", "cabinet", "lead", "admin"]
"""Who crawls, by the key of the demonstration's one-click accounts; "" is nobody."""
IS_WHOLE = os.environ.get("WALK") in ("whole", "cross")
LANGUAGES = ["fr", "nl", "en"]
IS_CROSS = os.environ.get("WALK") == "cross"
SEEN_BY_EACH_ROLE = {
    "home", *({"communes:list", "communes:detail", "conventions:list", "conventions:detail"} if IS_WHOLE else ())
}  # fmt: skip
UNSIGNED = f"CC-{timezone.localdate().year}-01"
"""The convention of the demonstration that is in negotiation."""
STARTS = (
    "", "sign-in/", "conventions/CC-2025-01/", f"conventions/{UNSIGNED}/", "conventions/CC-2025-01/amendments/1/",
    "conventions/CC-2025-10/amendments/new/", "conventions/CC-2025-10/amendments/2/edit/",
    "requests/answers/?state=to_complete",
)  # fmt: skip
"""Where a walk begins: of each kind of page it sees one, so the conventions that have all parts are named, and
answers that have a step."""
LOOKS: list[dict[str, Any]] = [
    {"width": 320, "height": 800, "color_scheme": "dark"},
    {"width": 1280, "height": 900, "color_scheme": "light"},
]
CROSS: list[dict[str, Any]] = [
    {"width": width, "height": 900, "color_scheme": scheme}
    for width in (320, 768, 1280)
    for scheme in ("light", "dark")
]
NO_PAGE = {
    # Acts by POST, redirects, machine answers, files.
    "communes:transition-example", "communes:transition-step", "communes:transition-invite",
    "healthz", "readyz", "theme", "account_signup", "communes:switch",
    "accounts:app-picture", "accounts:end-sessions", "accounts:not-now", "mfa_login_webauthn",
    # They ask for the password first: their pages are looked at by hand.
    "accounts:fresh-code", "mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes", "mfa_edit_webauthn",
    "mfa_remove_webauthn", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn", "mfa_authenticate",
    "demo:sign-in", "demo:message-html", "account_inactive", "account_set_password",
    "admin:jsi18n", "admin:autocomplete", "admin:login", "admin:logout", "admin:view_on_site",
    "admin:password_change", "admin:password_change_done",
    "spoc:handover-read", "spoc:request-attach", "spoc:request-detach", "spoc:request-submit",
    "spoc:file-download", "spoc:deliverable-download", "spoc:request-csv", "spoc:request-xlsx", "spoc:request-continue",
    "spoc:calendar-revoke", "spoc:calendar-feed", "spoc:request-pdf",
    "spoc:concern-csv", "spoc:concern-xlsx", "spoc:concern-file",
    "spoc:note-csv", "spoc:note-xlsx", "spoc:note-pdf", "spoc:note-file",
    "spoc:note-item-remove", "spoc:note-part-remove",
    "spoc:answer-csv", "spoc:answer-xlsx", "accounts:my-data-json", "accounts:my-data-pdf", "accounts:my-data-object",
    # The same page as that of any step.
    "spoc:answer-complete",
    "mailings:acknowledge", "mailings:decide", "mailings:proof-pdf", "mailings:proof-csv",
    "mailings:file", "mailings:read-file", "mailings:keep", "mailings:discard",
    "mailings:new", "mailings:test", "mailings:message", "mailings:mail", "conventions:document",
    "conventions:comment-resolve", "conventions:comment-reopen", "conventions:evidence", "conventions:project-file",
    "conventions:article-move", "conventions:signatory-remove",
    "conventions:amendment-signatory-remove",
    *(f"conventions:amendment-{page}" for page in ("document", "comment-resolve", "comment-reopen", "evidence")),
    "conventions:action-mark", "conventions:bundle-file",
    # Reached with a token or in the middle of a journey: each has a test of its own.
    "accounts:invitation", "account_confirm_login_code", "account_reset_password_from_key",
    "account_reset_password_from_key_done", "account_reset_password_done", "account_reauthenticate",
    "openid_connect_login", "openid_connect_callback", "identity_link", "identity_unlink",
    "spoc:request-begin", "spoc:request-answer", "spoc:request-deliverable", "mailings:read", "mailings:stop",
    "conventions:meeting-remove", "spoc:concern-similar", "communes:delegation-withdraw", "communes:transition",
    # No link leads there: the menu signs out by POST, the sign-in page holds the form that asks for a code, and
    # nobody adds or changes what only the portal writes.
    "account_logout", "account_request_login_code", "admin:accounts_invitation_add", "admin:outbox_outboxmessage_add",
    "admin:accounts_journalentry_add", "admin:accounts_objection_add", "admin:communes_commune_add",
    "admin:spoc_servicerequest_add", "admin:spoc_concern_add", "admin:spoc_concerngroup_add",
    "admin:spoc_savedview_add", "admin:spoc_servicerequest_bulk", "admin:spoc_servicerequest_history",
    "admin:accounts_user_invite", "admin:mailings_delivery_add", "admin:mailings_suppressedaddress_add",
    # Of an administrator who sees as another person: tests/accounts/test_seeing_everywhere.py
    "accounts:seeing-end", "admin:accounts_user_see-as", "admin:accounts_journalentry_export",
}  # fmt: skip


AXE = ": axe "
LEADS_ON = {
    "mailings:detail": {"mailings:follow-up"},
    "spoc:note-detail": {"spoc:note-answer", "spoc:note-answer-part", "spoc:note-step", "spoc:note-way"},
    "spoc:note-write": {"spoc:note-item", "spoc:note-part", "spoc:note-send"},
    "admin:spoc_servicerequest_change": {"admin:spoc_servicerequest_step", "admin:spoc_servicerequest_write"},
}
"""Pages that lead to others only in some states: one after another is read until those were seen."""


@dataclass
class Crawl:
    """What one language's walk has seen, and what it found wrong."""

    language: str
    seen: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    violations: int = 0
    widths: set[int] = field(default_factory=set)

    def missed(self) -> list[str]:
        """Return the kinds of page that nobody came to."""
        # Nobody deletes in the desk (test_access.py): these pages exist for nobody.
        left = route_names() - self.seen - NO_PAGE
        return sorted(name for name in left if "<" not in name and not name.endswith("_delete"))

    def write_down(self, folder: str) -> None:
        """Tell `bench/run axe` what was seen, what axe found, and which pages were not whole or not there."""
        faults = [fault for fault in self.faults if AXE not in fault]
        facts = {
            "language": self.language, "pages": len(self.seen), "violations": self.violations,
            "widths": sorted(self.widths), "not_whole": faults + self.missed(),
        }  # fmt: skip
        (Path(folder) / f"{self.language}.json").write_text(json.dumps(facts))

    def walk(self, context: BrowserContext, role: str) -> None:
        """Follow links from home and the desk until no new kind of page is left."""
        page = context.new_page()
        page.on("console", self._listen)
        waiting = [f"/{self.language}/{path}" for path in STARTS] + ["/admin/", "/demo/mailbox/"]
        mine: set[str] = set()
        read: set[str] = set()
        while waiting:
            path = waiting.pop(0)
            name = name_of(path)
            if not name or name in NO_PAGE or path in read:
                continue
            if name in mine and not LEADS_ON.get(name, set()) - self.seen:
                continue
            mine.add(name)
            read.add(path)
            if name in self.seen and name not in SEEN_BY_EACH_ROLE:
                # Nothing new to look at: only where it leads, which costs a tenth without drawing it.
                waiting += _links(context, path)
                continue
            waiting += self._look_at(page, name, path, role or "nobody")
        page.close()

    def _look_at(self, page: Page, name: str, path: str, role: str) -> list[str]:
        """Check a page; return where it leads, nowhere when it is none for this role."""
        draw = zlib.crc32(f"{role} {name}".encode())
        language = self.language if IS_WHOLE or not path.startswith("/fr/") else LANGUAGES[draw % 3]
        look = draw + (language == "nl")
        first, *others = CROSS if IS_CROSS else [LOOKS[look % 2]]
        put_on(page, first)
        response = page.goto(self._in(language, path))
        if response is None or response.status != 200 or self._name_of(page.url) != name:
            return []
        self.seen.add(name)
        self._check(page, language, f"{role} {path}", first["width"])
        for other in others:
            put_on(page, other)
            self._check(page, language, f"{role} {path}", other["width"])
        found = page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
        return [self._in(self.language, link) for link in found if link.startswith("/")]

    def _name_of(self, url: str) -> str:
        return name_of(self._in(self.language, urlsplit(url).path))

    @staticmethod
    def _in(language: str, path: str) -> str:
        """Return the address of a page in a language; that of the desk is the same in each."""
        return re.sub("^/(fr|nl|en)/", f"/{language}/", path)

    def _check(self, page: Page, language: str, where: str, width: int) -> None:
        self.widths.add(width)
        where = f"{where} {width} px"
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            self.faults.append(f"{where}: scrolls sideways")
        if page.evaluate("document.documentElement.lang") != language:
            self.faults.append(f"{where}: lang is not {language}")
        found = axe.violations(page)
        self.violations += len(found)
        self.faults += [f"{where}{AXE}{one}" for one in found]

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            self.faults.append(f"{message.location.get('url')}: {message.text[:200]}")


def put_on(page: Page, look: dict[str, Any]) -> None:
    """Give a page, open or not, the size and the colours of a look."""
    page.set_viewport_size({"width": look["width"], "height": look["height"]})
    page.emulate_media(color_scheme=look["color_scheme"])
    # The desk's links fade from one colour to the other: halfway, their contrast is nobody's.
    page.evaluate("Promise.all(document.getAnimations().map(one => one.finished)).then(() => null)")


def _links(context: BrowserContext, path: str) -> list[str]:
    """Return the addresses of this site that a page links to."""
    response = context.request.get(path, max_redirects=0)
    return [unescape(link) for link in re.findall(r'<a\b[^>]*?href="(/[^"]*)"', response.text())]


def name_of(path: str) -> str:
    """Return the route of a path, empty when there is none; the page of what is unsigned is one of its own."""
    path = urlsplit(path).path
    try:
        name = resolve(path).view_name
    except Resolver404:
        return ""
    return f"{name} {UNSIGNED}" if path.endswith(f"/conventions/{UNSIGNED}/") else name


def sign_in(context: BrowserContext, role: str, language: str) -> None:
    """Sign in with one click, as a visitor of the demonstration does."""
    page = context.new_page()
    page.goto(f"/{language}/sign-in/")
    page.locator(f'form[action="/demo/sign-in/{role}/"] button').click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    page.close()


def mailbox(portal: Portal) -> str:
    """Return the page that shows what each person received."""
    return str(urllib.request.urlopen(f"{portal.url}/demo/mailbox/", timeout=10).read().decode())


def send_a_mail(portal: Portal) -> None:
    """Invite somebody and wait for the mail, so that the desk and the mailbox have one to show.

    Once for each portal: the walks of the other languages find the same mail.
    """
    # All portals of a run share one mailbox.
    address = f"first-{urlsplit(portal.url).port}@hub.example"
    if address in mailbox(portal):
        return
    portal.manage("invite", address, "--role", "spoc")
    worker = portal.start_worker()
    end = time.monotonic() + 20
    while address not in mailbox(portal):
        assert time.monotonic() < end, (portal.var / "worker.log").read_text()
        portal.manage("tick")
        time.sleep(0.5)
    worker.terminate()
    worker.wait(10)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES if IS_WHOLE else ["fr"])
def test_every_page_is_sound(language: str, chromium: Browser, portal: Portal) -> None:
    portal.speak(language)
    send_a_mail(portal)
    crawl = Crawl(language)
    for role in ROLES:
        context = chromium.new_context(base_url=portal.url, locale=language, reduced_motion="reduce")
        axe.prepare(context)
        if role:
            sign_in(context, role, language)
        # An address with a language is resolved in that language only.
        with translation.override(language):
            crawl.walk(context, role)
        context.close()
    if folder := os.environ.get("WALK_RESULTS"):
        crawl.write_down(folder)
    assert not crawl.faults, "\n".join(dict.fromkeys(crawl.faults))
    missed = crawl.missed()
    assert not missed, " ".join(missed)
