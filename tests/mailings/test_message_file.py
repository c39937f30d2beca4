"""The mail of an edition as a file: what the sender would build, for who sees the preview, and nothing in it acts."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from hubportal.accounts.models import Role, User
from mailings import trial
from mailings.letter.posting import envelope
from mailings.models import Delivery, Mailing
from tests.mailings.made import TEXTS, an_edition, brought_to, in_state, person

pytestmark = pytest.mark.django_db
KEYS = ["fr", "nl", "both"]


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def fetched(client: Client, row: Mailing, language: str) -> EmailMessage:
    """Download the mail and read it with the standard library."""
    answer = client.get(reverse("mailings:message", args=[row.number, language]))
    assert answer.status_code == 200
    return message_from_bytes(answer.getvalue(), policy=policy.default)


def part(message: EmailMessage, subtype: str) -> str:
    """Return the text, or the HTML."""
    found = message.get_body((subtype,))
    assert found is not None
    content: str = found.get_content()
    return content.replace("\r\n", "\n")


@pytest.fixture
def editor(client: Client) -> User:
    """Return the editor, signed in."""
    client.force_login(person(Role.EDITOR))
    # As the page knows them: what was just made has a name in the language of the moment.
    return User.objects.holding([Role.EDITOR]).get()


@pytest.mark.parametrize("language", KEYS)
def test_the_mail_is_the_one_of_the_preview(language: str, client: Client, editor: User) -> None:
    row = an_edition()
    message = fetched(client, row, language)
    page = client.get(reverse("mailings:preview", args=[row.number]), {"language": language}).content.decode()
    shown = re.search(r'<pre class="plain[^>]*>(.*?)</pre>', page, re.DOTALL)
    assert shown is not None
    assert part(message, "plain") == unescape(shown[1])
    expected = trial.trials(row, editor)["fr,nl" if language == "both" else language]
    assert part(message, "html") == expected.html
    assert message["Subject"] == expected.subject
    assert [one.get_content_type() for one in message.walk()] == [
        "multipart/alternative", "text/plain", "text/html",
    ]  # fmt: skip
    assert not message.defects


def test_both_languages_are_in_one_mail_for_readers_whose_language_is_unknown(
    client: Client, editor: User
) -> None:
    message = fetched(client, an_edition(), "both")
    assert message["Content-Language"] == "fr, nl"
    for language in ("fr", "nl"):
        assert TEXTS[language]["subject"] in message["Subject"]


@pytest.mark.parametrize("language", KEYS)
def test_nothing_in_it_acts(language: str, client: Client, editor: User, echevine: User) -> None:
    row = brought_to("sending")
    assert row.deliveries.exists()
    message = fetched(client, row, language)
    everything = f"{message}{part(message, 'plain')}{part(message, 'html')}"
    assert "[[" not in everything
    for token in Delivery.objects.values_list("token", flat=True):
        assert token not in everything
    assert "/mailings/read/" not in everything
    (stop,) = re.findall(r"/\w\w/mailings/stop/[^/]+/", everything)
    assert client.get(stop).status_code == 404


def test_it_has_the_headers_of_a_message_that_leaves(client: Client, editor: User, echevine: User) -> None:
    row = brought_to("sending")
    delivery = row.deliveries.get(address=echevine.email)
    real = message_from_bytes(envelope(delivery).content, policy=policy.default)
    mine = fetched(client, row, "both" if "," in delivery.language else delivery.language)
    assert list(mine) == list(real)
    own = {"To", "Message-ID", "Date", "List-Unsubscribe", "Content-Type"}
    assert {name: mine[name] for name in mine if name not in own} == {
        name: real[name] for name in real if name not in own
    }
    assert mine["To"] == editor.email


def test_it_is_a_download_that_no_browser_opens(client: Client, editor: User) -> None:
    row = an_edition()
    answer = client.get(reverse("mailings:message", args=[row.number, "nl"]))
    assert answer["Content-Type"] == "message/rfc822"
    assert answer["Content-Disposition"] == f'attachment; filename="mailing-{row.number}-nl.eml"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]


def test_the_preview_leads_to_the_three_mails(client: Client, editor: User) -> None:
    row = an_edition()
    page = client.get(reverse("mailings:preview", args=[row.number])).content.decode()
    for language, words in (
        ("fr", "The exact mail in French (.eml)"),
        ("nl", "The exact mail in Dutch (.eml)"),
        ("both", "The exact mail in both languages, for readers whose language is not known (.eml)"),
    ):
        address = reverse("mailings:message", args=[row.number, language])
        assert re.search(rf'<a href="{re.escape(address)}"[^>]*>{re.escape(words)}</a>', page)


@pytest.mark.parametrize("language", KEYS)
def test_a_draft_with_nothing_written_yet_is_a_mail_too(language: str, client: Client, editor: User) -> None:
    message = fetched(client, Mailing.begin(by=editor), language)
    assert message["Subject"] in ("–", "/")


def test_a_reader_without_an_address_gets_the_mail_as_well(client: Client) -> None:
    row = an_edition()
    director = person(Role.DIRECTOR)
    User.objects.filter(pk=director.pk).update(email=None)
    client.force_login(director)
    assert "@" in fetched(client, row, "fr")["To"]


def test_another_language_does_not_exist(client: Client, editor: User) -> None:
    row = an_edition()
    for language in ("en", "fr,nl", "FR"):
        address = reverse("mailings:message", args=[row.number, "fr"]).replace("fr.eml", f"{language}.eml")
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("role", ["echevine", "cabinet", "taskforce"])
def test_a_draft_is_no_file_for_people_outside(
    role: str, client: Client, request: pytest.FixtureRequest
) -> None:
    row = an_edition()
    client.force_login(request.getfixturevalue(role))
    assert client.get(reverse("mailings:message", args=[row.number, "fr"])).status_code == 404


def test_the_cabinet_reads_what_it_is_asked_to_approve(client: Client, cabinet: User) -> None:
    row = brought_to("in_review")
    client.force_login(cabinet)
    assert cabinet.full_name in part(fetched(client, row, "fr"), "plain")


def test_the_people_of_communes_get_no_file_of_what_was_sent(client: Client, echevine: User) -> None:
    row = in_state("sent")
    client.force_login(echevine)
    assert client.get(reverse("mailings:message", args=[row.number, "fr"])).status_code == 403
