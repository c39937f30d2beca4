"""What a notice changes: the message, its address, the figures; and whom the portal tells."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from hubportal.accounts.models import Role, User
from hubportal.outbox.models import OutboxMessage
from mailings import counting
from mailings.bounces import importing
from mailings.bounces.boxes import Item
from mailings.bounces.importing import AGAIN, OK, UNCLEAR, Report
from mailings.figures import figures
from mailings.models import Delivery, Mailing, SuppressedAddress
from tests.cast import COMMUNE_A, MandateFactory, UserFactory
from tests.mailings.leaving import marked, page, sent, serve
from tests.mailings.made import person
from tests.mailings.noticed import SHAPES, notice

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def message(echevine: User) -> Delivery:
    """The message to the échevine, accepted by the relay."""
    return sent().deliveries.get(address=echevine.email)


class Pile:
    """Messages in memory, and what became of each."""

    def __init__(self, *contents: bytes) -> None:
        self.items = [Item(f"n{place}", content, False) for place, content in enumerate(contents)]
        self.settled: dict[str, bool] = {}

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items)

    def settle(self, name: str, *, is_understood: bool) -> None:
        self.settled[name] = is_understood


def take(*contents: bytes) -> Report:
    """Read notices in one run."""
    return importing.run(Pile(*contents))


def told() -> dict[str, str]:
    """Return the mails about what came back, by address."""
    rows = OutboxMessage.objects.filter(kind="mailing bounced").order_by("pk")
    return {mail.to_address: mail.text for mail in rows}


def kinds(message: Delivery) -> list[str]:
    """Return what happened to a message since it was accepted."""
    found = list(message.events.order_by("at", "pk").values_list("kind", flat=True))
    return found[found.index("accepted") + 1 :] if "accepted" in found else found


# --- The message --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
def test_each_shape_is_matched_and_marks_the_message(shape: str, message: Delivery) -> None:
    was = message.accepted_at
    report = take(notice(message, shape))
    message.refresh_from_db()
    assert (message.status, message.accepted_at) == ("bounced", was)
    assert message.bounced_at is not None
    assert kinds(message) == ["bounced", "unreachable"]
    event = message.events.get(kind="bounced")
    assert (event.smtp_code, "5.1.1" in event.smtp_reply) == (550, True)
    assert report.exit_code == OK


def test_without_its_address_the_message_is_found_by_its_message_id(message: Delivery) -> None:
    take(notice(message, verp="bounces@portal.example"))
    message.refresh_from_db()
    assert message.status == "bounced"


def test_the_envelope_sender_comes_before_the_message_id(message: Delivery, stranger: User) -> None:
    take(notice(message, message_id="<of-somebody-else@portal.example>"))
    message.refresh_from_db()
    assert message.status == "bounced"


def test_the_same_notice_twice_is_one(message: Delivery) -> None:
    take(notice(message), notice(message))
    report = take(notice(message))
    assert kinds(message) == ["bounced", "unreachable"]
    assert report.counts == {"known already": 1}
    assert OutboxMessage.objects.filter(kind="mailing bounced").count() == len(told()) == 2


def test_the_database_lets_no_notice_be_written_twice(message: Delivery) -> None:
    take(notice(message))
    mark = message.events.get(kind="bounced").notice
    with pytest.raises(IntegrityError, match="deliveryevent_notice_once"), transaction.atomic():
        message.events.create(kind="bounced", notice=mark)


def test_a_delay_is_noted_and_changes_nothing(message: Delivery) -> None:
    report = take(notice(message, action="delayed", status="4.4.1", diagnostic="451 4.4.1 no answer"))
    message.refresh_from_db()
    assert (message.status, message.bounced_at) == ("accepted", None)
    assert kinds(message) == ["delayed"]
    assert report.counts == {"delayed": 1}
    assert told() == {}


def test_what_was_delayed_and_then_given_up_came_back(message: Delivery) -> None:
    take(
        notice(message, action="delayed", status="4.4.1"),
        notice(message, status="4.4.1", diagnostic="delivery time expired"),
    )
    message.refresh_from_db()
    assert (message.status, kinds(message)) == ("bounced", ["delayed", "bounced"])
    assert not SuppressedAddress.objects.exists()


def test_an_uncertain_message_that_comes_back_had_left(message: Delivery) -> None:
    marked(message, "uncertain")
    take(notice(message))
    message.refresh_from_db()
    assert message.status == "bounced"
    assert message.accepted_at is not None


def test_a_refused_message_stays_refused(message: Delivery) -> None:
    marked(message, "failed", 550, "no")
    take(notice(message))
    message.refresh_from_db()
    assert (message.status, message.smtp_reply) == ("failed", "no")
    assert message.events.filter(kind="bounced").count() == 1


def test_a_message_that_a_worker_holds_waits_for_the_next_run(message: Delivery) -> None:
    marked(message, "sending")
    pile = Pile(notice(message))
    report = importing.run(pile)
    assert (report.exit_code, pile.settled) == (AGAIN, {})
    assert not message.events.filter(kind="bounced").exists()
    marked(message, "accepted")
    assert importing.run(pile).exit_code == OK
    message.refresh_from_db()
    assert message.status == "bounced"


def test_words_are_cut_to_what_is_kept(message: Delivery) -> None:
    take(notice(message, diagnostic="550 5.1.1 " + "é" * 2000))
    message.refresh_from_db()
    assert len(message.smtp_reply) == 500


# --- The address --------------------------------------------------------------------------------------------


def test_an_address_that_does_not_exist_is_stopped(message: Delivery) -> None:
    take(notice(message))
    row = SuppressedAddress.objects.get()
    assert (row.address, row.reason) == (message.address, "bounced")


@pytest.mark.parametrize("status", ["5.2.2", "5.7.1", "5.1.8", "5.4.14"])
def test_any_other_refusal_marks_the_message_only(status: str, message: Delivery) -> None:
    take(notice(message, status=status, diagnostic=f"550 {status} no"))
    message.refresh_from_db()
    assert message.status == "bounced"
    assert not SuppressedAddress.objects.exists()


def test_an_address_behind_ours_stops_nothing_of_ours(message: Delivery) -> None:
    take(notice(message, recipient="private@elsewhere.example"))
    message.refresh_from_db()
    assert message.status == "bounced"
    assert not SuppressedAddress.objects.exists()
    assert "celle vers laquelle elle transfère a refusé" in told()[str(person(Role.EDITOR).email)]


def test_what_waits_for_the_address_is_not_sent_any_more(message: Delivery) -> None:
    waiting = marked(message, "deferred")
    take(notice(message))
    waiting.refresh_from_db()
    assert waiting.status == "suppressed"
    assert waiting.events.filter(kind="stopped").count() == 0, "its owner asked nothing"


def test_an_address_taken_off_the_list_is_not_stopped_by_an_old_notice(message: Delivery) -> None:
    take(notice(message))
    SuppressedAddress.objects.all().delete()
    take(notice(message))
    assert not SuppressedAddress.objects.exists()


# --- Bad input ----------------------------------------------------------------------------------------------


def test_an_unknown_token_is_reported_and_stops_nothing(message: Delivery) -> None:
    unknown = notice(message, verp="bounces+feedfacefeedface@portal.example", message_id="<other@x.example>")
    pile = Pile(unknown, notice(message))
    report = importing.run(pile)
    message.refresh_from_db()
    assert message.status == "bounced"
    assert report.exit_code == UNCLEAR
    assert [line for line in report.problems if "<other@x.example>" in line]
    assert pile.settled == {"n0": False, "n1": True}


def test_an_automatic_answer_changes_nothing_and_is_no_problem(message: Delivery) -> None:
    report = take(notice(message, "out_of_office"))
    message.refresh_from_db()
    assert (message.status, report.exit_code) == ("accepted", OK)


def test_what_makes_the_reader_fail_is_counted_and_stops_nothing(
    message: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = importing.read

    def fail(content: bytes) -> Any:
        if content == b"poison":
            raise RecursionError
        return right(content)

    monkeypatch.setattr(importing, "read", fail)
    report = take(b"poison", notice(message))
    message.refresh_from_db()
    assert message.status == "bounced"
    assert (report.counts["failed"], report.exit_code) == (1, UNCLEAR)


def test_a_message_nested_a_thousand_times_stops_nothing(message: Delivery) -> None:
    deep = b"".join(b"Content-Type: multipart/report; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1000))
    report = take(deep, notice(message))
    message.refresh_from_db()
    assert message.status == "bounced"
    assert report.counts.total() == 2


# --- Who is told --------------------------------------------------------------------------------------------


def test_editors_and_the_spoc_concerned_get_one_mail_a_run(
    client: Client, message: Delivery, spoc: User, stranger: User
) -> None:
    other = UserFactory(email="mayor@anderlecht.example", first_name="Jeanne", last_name="Maire")
    MandateFactory(user=other, commune_id=COMMUNE_A, bourgmestre=True)
    row = message.mailing
    far = Delivery.objects.create(
        mailing=row, address=stranger.email, language="nl", message_id="<far-away@portal.example>",
        status="accepted", accepted_at=timezone.now(), values={"name": stranger.full_name},
    )  # fmt: skip
    serve(far, *stranger.mandates.all())
    take(notice(message), notice(far, status="5.2.2", diagnostic="552 5.2.2 mailbox full"))
    mails = told()
    # Commune B has no SPOC: its lead answers.
    assert set(mails) == {person(Role.EDITOR).email, spoc.email, person(Role.LEAD).email}
    assert message.address in mails[spoc.email]
    assert stranger.email not in mails[spoc.email]
    assert stranger.email in mails[str(person(Role.LEAD).email)]
    text = mails[str(person(Role.EDITOR).email)]
    assert message.address in text
    assert stranger.email in text
    lead = person(Role.LEAD)
    desk = reverse("admin:accounts_user_change", args=[message.served.get().right.user.pk])
    assert desk not in text, "an editor may only look at it"
    assert f"transmettez-la à {lead.full_name} (responsable), qui peut l’enregistrer" in text
    assert reverse("admin:accounts_user_change", args=[stranger.pk]) in mails[str(lead.email)]


def test_the_mail_says_what_to_do_in_the_language_of_its_reader(message: Delivery) -> None:
    User.objects.filter(pk=person(Role.EDITOR).pk).update(content_language="nl")
    take(notice(message))
    mail = OutboxMessage.objects.get(kind="mailing bounced", person=person(Role.EDITOR))
    assert mail.language == "nl"
    assert "Dit adres bestaat niet" in mail.text
    assert "5.1.1" in mail.text


def test_nobody_is_told_when_nothing_came_back(message: Delivery) -> None:
    take(notice(message, "out_of_office"))
    assert told() == {}


# --- Figures ------------------------------------------------------------------------------------------------


def test_what_came_back_was_accepted_and_did_not_reach(
    client: Client, message: Delivery, stranger: User
) -> None:
    take(notice(message, status="5.2.2", diagnostic="552 5.2.2 mailbox full"))
    row: Mailing = message.mailing
    counted = counting.tally(row)
    assert (counted.accepted, counted.came_back) == (1, 1)
    numbers = figures(person(Role.EDITOR), [row])[row.pk]
    assert (numbers.messages, numbers.accepted, numbers.came_back) == (1, counted.accepted, counted.came_back)
    assert (numbers.refused, numbers.communes) == (0, 0)
    client.force_login(person(Role.EDITOR))
    text = page(client.get(reverse("mailings:progress", args=[row.number])))
    assert "came back" in text
    assert "mailbox full" in text
    assert "0/19" in text


def test_who_was_not_reached_stands_in_one_list_with_the_reason(client: Client, message: Delivery) -> None:
    row: Mailing = message.mailing
    client.force_login(person(Role.CABINET))
    for address in (row.get_absolute_url(), reverse("mailings:progress", args=[row.number])):
        assert unreached(client, address).count(message.name) == 0
    take(notice(message, status="5.2.2", diagnostic="552 5.2.2 mailbox full"))
    for address in (row.get_absolute_url(), reverse("mailings:progress", args=[row.number])):
        found = unreached(client, address)
        assert found.count(message.name) == 1
        assert "Came back" in found
        assert message.address not in found


def unreached(client: Client, address: str) -> str:
    """Return the list of who was not reached, on a page."""
    return page(client.get(address)).partition('id="h-gaps"')[2].partition("</section>")[0]


def test_the_words_of_the_receiving_side_are_for_the_agency(client: Client, message: Delivery) -> None:
    take(notice(message))
    client.force_login(person(Role.CABINET))
    text = page(client.get(reverse("mailings:progress", args=[message.mailing.number])))
    assert "User unknown" not in text
    assert message.address not in text


def test_who_did_not_receive_it_still_reads_and_acknowledges_it(client: Client, message: Delivery) -> None:
    take(notice(message))
    client.force_login(message.served.get().right.user)
    assert client.get(message.mailing.get_absolute_url()).status_code == 200
    client.post(reverse("mailings:acknowledge", args=[message.mailing.number]))
    message.refresh_from_db()
    assert message.acknowledged_at is not None
    assert message.status == "bounced"


def test_the_mail_says_by_which_number_to_call(message: Delivery, echevine: User) -> None:
    person(Role.EDITOR)
    User.objects.filter(pk=echevine.pk).update(phone="02 000 00 42")
    take(notice(message))
    assert f"{echevine.full_name}, 02 000 00 42" in told()[str(person(Role.EDITOR).email)]
