"""Reading an edition by the link of one's message, and acknowledging it there."""

import re
from email import message_from_bytes, policy

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from hubportal.accounts.models import User
from mailings.models import Delivery
from tests.mailings.leaving import page
from tests.mailings.made import TEXTS, an_edition, brought_to

pytestmark = pytest.mark.django_db


def address(delivery: Delivery, language: str = "en") -> str:
    with translation.override(language):
        return reverse("mailings:read", args=[delivery.token])


@pytest.fixture
def delivery(echevine: User, stranger: User) -> Delivery:
    """The message to the échevine."""
    return Delivery.objects.get(mailing=brought_to("sending"), address=echevine.email)


def test_it_shows_both_languages_for_whom_it_is_and_no_address(delivery: Delivery, client: Client) -> None:
    text = page(client.get(address(delivery)))
    assert TEXTS["fr"]["subject"] in text
    assert TEXTS["nl"]["subject"] in text
    assert "This page is meant for Nadia Échevine" in text
    assert "de votre marché, Nadia Échevine." in text
    assert "van uw markt door, Nadia Échevine." in text
    assert delivery.address not in text
    assert "[[" not in text


@pytest.mark.parametrize(("language", "first"), [("fr", "fr"), ("nl", "nl"), ("en", "fr")])
def test_the_language_of_the_page_comes_first(
    language: str, first: str, delivery: Delivery, client: Client
) -> None:
    response = client.get(address(delivery, language))
    assert response.context["letter"].language == first
    assert response.context["twin"].language != first


def test_looking_records_nothing(delivery: Delivery, client: Client) -> None:
    assert client.get(address(delivery)).status_code == 200
    assert client.head(address(delivery)).status_code == 200
    delivery.refresh_from_db()
    assert delivery.acknowledged_at is None


def test_the_button_records_it_once_without_a_cookie(delivery: Delivery) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(address(delivery))
    assert (response.status_code, response["Location"]) == (302, address(delivery) + "#thanks")
    assert "It is noted that Nadia Échevine has read this edition" in page(client.get(address(delivery)))
    delivery.refresh_from_db()
    moment = delivery.acknowledged_at
    client.post(address(delivery))
    delivery.refresh_from_db()
    assert delivery.acknowledged_at == moment
    assert [(row.kind, row.by) for row in delivery.events.all()] == [("acknowledged", None)]


def test_after_the_button_the_thanks_stand_first_and_the_button_is_gone(
    delivery: Delivery, client: Client
) -> None:
    before = page(client.get(address(delivery)))
    assert "I have taken note" in before
    assert 'id="thanks"' not in before
    after = page(client.post(address(delivery), follow=True))
    assert '<form method="post"><button' not in after
    main = after[after.index("<main") :]
    assert 'role="status" tabindex="-1"' in main
    assert main.index('id="thanks"') < main.index(TEXTS["fr"]["subject"])


@pytest.mark.parametrize("name", ["read", "stop"])
@pytest.mark.parametrize(("language", "others"), [("fr", ["nl"]), ("nl", ["fr"]), ("en", ["fr", "nl"])])
def test_each_language_is_one_plain_link_away_with_the_same_token(
    language: str, others: list[str], name: str, delivery: Delivery, client: Client
) -> None:
    text = page(client.get(f"/{language}/mailings/{name}/{delivery.token}/"))
    main = text[text.index("<main") : text.index("</main>")]
    for other in others:
        link = f"/{other}/mailings/{name}/{delivery.token}/"
        assert f'<a href="{link}" lang="{other}" hreflang="{other}">' in main
        assert f'<html lang="{other}"' in page(client.get(link))


def test_the_mail_leads_to_both_languages(delivery: Delivery) -> None:
    content = message_from_bytes(delivery.envelope().content, policy=policy.default)
    body = content.get_body(("plain",))  # type: ignore[attr-defined]
    text = body.get_content()
    for language in ("fr", "nl"):
        assert f"/{language}/mailings/read/{delivery.token}/" in text


@pytest.mark.parametrize("name", ["read", "stop"])
def test_the_link_stays_with_us(name: str, delivery: Delivery, client: Client) -> None:
    """Another site that is linked to learns nothing: no address of where one comes from, no part of the page."""
    response = client.get(f"/fr/mailings/{name}/{delivery.token}/")
    assert response["Referrer-Policy"] == "same-origin"
    text = page(response)
    outside = [tag for tag in re.findall(r"<a [^>]*>", text) if 'href="http' in tag]
    assert all('rel="noopener noreferrer"' in tag for tag in outside)
    assert not re.search(r'(?:src|href)="(?:https?:)?//[^"]*' + delivery.token, text)
    posted = client.post(f"/fr/mailings/{name}/{delivery.token}/")
    assert posted["Referrer-Policy"] == "same-origin"


def test_the_link_of_one_person_says_nothing_of_another(
    delivery: Delivery, stranger: User, client: Client
) -> None:
    client.post(address(delivery))
    other = Delivery.objects.get(address=stranger.email)
    text = page(client.get(address(other)))
    assert "Nadia" not in text
    assert other.acknowledged_at is None


@pytest.mark.parametrize("token", ["no-such-token", "test"])
def test_an_unknown_link_is_404(token: str, delivery: Delivery, client: Client) -> None:
    path = reverse("mailings:read", args=[token])
    assert client.get(path).status_code == client.post(path).status_code == 404


def test_the_page_is_kept_by_nobody(delivery: Delivery, client: Client) -> None:
    response = client.get(address(delivery))
    assert "no-store" in response["Cache-Control"]
    assert b'<meta name="robots" content="noindex">' in response.content


def test_markup_in_a_text_or_in_a_name_is_shown_as_typed(echevine: User, client: Client) -> None:
    echevine.last_name = "<script>alert(1)</script> [[spoc]]"
    echevine.save()
    typed = {**TEXTS["fr"], "body": "## A\n\n<script>alert(2)</script> {{ x }} [[name]]"}
    row = an_edition(fr=typed, nl={**TEXTS["nl"], "body": "## B\n\n<b>{x.y}</b> [[name]]"})
    delivery = brought_to("sending", row).deliveries.get()
    content = client.get(address(delivery)).content.decode()
    assert "<script>alert" not in content
    assert "&lt;script&gt;alert(1)&lt;/script&gt; [[spoc]]" in content
    assert "&lt;script&gt;alert(2)&lt;/script&gt; {{ x }}" in content
    assert "&lt;b&gt;{x.y}&lt;/b&gt;" in content
