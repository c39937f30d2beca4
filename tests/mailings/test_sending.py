"""Sending an edition to a real SMTP server, and everything that goes wrong on the way."""

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast
from unittest import mock

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError
from django.utils import timezone

from communes.models import Mandate
from hubportal.accounts.models import Role, User
from hubportal.outbox.claim import Chunk, sweep
from hubportal.outbox.consignment import Envelope
from hubportal.outbox.deliver import _send, deliver
from hubportal.outbox.models import OutboxMessage
from hubportal.tick import tick
from hubportal.workflow import TransitionError
from mailings import jobs
from mailings.models import CrashPolicy, Delivery, DeliveryEvent, Mailing, SuppressedAddress, Verdict
from mailings.models.delivery import TASK
from tests.cast import MandateFactory, UserFactory
from tests.mailings.made import TEXTS, an_edition, brought_to, forward, person
from tests.sinks import Sink

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("refilled")]
LANGUAGES = ("fr", "nl", "")


@pytest.fixture(autouse=True)
def _no_bell() -> Iterator[None]:
    """Let no worker hear: each test sends by itself."""
    with mock.patch("hubportal.outbox.bell._publish"):
        yield


def recipients(number: int, language: str | None = "fr") -> None:
    """Make people who hold trade; languages in turn when none is given."""
    for n in range(number):
        content = language if language is not None else LANGUAGES[n % 3]
        user = UserFactory(email=f"p{n:02}@commune.example", content_language=content)
        MandateFactory(user=user, trade=True)


def states(row: Mailing) -> list[str]:
    """Return the states of all messages of an edition, in their order."""
    return list(row.deliveries.order_by("pk").values_list("status", flat=True))


def mails(sink: Sink) -> list[EmailMessage]:
    """Return what the sink kept, parsed by the standard library."""
    files = sorted((sink.mailbox / "new").iterdir())
    return [
        cast("EmailMessage", message_from_bytes(path.read_bytes(), policy=policy.default)) for path in files
    ]


def test_each_receives_it_once_in_their_language_and_who_is_unknown_in_both(sink: Sink) -> None:
    recipients(6, language=None)
    row = brought_to("sending")
    assert deliver(Delivery) == 6
    found = {mail["To"]: mail for mail in mails(sink)}
    assert len(found) == 6
    assert [found[f"p0{n}@commune.example"]["Content-Language"] for n in range(3)] == ["fr", "nl", "fr, nl"]
    assert found["p00@commune.example"]["Subject"] == TEXTS["fr"]["subject"]
    assert found["p01@commune.example"]["Subject"] == TEXTS["nl"]["subject"]
    assert states(row) == ["accepted"] * 6
    jobs.finish(timezone.now())
    row.refresh_from_db()
    assert (row.status, row.finished_at is not None) == ("sent", True)
    assert DeliveryEvent.objects.filter(kind="accepted", smtp_code=250).count() == 6


def test_headers_say_what_the_message_is_and_whose_bounce_it_would_be(sink: Sink) -> None:
    recipients(1)
    brought_to("sending")
    deliver(Delivery)
    (mail,), delivery = mails(sink), Delivery.objects.get()
    mark = delivery.message_id.strip("<>").partition("@")[0]
    assert mail["X-Envelope-From"].startswith(f"bounces+{mark}@")
    assert mail["Message-ID"] == delivery.message_id
    assert mail["Date"].datetime == delivery.created_at.replace(microsecond=0)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert delivery.token in mail["List-Unsubscribe"].replace(" ", "")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_what_looks_like_a_template_or_a_script_arrives_as_it_was_typed(sink: Sink) -> None:
    recipients(1)
    odd = "{{ x }} {% now 'Y' %} %(x)s `{x.__class__}` <script>alert(1)</script> & [[name]]"
    texts = {code: {**side, "body": side["body"] + "\n\n" + odd} for code, side in TEXTS.items()}
    brought_to("sending", an_edition(**texts))
    deliver(Delivery)
    (mail,) = mails(sink)
    plain, html = (cast("EmailMessage", part).get_content() for part in mail.iter_parts())
    shown = odd.replace("`", "").replace("[[name]]", Delivery.objects.get().name)
    assert shown in " ".join(plain.split())
    assert "{{ x }} {%" in html
    assert "{x.__class__}</code>" in html
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_who_holds_two_mandates_receives_one_message_that_proves_both(sink: Sink) -> None:
    user = UserFactory(email="both@commune.example")
    MandateFactory(user=user, trade=True)
    MandateFactory(user=user, bourgmestre=True)
    brought_to("sending")
    assert deliver(Delivery) == 1
    assert Delivery.objects.get().served.count() == Mandate.objects.count() == 2


def test_a_stopped_address_is_named_and_receives_nothing(sink: Sink) -> None:
    recipients(2)
    SuppressedAddress.objects.create(address="p00@commune.example")
    row = brought_to("sending")
    assert deliver(Delivery) == 1
    assert states(row) == ["suppressed", "accepted"]


def test_an_address_stopped_while_its_message_waits_receives_it_no_more(sink: Sink) -> None:
    recipients(2)
    row = brought_to("sending")
    row.deliveries.get(address="p00@commune.example").stop()
    assert deliver(Delivery) == 1
    assert states(row) == ["suppressed", "accepted"]


def test_not_now_is_tried_again_and_no_is_named(sink: Sink) -> None:
    recipients(3)
    row = brought_to("sending")
    sink.fault({"match": "p00", "reply": "451 4.3.0 busy"}, {"match": "p01", "reply": "550 5.1.1 unknown"})
    deliver(Delivery)
    assert states(row) == ["deferred", "failed", "accepted"]
    assert jobs.finish(timezone.now()) == 0
    sink.fault()
    row.deliveries.filter(status="deferred").update(next_try_at=timezone.now() - timedelta(seconds=1))
    jobs.sweep_deliveries(timezone.now())
    deliver(Delivery)
    assert states(row) == ["accepted", "failed", "accepted"]
    assert jobs.finish(timezone.now()) == 1
    refused = Delivery.objects.get(status="failed")
    assert (refused.smtp_code, "unknown" in refused.smtp_reply) == (550, True)


@pytest.mark.parametrize("was_kept", [True, False])
def test_a_lost_reply_is_uncertain_and_a_person_decides(sink: Sink, was_kept: bool) -> None:
    recipients(2)
    row = brought_to("sending")
    sink.fault({"match": "p00", "drop_after_data": True, "store": was_kept})
    deliver(Delivery)
    assert states(row) == ["uncertain", "accepted"]
    deliver(Delivery)
    jobs.sweep_deliveries(timezone.now())
    assert states(row) == ["uncertain", "accepted"], "sent again without a person"
    jobs.finish(timezone.now())
    sink.fault()
    first, twin = Delivery.objects.get(status="uncertain"), Delivery.objects.get(status="uncertain")
    first.decide(by=person(Role.EDITOR), verdict=Verdict.ARRIVED if was_kept else Verdict.AGAIN)
    with pytest.raises(ValidationError, match=r"déjà|already"):
        twin.decide(by=person(Role.LEAD), verdict=Verdict.AGAIN)
    deliver(Delivery)
    assert states(row) == ["accepted", "accepted"]
    assert sorted(sink.recipients()) == ["p00@commune.example", "p01@commune.example"]


def test_only_editors_and_leads_decide_and_never_after_it_expired(sink: Sink) -> None:
    recipients(1)
    row = brought_to("sending")
    sink.fault({"match": "p", "drop_after_data": True, "store": False})
    deliver(Delivery)
    delivery = row.deliveries.get()
    with pytest.raises(PermissionDenied):
        delivery.decide(by=person(Role.CABINET), verdict=Verdict.ARRIVED)
    Mailing.objects.update(
        scheduled_for=timezone.now() - timedelta(days=2), expires_at=timezone.now() - timedelta(1)
    )
    delivery = row.deliveries.get()
    with pytest.raises(ValidationError):
        delivery.decide(by=person(Role.EDITOR), verdict=Verdict.AGAIN)
    delivery.decide(by=person(Role.EDITOR), verdict=Verdict.ARRIVED)
    assert states(row) == ["accepted"]


def after_one(act: str, row: Mailing, **arguments: object) -> int:
    """Send a chunk, in which somebody takes a step while the first message is on its way."""
    chunk = Chunk(Delivery)
    marked = chunk._marked

    def acting(delivery: Delivery, outcome: object) -> bool | None:
        twin = Mailing.objects.get(pk=row.pk)
        if twin.status == "sending":
            getattr(twin, act)(**arguments)
        return marked(delivery, outcome)  # type: ignore[arg-type]

    with mock.patch.object(chunk, "_marked", acting):
        return _send(chunk, 10**9)


def test_pause_takes_effect_within_a_message_and_resume_sends_the_rest(sink: Sink) -> None:
    recipients(5)
    row = brought_to("sending")
    assert after_one("pause", row, by=person(Role.EDITOR)) == 1
    assert states(row) == ["accepted"] + ["queued"] * 4
    assert deliver(Delivery) == 0
    row.resume(by=person(Role.LEAD))
    assert deliver(Delivery) == 4
    assert len(sink.recipients()) == len(set(sink.recipients())) == 5


def test_cancel_takes_effect_within_a_message_and_for_good(sink: Sink) -> None:
    recipients(5)
    row = brought_to("sending")
    assert after_one("cancel", row, by=person(Role.EDITOR), reason="Erreur") == 1
    jobs.settle(timezone.now())
    assert states(row) == ["accepted"] + ["cancelled"] * 4
    assert deliver(Delivery) == 0
    assert len(sink.recipients()) == 1


def test_an_approval_withdrawn_while_it_is_sent_stops_it_until_it_is_given_again(sink: Sink) -> None:
    recipients(5)
    row = brought_to("sending")
    cabinet = person(Role.CABINET)
    assert after_one("withdraw", row, by=cabinet, comment="Une date est fausse.") == 1
    row.refresh_from_db()
    assert row.status == "paused"
    with pytest.raises(ValidationError):
        row.resume(by=person(Role.EDITOR))
    assert deliver(Delivery) == 0
    row.approve(by=cabinet, seen_hash=row.content_hash)
    assert row.status == "paused"
    row.resume(by=person(Role.EDITOR))
    assert deliver(Delivery) == 4


def test_an_edit_after_approval_lets_nothing_leave_and_tells_them(sink: Sink) -> None:
    recipients(1)
    row = brought_to("scheduled")
    OutboxMessage.objects.all().delete()
    texts = {**TEXTS, "fr": {**TEXTS["fr"], "subject": "Autre chose"}}
    row.revise(by=person(Role.EDITOR), texts=texts, portfolios=["trade"], version=row.version)
    tick(timezone.now())
    row.refresh_from_db()
    assert (row.status, row.approved_hash, row.deliveries.count()) == ("draft", "", 0)
    told = set(
        OutboxMessage.objects.filter(kind="mailing voided").values_list("person__grants__role", flat=True)
    )
    assert told == {"lead", "cabinet"}
    row.submit(by=person(Role.EDITOR))
    assert row.approvals_now == {}


def test_what_was_not_sent_in_time_expires_and_all_are_told(sink: Sink) -> None:
    recipients(1)
    row = brought_to("scheduled")
    yesterday = timezone.now() - timedelta(days=1)
    Mailing.objects.update(scheduled_for=yesterday, expires_at=yesterday + timedelta(hours=1))
    tick(timezone.now())
    row.refresh_from_db()
    assert (row.status, row.deliveries.count()) == ("expired", 0)
    assert OutboxMessage.objects.filter(kind="mailing expired").count() == 3


def test_what_expires_while_it_is_sent_stops(sink: Sink) -> None:
    recipients(2)
    row = brought_to("sending")
    past = timezone.now() - timedelta(seconds=1)
    Mailing.objects.update(scheduled_for=past - timedelta(hours=1), expires_at=past)
    assert deliver(Delivery) == 0
    jobs.halt(timezone.now())
    row.refresh_from_db()
    assert row.status == "paused"
    with pytest.raises(ValidationError):
        row.resume(by=person(Role.EDITOR))
    row.resume(by=person(Role.EDITOR), expires_at=timezone.now() + timedelta(hours=1))
    assert deliver(Delivery) == 2


def test_of_two_who_start_it_one_wins(sink: Sink) -> None:
    recipients(2)
    row = brought_to("scheduled")
    twin = Mailing.objects.get(pk=row.pk)
    row.start()
    with pytest.raises(TransitionError):
        twin.start()
    assert deliver(Delivery) == 2


@pytest.mark.parametrize(
    ("policy_", "state"), [(CrashPolicy.HOLD, "uncertain"), (CrashPolicy.RESEND, "queued")]
)
def test_what_a_dead_worker_held_is_settled_by_the_policy(
    sink: Sink, policy_: CrashPolicy, state: str
) -> None:
    recipients(3)
    row = brought_to("sending")
    Mailing.objects.update(crash_policy=policy_)
    first = Delivery.objects.earliest("pk").envelope()
    Chunk(Delivery)
    Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert sweep(Delivery) == 3
    assert states(row) == [state, "queued", "queued"]
    assert Delivery.objects.earliest("pk").events.get().kind == state
    assert Delivery.objects.earliest("pk").envelope() == first, "not the same bytes"


def test_a_tick_rings_for_what_waits_after_redis_was_emptied(sink: Sink) -> None:
    recipients(1)
    brought_to("sending")
    with mock.patch("mailings.jobs.ring") as ring:
        jobs.sweep_deliveries(timezone.now())
        ring.assert_called_once_with(TASK)
    deliver(Delivery)
    with mock.patch("mailings.jobs.ring") as ring:
        jobs.sweep_deliveries(timezone.now())
        assert not ring.called


def test_nothing_of_a_paused_edition_rings(sink: Sink) -> None:
    recipients(1)
    row = brought_to("sending")
    row.pause(by=person(Role.EDITOR))
    with mock.patch("mailings.jobs.ring") as ring:
        jobs.sweep_deliveries(timezone.now())
        assert not ring.called


def test_a_mandate_that_ended_before_it_leaves_receives_nothing(sink: Sink) -> None:
    recipients(2)
    row = brought_to("scheduled")
    yesterday = timezone.localdate() - timedelta(days=1)
    Mandate.objects.filter(user__email="p00@commune.example").update(ends_on=yesterday)
    forward(row, "sending")
    assert deliver(Delivery) == 1
    assert sink.recipients() == ["p01@commune.example"]


def test_what_expires_under_a_worker_stops_within_a_message(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipients(3)
    row = brought_to("sending")
    build = Delivery.envelope

    def too_late(self: Delivery) -> Envelope:
        Mailing.objects.update(expires_at=timezone.now())
        return build(self)

    monkeypatch.setattr(Delivery, "envelope", too_late)
    assert deliver(Delivery) == 1
    assert states(row) == ["accepted", "queued", "queued"]


def test_a_database_that_goes_away_refuses_no_message(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    recipients(2)
    row = brought_to("sending")

    def away(self: Delivery) -> Envelope:
        raise OperationalError("the connection was closed")

    with monkeypatch.context() as patch:
        patch.setattr(Delivery, "envelope", away)
        patch.setattr("hubportal.outbox.deliver.connection.close", lambda: None)
        assert deliver(Delivery) == 0
    assert states(row) == ["queued", "queued"]
    assert deliver(Delivery) == 2


def test_a_domain_with_an_accent_is_written_to_in_ascii(sink: Sink) -> None:
    recipients(1)
    User.objects.filter(email="p00@commune.example").update(email="nadia@communé.example")
    row = brought_to("sending")
    assert deliver(Delivery) == 1
    assert states(row) == ["accepted"]
