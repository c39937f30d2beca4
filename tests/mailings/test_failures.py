"""A step that is due and cannot be taken: told once for each cause, shown with what to do, tried again."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone, translation

from hubportal.accounts.models import Role, User
from hubportal.outbox.models import OutboxMessage
from hubportal.workflow import TransitionError
from mailings import failures, jobs
from mailings.freezing import FreezeError
from mailings.models import FailedStep, Mailing, SuppressedAddress
from tests.cast import Cast, grant
from tests.mailings.leaving import page, sent
from tests.mailings.made import brought_to, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def stuck(echevine: User) -> Mailing:
    """An edition that is due and reaches nobody any more."""
    row = brought_to("scheduled")
    SuppressedAddress.objects.create(address=echevine.email)
    OutboxMessage.objects.all().delete()
    return row


def minutes(number: int = 1) -> None:
    """Let the tick come by."""
    for _minute in range(number):
        jobs.start(timezone.now())


def mails() -> list[OutboxMessage]:
    """Return the mails that tell of a failure."""
    return list(OutboxMessage.objects.filter(kind="mailing failed").order_by("pk"))


def detail(client: Client, row: Mailing, user: User) -> str:
    """Return the edition's page."""
    client.force_login(user)
    return page(client.get(row.get_absolute_url()))


def broken(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let every freeze fail."""

    def fail(*_arguments: Any) -> None:
        raise error

    monkeypatch.setattr("mailings.models.mailing.freezing.freeze", fail)


def test_editors_and_leads_are_told_once_however_often_it_is_tried(stuck: Mailing) -> None:
    other = grant(Role.EDITOR, email="second@team.example")
    minutes(3)
    told = {mail.to_address for mail in mails()}
    assert told == {person(Role.EDITOR).email, person(Role.LEAD).email, other.email}
    assert len(mails()) == 3
    failure = FailedStep.objects.get()
    assert (failure.verb, failure.code, failure.times) == ("start", "nobody", 3)
    assert failure.first_at < failure.last_at


def test_the_mail_says_why_what_to_do_and_until_when(stuck: Mailing) -> None:
    User.objects.filter(pk=person(Role.LEAD).pk).update(content_language="fr")
    minutes()
    text = next(mail.text for mail in mails() if mail.to_address == person(Role.LEAD).email)
    assert f"/mailings/{stuck.number}/" in text
    assert stuck.title in text
    with translation.override("fr"):
        for words in failures.advice("nobody"):
            assert str(words) in text


def test_the_page_tells_the_hour_the_reason_and_what_to_do(client: Client, stuck: Mailing) -> None:
    minutes(2)
    text = detail(client, stuck, person(Role.EDITOR))
    assert "It could not leave." in text
    assert "Nobody would receive it" in text
    assert "Look at its recipients" in text
    assert "Tried 2 times since" in text
    assert "It is tried again every minute until" in text


def test_it_leaves_by_itself_once_the_cause_is_gone(client: Client, stuck: Mailing) -> None:
    minutes(2)
    SuppressedAddress.objects.all().delete()
    minutes()
    stuck.refresh_from_db()
    assert stuck.status == "sending"
    assert not FailedStep.objects.standing(stuck).exists()
    text = detail(client, stuck, person(Role.EDITOR))
    assert "Tried" not in text
    assert "It could not leave" in text, "the history keeps it"


def test_another_cause_is_told_too(stuck: Mailing, monkeypatch: pytest.MonkeyPatch) -> None:
    minutes()
    with monkeypatch.context() as patch:
        broken(patch, FreezeError("header, subject: 'a' and 'b'"))
        minutes(2)
    minutes()
    assert list(FailedStep.objects.order_by("pk").values_list("code", "times")) == [
        ("nobody", 2), ("letter", 2),
    ]  # fmt: skip
    assert len(mails()) == 2 * 2


def test_words_that_change_each_time_are_one_cause(stuck: Mailing, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        with monkeypatch.context() as patch:
            broken(patch, OperationalError(f"deadlock: process {number}\0"))
            minutes()
    failure = FailedStep.objects.get()
    assert (failure.code, failure.times, failure.words) == (
        "OperationalError", 3, "OperationalError: deadlock: process 2",
    )  # fmt: skip
    assert len(mails()) == 2


def test_the_same_cause_is_told_again_once_it_was_scheduled_anew(stuck: Mailing, echevine: User) -> None:
    minutes()
    SuppressedAddress.objects.all().delete()
    now = timezone.now()
    stuck.schedule(
        by=person(Role.EDITOR), scheduled_for=now, expires_at=now + timedelta(hours=1), gap_reason="Connu."
    )
    SuppressedAddress.objects.create(address=echevine.email)
    minutes(2)
    assert len(mails()) == 2 * 2
    assert [row.times for row in FailedStep.objects.standing(stuck)] == [2]


def test_the_technical_words_are_for_the_agency(
    client: Client, stuck: Mailing, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch, FreezeError("header, subject: secret"))
    minutes()
    assert "header, subject: secret" in detail(client, stuck, person(Role.LEAD))
    text = detail(client, stuck, person(Role.CABINET))
    assert "header, subject: secret" not in text
    assert "It is a fault of the portal." in text
    assert not any("secret" in mail.text for mail in mails())


def test_communes_see_no_failure(cast: Cast) -> None:
    FailedStep.note(sent(), "finish", FreezeError("header, subject"))
    assert FailedStep.objects.all().visible_to(cast.cabinet).exists()
    for user in (cast.echevine, cast.stranger):
        assert not FailedStep.objects.all().visible_to(user).exists()


def test_who_came_first_is_no_failure(stuck: Mailing, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch, TransitionError(stuck, "start", "scheduled", None))
    minutes()
    assert not FailedStep.objects.exists()
    assert mails() == []


def test_one_that_fails_stops_no_other(stuck: Mailing, echevine: User, stranger: User) -> None:
    Mailing.objects.filter(pk=stuck.pk).update(portfolios=["works"], to_bourgmestres=False)
    other = brought_to("scheduled")
    minutes()
    other.refresh_from_db()
    stuck.refresh_from_db()
    assert (stuck.status, other.status) == ("scheduled", "sending")


@pytest.mark.parametrize(
    ("job", "verb", "state"),
    [
        ("finish", "finish", {}),
        ("halt", "run_out", {"expires_at": timedelta(0), "scheduled_for": timedelta(hours=-1)}),
    ],
)
def test_no_other_step_of_the_portal_fails_in_silence(
    job: str,
    verb: str,
    state: dict[str, Any],
    client: Client,
    echevine: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = brought_to("sending")
    now = timezone.now()
    Mailing.objects.update(**{name: now + moved for name, moved in state.items()})
    if job == "finish":
        row.deliveries.update(status="accepted", accepted_at=now)
    monkeypatch.setattr(Mailing, "_move", lambda *_args, **_facts: 1 / 0)
    assert getattr(jobs, job)(now) == 0
    assert FailedStep.objects.get().verb == verb
    assert {mail.to_address for mail in mails()} == {person(Role.EDITOR).email, person(Role.LEAD).email}
    assert "The portal could not take a step" in detail(client, row, person(Role.LEAD))


def test_without_a_database_the_tick_goes_on(
    stuck: Mailing, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("mailings.emails.failed", lambda _failure: 1 / 0)
    minutes()
    assert not FailedStep.objects.exists()
    assert "could not be written down" in caplog.text


@pytest.mark.parametrize(
    ("late", "role", "words"),
    [
        (timedelta(seconds=30), Role.EDITOR, "it leaves within a minute"),
        (timedelta(minutes=3), Role.EDITOR, "Your step: it was to leave on"),
        (timedelta(minutes=3), Role.LEAD, "Your step: it was to leave on"),
        (timedelta(minutes=3), Role.CABINET, "editors and leads see to it"),
    ],
)
def test_what_should_have_left_says_so(
    late: timedelta, role: Role, words: str, client: Client, echevine: User
) -> None:
    row = brought_to("scheduled")
    Mailing.objects.update(scheduled_for=timezone.now() - late)
    assert words in detail(client, row, person(role))


# --- What waited for ever --------------------------------------------------------------------------------------


def overdue(row: Mailing) -> None:
    """Let an edition have expired."""
    past = timezone.now() - timedelta(seconds=1)
    Mailing.objects.filter(pk=row.pk).update(scheduled_for=past - timedelta(hours=1), expires_at=past)
    row.refresh_from_db()


@pytest.mark.parametrize("state", [{"status": "queued"}, {"status": "deferred", "next_try_at": timezone.now}])
def test_a_message_sent_again_that_comes_too_late_is_settled_by_the_tick(
    state: dict[str, Any], client: Client, echevine: User
) -> None:
    row = sent()
    message = row.deliveries.get()
    facts = {name: value() if callable(value) else value for name, value in state.items()}
    row.deliveries.update(accepted_at=None, **facts)
    assert jobs.settle(timezone.now()) == 0, "it may still leave"
    overdue(row)
    assert jobs.settle(timezone.now()) == 1
    assert jobs.settle(timezone.now()) == 0
    message.refresh_from_db()
    assert (message.status, message.next_try_at) == ("cancelled", None)
    assert message.events.order_by("pk").last().kind == "expired"
    client.force_login(person(Role.EDITOR))
    answer = client.get(f"/en/mailings/{row.number}/sending/")
    assert answer.context["tally"].waiting == 0
    assert [named.status for named in answer.context["troubled"]] == ["cancelled"]
    assert "did not leave in time" in page(answer)


def test_what_a_cancelled_edition_drops_has_its_event(echevine: User) -> None:
    row = brought_to("sending")
    row.cancel(by=person(Role.EDITOR), reason="Erreur")
    assert row.deliveries.get().events.get().kind == "cancelled"


def test_what_a_worker_holds_is_not_settled(echevine: User) -> None:
    row = sent()
    later = timezone.now() + timedelta(minutes=5)
    row.deliveries.update(status="sending", accepted_at=None, worker="w", lease_until=later)
    overdue(row)
    assert jobs.settle(timezone.now()) == 0
    assert row.deliveries.get().status == "sending"
