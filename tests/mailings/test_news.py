"""What the mails about an edition say to those who write and approve it."""

from datetime import date

import pytest
from django.utils import timezone

from hubportal.accounts.models import Role, User
from hubportal.outbox.models import OutboxMessage
from mailings.models import Mailing
from tests.mailings.attached import attach
from tests.mailings.leaving import marked
from tests.mailings.made import TEXTS, brought_to, person
from tests.mailings.rhythms import Clock, a_rhythm, clock, open_run, submitted

pytestmark = pytest.mark.django_db
__all__ = ["clock"]


def last_mail(kind: str, role: Role) -> str:
    """Return the last mail of a kind to a person, which is in French."""
    found = OutboxMessage.objects.filter(kind=f"mailing {kind}", to_address=person(role).email)
    return found.latest("pk").text


def asked_again(row: Mailing, **french: str) -> None:
    """Let the editor change the French text and ask for approval anew."""
    texts = {**TEXTS, "fr": {**TEXTS["fr"], **french}}
    row.revise(by=person(Role.EDITOR), texts=texts, portfolios=row.portfolios, version=row.version)
    row.submit(by=person(Role.EDITOR))


def test_who_is_asked_for_approval_reads_when_it_is_planned_to_leave(clock: Clock) -> None:
    a_rhythm()
    clock.beat()
    row = open_run().mailing
    assert row is not None
    submitted(row)
    assert timezone.localdate(open_run().leaves_at) == date(2026, 11, 13)
    assert "L’envoi est prévu le vendredi 13 novembre 2026, 9\xa0h." in last_mail("to_approve", Role.CABINET)


def test_without_a_plan_it_says_who_chooses() -> None:
    brought_to("in_review")
    assert "la rédaction choisit quand elle part" in last_mail("to_approve", Role.CABINET)


def test_it_says_what_changed_since_ones_own_last_word() -> None:
    row = brought_to("in_review")
    seen = row.version
    row.remark(by=person(Role.CABINET), comment="Autre sujet.")
    attach(row)
    asked_again(row, subject="Autre sujet")
    told = last_mail("to_approve", Role.CABINET)
    assert f"Changements depuis votre dernier avis (version {seen}, " in told
    assert ": en français (objet), pièces jointes." in told
    assert "dernier avis" not in last_mail("to_approve", Role.LEAD)


def test_it_says_that_only_the_audience_changed() -> None:
    row = brought_to("in_review")
    row.approve(by=person(Role.CABINET), seen_hash=row.content_hash)
    row.revise(by=person(Role.EDITOR), texts=TEXTS, portfolios=["trade", "works"], version=row.version)
    row.submit(by=person(Role.EDITOR))
    assert "\xa0: les destinataires." in last_mail("to_approve", Role.CABINET)


def test_the_mail_of_a_pause_says_who_why_and_how_many_wait(echevine: User, stranger: User) -> None:
    row = brought_to("sending")
    marked(row.deliveries.get(address=echevine.email), "accepted", 250, "queued as 1")
    row.pause(by=person(Role.LEAD), comment="Un chiffre est faux.")
    told = last_mail("paused", Role.CABINET)
    assert f"{person(Role.LEAD).full_name} a interrompu l’envoi" in told
    assert "Messages partis\xa0: 1\xa0; en attente\xa0: 1." in told
    assert "\xa0: Un chiffre est faux." in told


def test_the_mail_of_a_pause_says_that_no_reason_was_given(echevine: User) -> None:
    row = brought_to("sending")
    row.pause(by=person(Role.LEAD))
    assert "Aucune raison n’a été donnée." in last_mail("paused", Role.CABINET)
