"""Sending an edition afterwards to those who did not receive it, by a real SMTP server, and what then counts."""

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from unittest import mock

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from communes.models import Mandate
from hubportal.accounts.models import Role, User
from hubportal.outbox.deliver import deliver
from mailings import counting, jobs, receipts, sendlog
from mailings.bounces import importing
from mailings.figures import figures
from mailings.following import follow_up, missed
from mailings.models import Delivery, ExtraRecipient, Mailing, SuppressedAddress
from mailings.models.delivery_queryset import in_time
from mailings.models.edition import TERM
from tests.cast import COMMUNE_A, COMMUNE_B, Cast, MandateFactory, UserFactory
from tests.mailings.leaving import marked, page, sent, serve
from tests.mailings.made import an_extra_address, brought_to, meant_for, person
from tests.mailings.noticed import notice
from tests.mailings.test_bounces import Pile
from tests.sinks import Sink

NEW = "nadia.nouvelle@anderlecht.example"
with_sink = pytest.mark.usefixtures("refilled", "_no_bell")


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def _no_bell() -> Iterator[None]:
    """Let no worker hear: each test sends by itself."""
    with mock.patch("hubportal.outbox.bell._publish"):
        yield


@pytest.fixture
def row(echevine: User, stranger: User) -> Mailing:
    """An edition that was sent to two people; its expiry is over, and the échevine's address does not exist."""
    found = sent()
    past = timezone.now() - timedelta(days=3)
    Mailing.objects.filter(pk=found.pk).update(
        scheduled_for=past - timedelta(hours=1), expires_at=past, started_at=past, finished_at=past
    )
    importing.run(Pile(notice(to(found, echevine))))
    found.refresh_from_db()
    return found


def to(row: Mailing, user: User) -> Delivery:
    return row.deliveries.get(address=user.email)


def moved(user: User, address: str = NEW) -> None:
    """Record another address."""
    User.objects.filter(pk=user.pk).update(email=address)


def ready(row: Mailing) -> list[str]:
    """Return the addresses to which it can be sent now."""
    return [item.address for item in missed(row) if item.is_ready]


def send(row: Mailing, *addresses: str) -> int:
    return follow_up(row, by=person(Role.EDITOR), addresses=addresses)


def mails(sink: Sink) -> list[Message]:
    return [message_from_bytes(path.read_bytes()) for path in sorted((sink.mailbox / "new").iterdir())]


# --- Who -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_who_did_not_receive_it_is_told_before_anything_is_mended(row: Mailing, echevine: User) -> None:
    (item,) = missed(row)
    assert (item.people, item.address, item.is_ready) == ([echevine], echevine.email, False)


@pytest.mark.django_db
def test_another_address_makes_it_possible(row: Mailing, echevine: User) -> None:
    moved(echevine)
    (item,) = missed(row)
    assert (item.address, item.is_ready, str(item.why)) == (NEW, True, "another address now")


@pytest.mark.django_db
def test_an_address_taken_off_the_stopped_ones_makes_it_possible(row: Mailing) -> None:
    SuppressedAddress.objects.all().delete()
    (item,) = missed(row)
    assert (item.is_ready, str(item.why)) == (True, "the address is not stopped any more")


@pytest.mark.django_db
def test_a_full_mailbox_is_not_mended_by_itself(row: Mailing, stranger: User) -> None:
    importing.run(Pile(notice(to(row, stranger), status="5.2.2", diagnostic="552 5.2.2 full")))
    assert ready(row) == []
    assert len(missed(row)) == 2


@pytest.mark.django_db
def test_a_refused_message_can_follow_to_another_address(row: Mailing, stranger: User) -> None:
    marked(to(row, stranger), "failed", 550, "no")
    moved(stranger, "wouter@oudergem.example")
    assert ready(row) == ["wouter@oudergem.example"]


@pytest.mark.django_db
def test_who_read_it_on_the_portal_did_not_miss_it(row: Mailing, echevine: User) -> None:
    to(row, echevine).acknowledge(by=echevine)
    assert missed(row) == []


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["uncertain", "accepted", "queued", "deferred"])
def test_what_may_have_arrived_is_not_sent_twice(status: str, row: Mailing, echevine: User) -> None:
    marked(to(row, echevine), status)
    moved(echevine)
    assert missed(row) == []


@pytest.mark.django_db
def test_whose_mandate_ended_is_not_offered(row: Mailing, echevine: User) -> None:
    moved(echevine)
    Mandate.objects.filter(user=echevine).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert missed(row) == []


@pytest.mark.django_db
def test_who_took_office_since_is_offered_it_too(row: Mailing) -> None:
    late = UserFactory(email="late@oudergem.example")
    MandateFactory(user=late, commune_id=COMMUNE_B, bourgmestre=True)
    assert ready(row) == ["late@oudergem.example"]


@pytest.mark.django_db
def test_a_new_address_at_which_a_colleague_received_it_needs_nothing(
    row: Mailing, echevine: User, stranger: User
) -> None:
    other = UserFactory(email=None)
    MandateFactory(user=other, commune_id=COMMUNE_B, bourgmestre=True)
    assert len(missed(row)) == 2
    moved(echevine, str(stranger.email).replace("stranger", "other"))
    to(row, stranger)
    row.deliveries.filter(address=stranger.email).update(address="other@oudergem.example")
    assert [item.people for item in missed(row)] == [[other]]


@pytest.mark.django_db
def test_it_costs_the_same_for_many(row: Mailing) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            missed(row)
        return len(seen)

    few = queries()
    for _number in range(20):
        MandateFactory(user=UserFactory(), commune_id=COMMUNE_A, trade=True)
    assert len(missed(row)) == 21
    assert queries() == few == 4


# --- Sent ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@with_sink
def test_the_same_letter_leaves_to_the_new_address_after_the_edition_expired(
    sink: Sink, row: Mailing, echevine: User
) -> None:
    moved(echevine)
    assert send(row, NEW) == 1
    new = row.deliveries.get(address=NEW)
    assert deliver(Delivery) == 1
    (mail,) = mails(sink)
    assert (mail["To"], mail["Message-ID"]) == (NEW, new.message_id)
    assert mail["Subject"] == "=?utf-8?q?Soldes_et_terrasses_chauff=C3=A9es?="
    new.refresh_from_db()
    assert new.status == "accepted"
    assert [row.right for row in new.served.all()] == list(echevine.mandates.all())
    assert [event.kind for event in new.events.order_by("pk")] == ["follow_up", "accepted"]
    row.refresh_from_db()
    assert row.status == "sent"


@pytest.mark.django_db(transaction=True)
@with_sink
def test_the_same_address_gets_the_same_message_once_it_is_not_stopped_any_more(
    sink: Sink, row: Mailing, echevine: User
) -> None:
    SuppressedAddress.objects.all().delete()
    old = to(row, echevine)
    assert send(row, old.address) == 1
    assert deliver(Delivery) == 1
    (mail,) = mails(sink)
    assert mail["Message-ID"] == old.message_id
    old.refresh_from_db()
    assert (old.status, old.bounced_at, old.smtp_code) == ("accepted", None, 250)
    assert [event.kind for event in old.events.order_by("pk")][-3:] == [
        "unreachable",
        "follow_up",
        "accepted",
    ]
    assert row.deliveries.count() == 2


@pytest.mark.django_db(transaction=True)
@with_sink
def test_a_follow_up_that_comes_back_is_missed_again(sink: Sink, row: Mailing, echevine: User) -> None:
    moved(echevine)
    send(row, NEW)
    deliver(Delivery)
    importing.run(Pile(notice(row.deliveries.get(address=NEW))))
    assert [item.address for item in missed(row)] == [NEW]
    moved(echevine, "third@anderlecht.example")
    assert ready(row) == ["third@anderlecht.example"]


@pytest.mark.django_db(transaction=True)
@with_sink
def test_what_is_put_off_too_long_is_given_up(sink: Sink, row: Mailing, echevine: User) -> None:
    moved(echevine)
    send(row, NEW)
    sink.fault({"match": "nouvelle", "reply": "451 4.3.0 busy"})
    deliver(Delivery)
    new = row.deliveries.get(address=NEW)
    assert new.status == "deferred"
    assert jobs.settle(timezone.now()) == 0
    Delivery.objects.filter(pk=new.pk).update(leave_by=timezone.now() - timedelta(seconds=1))
    assert jobs.settle(timezone.now()) == 1
    new.refresh_from_db()
    assert new.status == "cancelled"
    assert new.events.filter(kind="expired").exists()


@pytest.mark.django_db
def test_two_clicks_send_one_message(row: Mailing, echevine: User) -> None:
    moved(echevine)
    send(row, NEW)
    with pytest.raises(ValidationError) as late:
        send(row, NEW)
    assert late.value.code == "too_late"
    assert row.deliveries.filter(address=NEW).count() == 1


@pytest.mark.django_db
def test_only_who_was_chosen_gets_it(row: Mailing, echevine: User, stranger: User) -> None:
    marked(to(row, stranger), "failed", 550, "no")
    moved(echevine)
    moved(stranger, "wouter@oudergem.example")
    send(row, NEW)
    assert ready(row) == ["wouter@oudergem.example"]


@pytest.mark.django_db
def test_nothing_is_sent_to_an_address_that_is_not_ready(row: Mailing, echevine: User) -> None:
    with pytest.raises(ValidationError):
        send(row, str(echevine.email))


@pytest.mark.django_db
def test_an_old_edition_is_not_sent_any_more(row: Mailing, echevine: User) -> None:
    moved(echevine)
    Mailing.objects.filter(pk=row.pk).update(finished_at=timezone.now() - TERM)
    with pytest.raises(ValidationError) as late:
        send(row, NEW)
    assert late.value.code == "expired"


@pytest.mark.django_db
def test_an_edition_on_its_way_is_not_followed_up(echevine: User) -> None:
    found = brought_to("sending")
    with pytest.raises(ValidationError):
        send(found, str(echevine.email))


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["director", "spoc", "cabinet", "echevine"])
def test_editors_and_leads_alone_send_it(who: str, cast: Cast, row: Mailing) -> None:
    with pytest.raises(PermissionDenied):
        follow_up(row, by=getattr(cast, who), addresses=[NEW])


@pytest.mark.django_db
def test_python_and_sql_agree_on_until_when_it_leaves(row: Mailing, echevine: User) -> None:
    moved(echevine)
    send(row, NEW)
    new = row.deliveries.get(address=NEW)
    for minutes, leaves in ((1, True), (-1, False)):
        Delivery.objects.filter(pk=new.pk).update(leave_by=timezone.now() + timedelta(minutes=minutes))
        sql = Delivery.objects.raw(
            f"SELECT row.id FROM mailings_delivery AS row WHERE row.status = 'queued' AND {Delivery.CLAIMABLE}"  # noqa: S608
        )
        assert [found.pk for found in sql] == ([new.pk] if leaves else [])
        assert Delivery.objects.filter(in_time(), pk=new.pk).exists() is leaves
        assert Delivery.objects.all().claimable().exists() is leaves


# --- What counts afterwards -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_was_followed_up_counts_no_more(row: Mailing, echevine: User) -> None:
    MandateFactory(user=UserFactory(email="mayor@anderlecht.example"), commune_id=COMMUNE_A, bourgmestre=True)
    before = figures(person(Role.EDITOR), [row])[row.pk]
    assert (before.messages, before.accepted, before.came_back, before.communes) == (2, 2, 1, 1)
    moved(echevine)
    send(row, NEW)
    marked(row.deliveries.get(address=NEW), "accepted", 250)
    after = figures(person(Role.EDITOR), [row])[row.pk]
    assert (after.messages, after.accepted, after.came_back, after.communes) == (2, 2, 0, 2)
    found = {item.commune.nis: item for item in counting.by_commune(row)}
    assert (found[COMMUNE_A].accepted, found[COMMUNE_A].total) == (1, 1)
    old = to_old(row)
    assert (old.status, old.replaced_at is not None) == ("bounced", True)
    assert old.events.get(kind="follow_up").smtp_reply == NEW


@pytest.mark.django_db
def test_the_follow_up_is_the_one_to_acknowledge(row: Mailing, echevine: User) -> None:
    moved(echevine)
    send(row, NEW)
    marked(row.deliveries.get(address=NEW), "accepted", 250)
    assert receipts.receipts(echevine, [row])[row.pk].waits
    row.deliveries.get(address=NEW).acknowledge()
    assert receipts.receipts(echevine, [row])[row.pk].is_done


@pytest.mark.django_db
def test_a_shared_mailbox_counts_until_both_have_another(row: Mailing, echevine: User) -> None:
    mayor = UserFactory(email=None)
    mandate = MandateFactory(user=mayor, commune_id=COMMUNE_A, bourgmestre=True)
    serve(to(row, echevine), mandate)
    moved(echevine)
    send(row, NEW)
    assert to_old(row).replaced_at is None
    moved(mayor, "mayor@anderlecht.example")
    send(row, "mayor@anderlecht.example")
    assert to_old(row).replaced_at is not None


def with_an_extra_address() -> tuple[Mailing, ExtraRecipient]:
    """Return an edition of which both messages were refused, and the extra address that one of them went to."""
    extra = an_extra_address()
    row = meant_for(to_extras=True)
    for message in row.deliveries.all():
        marked(message, "failed", 550, "no")
    row.finish()
    return row, extra


@pytest.mark.django_db
def test_two_who_move_to_one_mailbox_both_have_their_old_message_replaced(echevine: User) -> None:
    row, extra = with_an_extra_address()
    moved(echevine)
    ExtraRecipient.objects.update(email=NEW)
    (item,) = missed(row)
    assert (item.people, len(item.before)) == ([echevine, extra], 2)
    assert send(row, NEW) == 1
    for old in row.deliveries.exclude(address=NEW):
        assert old.replaced_at is not None
        assert old.events.get(kind="follow_up").smtp_reply == NEW
    assert figures(person(Role.EDITOR), [row])[row.pk].refused == 0
    assert row.deliveries.get(address=NEW).served.count() == 2


@pytest.mark.django_db
def test_who_moves_to_a_mailbox_where_another_missed_it_keeps_nobody_from_it(echevine: User) -> None:
    row, extra = with_an_extra_address()
    SuppressedAddress.objects.create(address=echevine.email)
    row.deliveries.filter(address=echevine.email).update(status="suppressed")
    SuppressedAddress.objects.all().delete()
    ExtraRecipient.objects.update(email=echevine.email)
    found = {item.is_ready: item.people for item in missed(row)}
    assert found == {True: [echevine], False: [extra]}, "the letter there says the name of the first"
    send(row, str(echevine.email))
    assert row.deliveries.get(status="failed").replaced_at is None


def to_old(row: Mailing) -> Delivery:
    return row.deliveries.get(address="echevine@anderlecht.example")


@pytest.mark.django_db
def test_the_database_lets_only_what_did_not_arrive_be_replaced(row: Mailing, stranger: User) -> None:
    with pytest.raises(IntegrityError, match="delivery_replaced_did_not_arrive"), transaction.atomic():
        row.deliveries.filter(address=stranger.email).update(replaced_at=timezone.now())


# --- The pages ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_page_of_the_edition_counts_and_leads_there(client: Client, row: Mailing, echevine: User) -> None:
    client.force_login(person(Role.EDITOR))
    text = page(client.get(row.get_absolute_url()))
    assert "Nobody of those who did not receive it can be reached yet." in text
    moved(echevine)
    text = page(client.get(row.get_absolute_url()))
    assert "1 person who did not receive it can be reached now." in text
    assert reverse("mailings:follow-up", args=[row.number]) in text


@pytest.mark.django_db
def test_the_journal_tells_a_follow_up_once_with_its_address(row: Mailing, echevine: User) -> None:
    moved(echevine)
    send(row, NEW)
    lines = sendlog.moments(row, person(Role.EDITOR))
    assert [line.words for line in lines if "follow-up" in str(line.label)] == [NEW]


@pytest.mark.django_db
def test_the_director_reads_the_count_and_gets_no_button(client: Client, cast: Cast, row: Mailing) -> None:
    client.force_login(cast.director)
    text = page(client.get(row.get_absolute_url()))
    assert "did not receive it" in text
    assert reverse("mailings:follow-up", args=[row.number]) not in text


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["cabinet", "stranger"])
def test_others_read_nothing_of_it(who: str, client: Client, cast: Cast, row: Mailing) -> None:
    client.force_login(getattr(cast, who))
    assert "did not receive it" not in page(client.get(row.get_absolute_url()))


@pytest.mark.django_db
def test_names_come_first_then_one_button_sends(client: Client, row: Mailing, echevine: User) -> None:
    moved(echevine)
    client.force_login(person(Role.LEAD))
    address = reverse("mailings:follow-up", args=[row.number])
    text = page(client.get(address))
    assert echevine.full_name in text
    assert f"{NEW} (another address now)" in text
    response = client.post(address, {"people": [NEW]}, follow=True)
    assert "1 message leaves now." in page(response)
    assert row.deliveries.get(address=NEW).events.get(kind="follow_up").by == person(Role.LEAD)
    client.get(address)


@pytest.mark.django_db
def test_a_second_click_reads_that_it_was_done(client: Client, row: Mailing, echevine: User) -> None:
    moved(echevine)
    client.force_login(person(Role.LEAD))
    address = reverse("mailings:follow-up", args=[row.number])
    client.post(address, {"people": [NEW]})
    assert "Somebody sent it to them already" in page(client.post(address, {"people": [NEW]}))
    assert row.deliveries.filter(address=NEW).count() == 1


@pytest.mark.django_db
def test_who_cannot_be_reached_yet_is_named_with_the_way_to_the_desk(
    client: Client, row: Mailing, echevine: User
) -> None:
    client.force_login(person(Role.EDITOR))
    text = page(client.get(reverse("mailings:follow-up", args=[row.number])))
    assert "Nobody of them can be reached yet." in text
    assert reverse("admin:accounts_user_change", args=[echevine.pk]) in text


@pytest.mark.django_db
def test_the_page_of_an_old_edition_says_that_it_is_too_late(client: Client, row: Mailing) -> None:
    Mailing.objects.filter(pk=row.pk).update(finished_at=timezone.now() - TERM)
    client.force_login(person(Role.EDITOR))
    response = client.get(reverse("mailings:follow-up", args=[row.number]), follow=True)
    assert "It is too late to send it" in page(response)


@pytest.mark.django_db
def test_an_address_that_somebody_else_was_written_to_is_not_offered(row: Mailing, echevine: User) -> None:
    former = echevine.email
    moved(echevine)
    assert send(row, NEW) == 1
    Delivery.objects.filter(mailing=row, address=NEW).update(status="failed", accepted_at=None)
    moved(echevine, "elsewhere@a.example")
    assert ready(row) == ["elsewhere@a.example"]
    successor: User = MandateFactory(user__email=former, commune_id=COMMUNE_A, trade=True).user
    assert [item.is_ready for item in missed(row) if successor in item.people] == [False]
