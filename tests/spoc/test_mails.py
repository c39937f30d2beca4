"""The mails of a request: in the language of the person, whole in plain text, to people who may read them."""

import pytest

from communes.models import Absence
from hubportal.accounts.models import User
from hubportal.outbox.models import OutboxMessage
from spoc import emails
from spoc.models import ServiceRequest
from spoc.reminders import Item
from tests.cast import MandateFactory, UserFactory
from tests.spoc.stories import REPORT, a_draft, arguments, brought_to, day, mails

pytestmark = pytest.mark.django_db
EACH = {
    *("receipt", "new_request", "accepted", "put_in_charge", "declined", "question", "answer", "message"),
    *("delivered", "closed", "reopened", "withdrawn", "reminder", "introduction"),
}


@pytest.fixture
def all_of_them(echevine: User, spoc: User, editor: User) -> list[OutboxMessage]:
    """One mail of each kind at least."""
    row = a_draft(echevine, title="Relevé & <b>vacance</b> {{ x }}")
    row.submit(by=echevine)
    row.accept(by=spoc, **arguments("accept", editor))
    row.ask(by=editor, question="Où ?")
    emails.reminder(echevine, [Item(row, "waiting_7", day(38))])
    row.write(by=echevine, text="Là.")
    row.write(by=editor, text="Merci.")
    row.introduce(by=spoc, colleague=editor, text="Elle vous répond.")
    row.deliver(by=editor, proposed_outcome="solved", deliverable=REPORT)
    row.reopen(by=echevine, reason="Encore.")
    row.deliver(by=editor, proposed_outcome="solved")
    row.confirm(by=echevine, usefulness="yes")
    for status in ("declined", "withdrawn"):
        brought_to(status, echevine, spoc)
    return mails()


def test_each_mail_is_whole(all_of_them: list[OutboxMessage], echevine: User) -> None:
    assert {mail.kind for mail in all_of_them} == EACH
    for mail in all_of_them:
        assert "http://localhost:8000/" in mail.text
        assert "&amp;" not in mail.text + mail.subject
        assert "{" not in mail.text.replace("{{ x }}", "")
        assert len(mail.subject) < 200
    first = [mail for mail in all_of_them if "<b>" in mail.text]
    assert {"receipt", "delivered", "closed"} <= {mail.kind for mail in first}


def test_the_receipt_names_whom_to_call_today(echevine: User, spoc: User, lead: User) -> None:
    Absence.objects.create(user=spoc, stand_in=lead, starts_on=day(-1), ends_on=day(1))
    row = a_draft(echevine)
    row.submit(by=echevine)
    (mail,) = mails("receipt")
    assert (row.reference or "?") in mail.subject
    assert lead.full_name in mail.text
    assert lead.phone in mail.text
    assert [mail.person for mail in mails("new_request")] == [lead]


def test_a_mail_says_how_to_reach_who_is_in_charge_unless_it_does_already(
    echevine: User, spoc: User, editor: User
) -> None:
    User.objects.filter(pk=editor.pk).update(phone="02 000 00 77")
    row = a_draft(echevine)
    row.submit(by=echevine)
    row.accept(by=spoc, **arguments("accept", User.objects.get(pk=editor.pk)))
    row.ask(by=editor, question="Où ?")
    for kind in ("accepted", "question"):
        (mail,) = mails(kind)
        assert f"Gestionnaire du dossier\N{NO-BREAK SPACE}: {editor.full_name}, 02 000 00 77" in mail.text
        assert spoc.phone in mail.text
    assert "Gestionnaire du dossier" not in mails("put_in_charge")[0].text
    row.reassign(by=editor, assigned_to=spoc)
    # The SPOC stands there as whom to call.
    assert "Gestionnaire du dossier" not in mails("now_in_charge")[0].text


@pytest.mark.parametrize(("language", "path", "other"), [("fr", "/fr/", "/nl/"), ("nl", "/nl/", "/fr/")])
def test_each_reads_in_their_language(
    language: str, path: str, other: str, echevine: User, spoc: User
) -> None:
    User.objects.filter(pk=echevine.pk).update(content_language=language)
    a_draft(echevine).submit(by=User.objects.get(pk=echevine.pk))
    (mail,) = mails("receipt")
    assert mail.language == language
    assert path in mail.text
    assert other not in mail.text


def test_an_unknown_language_gets_both(echevine: User, spoc: User) -> None:
    User.objects.filter(pk=echevine.pk).update(content_language="")
    a_draft(echevine).submit(by=User.objects.get(pk=echevine.pk))
    (mail,) = mails("receipt")
    assert "\n-- \n" in mail.text
    assert " / " in mail.subject


def test_the_agency_is_sent_to_the_desk_a_commune_to_the_portal(echevine: User, spoc: User) -> None:
    row = brought_to("submitted", echevine, spoc)
    assert emails.link_for(spoc, row).endswith(f"/admin/spoc/servicerequest/{row.pk}/change/")
    assert emails.link_for(echevine, row).endswith(f"/fr/requests/{row.pk}/")


def test_when_the_author_left_those_who_hold_trade_are_written_to(echevine: User, spoc: User) -> None:
    row = brought_to("submitted", echevine, spoc)
    echevine.mandates.update(starts_on=day(-99), ends_on=day(-1))
    successor = UserFactory()
    MandateFactory(user=successor, trade=True, starts_on=day(0))
    ServiceRequest.objects.get(pk=row.pk).accept(by=spoc, **arguments("accept", spoc))
    assert [mail.person for mail in mails("accepted")] == [successor]


def test_the_agency_is_told_to_call_somebody_of_the_commune_who_is_there(echevine: User, spoc: User) -> None:
    row = brought_to("submitted", echevine, spoc)
    assert f"{echevine.full_name}, {echevine.phone}, {echevine.email}" in mails("new_request")[0].text
    echevine.mandates.update(starts_on=day(-99), ends_on=day(-1))
    successor = UserFactory(phone="")
    mandate = MandateFactory(user=successor, trade=True, starts_on=day(0))
    ServiceRequest.objects.get(pk=row.pk).withdraw(by=successor)
    (mail,) = mails("withdrawn")
    assert f" {successor.full_name}, {successor.email}\n" in mail.text
    assert echevine.email not in mail.text
    asked = a_draft(spoc, direction="to_commune")
    asked.submit(by=spoc)
    asked.accept(by=successor, **arguments("accept", successor))
    assert f" {mandate.user.full_name}, " in mails("accepted")[-1].text


def test_somebody_without_an_address_gets_none(echevine: User, spoc: User) -> None:
    User.objects.filter(pk=echevine.pk).update(email=None)
    a_draft(echevine).submit(by=User.objects.get(pk=echevine.pk))
    assert not mails("receipt")


def test_a_refused_step_leaves_no_mail(echevine: User, spoc: User) -> None:
    row = brought_to("in_progress", echevine, spoc)
    before = len(mails())
    for question in ("", "  "):
        with pytest.raises(Exception, match="question"):
            row.ask(by=spoc, question=question)
    assert len(mails()) == before
