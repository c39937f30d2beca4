"""The list of editions: what is in preparation for those who prepare it, then the archive, page by page."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from hubportal.accounts.models import Role, User
from mailings import views
from mailings.models import Delivery, Mailing
from tests.mailings.leaving import sent, serve
from tests.mailings.made import TEXTS, an_edition, brought_to, in_state, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def page_of(client: Client, user: User, query: str = "") -> str:
    """Return the list as a person sees it."""
    client.force_login(user)
    answer = client.get(reverse("mailings:list") + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_editor_sees_what_to_do_first_and_may_begin_another(client: Client, echevine: User) -> None:
    past = sent()
    row = brought_to("in_review")
    page = page_of(client, person(Role.EDITOR))
    assert reverse("mailings:new") in page
    assert "Awaited: the approvals of the agency and of the cabinet." in page
    assert page.index(f'"{row.get_absolute_url()}"') < page.index(f'"{past.get_absolute_url()}"')


def test_the_cabinet_sees_what_was_submitted_to_it(client: Client, cabinet: User) -> None:
    draft, row = an_edition(), brought_to("in_review")
    page = page_of(client, cabinet)
    assert f'"{row.get_absolute_url()}"' in page
    assert f'"{draft.get_absolute_url()}"' not in page
    assert "Your step: read both texts" in page
    assert reverse("mailings:new") not in page


def test_a_commune_sees_the_archive_and_what_it_has_to_acknowledge(
    client: Client, echevine: User, stranger: User, delegate: User
) -> None:
    past, hidden = sent(), brought_to("in_review")
    page = page_of(client, echevine)
    assert f'"{past.get_absolute_url()}"' in page
    assert f'"{hidden.get_absolute_url()}"' not in page
    assert "In preparation" not in page
    assert "To acknowledge" in page
    Delivery.objects.get(address=echevine.email).acknowledge(by=echevine)
    assert "Acknowledged" in page_of(client, echevine)
    assert "To acknowledge" in page_of(client, stranger)
    # Nothing was sent to the delegate.
    assert "cknowledge" not in page_of(client, delegate)


def test_a_person_with_two_messages_has_to_acknowledge_both(client: Client, echevine: User) -> None:
    row = sent()
    second = Delivery.objects.create(mailing=row, address="two@x.example", language="fr", message_id="<2@x>")
    serve(second, *echevine.mandates.all())
    Delivery.objects.get(address=echevine.email).acknowledge(by=echevine)
    assert "To acknowledge" in page_of(client, echevine)
    second.acknowledge(by=echevine)
    text = page_of(client, echevine)
    assert "To acknowledge" not in text
    assert "Acknowledged" in text


def test_what_never_left_asks_for_no_acknowledgement(client: Client, echevine: User, stranger: User) -> None:
    Delivery.objects.filter(mailing=brought_to("sending"), address=echevine.email).update(status="suppressed")
    Mailing.objects.get().deliveries.exclude(address=echevine.email).update(
        status="accepted", accepted_at=timezone.now()
    )
    Mailing.objects.get().finish()
    assert "cknowledge" not in page_of(client, echevine)
    assert "To acknowledge" in page_of(client, stranger)


def test_only_what_waits_is_shown_when_asked_for(client: Client, echevine: User) -> None:
    first, second, third = sent(), sent(), sent()
    second.deliveries.get(address=echevine.email).acknowledge(by=echevine)
    assert 'href="?waiting"' in page_of(client, echevine)
    text = page_of(client, echevine, "?waiting")
    assert [f'"{row.get_absolute_url()}"' in text for row in (first, second, third)] == [True, False, True]
    for row in (first, third):
        row.deliveries.get(address=echevine.email).acknowledge(by=echevine)
    assert "Nothing to acknowledge." in page_of(client, echevine, "?waiting")
    assert "waiting" not in page_of(client, echevine)


def test_what_waits_goes_on_on_the_next_page(
    client: Client, echevine: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PAGE", 2)
    for _number in range(3):
        sent()
    assert 'href="?waiting&amp;before=2"' in page_of(client, echevine, "?waiting")
    second = page_of(client, echevine, "?waiting&before=2")
    assert second.count("tasks__name") == 1
    assert f'href="{reverse("mailings:list")}?waiting"' in second


def test_the_title_is_in_the_language_of_the_reader(client: Client, stranger: User) -> None:
    sent()
    with translation.override("nl"):
        assert TEXTS["nl"]["subject"] in page_of(client, stranger)
    with translation.override("fr"):
        assert TEXTS["fr"]["subject"] in page_of(client, stranger)


def test_what_did_not_leave_is_in_the_archive_of_those_who_prepared_it(
    client: Client, lead: User, echevine: User
) -> None:
    row = in_state("cancelled")
    assert f'"{row.get_absolute_url()}"' in page_of(client, lead)
    page = page_of(client, echevine)
    assert f'"{row.get_absolute_url()}"' not in page
    assert "No edition was sent yet" in page


def test_the_archive_goes_on_on_the_next_page(client: Client, lead: User) -> None:
    for _number in range(27):
        in_state("expired")
    first = page_of(client, lead)
    assert first.count("tasks__name") == 25
    assert "?before=3" in first
    second = page_of(client, lead, "?before=3")
    assert second.count("tasks__name") == 2
    assert "In preparation" not in second
    assert "First page" in second


@pytest.mark.parametrize("place", ["x", "-1", "٣", "9" * 30, "1.5"])
def test_a_place_that_is_none_is_not_found(place: str, client: Client, lead: User) -> None:
    client.force_login(lead)
    assert client.get(reverse("mailings:list"), {"before": place}).status_code == 404


def test_a_list_of_ten_asks_as_little_as_a_list_of_one(client: Client, lead: User, cabinet: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            page_of(client, lead)
        return len(found)

    for status in ("draft", "in_review", "approved", "expired"):
        in_state(status)
    few = queries()
    for _time in range(5):
        for status in ("draft", "in_review", "approved", "expired"):
            row = in_state(status)
        assert row.status == "expired"
    assert Mailing.objects.count() == 24
    assert queries() <= few
