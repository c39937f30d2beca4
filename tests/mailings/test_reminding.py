"""Reminders to those who have not acknowledged: once, in their language, with their own link; who is spared."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from communes.models import Assignment, Mandate
from hubportal.accounts.models import Role, User
from hubportal.outbox.models import OutboxMessage
from mailings import reminding
from mailings.models import Delivery, Mailing, SuppressedAddress
from mailings.reminding import due
from mailings.reminding import remind_readers as remind
from spoc.models import ConcernReminder, Reminder
from tests.cast import COMMUNE_A, COMMUNE_B, Cast, MandateFactory, UserFactory
from tests.mailings.leaving import marked, sent, serve
from tests.mailings.made import an_edition, brought_to, person
from tests.mailings.test_writing import address, typed
from tests.spoc.concerns.stories import a_concern
from tests.spoc.stories import brought_to as a_request

pytestmark = pytest.mark.django_db
BRUSSELS = ZoneInfo("Europe/Brussels")
FRIDAY = datetime(2026, 11, 20, 9, 0, tzinfo=BRUSSELS)
WEDNESDAY = datetime(2026, 11, 25, 11, 0, tzinfo=BRUSSELS)
"""The third business day after that Friday."""


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def row(echevine: User, stranger: User) -> Mailing:
    """An edition that the relay accepted on Friday, for two people."""
    return left(sent())


def left(row: Mailing, at: datetime = FRIDAY) -> Mailing:
    """Let an edition have left at a moment."""
    row.deliveries.update(accepted_at=at, created_at=at)
    Mailing.objects.filter(pk=row.pk).update(started_at=at)
    return row


def to(row: Mailing, user: User) -> Delivery:
    return row.deliveries.get(address=user.email)


def mails() -> dict[str, OutboxMessage]:
    """Return the reminders by address."""
    rows = OutboxMessage.objects.filter(kind="mailing reminder").order_by("pk")
    return {mail.to_address: mail for mail in rows}


def test_who_has_not_acknowledged_gets_one_mail_on_the_third_business_day(
    row: Mailing, echevine: User, stranger: User
) -> None:
    to(row, stranger).acknowledge()
    assert remind(WEDNESDAY - timedelta(days=1)) == 0
    assert remind(WEDNESDAY) == 1
    assert set(mails()) == {echevine.email}
    assert to(row, echevine).events.filter(kind="reminded").count() == 1


def test_it_comes_once_for_each_edition(row: Mailing) -> None:
    assert remind(WEDNESDAY) == 2
    assert remind(WEDNESDAY) == 0
    assert remind(WEDNESDAY + timedelta(days=1)) == 0


def test_two_ticks_at_once_write_one_mail(row: Mailing) -> None:
    items = due(WEDNESDAY.date())
    assert [reminding._send(item, WEDNESDAY) for item in items * 2] == [True, True, False, False]
    assert len(mails()) == OutboxMessage.objects.filter(kind="mailing reminder").count() == 2


def test_it_holds_the_own_link_in_the_own_language(row: Mailing, echevine: User, stranger: User) -> None:
    remind(WEDNESDAY)
    for user, language, title in (
        (echevine, "fr", "Soldes et terrasses chauffées"), (stranger, "nl", "Solden en verwarmde terrassen"),
    ):  # fmt: skip
        mail = mails()[str(user.email)]
        assert mail.language == language
        assert f"/{language}/mailings/read/{to(row, user).token}/" in mail.text
        assert title in mail.text
    assert to(row, stranger).token not in mails()[str(echevine.email)].text


def test_an_unknown_language_gets_both(row: Mailing, echevine: User) -> None:
    User.objects.filter(pk=echevine.pk).update(content_language="")
    remind(WEDNESDAY)
    text = mails()[str(echevine.email)].text
    assert "/fr/mailings/read/" in text
    assert "/nl/mailings/read/" in text


@pytest.mark.parametrize(
    "now",
    [WEDNESDAY.replace(hour=9), WEDNESDAY + timedelta(days=3), WEDNESDAY.replace(month=12, day=25)],
    ids=["before ten", "Saturday", "Christmas"],
)
def test_there_are_hours_and_days_without_reminders(now: datetime, row: Mailing) -> None:
    left(row, now - timedelta(days=10))
    assert remind(now) == 0


def test_an_old_edition_is_no_news(row: Mailing) -> None:
    left(row, FRIDAY - timedelta(days=14))
    assert remind(WEDNESDAY) == 0


def test_the_link_of_the_reminder_acknowledges(client: Client, row: Mailing, echevine: User) -> None:
    remind(WEDNESDAY)
    link = next(word for word in mails()[str(echevine.email)].text.split() if "/read/" in word)
    client.post("/" + link.split("/", 3)[3])
    assert to(row, echevine).acknowledged_at is not None


# --- Who is spared --------------------------------------------------------------------------------------------


def test_whose_message_came_back_is_not_reminded(row: Mailing, echevine: User) -> None:
    marked(to(row, echevine), "bounced")
    remind(WEDNESDAY)
    assert echevine.email not in mails()


def test_a_stopped_address_is_not_reminded(row: Mailing, echevine: User) -> None:
    SuppressedAddress.objects.create(address=echevine.email)
    remind(WEDNESDAY)
    assert echevine.email not in mails()


def test_whose_mandate_ended_is_not_reminded(row: Mailing, echevine: User) -> None:
    Mandate.objects.filter(user=echevine).update(ends_on=date(2026, 11, 24))
    remind(WEDNESDAY)
    assert echevine.email not in mails()


def test_a_cancelled_edition_reminds_nobody(echevine: User) -> None:
    row = brought_to("sending")
    marked(to(row, echevine), "accepted")
    row.cancel(by=row.created_by, reason="Remplacée")
    left(row)
    assert remind(WEDNESDAY) == 0


def test_whom_the_desk_reminded_today_waits_until_tomorrow(row: Mailing, echevine: User, spoc: User) -> None:
    Reminder.objects.create(
        request=a_request("submitted", echevine, spoc),
        user=echevine,
        kind="waiting_7",
        sent_on=WEDNESDAY.date(),
    )
    assert remind(WEDNESDAY) == 1
    assert echevine.email not in mails()
    assert remind(WEDNESDAY + timedelta(days=1)) == 1
    assert echevine.email in mails()


def test_whom_the_desk_reminded_of_a_concern_waits_until_tomorrow(row: Mailing, echevine: User) -> None:
    ConcernReminder.objects.create(
        concern=a_concern(echevine), user=echevine, kind="unqualified_3", sent_on=WEDNESDAY.date()
    )
    assert remind(WEDNESDAY) == 1
    assert echevine.email not in mails()


def test_two_editions_of_a_day_come_in_one_mail(row: Mailing, echevine: User) -> None:
    other = left(sent(brought_to("sending")))
    assert remind(WEDNESDAY) == 2
    text = mails()[str(echevine.email)].text
    assert to(row, echevine).token in text
    assert to(other, echevine).token in text


def test_two_people_of_one_mailbox_get_one_mail(row: Mailing, echevine: User) -> None:
    serve(to(row, echevine), MandateFactory(user=UserFactory(email=None), commune_id=COMMUNE_A))
    remind(WEDNESDAY)
    assert list(mails()).count(str(echevine.email)) == 1


def test_a_mended_address_is_the_one_that_is_written_to(row: Mailing, echevine: User) -> None:
    User.objects.filter(pk=echevine.pk).update(email="nouvelle@anderlecht.example")
    remind(WEDNESDAY)
    assert "nouvelle@anderlecht.example" in mails()


def test_one_reminder_that_fails_stops_no_other(row: Mailing, monkeypatch: pytest.MonkeyPatch) -> None:
    right = reminding._write

    def fail(person: User, *rest: Any) -> None:
        if person.first_name == "Nadia":
            raise RuntimeError
        right(person, *rest)

    monkeypatch.setattr(reminding, "_write", fail)
    assert remind(WEDNESDAY) == 1
    monkeypatch.undo()
    assert remind(WEDNESDAY) == 1, "the one that failed left no trace"


def test_looking_for_who_is_due_costs_the_same_for_many(row: Mailing) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            due(WEDNESDAY.date())
        return len(seen)

    few = queries()
    for number in range(20):
        user = UserFactory()
        delivery = Delivery.objects.create(
            mailing=row, address=user.email, language="fr", message_id=f"<many-{number}@portal.example>",
            status="accepted", accepted_at=FRIDAY,
        )  # fmt: skip
        serve(delivery, MandateFactory(user=user, commune_id=COMMUNE_B))
    assert len(due(WEDNESDAY.date())) == 22
    assert queries() == few


# --- What the SPOC reads ----------------------------------------------------------------------------------------


def test_a_spoc_reads_who_of_their_communes_has_not_read_it(client: Client, cast: Cast) -> None:
    cast.colleague.mandates.update(portfolios=["trade"])
    row = sent()
    to(row, cast.colleague).acknowledge()
    marked(to(row, cast.echevine), "bounced")
    assert not Assignment.objects.filter(user=cast.spoc, commune=COMMUNE_B).exists()
    client.force_login(cast.spoc)
    text = client.get("/en/").content.decode()
    card = text[text.index('aria-labelledby="h-last"') :].split("</section>")[0]
    assert f"{cast.echevine.full_name} (the message did not arrive)" in card
    assert cast.colleague.full_name not in card
    assert cast.stranger.full_name not in card


def test_an_edition_that_reminds_nobody_reminds_nobody(row: Mailing) -> None:
    Mailing.objects.filter(pk=row.pk).update(reminds_readers=False)
    assert remind(WEDNESDAY) == 0
    assert mails() == {}


def test_whether_readers_are_reminded_is_chosen_on_the_form_and_said(client: Client, editor: User) -> None:
    row = an_edition()
    client.force_login(editor)
    client.post(address(row), typed(row, reminds_readers=""))
    row.refresh_from_db()
    assert not row.reminds_readers
    assert "Nobody is reminded of it." in client.get(row.get_absolute_url()).content.decode()


def test_who_reads_an_edition_that_left_reads_that_nobody_is_reminded(
    client: Client, row: Mailing, spoc: User
) -> None:
    client.force_login(spoc)
    assert "Nobody is reminded of it." not in client.get(row.get_absolute_url()).content.decode()
    Mailing.objects.filter(pk=row.pk).update(reminds_readers=False)
    assert "Nobody is reminded of it." in client.get(row.get_absolute_url()).content.decode()


def test_to_remind_nobody_is_a_change_that_voids_approvals(echevine: User) -> None:
    row = brought_to("approved")
    row.revise(
        by=person(Role.EDITOR), texts=row.texts, portfolios=row.portfolios, version=row.version,
        reminds_readers=False,
    )  # fmt: skip
    assert (row.status, row.reminds_readers) == ("draft", False)
