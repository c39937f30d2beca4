"""The demonstration's editions: as if they had gone through the verbs, on the days of their weeks."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from hubportal.accounts import demo as accounts_demo
from hubportal.accounts.models import User
from hubportal.businessdays import add_business_days
from hubportal.look.dates import short_date
from hubportal.outbox.models import OutboxMessage
from mailings import demo, jobs, parity
from mailings.demo_deliveries import NOT_YET
from mailings.letter.posting import envelope
from mailings.models import (
    Approval,
    Delivery,
    DeliveryEvent,
    FrozenGap,
    FrozenLetter,
    Mailing,
    MailingEvent,
    Run,
    Status,
    SuppressedAddress,
)
from tests.mailings.leaving import page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]


def past() -> list[Mailing]:
    """Return the editions that were sent, the oldest first."""
    return list(Mailing.objects.filter(status=Status.SENT).order_by("number"))


def test_four_were_sent_and_this_weeks_waits_for_both_approvals() -> None:
    *sent, now = Mailing.objects.filter(created_by__isnull=False).order_by("number")
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    assert [row.status for row in (*sent, now)] == ["sent"] * 4 + ["in_review"]
    assert [row.week_on for row in (*sent, now)] == [monday - timedelta(weeks=ago) for ago in (4, 3, 2, 1, 0)]
    assert [row.number for row in (*sent, now)] == [sent[0].week_on.isocalendar().week + n for n in range(5)]
    assert now.approvals_now == {}
    for key in ("lead", "cabinet"):
        assert now.can_be_approve_by(accounts_demo.people()[key])


def test_the_last_one_that_was_sent_has_a_file_in_each_language() -> None:
    *others, last = past()
    assert [row.attached for row in others] == [[], [], []]
    assert [file.language for file in last.attached] == ["fr", "nl"]
    for file in last.attached:
        with file.file.open() as content:
            assert content.read(5) == b"%PDF-"
        assert file.name in last.letters.get(language=file.language).text


def test_its_mails_wait_in_the_outbox() -> None:
    mails = OutboxMessage.objects.filter(kind="mailing to_approve").order_by("to_address")
    people = accounts_demo.people()
    assert {mail.to_address for mail in mails} == {people[key].email for key in ("lead", "cabinet")}


def test_twice_changes_nothing() -> None:
    tables = (Mailing, MailingEvent, Approval, FrozenLetter, Delivery, DeliveryEvent, OutboxMessage)
    before = [model._default_manager.count() for model in tables]
    demo.load(timezone.localdate())
    assert [model._default_manager.count() for model in tables] == before


def test_each_past_edition_has_the_history_that_the_table_allows() -> None:
    lines = {
        (line.verb, source, goal)
        for line in Mailing.TRANSITIONS
        for source in line.sources
        for goal in line.targets
    }
    for row in past():
        events = list(row.events.all())
        assert {(event.verb, event.source, event.target) for event in events} <= lines
        assert [event.source for event in events] == ["draft", *(event.target for event in events[:-1])]
        assert events[-1].target == row.status
        assert [event.at for event in events] == sorted(event.at for event in events)
        assert row.started_at is not None
        assert all(event.at.date() <= row.started_at.date() for event in events)
        row.full_clean()


def test_each_past_edition_left_approved_by_both_with_its_gaps_explained() -> None:
    for row in past():
        assert row.content_hash == row.hash_of(row.texts, row.attached)
        assert {capacity.value for capacity in row.approvals_now} == {"agency", "cabinet"}
        assert row.authors.get() == accounts_demo.people()["editor"]
        assert row.gap_reason


def test_the_gaps_of_each_are_kept_and_one_was_found_only_when_it_left() -> None:
    found = [FrozenGap.objects.filter(mailing=row).named() for row in past()]
    assert [[gap.code for gap in gaps] for gaps in found] == [
        ["no_address", "vacant"], ["no_address", "vacant"],
        ["suppressed", "no_address", "vacant"], ["suppressed", "no_address", "vacant"],
    ]  # fmt: skip
    (news,) = FrozenGap.objects.filter(is_new=True).named()
    assert (news.mailing, news.commune_id) == (past()[2], "21011")
    stopped = SuppressedAddress.objects.get(address=demo.WANTS_NO_MORE)
    asked = DeliveryEvent.objects.get(kind="stopped")
    assert asked.delivery.mailing == past()[1]
    scheduled = past()[2].events.get(verb="schedule").at
    assert scheduled < asked.at == stopped.since < (past()[2].started_at or stopped.since)


def test_the_rhythm_has_begun_the_draft_of_next_week() -> None:
    run = Run.objects.get()
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    assert (run.week_on, run.is_open) == (monday + timedelta(weeks=1), True)
    assert run.mailing is not None
    assert (run.mailing.status, run.mailing.created_by) == ("draft", None)


def test_every_text_is_level_and_names_its_days_in_both_languages() -> None:
    for row in Mailing.objects.filter(created_by__isnull=False).order_by("number"):
        report = parity.check(row.side("fr"), row.side("nl"))
        assert [(finding.code, finding.message) for line in report.lines for finding in line.findings] == []
        for language in ("fr", "nl"):
            side = row.texts[language]
            assert all(side.values())
            assert "{" not in side["body"]
            assert 3 <= side["body"].count("\n## ") <= 4


def test_messages_were_accepted_at_their_hour_but_for_what_tells_a_story() -> None:
    for row in past():
        assert row.started_at is not None
        assert row.finished_at is not None
        deliveries = Delivery.objects.filter(mailing=row).exclude(events__kind="arrived")
        assert deliveries.count() > 30
        for accepted in deliveries.filter(status="accepted"):
            assert accepted.accepted_at is not None
            assert row.started_at < accepted.accepted_at < row.finished_at
    kinds = {
        kind: DeliveryEvent.objects.filter(kind=kind).count()
        for kind in ("failed", "uncertain", "arrived", "deferred")
    }
    assert set(kinds.values()) == {1}
    others = Delivery.objects.exclude(status__in=["accepted", "suppressed", "bounced"])
    assert others.get().smtp_code == 552
    assert DeliveryEvent.objects.get(kind="arrived").by == accounts_demo.people()["editor"]


def test_part_of_the_people_acknowledged_each_after_it_was_accepted() -> None:
    now = timezone.now()
    for row in past():
        accepted = Delivery.objects.filter(mailing=row, status="accepted")
        read = accepted.filter(acknowledged_at__isnull=False)
        assert accepted.count() / 2 < read.count() < accepted.count()
        for delivery in read:
            assert delivery.accepted_at is not None
            assert delivery.acknowledged_at is not None
            assert delivery.accepted_at < delivery.acknowledged_at <= now
            assert delivery.events.filter(kind="acknowledged", at=delivery.acknowledged_at).exists()


def test_the_address_that_came_back_is_nobodys_who_receives_editions() -> None:
    came_back = Delivery.objects.filter(status="bounced").values("address")
    address = SuppressedAddress.objects.exclude(address__in=came_back).get(reason="bounced").address
    assert not User.objects.filter(email=address).exists()
    assert not Delivery.objects.filter(address=address).exists()


def test_a_message_of_the_last_edition_came_back_and_its_address_is_stopped() -> None:
    message = Delivery.objects.get(status="bounced")
    assert (message.mailing, message.smtp_code) == (past()[-1], 550)
    assert SuppressedAddress.objects.get(address=message.address).reason == "bounced"
    assert [event.kind for event in message.events.order_by("pk")][-2:] == ["bounced", "unreachable"]
    told = OutboxMessage.objects.filter(kind="mailing bounced").values_list("to_address", flat=True)
    people = accounts_demo.people()
    assert set(told) == {people["editor"].email, people["spoc"].email}


def test_the_home_of_the_spoc_names_who_did_not_receive_it(client: Client) -> None:
    client.force_login(accounts_demo.people()["spoc"])
    with translation.override("fr"):
        text = page(client.get("/fr/"))
    name = Delivery.objects.get(status="bounced").name
    assert f"{name} (le message n’est pas arrivé)" in text


def test_readers_of_the_edition_before_were_reminded_on_their_day(client: Client) -> None:
    before = past()[-2]
    reminded = Delivery.objects.filter(events__kind="reminded", mailing=before)
    assert reminded.exists()
    assert not reminded.filter(acknowledged_at__isnull=False).exists()
    (day,) = {timezone.localdate(event.at) for event in DeliveryEvent.objects.filter(kind="reminded")}
    assert before.started_at is not None
    assert day == add_business_days(timezone.localdate(before.started_at), 3)
    client.force_login(accounts_demo.people()["spoc"])
    with translation.override("en"):
        text = page(client.get(before.get_absolute_url()))
    assert f"{reminded[0].name} (reminded on {short_date(day)})" in text


def test_the_one_click_echevine_has_last_weeks_edition_to_acknowledge() -> None:
    echevine = User.objects.get(email=NOT_YET[0])
    *before, latest = past()
    assert Delivery.objects.all().serving(echevine).get(mailing=latest).acknowledged_at is None
    assert Delivery.objects.all().serving(echevine).get(mailing=before[-1]).acknowledged_at is not None


def test_a_letter_of_the_past_is_whole_and_nothing_leaves_again() -> None:
    latest = past()[-1]
    row = latest.deliveries.order_by("pk")[0]
    assert b"[[" not in envelope(row).content
    now = timezone.now()
    # Whether somebody is to be reminded today depends on the day of the week; the proofs of the past are stored by the
    # first ticks, a few at a time.
    due = [job for job in jobs.JOBS if job not in (jobs.remind, jobs.store_proofs)]
    assert [job(now) for job in due] == [0] * len(due)


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 5, 3), date(2026, 12, 28)])
def test_the_texts_of_any_week_can_be_filled(day: date) -> None:
    monday = day - timedelta(days=day.weekday())
    for edition in (*demo.demo_texts.PAST, demo.demo_texts.THIS_WEEK):
        texts = demo.texts_of(edition, monday)
        with translation.override("fr"):
            assert " :" not in texts["fr"]["body"]
        assert texts["nl"]["subject"]
