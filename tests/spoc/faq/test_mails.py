"""The mails about answers: to whom the communes concerned call, once published; in the mail of the day, when due."""

import pytest

from communes.models import Assignment
from hubportal.accounts.models import Role, User
from spoc import emails, jobs
from spoc.models import Answer, Concern
from tests.cast import COMMUNE_B, Cast, RoleGrantFactory, UserFactory
from tests.spoc.concerns.stories import (
    a_concern,
    a_group,
    a_letter,
    a_note,
    published,
    qualified,
    retention,
    with_group,
)
from tests.spoc.faq.answers import for_all, given
from tests.spoc.stories import failing_for, mails
from tests.spoc.test_clocks import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def other_spoc(db: None) -> User:
    """The SPOC of commune B, who reads Dutch."""
    person = RoleGrantFactory(role=Role.SPOC, user=UserFactory(content_language="nl")).user
    Assignment.objects.create(commune_id=COMMUNE_B, user=person, starts_on="2024-01-01")
    return person


@pytest.fixture
def sent(cast: Cast, other_spoc: User) -> Answer:
    """An answer, not published yet, to two concerns of commune A and one of commune B."""
    group = a_group(cast.lead)
    for title in ("Une", "Deux"):
        qualified(cast.echevine, cast.spoc, group=group, title=title)
    qualified(cast.stranger, cast.lead, commune=COMMUNE_B, group=group, title="Drie", language="nl")
    note = a_note(cast.lead)
    with_group(note, cast.lead, group)
    note.send(by=cast.lead)
    return note.answer(
        by=cast.lead, item=1, upload=a_letter(), on_behalf_of="Task force", text_fr="Oui.", text_nl="Ja."
    )


def test_each_spoc_gets_one_mail_with_what_they_pass_on(cast: Cast, other_spoc: User, sent: Answer) -> None:
    sent.publish(by=cast.lead)
    found = {mail.person: mail for mail in mails("published")}
    assert set(found) == {cast.spoc, other_spoc}
    assert "2" in found[cast.spoc].subject
    assert "Une" in found[cast.spoc].text
    assert "Deux" in found[cast.spoc].text
    assert "Drie" not in found[cast.spoc].text
    assert "Drie" in found[other_spoc].text
    assert f"/nl/requests/answers/{sent.pk}/" in found[other_spoc].text


def test_of_what_has_an_answer_of_its_own_the_answer_to_the_item_tells_nothing(
    cast: Cast, other_spoc: User, sent: Answer
) -> None:
    published(sent.note, cast.lead, part=3, text_fr="Seule.", text_nl="Alleen.")
    sent.publish(by=cast.lead)
    assert [mail.person for mail in mails("published")] == [other_spoc, cast.spoc]


def test_who_publishes_it_is_not_written_to(cast: Cast) -> None:
    # Commune A has no SPOC but a lead.
    Assignment.objects.all().delete()
    given(cast.echevine, cast.lead, cast.lead)[2].publish(by=cast.lead)
    assert mails("published") == []


def test_a_newer_answer_says_apart_who_was_told_the_former_one(
    cast: Cast, other_spoc: User, sent: Answer
) -> None:
    sent.publish(by=cast.lead)
    for title in ("Deux", "Drie"):
        Concern.objects.get(title=title).answer(by=cast.lead)
    published(sent.note, cast.lead, text_fr="Non.", text_nl="Nee.")
    newer = {mail.person: mail for mail in mails("published")[2:]}
    waiting, told = newer[cast.spoc].text.split("ancienne réponse")
    assert ("Une" in waiting, "Deux" in waiting) == (True, False)
    assert ("Une" in told, "Deux" in told) == (False, True)
    assert newer[other_spoc].subject.startswith("Het Gewest wijzigde")
    assert "Drie" in newer[other_spoc].text


def test_a_reopened_one_is_in_the_mail_of_a_newer_answer(cast: Cast, sent: Answer) -> None:
    sent.publish(by=cast.lead)
    row = Concern.objects.get(title="Drie")
    row.answer(by=cast.lead)
    row.reopen(by=cast.stranger, reason="Nog niet.")
    before = len(mails("published"))
    published(sent.note, cast.lead, text_fr="Non.", text_nl="Nee.")
    # It may be what the commune reopened it for.
    assert any("Drie" in mail.text for mail in mails("published")[before:])


# --- Still valid? ----------------------------------------------------------------------------------------------------


@pytest.fixture
def due(cast: Cast) -> list[Answer]:
    """Two answers of which the day has come, and one of which it has not."""
    rows = [for_all(cast.echevine, cast.spoc, cast.lead, number) for number in range(3)]
    Answer.objects.filter(pk__in=[row.pk for row in rows[:2]]).update(review_on="2026-01-05")
    return rows


def test_a_lead_is_reminded_once_of_all_of_them(cast: Cast, due: list[Answer]) -> None:
    assert (jobs.remind(at()), jobs.remind(at())) == (1, 0)
    (mail,) = mails("reminder")
    assert mail.person == cast.lead
    assert "2 réponses de la Région" in mail.subject
    assert mail.text.count(due[0].question_fr) == 2
    for row, is_due in zip(due, (True, True, False), strict=True):
        assert (f"/fr/requests/answers/{row.pk}/" in mail.text) == is_due


def test_nobody_is_reminded_before_the_morning(cast: Cast, due: list[Answer]) -> None:
    assert jobs.remind(at(hour=6)) == 0


def test_nobody_is_reminded_of_nothing(cast: Cast) -> None:
    for_all(cast.echevine, cast.spoc, cast.lead)
    assert jobs.remind(at()) == 0


@pytest.mark.parametrize(("days", "expected"), [(6, 0), (7, 1)])
def test_a_lead_is_reminded_again_after_a_week(
    days: int, expected: int, cast: Cast, due: list[Answer]
) -> None:
    jobs.remind(at())
    assert jobs.remind(at(days)) == expected


def test_what_was_found_valid_is_not_asked_again(cast: Cast, due: list[Answer]) -> None:
    for row in due[:2]:
        row.review(by=cast.lead, review_on=at(60).date())
    assert jobs.remind(at()) == 0


def test_with_a_concern_that_nobody_qualified_it_is_one_mail(cast: Cast, due: list[Answer]) -> None:
    concern = a_concern(cast.echevine, title="Oubliée")
    with retention():
        Concern.objects.filter(pk=concern.pk).update(raised_at=at(-30))
    jobs.remind(at())
    (mail,) = [mail for mail in mails("reminder") if mail.person == cast.lead]
    assert mail.subject.startswith("3 ")
    assert "Oubliée" in mail.text
    assert due[0].question_fr in mail.text


def test_one_lead_who_cannot_be_written_to_stops_no_other_and_stays_due(
    cast: Cast, due: list[Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = RoleGrantFactory(role=Role.LEAD, user=UserFactory()).user
    with monkeypatch.context() as patch:
        patch.setattr(emails, "reminder", failing_for(cast.lead))
        assert jobs.remind(at()) == 1
    assert [mail.person for mail in mails("reminder")] == [other]
    assert jobs.remind(at()) == 1
    assert [mail.person for mail in mails("reminder")] == [other, cast.lead]
