"""Who may open what: every address of the resolver × every role.

An address that is missing from the tables fails the first test, so a new page is closed until somebody says whom
it is for. The columns are `PEOPLE`; a row gives one code for each, or one for all.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib import admin
from django.db import models
from django.test import Client
from django.urls import reverse

from communes.models import (
    Absence,
    Assignment,
    Commune,
    Delegation,
    District,
    Mandate,
    MerchantsAssociation,
)
from conventions.models import Amendment, Convention, SteeringMeeting, Theme
from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.models import Invitation, JournalEntry, Objection, Role, RoleGrant, User
from hubportal.outbox.models import OutboxMessage, post
from mailings.models import Delivery, ExtraRecipient, SuppressedAddress
from spoc import deadlines
from spoc.models import (
    Concern,
    ConcernGroup,
    ConcernTheme,
    HandoverNote,
    Partner,
    RelayNote,
    SavedView,
    ServiceRequest,
    StandardAnswer,
    StandardMeasure,
)
from tests.accounts.coming_in import an_app, by_password, shown
from tests.cast import Cast
from tests.conventions.drafts import days, recorded
from tests.mailings.leaving import sent
from tests.mailings.made import an_extra_address, in_state
from tests.mailings.rhythms import a_rhythm
from tests.routes import route_names
from tests.spoc.concerns.stories import INTRODUCTIONS, a_grouped_concern, qualified, with_concern
from tests.spoc.faq.answers import two_answers
from tests.spoc.stories import a_partner, brought_to, met, planned
from tests.written import writes

PEOPLE = (
    "nobody", "ended", "echevine", "delegate", "stranger", "cabinet", "taskforce",
    "spoc", "editor", "lead", "director", "admin",
)  # fmt: skip
AGENCY = {"spoc", "editor", "lead", "director", "admin"}
STEWARDS = {"lead", "admin"}
SERVING = {"spoc", "lead", "admin"}
LOGIN = 302
IS_READING = re.compile(r'INSERT INTO "spoc_(reading|concernreading|notereading)"')


@dataclass(frozen=True)
class Page:
    """What a GET of an address answers: one code, or one for each of `PEOPLE`."""

    codes: str
    kwargs: dict[str, Any] = field(default_factory=dict)

    def code(self, person: str) -> int:
        """Return the code for a person."""
        codes = self.codes.split()
        return int(codes[0] if len(codes) == 1 else codes[PEOPLE.index(person)])


#                     nobody ended éch. deleg. other cab. task spoc edit lead dir. admin
SIGNED_IN = "          302   403   200  200    200   200  200  200  200  200  200  200"
EVEN_ENDED = "         302   200   200  200    200   200  200  200  200  200  200  200"
OWN_COMMUNE = "        302   403   200  200    404   404  404  200  200  200  200  200"
SIGNED_OUT = "         200   302   302  302    302   302  302  302  302  302  302  302"
ACT = "                405"
ASKING = "             302   403   200  200    200   403  403  403  403  403  403  403"
ASKING_BOTH_WAYS = "   302   403   200  200    200   403  403  200  403  200  403  403"
DRAFT = "              302   403   302  302    404   404  404  403  403  403  403  403"
WRITING = "            302   403   403  403    404   404  404  302  403  302  403  302"
AMENDING = "           302   403   403  403    404   404  404  403  403  200  403  200"
AMENDMENT = "          302   403   404  404    404   404  404  200  403  200  403  200"
UNDER_REVIEW = "      302   403   404  404    404   200  200  200  200  200  200  200"
PROOF = "              302   403   404  404    404   404  404  200  200  200  200  200"
AGENCYS = "            302   403   403  403    403   403  403  200  200  200  200  200"
RECORDS = "            302   403   403  403    404   404  404  200  403  200  403  200"
OUTSIDE = "             302   403   403  403    403   200  200  200  200  200  200  200"
SENT_NOTE = "           302   403   404  404    404   200  200  200  200  200  200  200"
DELEGATING = "         302   403   200  403    404   404  404  403  403  403  403  403"
STEWARDS_ONLY = "      302   403   403  403    403   403  403  403  403  200  403  200"
PAGES: dict[str, Page] = {
    "healthz": Page("200"),
    "home": Page(EVEN_ENDED),
    "theme": Page(ACT),
    "help": Page("200"),
    "accessibility": Page("200"),
    "privacy": Page("200"),
    "register": Page("200"),
    "legal": Page("200"),
    "accounts:invitation": Page("410", {"token": "no-such-token"}),
    "accounts:details": Page(EVEN_ENDED),
    "accounts:my-data": Page(EVEN_ENDED),
    "accounts:my-data-json": Page(EVEN_ENDED),
    "accounts:my-data-pdf": Page(EVEN_ENDED),
    "accounts:my-data-object": Page("302 405 405 405 405 405 405 405 405 405 405 405"),
    # Without an issuer in the settings there is no such way in (tests/accounts/test_identity.py has one).
    "openid_connect_login": Page("404", {"provider_id": "outside"}),
    "openid_connect_callback": Page("404", {"provider_id": "outside"}),
    "identity_link": Page("302 403 405 405 405 405 405 405 405 405 405 405"),
    "identity_unlink": Page("302 403 405 405 405 405 405 405 405 405 405 405"),
    "account_login": Page(SIGNED_OUT),
    "account_request_login_code": Page(SIGNED_OUT),
    "account_reset_password": Page("200"),
    "account_reset_password_done": Page("200"),
    "account_reset_password_from_key_done": Page("200"),
    "account_reset_password_from_key": Page("200", {"uidb36": "1", "key": "no-such-key"}),
    "account_confirm_login_code": Page("302"),
    "account_signup": Page("302"),
    "account_inactive": Page("200"),
    "account_logout": Page("302 200 200 200 200 200 200 200 200 200 200 200"),
    "account_change_password": Page("302 403 200 200 200 200 200 200 200 200 200 200"),
    "account_set_password": Page("302 403 302 302 302 302 302 302 302 302 302 302"),
    "account_reauthenticate": Page("302 403 200 200 200 200 200 200 200 200 200 200"),
    "accounts:app-picture": Page("302 403 404 404 404 404 404 404 404 404 404 404"),
    "accounts:end-sessions": Page("302 403 405 405 405 405 405 405 405 405 405 405"),
    "accounts:seeing-end": Page("302 403 405 405 405 405 405 405 405 405 405 405"),
    "accounts:not-now": Page("302 403 405 405 405 405 405 405 405 405 405 405"),
    # They have a password: that is asked for, not a code by e-mail.
    "accounts:fresh-code": Page("302 403 302 302 302 302 302 302 302 302 302 302"),
    "mfa_index": Page(SIGNED_IN),
    # Each asks for the password once more.
    "mfa_activate_totp": Page("302 403 302 302 302 302 302 302 302 302 302 302"),
    "mfa_add_webauthn": Page("302 403 302 302 302 302 302 302 302 302 302 302"),
    "mfa_generate_recovery_codes": Page("302 403 302 302 302 302 302 302 302 302 302 302"),
    "mfa_edit_webauthn": Page("302 403 302 302 302 302 302 302 302 302 302 302", {"pk": 0}),
    "mfa_remove_webauthn": Page("302 403 302 302 302 302 302 302 302 302 302 302", {"pk": 0}),
    # None of the cast has one.
    "mfa_deactivate_totp": Page("302 403 404 404 404 404 404 404 404 404 404 404"),
    "mfa_view_recovery_codes": Page("302 403 404 404 404 404 404 404 404 404 404 404"),
    "mfa_reauthenticate": Page("302 403 302 302 302 302 302 302 302 302 302 302"),
    "mfa_reauthenticate_webauthn": Page("302 403 302 302 302 302 302 302 302 302 302 302"),
    "mfa_authenticate": Page("302"),
    "mfa_login_webauthn": Page("302"),
    "communes:list": Page(SIGNED_IN),
    "communes:detail": Page(SIGNED_IN, {"nis": "21001"}),
    "communes:delegations": Page(OWN_COMMUNE, {"nis": "21001"}),
    "communes:delegation-give": Page(DELEGATING, {"nis": "21001"}),
    "communes:transitions": Page(STEWARDS_ONLY),
    "communes:transition-new": Page(STEWARDS_ONLY),
    "communes:transition-example": Page(STEWARDS_ONLY, {"nis": "21001"}),
    "communes:coverage": Page("302 403 403 403 403 403 403 200 200 200 200 200"),
    "communes:switch": Page("302 403 405 405 405 405 405 405 405 405 405 405"),
    "conventions:list": Page(SIGNED_IN),
    "conventions:detail": Page(SIGNED_IN, {"reference": "CC-2025-01"}),
    "conventions:new": Page("302 403 403 403 403 403 403 403 403 200 403 200"),
    # Signed: who writes for the commune is led to its page; a project may be annexed all the same.
    "conventions:edit": Page(WRITING, {"reference": "CC-2025-01"}),
    "conventions:edit-term": Page(WRITING, {"reference": "CC-2025-01"}),
    # Signed long ago, the decision of its council is still missing.
    "conventions:edit-council": Page(
        WRITING.replace("302  403  302  403  302", "200  403  200  403  200"), {"reference": "CC-2025-01"}
    ),
    "conventions:signatory-new": Page(WRITING, {"reference": "CC-2025-01"}),
    "conventions:edit-new": Page(
        "302 403 403 403 404 404 404 200 403 200 403 200", {"reference": "CC-2025-01", "kind": "projects"}
    ),
    "conventions:amendment-new": Page(AMENDING, {"reference": "CC-2025-01"}),
    # A draft: its commune does not know of it.
    "conventions:amendment-edit": Page(AMENDMENT, {"reference": "CC-2025-01", "number": 1}),
    "conventions:amendment-edit-facts": Page(AMENDMENT, {"reference": "CC-2025-01", "number": 1}),
    "conventions:amendment-edit-council": Page(AMENDMENT, {"reference": "CC-2025-01", "number": 1}),
    "conventions:amendment-signatory-new": Page(AMENDMENT, {"reference": "CC-2025-01", "number": 1}),
    "conventions:amendment-edit-new": Page(
        AMENDMENT, {"reference": "CC-2025-01", "number": 1, "kind": "articles"}
    ),
    "conventions:document": Page(OWN_COMMUNE, {"reference": "CC-2025-01"}),
    "conventions:comments": Page(OWN_COMMUNE, {"reference": "CC-2025-01"}),
    "conventions:history": Page(OWN_COMMUNE, {"reference": "CC-2025-01"}),
    "conventions:text": Page(OWN_COMMUNE, {"reference": "CC-2025-01"}),
    "conventions:step": Page(
        "302 403 403 403 404 404 404 403 403 200 403 200", {"reference": "CC-2025-01", "verb": "terminate"}
    ),
    "conventions:meetings": Page(OWN_COMMUNE, {"reference": "CC-2025-01"}),
    "conventions:meeting": Page(OWN_COMMUNE, {"reference": "CC-2025-01", "pk": 19}),
    "conventions:meeting-new": Page(RECORDS, {"reference": "CC-2025-01"}),
    "conventions:meeting-edit": Page(RECORDS, {"reference": "CC-2025-01", "pk": 19}),
    "conventions:meeting-remove": Page(RECORDS, {"reference": "CC-2025-01", "pk": 19}),
    "conventions:action-mark": Page(
        "302 403 405 405 405 405 405 405 405 405 405 405", {"reference": "CC-2025-01", "pk": 19}
    ),
    "conventions:evaluation": Page(OWN_COMMUNE, {"reference": "CC-2025-01", "year": days(0).year}),
    "conventions:evaluation-edit": Page(RECORDS, {"reference": "CC-2025-01", "year": days(0).year}),
    "conventions:bundle": Page("302 403 404 404 404 404 404 200 200 200 200 200"),
    "spoc:request-detail": Page(OWN_COMMUNE, {"pk": 19}),
    "spoc:request-pdf": Page(OWN_COMMUNE, {"pk": 19}),
    **{
        f"spoc:request-{name}": Page("302 403 200 200 200 403 403 200 200 200 200 200")
        for name in ("list", "csv", "xlsx")
    },
    "spoc:calendar": Page("302 403 200 200 200 200 200 200 200 200 200 200"),
    # Answered to the communes concerned: for another one it does not exist; the cabinet is not its addressee.
    **{f"spoc:answer-{name}": Page(SIGNED_IN) for name in ("list", "csv", "xlsx", "figures")},
    "spoc:answer-detail": Page("302 403 200 200 404 200 200 200 200 200 200 200", {"pk": 19}),
    "spoc:answer-step": Page("302 403 403 403 404 403 200 403 403 200 403 403", {"pk": 19, "verb": "review"}),
    # Given, and not published: no commune knows of it.
    "spoc:answer-complete": Page("302 403 404 404 404 403 200 200 200 200 403 403", {"pk": 20}),
    "spoc:calendar-revoke": Page("302 403 405 405 405 405 405 405 405 405 405 405"),
    # Whoever holds the address of a calendar reads it; nobody holds this one.
    "spoc:calendar-feed": Page("404", {"token": "no-such-token"}),
    # The commune asks the agency; its SPOC and leads ask the communes: a lead says first which one.
    "spoc:request-new": Page(ASKING_BOTH_WAYS),
    "spoc:request-begin": Page(ASKING_BOTH_WAYS.replace("200  403  403", "302  403  403"), {"kind": "audit"}),
    # The request of this matrix was submitted: its own people are led back to it.
    "spoc:request-continue": Page(DRAFT, {"pk": 19}),
    "spoc:request-edit": Page(DRAFT, {"pk": 19, "page": "subject"}),
    "spoc:request-check": Page(DRAFT, {"pk": 19}),
    "spoc:request-attach": Page("302 403 405 405 405 405 405 405 405 405 405 405", {"pk": 19}),
    "spoc:request-detach": Page("302 403 405 405 405 405 405 405 405 405 405 405", {"pk": 19, "file": 1}),
    "spoc:request-submit": Page("302 403 405 405 405 405 405 405 405 405 405 405", {"pk": 19}),
    "spoc:request-answer": Page("302 403 200 200 404 404 404 200 403 200 403 403", {"pk": 19}),
    # Who is in charge of it, the SPOC, and leads.
    "spoc:request-deliverable": Page("302 403 403 403 404 404 404 200 403 200 403 403", {"pk": 19}),
    "spoc:request-step": Page(
        "302 403 200 200 404 404 404 403 403 403 403 403", {"pk": 19, "verb": "withdraw"}
    ),
    **{
        f"spoc:handover-{name}": Page(AGENCYS, kwargs)
        for name, kwargs in (("list", {}), ("commune", {"nis": "21001"}))
    },
    "spoc:handover-note": Page(
        AGENCYS.replace("403  403    403   403  403", "404  404    404   404  404"), {"pk": 19}
    ),
    "spoc:handover-read": Page("302 403 405 405 405 405 405 405 405 405 405 405", {"pk": 19}),
    "spoc:request-plan": Page(OWN_COMMUNE, {"pk": 19}),
    "spoc:measures-agree": Page("302 403 200 200 404 404 404 302 403 302 403 403", {"pk": 19}),
    "spoc:measures-counter": Page("302 403 200 200 404 404 404 302 403 302 403 403", {"pk": 19}),
    "spoc:measure-new": Page("302 403 200 200 404 404 404 200 403 200 403 403", {"pk": 19}),
    "spoc:measure": Page(OWN_COMMUNE, {"pk": 19, "measure": 19}),
    "spoc:measure-step": Page(
        "302 403 200 200 404 404 404 200 403 200 403 403", {"pk": 19, "measure": 19, "verb": "drop"}
    ),
    # Of a project: an audit has no meetings.
    "spoc:meeting-new": Page("302 403 200 200 404 404 404 200 403 200 403 403", {"pk": 20}),
    "spoc:meeting": Page(OWN_COMMUNE, {"pk": 20, "meeting": 19}),
    "spoc:meeting-step": Page(
        "302 403 200 200 404 404 404 200 403 200 403 403", {"pk": 20, "meeting": 19, "verb": "move"}
    ),
    # The concern of this matrix is confidential, and alone in its group.
    **{
        f"spoc:{name}": Page("302 403 200 200 200 403 403 200 200 200 200 200")
        for name in ("concern-list", "concern-csv", "concern-xlsx", "group-list")
    },
    "spoc:concern-new": Page(ASKING),
    "spoc:concern-detail": Page(OWN_COMMUNE, {"pk": 19}),
    "spoc:concern-similar": Page("302 403 200 200 404 404 404 403 403 403 403 403", {"pk": 19}),
    "spoc:concern-step": Page(
        "302 403 200 200 404 404 404 403 403 403 403 403", {"pk": 19, "verb": "withdraw"}
    ),
    "spoc:concern-write": Page(
        "302 403 200 200 404 404 404 200 403 200 403 403", {"pk": 19, "what": "write"}
    ),
    "spoc:group-detail": Page(OWN_COMMUNE, {"pk": 19}),
    "spoc:group-new": Page("302 403 403 403 403 403 403 200 403 200 403 403"),
    "spoc:group-edit": Page("302 403 403 403 404 404 404 200 403 200 403 403", {"pk": 19}),
    "spoc:group-add": Page("302 403 403 403 404 404 404 200 403 200 403 403", {"pk": 19}),
    # The first note was sent to the task force, the second is being written.
    **{f"spoc:note-{name}": Page(OUTSIDE) for name in ("list", "csv", "xlsx")},
    "spoc:note-new": Page("302 403 403 403 403 403 403 403 403 200 403 403"),
    **{f"spoc:note-{name}": Page(SENT_NOTE, {"pk": 19}) for name in ("detail", "way", "pdf")},
    **{
        f"spoc:note-{name}": Page("302 403 404 404 404 404 404 403 403 200 403 403", {"pk": 20})
        for name in ("write", "facts", "add")
    },
    # What is to mend is on the page where it is written.
    "spoc:note-send": Page("302 403 404 404 404 404 404 403 403 302 403 403", {"pk": 20}),
    "spoc:note-step": Page(
        "302 403 404 404 404 403 200 200 200 200 403 403", {"pk": 19, "verb": "acknowledge"}
    ),
    "spoc:note-answer": Page("302 403 404 404 404 403 200 200 200 200 403 403", {"pk": 19, "item": 1}),
    "spoc:note-answer-part": Page(
        "302 403 404 404 404 403 200 200 200 200 403 403", {"pk": 19, "item": 1, "part": 1}
    ),
    # The first edition was sent, the second is under review.
    "mailings:list": Page(SIGNED_IN),
    "mailings:detail": Page(SIGNED_IN, {"number": 1}),
    "mailings:new": Page("302 403 405 405 405 405 405 405 405 405 405 405"),
    "mailings:rhythm": Page("302 403 403 403 403 200 200 200 200 200 200 200"),
    "mailings:rhythm-new": Page("302 403 403 403 403 403 403 403 200 200 403 403"),
    "mailings:rhythm-edit": Page("302 403 403 403 403 403 403 403 200 200 403 403", {"pk": 19}),
    "mailings:edit": Page("302 403 404 404 404 403 403 403 200 403 403 403", {"number": 2}),
    "mailings:keep": Page("302 403 405 405 405 405 405 405 405 405 405 405", {"number": 2}),
    "mailings:discard": Page("302 403 405 405 405 405 405 405 405 405 405 405", {"number": 2}),
    "mailings:versions": Page(UNDER_REVIEW, {"number": 2}),
    "mailings:preview": Page(UNDER_REVIEW, {"number": 2}),
    "mailings:mail": Page(UNDER_REVIEW, {"number": 2, "language": "fr"}),
    "mailings:message": Page(UNDER_REVIEW, {"number": 2, "language": "fr"}),
    "mailings:test": Page("302 403 405 405 405 405 405 405 405 405 405 405", {"number": 2}),
    "mailings:recipients": Page(UNDER_REVIEW, {"number": 2}),
    "mailings:step": Page("302 403 404 404 404 200 403 403 403 200 403 403", {"number": 2, "verb": "remark"}),
    "mailings:progress": Page("302 403 404 404 404 200 200 200 200 200 200 200", {"number": 1}),
    # Who may see its messages, which hold addresses: the agency.
    "mailings:proof-pdf": Page(PROOF, {"number": 1}),
    "mailings:proof-csv": Page(PROOF, {"number": 1}),
    "mailings:acknowledge": Page("302 403 405 405 405 405 405 405 405 405 405 405", {"number": 1}),
    "mailings:follow-up": Page("302 403 403 403 403 403 403 403 200 200 403 403", {"number": 1}),
    "mailings:decide": Page("302 403 405 405 405 405 405 405 405 405 405 405", {"pk": 1}),
    # Whoever holds the link of a message opens it: a mail program, a person whose mandate ended.
    "mailings:read": Page("200", {"token": "link-of-the-matrix"}),
    "mailings:stop": Page("200", {"token": "link-of-the-matrix"}),
    "demo:sign-in": Page(ACT, {"key": "spoc"}),
    "demo:mailbox": Page("200"),
    "demo:message": Page("404", {"name": "no-such-message"}),
    "demo:message-html": Page("404", {"name": "no-such-message"}),
}
NOTES_THE_READER = {
    "spoc:request-detail",
    "spoc:concern-detail",
    "spoc:note-detail",
    "admin:spoc_servicerequest_change",
}
"""Addresses at which a GET writes one thing: that this person read it, for those who wait for that."""
KEPT_BY_CACHES = {
    *("healthz", "help", "accessibility", "privacy", "legal"),
    *("account_inactive", "account_signup", "mailings:read", "mailings:stop"),
}
"""Addresses whose pages say nothing of a person that their address does not say."""
AMENDMENT_PAGES = [
    f"conventions:amendment-{page}"
    for page in (
        "detail", "document", "step", "article", "comments", "comment-resolve", "comment-reopen", "history",
        "evidence",
    )
]  # fmt: skip
NOT_IN_THE_MATRIX = {
    "communes:transition": "one new college, for leads and administrators: tests/communes/test_transition_pages.py",
    "communes:transition-step": "POST only: the same",
    "communes:transition-invite": "POST only: the same",
    "communes:delegation-withdraw": "as delegation-give: tests/communes/test_delegations.py",
    "conventions:bundle-file": "a ZIP for who asked for it: tests/conventions/test_bundle.py",
    "spoc:file-download": "a private file for whoever sees its request: tests/spoc/test_visibility.py",
    "spoc:deliverable-download": "the same",
    "spoc:concern-file": "a private file for whoever sees its concern: tests/spoc/concerns/test_page.py",
    "spoc:note-item": "a part of a note being written: tests/spoc/relay/test_writing.py",
    "spoc:note-part": "the same",
    "spoc:note-item-remove": "POST only: the same",
    "spoc:note-part-remove": "the same",
    "spoc:note-file": "a source document for whoever sees its note: tests/spoc/relay/test_acting.py",
    "mailings:file": "an attachment for whoever sees its edition: tests/mailings/test_downloads.py",
    "mailings:read-file": "the same by the link of a message: the same",
    "conventions:article": "a part of an agreement: tests/conventions/test_comment_pages.py",
    "conventions:edit-part": "the same as edit-new: tests/conventions/test_writing_pages.py",
    "conventions:edit-remove": "the same",
    "conventions:article-move": "POST only: the same",
    "conventions:signatory-remove": "the same",
    "conventions:comment-resolve": "POST only: the same",
    "conventions:comment-reopen": "the same",
    "conventions:evidence": "a private file of an agreement: tests/conventions/test_history_page.py",
    "conventions:project-file": "the same",
    "conventions:amendment-edit-part": "the same as amendment-edit: tests/conventions/test_amendment_writing.py",
    "conventions:amendment-edit-remove": "the same",
    "conventions:amendment-replace": "the same",
    "conventions:amendment-take-out": "the same",
    "conventions:amendment-signatory-remove": "POST only: the same",
    **dict.fromkeys(AMENDMENT_PAGES, "as those of a convention: tests/conventions/test_amendment_pages.py"),
    "readyz": "its code says whether worker and beat live: tests/test_health.py",
    "admin:login": "leads to the portal's own sign-in: tests/accounts",
    "admin:logout": "POST only, as the stock admin has it",
    "admin:jsi18n": "the stock admin's translations: no data",
    "admin:autocomplete": "asks for the view permission of the model it searches",
    "admin:view_on_site": "redirects to pages of this matrix",
    "admin:password_change": "leads to the portal's own, account_change_password: tests/accounts/test_limits.py",
    "admin:password_change_done": "the stock admin's; nothing leads there",
}


@dataclass(frozen=True)
class Desk:
    """Who may do what with a model in the desk."""

    view: set[str]
    add: set[str] = field(default_factory=set)
    change: set[str] = field(default_factory=set)
    delete: set[str] = field(default_factory=set)


DESK: dict[type[models.Model], Desk] = {
    User: Desk(AGENCY, STEWARDS, STEWARDS),
    RoleGrant: Desk(AGENCY, {"admin"}, {"admin"}),
    Invitation: Desk(STEWARDS),
    JournalEntry: Desk({"admin", "director"}),
    Objection: Desk({"admin"}, set(), {"admin"}),
    OutboxMessage: Desk({"admin"}),
    Commune: Desk(AGENCY, set(), STEWARDS),
    Mandate: Desk(AGENCY, STEWARDS, STEWARDS),
    Delegation: Desk(AGENCY, STEWARDS, STEWARDS),
    Assignment: Desk(AGENCY, STEWARDS, STEWARDS),
    Absence: Desk(AGENCY, SERVING, SERVING),
    District: Desk(AGENCY, SERVING, SERVING),
    MerchantsAssociation: Desk(AGENCY, SERVING, SERVING),
    Convention: Desk(AGENCY, STEWARDS, STEWARDS),
    Theme: Desk(AGENCY, STEWARDS, STEWARDS),
    ServiceRequest: Desk(AGENCY),
    Concern: Desk(AGENCY),
    ConcernGroup: Desk(AGENCY),
    ConcernTheme: Desk(AGENCY, STEWARDS, STEWARDS),
    Partner: Desk(AGENCY, SERVING, SERVING),
    # The SPOC's own, shared: made by the form above the list, deleted by leads too.
    SavedView: Desk(AGENCY, change={"spoc"}, delete={"spoc", "lead"}),
    StandardAnswer: Desk(AGENCY, STEWARDS, STEWARDS),
    StandardMeasure: Desk(AGENCY, STEWARDS, STEWARDS),
    Delivery: Desk(AGENCY),
    SuppressedAddress: Desk(AGENCY, delete={"editor", "lead"}),
    ExtraRecipient: Desk(AGENCY, {"editor", "lead"}, {"editor", "lead"}),
}
DESK_PAGES = {"changelist", "add", "change", "delete", "history"}


def desk_names() -> set[str]:
    """Return the names of the desk's addresses that `DESK` answers for."""
    return {
        f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
        for model in DESK
        for page in DESK_PAGES
    }


def own_pages_of_the_desk() -> set[str]:
    """Return the further addresses of the desk's screens: acts, each with a test of its own."""
    prefixes = tuple(f"admin:{model._meta.app_label}_{model._meta.model_name}_" for model in DESK)
    return {name for name in route_names() if name.startswith(prefixes)} - desk_names()


def test_every_address_is_in_the_matrix() -> None:
    # Unnamed addresses are the stock admin's redirects and its catch-all.
    named = {name for name in route_names() if "<" not in name}
    general = {"admin:index", "admin:app_list"}
    known = set(PAGES) | set(NOT_IN_THE_MATRIX) | desk_names() | own_pages_of_the_desk() | general
    assert named - known == set()
    assert known - named == set()


def test_every_screen_of_the_desk_is_in_the_matrix() -> None:
    assert set(admin.site._registry) == set(DESK)


def test_the_acts_of_the_desk_are_known() -> None:
    assert own_pages_of_the_desk() == {
        "admin:accounts_journalentry_export",
        "admin:accounts_user_invite",
        "admin:accounts_user_see-as",
        "admin:communes_merchantsassociation_step",
        "admin:conventions_convention_step",
        "admin:spoc_servicerequest_bulk",
        "admin:spoc_servicerequest_step",
        "admin:spoc_servicerequest_write",
    }


@pytest.fixture
def client_of(cast: Cast) -> Callable[[str], Client]:
    """Return a way to get a client signed in as one of `PEOPLE`."""

    def make(person: str) -> Client:
        client = Client()
        if person != "nobody":
            client.force_login(getattr(cast, person))
        return client

    return make


@pytest.mark.django_db
def test_pages(
    subtests: pytest.Subtests,
    cast: Cast,
    client_of: Callable[[str], Client],
    rows: dict[type[models.Model], models.Model],
) -> None:
    for person in PEOPLE:
        with subtests.test(person):
            assert wrong_pages(client_of(person), person) == {}
    for person in BY_THE_DOOR:
        with subtests.test(f"{person}, who came in by the door"):
            assert wrong_pages(by_the_door(getattr(cast, person)), person, OF_THE_HOUSE) == {}


BY_THE_DOOR = ("echevine", "cabinet", "spoc", "admin")
"""One of each kind, who signs in as people do: `client_of` puts a session in the place of that."""
OF_THE_HOUSE = dict(
    [(name, page) for name, page in PAGES.items() if not name.startswith(("account", "mfa_"))][::4]
)
"""One page in four, which is cheap; none of the door itself, which shows somebody with an app what nobody else sees."""


def by_the_door(user: User) -> Client:
    """Return a client that typed a password, then what the app shows."""
    secret = an_app(user)
    client, _ = by_password(user)
    client.post(reverse("mfa_authenticate"), {"code": shown(secret)})
    return client


def wrong_pages(client: Client, person: str, pages: dict[str, Page] = PAGES) -> dict[str, str]:
    """Return what answers a person otherwise than `PAGES` says."""
    wrong = {}
    for name, page in pages.items():
        if name == "account_inactive":
            continue
        with writes() as written:
            response = client.get(reverse(name, kwargs=page.kwargs))
        if response.status_code != page.code(person):
            wrong[name] = f"{response.status_code}, expected {page.code(person)}"
        elif fault := _fault_of_reading(name, person, response, written):
            wrong[name] = fault
    return wrong


def _fault_of_reading(name: str, person: str, response: Any, written: list[str]) -> str:
    """Return what a GET did that it must not: change a row, or leave a page about a person to a cache."""
    # Mail scanners and browsers read ahead.
    foreign = [sql for sql in written if name not in NOTES_THE_READER or not IS_READING.match(sql)]
    if foreign:
        return f"writes: {foreign}"
    is_kept = "no-store" not in response.headers.get("Cache-Control", "")
    is_about = person != "nobody" and response.status_code == 200 and name not in KEPT_BY_CACHES
    return "a cache may keep it" if is_kept and is_about and not name.startswith("demo:") else ""


ANYBODYS_ACTS = {
    *("theme", "spoc:calendar-revoke", "mailings:acknowledge", "demo:sign-in", "identity_link"),
    *("identity_unlink", "accounts:seeing-end"),
}
"""Addresses for acts only that are open to whoever may come so far: on oneself, or on the colours."""
OWN_ACTS = {("mailings:test", "cabinet")}
"""Acts of somebody from outside: who looks an edition over gets it by mail."""


@pytest.mark.django_db
def test_what_is_refused_to_a_reader_takes_no_form_either(
    subtests: pytest.Subtests,
    client_of: Callable[[str], Client],
    rows: dict[type[models.Model], models.Model],
) -> None:
    for person in ("nobody", "ended", "stranger", "cabinet", "taskforce"):
        with subtests.test(person):
            assert taken_forms(client_of(person), person) == {}


def taken_forms(client: Client, person: str) -> dict[str, str]:
    """Return which addresses that a person may not read take a form from them, or are for acts and take one."""
    taken = {}
    for name, page in PAGES.items():
        is_closed = page.code(person) in {403, 404} or (page.code(person) == LOGIN and person == "nobody")
        is_act = page.code(person) == 405 and name not in ANYBODYS_ACTS and (name, person) not in OWN_ACTS
        if name.startswith("account") or not (is_closed or is_act):
            continue
        with writes() as written:
            code = client.post(
                reverse(name, kwargs=page.kwargs), {"text": "x", "commune": "21001"}
            ).status_code
        if (code not in {403, 404, 405, 410} and not (code == LOGIN and person == "nobody")) or written:
            taken[name] = f"{code} {written}"
    return taken


@pytest.fixture
def rows(cast: Cast) -> dict[type[models.Model], models.Model]:
    """One row of each model of the desk."""
    commune = Commune.objects.get(pk="21001")
    post(to="a@b.example", person=None, language="fr", subject="s", text="t", html="", kind="test")
    journal(Kind.SIGNED_IN, cast.echevine, cast.echevine)
    District.objects.create(commune=commune, name_fr="Les Tilleuls", name_nl="De Linden")
    MerchantsAssociation.objects.create(commune=commune, name="Les Tilleuls")
    root = recorded()
    SteeringMeeting.objects.create(pk=19, convention=root, held_on=days(-3), recorded_by=cast.lead)
    Amendment.objects.begin(convention=root, by=cast.lead, title_fr="Un", title_nl="Een")
    row = brought_to("in_progress", cast.echevine, cast.spoc, pk=19)
    planned(row, cast.spoc, pk=19)
    project = brought_to("in_progress", cast.echevine, cast.spoc, pk=20, kind="development")
    met(project, cast.spoc, pk=19)
    HandoverNote.objects.create(
        pk=19, commune=commune, giver=cast.spoc, receiver=cast.lead, starts_on=days(0), text="Note."
    )
    a_grouped_concern(cast.echevine, cast.spoc, pk=19)
    two_answers(cast.echevine, cast.spoc, cast.lead)
    StandardMeasure.objects.load()
    StandardAnswer.objects.load()
    a_partner()
    SavedView.objects.create(owner=cast.spoc, name="Neuf", query="state=submitted", is_shared=True)
    note = RelayNote.objects.create(
        pk=19,
        addressee="taskforce",
        made_by=cast.lead,
        due_on=deadlines.note_due_on(days(0)),
        **INTRODUCTIONS,
    )
    with_concern(note, cast.lead, qualified(cast.echevine, cast.spoc, title="Terrasses de la note"))
    note.send(by=cast.lead)
    RelayNote.objects.create(pk=20, addressee="cabinet", made_by=cast.lead)
    sent()
    in_state("in_review")
    Delivery.objects.filter(address=cast.echevine.email).update(token="link-of-the-matrix")
    a_rhythm(pk=19)
    SuppressedAddress.objects.create(address="stopped@b.example")
    an_extra_address()
    Invitation.issue(cast.echevine, cast.lead)
    Objection.objects.create(user=cast.echevine, reason="Non.")
    Absence.objects.create(user=cast.spoc, stand_in=cast.lead, starts_on="2026-01-05", ends_on="2026-01-09")
    found = {model: model._default_manager.order_by("pk").first() for model in DESK}
    return {model: row for model, row in found.items() if row is not None}


@pytest.mark.django_db
def test_desk(
    subtests: pytest.Subtests,
    client_of: Callable[[str], Client],
    rows: dict[type[models.Model], models.Model],
) -> None:
    assert set(rows) == set(DESK)
    for person in PEOPLE:
        with subtests.test(person):
            assert wrong_screens(client_of(person), person, rows) == {}


def wrong_screens(
    client: Client, person: str, rows: dict[type[models.Model], models.Model]
) -> dict[str, str]:
    """Return what answers a person otherwise than `DESK` says."""
    wrong = {}
    for model, desk in DESK.items():
        for page in sorted(DESK_PAGES):
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
            address = reverse(name, args=[] if page in ("changelist", "add") else [rows[model].pk])
            with writes() as written:
                response = client.get(address)
            if response.status_code != _expected(desk, page, person):
                wrong[name] = f"{response.status_code}, expected {_expected(desk, page, person)}"
            elif fault := _fault_of_reading(name, person, response, written):
                wrong[name] = fault
    return wrong


def _expected(desk: Desk, page: str, person: str) -> int:
    if person == "nobody":
        return LOGIN
    if person == "ended":
        return 403
    if person not in AGENCY:
        return LOGIN
    allowed = {"add": desk.add, "delete": desk.delete}.get(page, desk.view | desk.change)
    if person in allowed:
        return 200
    # What a person cannot see does not exist; what they may see but not do is refused.
    return 404 if page == "history" else 403


@pytest.mark.django_db
def test_saving_in_the_desk_is_for_those_who_may_change(
    subtests: pytest.Subtests,
    client_of: Callable[[str], Client],
    rows: dict[type[models.Model], models.Model],
) -> None:
    for person in sorted(AGENCY):
        client = client_of(person)
        for model in (model for model, desk in DESK.items() if person not in desk.change):
            screen = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
            with subtests.test(f"{person} {screen}"):
                assert client.post(reverse(screen, args=[rows[model].pk]), {}).status_code == 403


@pytest.mark.django_db
def test_a_role_that_ended_yesterday_opens_nothing(cast: Cast, client_of: Callable[[str], Client]) -> None:
    client = client_of("admin")
    assert client.get(reverse("admin:index")).status_code == 200
    RoleGrant.objects.filter(user=cast.admin, role=Role.ADMIN).update(
        starts_on="2020-01-01", ends_on="2020-12-31"
    )
    assert client.get(reverse("admin:index")).status_code == 403
