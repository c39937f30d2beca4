"""The demonstration: one-click sign-in and its mailbox."""

from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from hubportal.accounts.demo import PASSWORD, one_click
from hubportal.accounts.models import JournalEntry, User

pytestmark = pytest.mark.django_db


def sign_in(client: Client, key: str, **headers: Any) -> Any:
    """Click on a one-click button."""
    return client.post(reverse("demo:sign-in", args=[key]), **headers)


@pytest.mark.parametrize("account", one_click(), ids=lambda account: account.key)
def test_each_button_signs_in(client: Client, demonstration: None, account: Any) -> None:
    response = sign_in(client, account.key)
    assert response.headers["Location"] == f"/{account.language}/"
    home = client.get(response.headers["Location"])
    assert home.status_code == 200
    assert home.context["user"].email == account.email
    assert JournalEntry.objects.get().kind == "signed_in"


def test_the_sign_in_page_has_a_button_for_each(client: Client, demonstration: None) -> None:
    html = client.get(reverse("account_login")).content.decode()
    assert all(f"/demo/sign-in/{account.key}/" in html for account in one_click())


def test_they_have_the_password_that_load_demo_says(demonstration: None) -> None:
    assert User.objects.get(email=one_click()[0].email).check_password(PASSWORD)


def test_a_link_does_not_sign_in(client: Client, demonstration: None) -> None:
    assert client.get(reverse("demo:sign-in", args=["spoc"])).status_code == 405


def test_another_site_cannot_sign_in(demonstration: None) -> None:
    assert sign_in(Client(enforce_csrf_checks=True), "spoc").status_code == 403


def test_people_without_a_button_cannot_be_signed_in_as(client: Client, demonstration: None) -> None:
    assert sign_in(client, "margaux").status_code == 404


@pytest.mark.parametrize(
    "headers", [{"REMOTE_ADDR": "192.0.2.7"}, {"HTTP_HOST": "portal.example"}, {"REMOTE_ADDR": ""}]
)
def test_nobody_signs_in_from_elsewhere(
    client: Client, demonstration: None, headers: dict[str, str], settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    assert sign_in(client, "spoc", **headers).status_code == 404
    assert client.get(reverse("demo:mailbox"), **headers).status_code == 404  # type: ignore[arg-type]


def test_nobody_signs_in_outside_demo_mode(client: Client, demonstration: None, settings: Any) -> None:
    settings.DEMO = False
    assert sign_in(client, "spoc").status_code == 404
    assert client.get(reverse("demo:mailbox")).status_code == 404


@pytest.fixture
def mailbox(settings: Any, tmp_path: Path) -> Path:
    """A Maildir with two messages to two people."""
    settings.HUBPORTAL_MAILBOX = tmp_path
    (tmp_path / "new").mkdir()
    for number, (address, subject) in enumerate(
        [("a@commune.example", "Ancien"), ("b@commune.example", "Neuf")]
    ):
        message = EmailMessage()
        message["X-Envelope-To"] = address
        message["X-Received-At"] = f"2026-11-23T0{number}:00:00+00:00"
        message["From"], message["To"], message["Subject"] = (
            "hubportal <no-reply@hub.example>",
            address,
            subject,
        )
        message.set_content(f"Texte {number} <b>brut</b> http://localhost:8000/x")
        message.add_alternative("<p>CANARI-HTML</p>", subtype="html")
        (tmp_path / "new" / f"170000000{number}.M1P1Q1.sink").write_bytes(message.as_bytes())
    return tmp_path


def test_the_mailbox_lists_the_newest_first(client: Client, mailbox: Path) -> None:
    found = client.get(reverse("demo:mailbox")).context["letters"]
    assert [letter.subject for letter in found] == ["Neuf", "Ancien"]


def test_the_mailbox_can_be_read_by_person(client: Client, mailbox: Path) -> None:
    found = client.get(reverse("demo:mailbox"), {"to": "a@commune.example"}).context["letters"]
    assert [letter.subject for letter in found] == ["Ancien"]


def test_a_message_is_shown_as_text_never_as_html(client: Client, mailbox: Path) -> None:
    html = client.get(reverse("demo:message", args=["1700000001.M1P1Q1.sink"])).content.decode()
    assert "Texte 1 &lt;b&gt;brut&lt;/b&gt;" in html
    assert "CANARI-HTML" not in html


def test_its_html_has_a_page_of_its_own_that_can_do_nothing(client: Client, mailbox: Path) -> None:
    key = "1700000001.M1P1Q1.sink"
    address = reverse("demo:message-html", args=[key])
    assert address in client.get(reverse("demo:message", args=[key])).text
    answer = client.get(address)
    assert answer.text.strip() == "<p>CANARI-HTML</p>"
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "default-src 'none'" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy


def test_html_is_shown_in_demo_mode_only_and_only_where_there_is_some(
    client: Client, mailbox: Path, settings: Any
) -> None:
    plain = mailbox / "new" / "1700000009.M1P1Q1.sink"
    plain.write_text("Subject: Texte\n\nTexte")
    assert client.get(reverse("demo:message-html", args=[plain.name])).status_code == 404
    settings.DEMO = False
    address = reverse("demo:message-html", args=["1700000001.M1P1Q1.sink"])
    assert client.get(address).status_code == 404


def test_a_name_does_not_lead_out_of_the_mailbox(client: Client, mailbox: Path) -> None:
    (mailbox / "secret").write_text("Subject: secret\n\nsecret")
    assert client.get("/demo/mailbox/..%2Fsecret/").status_code == 404
    assert client.get(reverse("demo:message", args=["secret"])).status_code == 404


def test_an_empty_mailbox_says_how_to_fill_it(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.HUBPORTAL_MAILBOX = tmp_path / "not-there"
    response = client.get(reverse("demo:mailbox"))
    assert response.status_code == 200
    assert response.context["letters"] == []
