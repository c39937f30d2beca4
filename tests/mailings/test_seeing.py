"""The mail before it leaves, as anybody will receive it: in its own styles, light and dark, wide and narrow."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from hubportal.accounts.models import Role, User
from mailings import example, previewing, trial
from mailings.models import BOTH, Mailing, SuppressedAddress
from tests.cast import MandateFactory, UserFactory
from tests.mailings.leaving import page
from tests.mailings.made import brought_to, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def row(client: Client, echevine: User, stranger: User) -> Mailing:
    """An edition under review, that the lead looks at."""
    found = brought_to("in_review")
    client.force_login(person(Role.LEAD))
    return found


def preview(client: Client, row: Mailing, **asked: str) -> str:
    """Return the page."""
    return page(client.get(reverse("mailings:preview", args=[row.number]), asked))


def framed(client: Client, row: Mailing, **asked: str) -> str:
    """Return the document that the frame of the page holds."""
    found = re.search(r'<iframe[^>]* src="([^"]+)"', preview(client, row, **asked))
    assert found
    answer = client.get(unescape(found.group(1)))
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def key_of(client: Client, row: Mailing, words: str) -> str:
    """Return the key of the first person found."""
    return example.found(example.everybody(row), words)[0][0].key


@pytest.mark.parametrize("words", ["nadia échevine", "ECHEVINE", "anderlecht", "commerce anderl"])
def test_somebody_is_found_by_name_office_or_commune(
    words: str, client: Client, row: Mailing, echevine: User
) -> None:
    assert echevine.full_name in preview(client, row, q=words)


@pytest.mark.parametrize("words", ["oudergem", "auderghem"])
def test_a_commune_is_found_in_both_languages(
    words: str, client: Client, row: Mailing, stranger: User
) -> None:
    assert stranger.full_name in preview(client, row, q=words)


def test_nobody_is_offered_who_is_not_looked_for(client: Client, row: Mailing, echevine: User) -> None:
    assert echevine.full_name not in preview(client, row)
    assert "No recipient of today" in preview(client, row, q="zzz")


def test_whoever_would_not_receive_it_is_not_offered(
    client: Client, row: Mailing, colleague: User, echevine: User
) -> None:
    SuppressedAddress.objects.create(address=echevine.email)
    html = preview(client, row, q="anderlecht")
    assert colleague.full_name not in html
    assert echevine.full_name not in html


def test_of_many_the_first_ten_are_offered(client: Client, row: Mailing) -> None:
    for _number in range(11):
        MandateFactory(user=UserFactory(last_name="Semblable"), trade=True)
    html = preview(client, row, q="semblable")
    assert html.count("Semblable</a>") == 10
    assert "add a word" in html


def test_the_mail_is_theirs_in_their_language(client: Client, row: Mailing, stranger: User) -> None:
    key = key_of(client, row, "oudergem")
    html = framed(client, row, **{"as": key})
    assert f"Bestemd voor {stranger.full_name}, schepen" in html
    assert '<html lang="nl"' in html
    assert stranger.full_name in preview(client, row, **{"as": key}).partition('class="plain')[2]


def test_somebody_whose_language_is_unknown_gets_both(client: Client, row: Mailing, echevine: User) -> None:
    User.objects.filter(pk=echevine.pk).update(content_language="")
    html = framed(client, row, **{"as": key_of(client, row, "anderlecht")})
    assert 'lang="nl"' in html
    assert 'lang="fr"' in html


def test_no_address_and_no_private_link_is_in_it(client: Client, row: Mailing, echevine: User) -> None:
    html = framed(client, row, **{"as": key_of(client, row, "anderlecht")})
    assert str(echevine.email) not in html
    assert "/mailings/read/" not in html
    assert "/mailings/stop/" not in html
    assert str(echevine.email) not in preview(client, row, q="anderlecht")


def test_a_key_that_nobody_has_shows_ones_own_letter(client: Client, row: Mailing) -> None:
    html = framed(client, row, **{"as": "0" * 16})
    assert person(Role.LEAD).full_name in html


def test_dark_is_dark_and_light_is_light_whatever_the_device_prefers(client: Client, row: Mailing) -> None:
    dark, light = framed(client, row, mode="dark"), framed(client, row, mode="light")
    assert "@media all" in dark
    assert "color-scheme: dark;" in dark
    assert "@media not all" in light
    assert "color-scheme: light;" in light
    for html in (dark, light):
        assert "prefers-color-scheme" not in html
        assert "light dark" not in html


def test_the_mail_itself_still_asks_the_device(row: Mailing) -> None:
    html = trial.one(row, BOTH, trial.values(person(Role.LEAD))).html
    assert html.count(previewing._QUERY) == 1
    assert html.count(previewing._SCHEME) == 3


@pytest.mark.parametrize(("asked", "width"), [("360", 360), ("600", 600)])
def test_the_frame_is_as_wide_as_a_telephone_or_a_mail_program(
    asked: str, width: int, client: Client, row: Mailing
) -> None:
    html = preview(client, row, width=asked)
    assert '<iframe class="mailframe" src="' in html
    assert f'width="{width}"' in html


@pytest.mark.parametrize("asked", ["", "fit", "1", "x"])
def test_the_frame_begins_with_the_width_that_fits(asked: str, client: Client, row: Mailing) -> None:
    assert '<iframe class="mailframe mailframe--fit"' in preview(client, row, width=asked)


def test_the_tabs_keep_whose_letter_it_is(client: Client, row: Mailing) -> None:
    key = key_of(client, row, "anderlecht")
    html = preview(client, row, **{"as": key, "mode": "dark"})
    links = [unescape(link) for link in re.findall(r'href="(\?language=nl[^"]*)"', html)]
    assert links
    assert all(f"as={key}" in link and "mode=dark" in link for link in links)


def test_a_language_that_no_letter_has_is_not_found(client: Client, row: Mailing) -> None:
    assert client.get(reverse("mailings:mail", args=[row.number, "de"])).status_code == 404


def test_a_commune_sees_no_mail_before_it_leaves(client: Client, row: Mailing, echevine: User) -> None:
    client.force_login(echevine)
    assert client.get(reverse("mailings:mail", args=[row.number, "fr"])).status_code == 404


def test_looking_for_many_asks_as_often_as_for_few(client: Client, row: Mailing) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            preview(client, row, q="anderlecht")
        return len(found)

    queries()
    few = queries()
    for _number in range(20):
        MandateFactory(trade=True)
    assert queries() == few
