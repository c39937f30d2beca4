"""A gap that a follow-up has closed: it was one when the edition left, stays to be read, and is counted no more."""

import csv
import re
from collections.abc import Iterator
from io import BytesIO, StringIO
from unittest import mock

import pikepdf
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from hubportal.accounts.models import Role, User
from hubportal.look.dates import hour, short_date
from mailings import counting
from mailings.figures import Figures, figures
from mailings.following import follow_up
from mailings.models import Delivery, FrozenGap, Mailing, SuppressedAddress
from tests.cast import COMMUNE_A, MandateFactory, UserFactory
from tests.conventions.test_pdf import everything
from tests.mailings.leaving import marked, page, sent
from tests.mailings.made import brought_to, person

pytestmark = pytest.mark.django_db
NEW = "maire@anderlecht.example"


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Let no worker hear, and read English."""
    with mock.patch("hubportal.outbox.bell._publish"), translation.override("en"):
        yield


@pytest.fixture
def silent(echevine: User) -> User:
    """The bourgmestre of the échevine's commune, who has no address."""
    user = UserFactory(email=None, first_name="Sans", last_name="Adresse")
    MandateFactory(user=user, commune_id=COMMUNE_A, bourgmestre=True)
    return user


def followed_up(row: Mailing, address: str = NEW) -> Delivery:
    """Send it to an address afterwards; the relay takes it."""
    follow_up(row, by=person(Role.EDITOR), addresses=[address])
    return marked(row.deliveries.get(address=address), "accepted", 250, "queued")


def gap_of(row: Mailing, **facts: object) -> FrozenGap:
    return FrozenGap.objects.filter(mailing=row, commune=COMMUNE_A, **facts).named().get()


def in_part(row: Mailing) -> bool:
    """Tell whether the commune counts as reached in part, by both counts, which must agree."""
    by_page = next(
        item for item in counting.by_commune(row) if item.commune and item.commune.nis == COMMUNE_A
    )
    assert by_page.is_in_part is (counted(row).in_part == 1)
    return by_page.is_in_part


def counted(row: Mailing) -> Figures:
    return figures(person(Role.DIRECTOR), [row])[row.pk]


def test_whoever_had_no_address_and_has_one_now(silent: User) -> None:
    row = sent()
    assert in_part(row)
    before = counted(row)
    User.objects.filter(pk=silent.pk).update(email=NEW)
    assert not gap_of(row).closed_at, "an address alone closes nothing"
    message = followed_up(row)
    gap = gap_of(row)
    assert (gap.text, gap.closed_at, gap.stands) == (
        "Sans Adresse has no address",
        message.accepted_at,
        False,
    )
    assert not in_part(row)
    after = counted(row)
    assert (after.standing, after.closed, len(after.gaps)) == (before.standing - 1, 1, len(before.gaps))


def test_an_office_that_was_vacant_and_is_held_now(echevine: User) -> None:
    row = sent()
    assert in_part(row)
    MandateFactory(user=UserFactory(email=NEW), commune_id=COMMUNE_A, bourgmestre=True)
    followed_up(row)
    assert not gap_of(row, office="bourgmestre").stands
    assert not in_part(row)


def test_another_office_closes_nothing(echevine: User) -> None:
    row = sent()
    MandateFactory(user=UserFactory(email=NEW), commune_id=COMMUNE_A, trade=True)
    followed_up(row)
    assert gap_of(row, office="bourgmestre").stands
    assert in_part(row)


def test_a_portfolio_that_nobody_held() -> None:
    MandateFactory(user=UserFactory(), commune_id=COMMUNE_A, bourgmestre=True)
    row = sent()
    assert gap_of(row, office="trade").stands
    MandateFactory(user=UserFactory(email=NEW), commune_id=COMMUNE_A, trade=True)
    followed_up(row)
    assert not gap_of(row, office="trade").stands


def test_a_follow_up_that_comes_back_leaves_the_gap_open(silent: User) -> None:
    row = sent()
    User.objects.filter(pk=silent.pk).update(email=NEW)
    message = followed_up(row)
    marked(message, "bounced", 550, "no such user")
    assert gap_of(row).stands
    assert in_part(row)


def test_a_follow_up_of_another_edition_closes_nothing(silent: User) -> None:
    first = sent()
    User.objects.filter(pk=silent.pk).update(email=NEW)
    followed_up(first)
    User.objects.filter(pk=silent.pk).update(email=None)
    second = sent(brought_to("sending"))
    assert gap_of(second).stands


# --- The proof ---------------------------------------------------------------------------------------------------


def table(client: Client, row: Mailing) -> list[dict[str, str]]:
    client.force_login(person(Role.SPOC))
    text = b"".join(client.get(reverse("mailings:proof-csv", args=[row.number]))).decode("utf-8-sig")  # type: ignore[call-overload]
    return list(csv.DictReader(StringIO(text), delimiter=text[7] if text[7] in ",;" else ";"))


def test_the_table_keeps_the_gap_and_says_when_it_was_closed(client: Client, silent: User) -> None:
    row = sent()
    User.objects.filter(pk=silent.pk).update(email=NEW)
    message = followed_up(row)
    lines = table(client, row)
    (gap,) = [line for line in lines if "Sans Adresse has no address" in line["State"]]
    assert message.accepted_at
    moment = f"{timezone.localtime(message.accepted_at):%Y-%m-%d %H:%M}"
    assert gap["Gap closed by a follow-up at"] == moment
    (own,) = [line for line in lines if line["Address"] == NEW]
    assert (own["Name"], own["Accepted by the relay at"]) == ("Sans Adresse", moment)
    others = [line for line in lines if line["State"].startswith("Not written to") and line != gap]
    assert {line["Gap closed by a follow-up at"] for line in others} == {""}


def test_an_address_that_was_stopped_stays_in_the_table_once_it_was_followed_up(
    client: Client, echevine: User, stranger: User
) -> None:
    SuppressedAddress.objects.create(address=echevine.email)
    row = sent_but(str(echevine.email))
    words = f"the address of {echevine.full_name} is stopped"
    assert not [line for line in table(client, row) if words in line["State"]], "its message tells it"
    SuppressedAddress.objects.all().delete()
    followed_up(row, str(echevine.email))
    (line,) = [line for line in table(client, row) if words in line["State"]]
    assert line["Gap closed by a follow-up at"]


def sent_but(address: str) -> Mailing:
    """Return an edition that was sent, but for an address that was stopped."""
    row = brought_to("sending")
    for message in row.deliveries.exclude(address=address):
        marked(message, "accepted", 250)
    row.finish()
    return row


def test_on_paper_it_is_closed_with_its_moment(client: Client, silent: User) -> None:
    row = sent()
    User.objects.filter(pk=silent.pk).update(email=NEW)
    client.force_login(person(Role.SPOC))

    def paper() -> str:
        answer = client.get(reverse("mailings:proof-pdf", args=[row.number]))
        pdf = pikepdf.open(BytesIO(answer.getvalue()))  # type: ignore[attr-defined]
        return re.sub(r"\s+", " ", everything(pdf))

    assert "Sans Adresse has no address Yes –" in paper()
    gap = (followed_up(row), gap_of(row))[1]
    text = paper()
    assert "Closed by a follow-up" in text
    assert f"Sans Adresse has no address Yes {short_date(gap.closed_at)}" in text


# --- The pages ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["progress", "detail", "recipients"])
def test_the_pages_keep_the_gap_and_say_that_it_is_closed(name: str, client: Client, silent: User) -> None:
    row = sent()
    User.objects.filter(pk=silent.pk).update(email=NEW)
    moment = followed_up(row).accepted_at
    client.force_login(person(Role.EDITOR))
    text = page(client.get(reverse(f"mailings:{name}", args=[row.number])))
    assert "Sans Adresse has no address" in text
    assert f"closed on {short_date(moment)} at {hour(moment)} by a follow-up" in text


def test_the_director_reads_how_many_were_closed(client: Client, silent: User) -> None:
    row = sent()
    User.objects.filter(pk=silent.pk).update(email=NEW)
    followed_up(row)
    client.force_login(person(Role.DIRECTOR))
    text = page(client.get("/en/"))
    assert "(1 closed by a follow-up)" in text
    assert "reached in part only" not in text


def test_it_asks_as_often_for_many_gaps_as_for_one(silent: User) -> None:
    row = sent()

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            counting.by_commune(row)
            counted(row)
        return len(seen)

    counted(row)
    few = queries()
    User.objects.filter(pk=silent.pk).update(email=NEW)
    followed_up(row)
    for nis in ("21002", "21003", "21005"):
        address = f"{nis}@commune.example"
        MandateFactory(user=UserFactory(email=address), commune_id=nis, bourgmestre=True)
        followed_up(row, address)
    assert counted(row).closed == 4
    assert queries() == few
