"""A right that ends at midnight ends the message that waits for it; what was not sent is named and counted."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from communes.models import Delegation, Mandate
from hubportal.accounts.models import Role, User
from hubportal.outbox.claim import Chunk
from hubportal.outbox.consignment import day_of, seen_on
from mailings import counting, following, proof
from mailings.jobs import end_rights
from mailings.models import Delivery, Mailing, Verdict
from tests.cast import COMMUNE_B, MandateFactory, yesterday
from tests.mailings.leaving import marked, page
from tests.mailings.made import an_extra_address, brought_to, meant_for, person
from tests.mailings.test_claim import WAITING, claiming, fill

pytestmark = pytest.mark.django_db


def over_midnight() -> Mailing:
    """Return an edition whose messages have waited since yesterday."""
    row = brought_to("sending")
    age(row)
    return row


def age(row: Mailing) -> None:
    """Let the messages of an edition have been written yesterday."""
    row.deliveries.update(created_at=timezone.now() - timedelta(days=1))


def states(row: Mailing) -> dict[str, str]:
    """Return the state of each message by its address."""
    return dict(row.deliveries.order_by("pk").values_list("address", "status"))


def tick() -> int:
    """Run the job that looks at what waited."""
    return end_rights(timezone.now())


def end(*people: User) -> None:
    """Let the mandates of people have ended yesterday."""
    Mandate.objects.filter(user__in=people).update(ends_on=yesterday())


def test_what_waits_for_an_ended_mandate_is_cancelled_and_says_why(echevine: User, stranger: User) -> None:
    row = over_midnight()
    end(echevine)
    assert tick() == 2
    assert states(row) == {echevine.email: "cancelled", stranger.email: "queued"}
    (event,) = row.deliveries.get(address=echevine.email).events.order_by("pk")
    assert event.kind == "right_ended"


def test_what_was_put_off_is_cancelled_too(echevine: User) -> None:
    row = over_midnight()
    marked(row.deliveries.get(), "deferred", 451, "later")
    end(echevine)
    tick()
    assert states(row) == {echevine.email: "cancelled"}


def test_before_the_tick_nothing_that_waited_over_midnight_is_claimed(echevine: User) -> None:
    over_midnight()
    end(echevine)
    assert Chunk(Delivery).rows == []
    assert not Delivery.objects.all().claimable().exists()


def test_after_the_tick_what_is_still_right_leaves(echevine: User) -> None:
    row = over_midnight()
    assert tick() == 1
    assert Delivery.objects.all().claimable().exists()
    assert [claimed.mailing_id for claimed in Chunk(Delivery).rows] == [row.pk]


def test_what_was_found_right_yesterday_is_looked_at_again(echevine: User) -> None:
    row = over_midnight()
    row.deliveries.update(right_seen_on=yesterday())
    assert Chunk(Delivery).rows == []
    end(echevine)
    tick()
    assert states(row) == {echevine.email: "cancelled"}


def test_what_a_worker_holds_is_left_to_it(echevine: User) -> None:
    row = over_midnight()
    marked(row.deliveries.get(), "sending")
    end(echevine)
    assert tick() == 0
    assert states(row) == {echevine.email: "sending"}


def test_whoever_was_elected_again_still_receives_it(echevine: User) -> None:
    row = over_midnight()
    end(echevine)
    MandateFactory(user=echevine, starts_on=timezone.localdate())
    tick()
    assert states(row) == {echevine.email: "queued"}


def test_a_mandate_in_another_commune_is_another_right(echevine: User) -> None:
    row = over_midnight()
    end(echevine)
    MandateFactory(user=echevine, commune_id=COMMUNE_B, starts_on=timezone.localdate())
    tick()
    assert states(row) == {echevine.email: "cancelled"}


def test_a_delegation_ends_with_the_mandate_of_its_giver(echevine: User, delegate: User) -> None:
    row = meant_for(to_delegates=True)
    age(row)
    end(echevine)
    assert Delegation.objects.filter(ends_on=None).exists()
    tick()
    assert set(states(row).values()) == {"cancelled"}


def test_a_role_and_an_extra_address_end_too(echevine: User, cabinet: User) -> None:
    extra = an_extra_address()
    row = meant_for(to_roles=[Role.CABINET], to_extras=True)
    age(row)
    cabinet.grants.update(ends_on=yesterday())
    type(extra).objects.update(ends_on=yesterday())
    tick()
    found = states(row)
    assert found[echevine.email] == "queued"
    assert found[cabinet.email] == found[extra.email] == "cancelled"


def test_the_page_and_the_proof_count_and_name_it(echevine: User, stranger: User, client: Client) -> None:
    row = over_midnight()
    end(echevine)
    tick()
    marked(row.deliveries.get(address=stranger.email), "accepted", 250, "queued as 1")
    row.finish()
    assert counting.tally(row).ended == 1
    editor = person(Role.EDITOR)
    client.force_login(editor)
    assert "droit terminé" in page(client.get(reverse("mailings:progress", args=[row.number])))
    with translation.override("en"):
        (line, _other) = proof.lines(row, editor, proof.letters(row))
        assert (str(line.state), str(line.reply)) == (
            "Not sent: right ended", "the right by which it was written had ended before it was sent",
        )  # fmt: skip


def test_nobody_has_it_sent_again_to_somebody_whose_right_ended(echevine: User) -> None:
    delivery = marked(brought_to("sending").deliveries.get(), "uncertain")
    end(echevine)
    with pytest.raises(ValidationError, match="a pris fin"):
        delivery.decide(by=person(Role.EDITOR), verdict=Verdict.AGAIN)


def test_what_a_person_has_sent_again_days_later_leaves_at_once(echevine: User) -> None:
    row = over_midnight()
    marked(row.deliveries.get(), "uncertain").decide(by=person(Role.EDITOR), verdict=Verdict.AGAIN)
    assert [claimed.address for claimed in Chunk(Delivery).rows] == [echevine.email]


def test_whoever_holds_office_again_later_is_offered_a_follow_up(echevine: User) -> None:
    row = over_midnight()
    end(echevine)
    tick()
    row.finish()
    MandateFactory(user=echevine, trade=True, starts_on=timezone.localdate())
    (item,) = (item for item in following.missed(row) if item.address == echevine.email)
    assert item.is_ready
    following.follow_up(row, by=person(Role.EDITOR), addresses=[str(echevine.email)])
    assert [claimed.address for claimed in Chunk(Delivery).rows] == [echevine.email]


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 28)])
def test_the_day_is_that_of_brussels_also_when_the_clocks_change(day: date, echevine: User) -> None:
    row = brought_to("sending")
    first, last = (
        timezone.make_aware(datetime.combine(one, datetime.min.time())) for one in (day, after(day))
    )
    second = timedelta(seconds=1)
    for moment, expected in ((first - second, False), (first, True), (last - second, True), (last, True)):
        row.deliveries.update(created_at=moment)
        assert row.deliveries.filter(seen_on(day)).exists() is expected
        assert (in_sql(moment) >= day) is expected


def after(day: date) -> date:
    """Return the day after a day."""
    return day + timedelta(days=1)


def in_sql(moment: datetime) -> Any:
    """Return the day of a moment as the claim reads it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {day_of('%s::timestamptz')}", [moment])
        (found,) = cursor.fetchone()
    return found


def test_a_large_edition_that_goes_on_after_midnight_is_claimed_by_its_index(echevine: User) -> None:
    row = brought_to("sending")
    fill(row, WAITING)
    age(row)
    row.deliveries.update(right_seen_on=timezone.localdate())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE mailings_delivery, mailings_mailing")
    plan = claiming()
    most = max(node["Actual Rows"] * node["Actual Loops"] for node in plan)
    assert most < 100, f"{most} rows were read to claim twenty"
    assert any(node.get("Index Name") == "delivery_queued" for node in plan)
