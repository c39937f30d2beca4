"""Who of the other party has opened a request, and when: on the portal and at the desk."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hubportal.accounts.models import User
from spoc.models import Reading, ServiceRequest
from tests.spoc.stories import a_draft, brought_to

pytestmark = pytest.mark.django_db
NOBODY = "Personne de l’autre partie ne l’a encore ouverte."


def desk(client: Client, row: ServiceRequest) -> str:
    return client.get(reverse("admin:spoc_servicerequest_change", args=[row.pk])).text


def test_each_party_reads_who_of_the_other_has_seen_it(client: Client, echevine: User, spoc: User) -> None:
    row = brought_to("submitted", echevine, spoc)
    client.force_login(echevine)
    assert NOBODY in client.get(row.get_absolute_url()).text
    Reading.objects.all().delete()
    client.force_login(spoc)
    assert NOBODY not in desk(client, row)  # who asked has written it
    client.force_login(echevine)
    client.get(row.get_absolute_url())
    client.force_login(spoc)
    assert echevine.full_name in desk(client, row).partition("h-thread")[2]
    client.force_login(echevine)
    page = client.get(row.get_absolute_url()).text
    assert NOBODY not in page
    assert f"{spoc.full_name} (" in page.partition("h-thread")[2]
    assert set(Reading.objects.values_list("user", "side")) == {(echevine.pk, "commune"), (spoc.pk, "agency")}


def test_a_message_after_the_last_look_is_not_seen(client: Client, echevine: User, spoc: User) -> None:
    row = brought_to("submitted", echevine, spoc)
    client.force_login(spoc)
    desk(client, row)
    Reading.objects.update(
        first_at=timezone.now() - timedelta(hours=2), last_at=timezone.now() - timedelta(hours=1)
    )
    row.write(by=echevine, text="Et maintenant ?")
    client.force_login(echevine)
    words = "Le dernier message n’a pas encore été vu."
    assert words in client.get(row.get_absolute_url()).text
    client.force_login(spoc)
    desk(client, row)
    client.force_login(echevine)
    assert words not in client.get(row.get_absolute_url()).text


def test_what_the_other_party_wrote_itself_is_no_news_to_it(
    client: Client, echevine: User, spoc: User
) -> None:
    row = brought_to("submitted", echevine, spoc)
    Reading.objects.note(row, spoc, timezone.now() - timedelta(hours=1))
    row.write(by=spoc, text="Nous regardons.")
    client.force_login(echevine)
    page = client.get(row.get_absolute_url()).text
    assert f"{spoc.full_name} (" in page.partition("h-thread")[2]
    assert "Le dernier message n’a pas encore été vu." not in page


def test_looking_again_moves_the_last_look_only(echevine: User, spoc: User) -> None:
    row = brought_to("submitted", echevine, spoc)
    Reading.objects.note(row, echevine)
    first = Reading.objects.get()
    Reading.objects.note(row, echevine, timezone.now() + timedelta(minutes=1))
    again = Reading.objects.get()
    assert again.first_at == first.first_at
    assert again.last_at > first.last_at


def test_nothing_is_noted_of_a_draft(client: Client, echevine: User) -> None:
    row = a_draft(echevine)
    client.force_login(echevine)
    client.get(row.get_absolute_url())
    assert not Reading.objects.exists()


def test_others_read_no_readers(echevine: User, spoc: User, stranger: User) -> None:
    row = brought_to("submitted", echevine, spoc)
    Reading.objects.note(row, spoc)
    assert Reading.objects.visible_to(echevine).count() == 1
    assert not Reading.objects.visible_to(stranger).exists()


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("reading_known_side", {"side": "region"}),
        ("reading_first_before_last", {"last_at": timezone.now() - timedelta(days=2)}),
    ],
)
def test_the_database_refuses(
    constraint: str, changes: dict[str, object], echevine: User, spoc: User
) -> None:
    Reading.objects.note(brought_to("submitted", echevine, spoc), spoc)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Reading.objects.update(**changes)
