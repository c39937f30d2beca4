"""Who is reminded that nobody has qualified a concern: in the one mail of the day, each once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from hubportal.accounts.models import User
from spoc import reminders
from spoc.models import Concern, ConcernReminder
from tests.spoc.concerns.stories import CANARY, a_concern, retention
from tests.spoc.stories import brought_to, mails, set_back

pytestmark = pytest.mark.django_db


def remind() -> None:
    """Write the reminders of today."""
    today = timezone.localdate()
    for person, items in reminders.due(today).items():
        reminders.send(person, items, today)


def raised_ago(by: User, days: int, **facts: str) -> Concern:
    """Return a concern raised so many days ago."""
    row = a_concern(by, **facts)
    with retention():
        Concern.objects.filter(pk=row.pk).update(raised_at=timezone.now() - timedelta(days=days))
    return row


def test_the_spoc_is_reminded_once_then_a_lead(echevine: User, spoc: User, lead: User) -> None:
    row = raised_ago(echevine, 30)
    remind()
    assert {mail.person for mail in mails("reminder")} == {spoc, lead}
    assert {reminder.kind for reminder in ConcernReminder.objects.all()} == {"unqualified_3", "unqualified_5"}
    assert row.reference in mails("reminder")[0].text
    assert "1 préoccupation vous attend" in mails("reminder")[0].subject
    # Neither on the same day again, nor on another.
    remind()
    ConcernReminder.objects.update(sent_on=timezone.localdate() - timedelta(days=1))
    remind()
    assert len(mails("reminder")) == 2


def test_nobody_is_reminded_of_a_new_one_or_of_a_qualified_one(echevine: User, spoc: User) -> None:
    a_concern(echevine)
    raised_ago(echevine, 30, title="Vue").qualify(by=spoc)
    remind()
    assert mails("reminder") == []


def test_requests_and_concerns_come_in_one_mail(echevine: User, spoc: User, lead: User) -> None:
    row = brought_to("submitted", echevine, spoc)
    set_back(row, submitted_at=timezone.now() - timedelta(days=30))
    concern = raised_ago(echevine, 30)
    remind()
    (mail,) = [mail for mail in mails("reminder") if mail.person == spoc]
    assert concern.reference in mail.text
    assert (row.reference or "?") in mail.text
    assert "2" in mail.subject


def test_the_commune_is_not_told_of_it(echevine: User, spoc: User, lead: User) -> None:
    raised_ago(echevine, 30)
    remind()
    assert CANARY in mails("reminder")[0].text
    assert not [mail for mail in mails("reminder") if mail.person == echevine]
