"""Names and titles that would be markup, a header or a template: in every mail that the portal writes of itself.

The letters of editions, which have a template of their own: tests/mailings/test_letter.py, test_placeholders.py.
"""

import email
import email.policy
import re

import pytest
from django.test import Client
from django.urls import reverse

from hubportal.accounts.models import Invitation, Role, User
from hubportal.outbox.models import OutboxMessage, post
from tests.cast import MandateFactory, UserFactory, grant
from tests.spoc.concerns.stories import answered
from tests.spoc.stories import a_draft, arguments, brought_to

pytestmark = pytest.mark.django_db
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>"
TEMPLATE = "{x.__class__.__mro__}{0.__init__.__globals__}{{ 7|add:7 }}{% now 'Y' %}%(password)s${7*7}"
FOLDED = "Nom\r\nBcc: evil@evil.example\r\n\r\n<b>body</b>"
OURS = {
    "Message-ID", "Date", "Auto-Submitted", "X-Auto-Response-Suppress", "Content-Language", "Subject", "From", "To",
    "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
}  # fmt: skip


@pytest.fixture
def evil(db: None) -> User:
    """An échevine with a name of markup, template and header signs."""
    person = UserFactory(
        first_name=f"A{MARKUP}"[:140], last_name=f"{TEMPLATE}"[:140], email="evil@anderlecht.example"
    )
    MandateFactory(user=person, trade=True, rank=1)
    return person


@pytest.fixture
def folded(db: None) -> User:
    """A SPOC whose name has line breaks: written to the database by another way than a form."""
    return grant(Role.SPOC, first_name="Bilal\r\nBcc: evil@evil.example", last_name=FOLDED[:40])


def is_harmless(message: OutboxMessage) -> None:
    """Fail for a mail with a header of somebody else's, a live tag, or a template that was computed."""
    content = message.envelope().content
    parsed = email.message_from_bytes(content, policy=email.policy.default)
    assert set(parsed.keys()) <= OURS, message.kind
    assert parsed["To"].addresses[0].addr_spec == message.to_address
    assert len(parsed["To"].addresses) == 1
    assert b"\nBcc:" not in content.split(b"\r\n\r\n", 1)[0]
    assert not re.search(r"<script|<img[^>]*onerror|<b>body", message.html), message.kind
    assert "<class '" not in message.text + message.html + message.subject
    assert "built-in" not in message.text


@pytest.mark.parametrize(
    "status", ["submitted", "accepted", "waiting_requester", "delivered", "closed", "declined"]
)
def test_no_mail_of_a_request_is_bent_by_its_words(status: str, evil: User, spoc: User) -> None:
    """CVE-2021-3945 (django-helpdesk): markup in the title of a ticket ran for whoever read it."""
    row = a_draft(evil, title=f"{MARKUP}{TEMPLATE}"[:150], description=MARKUP + TEMPLATE)
    row.submit(by=evil)
    if status != "submitted":
        brought_to(status, evil, spoc, title=f"{TEMPLATE}"[:150])
    for message in OutboxMessage.objects.order_by("pk"):
        is_harmless(message)
        assert "{x.__class__" in message.text or "{x.__class__" not in message.subject


def test_no_mail_of_a_concern_is_bent_by_its_words(evil: User, spoc: User, lead: User) -> None:
    """CVE-2021-3994 (django-helpdesk): Markdown that was asked ran for whoever read the answer."""
    answered(evil, spoc, lead, title=f"{MARKUP}{TEMPLATE}"[:150], text=MARKUP + TEMPLATE)
    kinds = set()
    for message in OutboxMessage.objects.order_by("pk"):
        is_harmless(message)
        kinds.add(message.kind)
    assert len(kinds) > 2


def test_no_mail_of_the_doors_is_bent_by_a_name(client: Client, evil: User, folded: User) -> None:
    """CVE-2024-6923 (Python's email): the mails that bring a code or a link name the person."""
    for page in ("account_request_login_code", "account_reset_password"):
        client.post(reverse(page), {"email": evil.email})
        client.post(reverse(page), {"email": folded.email})
    assert OutboxMessage.objects.count() > 2
    for message in OutboxMessage.objects.order_by("pk"):
        is_harmless(message)


def test_a_name_with_line_breaks_adds_no_header(evil: User, folded: User, lead: User) -> None:
    """CVE-2024-6923 (Python's email): line breaks in a header's value began another header."""
    row = a_draft(evil)
    row.submit(by=evil)
    row.accept(by=lead, **arguments("accept", folded))
    Invitation.issue(evil, folded)
    for message in OutboxMessage.objects.order_by("pk"):
        is_harmless(message)


@pytest.mark.parametrize(
    "title", [FOLDED, "Plan\nBcc: evil@evil.example", "Plan\u2028Bcc: x", "Plan\x85Bcc: x", "Plan\rX: y"]
)
def test_a_title_of_several_lines_is_one_line_of_a_mail(
    title: str, client: Client, echevine: User, spoc: User
) -> None:
    """CVE-2024-6923 (Python's email): a title goes into subjects; not everybody sends one line."""
    row = a_draft(echevine, title="Un plan")
    client.force_login(echevine)
    address = reverse("spoc:request-edit", args=[row.pk, "subject"])
    form = client.get(address).context["form"]
    client.post(address, {**{name: form[name].value() or "" for name in form.fields}, "title": title})
    row.refresh_from_db()
    row.submit(by=echevine)
    written = OutboxMessage.objects.order_by("pk")
    assert written
    for message in written:
        is_harmless(message)
        assert len(message.subject.splitlines()) == 1


@pytest.mark.parametrize("field", ["first_name", "last_name", "phone"])
def test_one_s_own_details_hold_no_second_line(field: str, client: Client, echevine: User) -> None:
    """CVE-2024-6923 (Python's email): a name stands in the mails of others; its page takes one line."""
    client.force_login(echevine)
    data = {"first_name": "N", "last_name": "C", "phone": "02", "language": "fr", "content_language": "fr"}
    client.post(reverse("accounts:details"), {**data, field: "N\r\nBcc: evil@evil.example"})
    echevine.refresh_from_db()
    assert len(getattr(echevine, field).splitlines()) <= 1


@pytest.mark.parametrize(
    "subject", ["a\nBcc: x", "a\rBcc: x", "a\r\n\r\nx", "a\u2028Bcc: x", "a\x0bBcc: x", ""]
)
def test_the_outbox_takes_no_subject_of_several_lines(subject: str) -> None:
    """CVE-2024-6923 (Python's email): whatever our own code hands over."""
    with pytest.raises(ValueError, match="one line"):
        post(to="a@b.example", person=None, language="fr", subject=subject, text="t", kind="test")


@pytest.mark.parametrize(
    "to",
    [
        "a@b.example, evil@evil.example",
        "a@b.example\r\nBcc: evil@evil.example",
        "<a@b.example>",
        "a@b.example\n",
    ],
)
def test_the_outbox_takes_one_address(to: str) -> None:
    """CWE-93: a second address, or a header, in the first address."""
    with pytest.raises(ValueError, match="address"):
        post(to=to, person=None, language="fr", subject="s", text="t", kind="test")
