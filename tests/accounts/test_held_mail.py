"""Everyday mail that waited over midnight: to whose last right ended it does not leave."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import allauth
import pytest
from django.utils import timezone, translation

from communes.models import Delegation, Mandate
from hubportal.accounts.jobs import end_mail
from hubportal.accounts.models import RoleGrant, User
from hubportal.accounts.notices import CHANGES
from hubportal.outbox.claim import Chunk
from hubportal.outbox.models import OutboxMessage, post
from tests.cast import UserFactory, yesterday

pytestmark = pytest.mark.django_db


def held(person: User | None, kind: str = "concern answered", **facts: Any) -> OutboxMessage:
    """Return a mail that has waited since yesterday."""
    mail = post(
        to="somebody@commune.example", person=person, language="fr", subject="Sujet", text="Bonjour.\n",
        kind=kind, **facts,
    )  # fmt: skip
    OutboxMessage.objects.filter(pk=mail.pk).update(created_at=timezone.now() - timedelta(days=1))
    return mail


def after_the_tick(mail: OutboxMessage) -> str:
    """Return the state of a mail once the job has looked at what waited."""
    end_mail(timezone.now())
    mail.refresh_from_db()
    return mail.status


def test_to_somebody_whose_mandate_ended_it_is_cancelled_and_says_why(ended: User) -> None:
    mail = held(ended)
    assert after_the_tick(mail) == "cancelled"
    assert mail.smtp_reply == "the right by which it was written ended before it was sent"


def test_a_reminder_that_was_put_off_is_cancelled_too(echevine: User) -> None:
    mail = held(echevine, "mailing reminder")
    later = timezone.now() + timedelta(hours=1)
    OutboxMessage.objects.update(status="deferred", next_try_at=later)
    Mandate.objects.update(ends_on=yesterday())
    assert after_the_tick(mail) == "cancelled"


def test_to_whose_role_ended_it_is_cancelled(lead: User) -> None:
    mail = held(lead)
    RoleGrant.objects.filter(user=lead).update(ends_on=yesterday())
    assert after_the_tick(mail) == "cancelled"


def test_to_a_delegate_whose_giver_left_it_is_cancelled(delegate: User, echevine: User) -> None:
    mail = held(delegate)
    Mandate.objects.filter(user=echevine).update(ends_on=yesterday())
    assert Delegation.objects.filter(user=delegate, ends_on=None).exists()
    assert after_the_tick(mail) == "cancelled"


def test_before_the_tick_it_is_not_claimed(ended: User) -> None:
    held(ended)
    assert Chunk(OutboxMessage).rows == []
    assert not OutboxMessage.objects.all().queued().exists()


def test_to_somebody_in_office_it_leaves_after_the_tick(echevine: User) -> None:
    mail = held(echevine)
    assert after_the_tick(mail) == "queued"
    assert [row.pk for row in Chunk(OutboxMessage).rows] == [mail.pk]


def test_an_office_holder_who_was_never_invited_still_receives_it(echevine: User) -> None:
    User.objects.filter(pk=echevine.pk).update(is_active=False)
    assert after_the_tick(held(echevine)) == "queued"


def test_one_right_that_holds_is_enough(ended: User) -> None:
    RoleGrant.objects.create(user=ended, role="cabinet", starts_on=yesterday())
    assert after_the_tick(held(ended)) == "queued"


def test_mail_about_signing_in_is_for_whoever_had_rights_too(ended: User) -> None:
    assert after_the_tick(held(ended, "login_code", is_secret=True)) == "queued"


def test_what_changed_in_how_one_signs_in_is_told_to_whoever_had_rights_too(
    ended: User, subtests: pytest.Subtests
) -> None:
    for kind in CHANGES:
        with subtests.test(kind):
            assert after_the_tick(held(ended, kind)) == "queued"


def test_each_notice_of_allauth_has_words_of_its_own() -> None:
    folder = Path(allauth.__file__).parent / "templates"
    found = {
        file.name.removesuffix("_message.txt")
        for file in folder.glob("**/email/*_message.txt")
        if "base_notification" in file.read_text()
    }
    assert {"totp_activated", "account_connected"} <= found
    assert found == CHANGES.keys()
    for language in ("fr", "nl"):
        with translation.override(language):
            assert len({str(words) for words in CHANGES.values()}) == len(found)


def test_an_invitation_leaves_before_the_first_day(db: None) -> None:
    assert after_the_tick(held(UserFactory(uninvited=True), "invitation")) == "queued"


def test_an_address_of_no_person_asks_nobody(db: None) -> None:
    mail = held(None)
    assert [row.pk for row in Chunk(OutboxMessage).rows] == [mail.pk]


def test_what_was_written_today_is_not_asked_for(ended: User) -> None:
    mail = held(ended)
    OutboxMessage.objects.update(created_at=timezone.now())
    assert [row.pk for row in Chunk(OutboxMessage).rows] == [mail.pk]


def test_a_hundred_mails_cost_as_many_queries_as_one(
    echevine: User, ended: User, django_assert_num_queries: Any
) -> None:
    for _number in range(50):
        held(ended)
        held(echevine)
    with django_assert_num_queries(2):
        assert end_mail(timezone.now()) == 100
