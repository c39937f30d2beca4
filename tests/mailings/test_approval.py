"""Who may approve what, in the model; and what the database refuses behind its back."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Model
from django.utils import timezone

from hubportal.accounts.models import Role, RoleGrant, User
from hubportal.outbox.models import OutboxMessage
from mailings.models import Approval, Delivery, DeliveryEvent, FrozenLetter, Mailing, Variant
from tests.cast import MandateFactory, grant
from tests.mailings.made import TEXTS, an_edition, brought_to, person

pytestmark = pytest.mark.django_db


def test_two_approvals_by_two_sides_make_it_approved() -> None:
    row = brought_to("in_review")
    row.approve(by=person(Role.CABINET), seen_hash=row.content_hash)
    assert (row.status, row.approved_hash) == ("in_review", "")
    row.approve(by=person(Role.LEAD), seen_hash=row.content_hash, comment="Bien.")
    assert (row.status, row.approved_hash) == ("approved", row.content_hash)
    assert {approval.capacity for approval in row.approvals.all()} == {"author", "cabinet", "agency"}


def test_a_side_of_which_somebody_asks_for_changes_has_not_approved() -> None:
    row, colleague = brought_to("in_review"), grant(Role.CABINET, email="second@cabinet.example")
    row.approve(by=person(Role.CABINET), seen_hash=row.content_hash)
    row.remark(by=colleague, comment="La date est fausse.")
    row.approve(by=person(Role.LEAD), seen_hash=row.content_hash)
    assert (row.status, row.approved_hash) == ("in_review", ""), (
        "approved although the cabinet asks for changes"
    )
    row.approve(by=person(Role.CABINET), seen_hash=row.content_hash)
    assert (row.status, row.approved_hash) == ("approved", row.content_hash)


def test_what_one_side_asks_for_leaves_the_other_sides_approval() -> None:
    row = brought_to("in_review")
    row.approve(by=person(Role.LEAD), seen_hash=row.content_hash)
    row.remark(by=person(Role.CABINET), comment="La date est fausse.")
    assert {capacity.value for capacity in row.approvals_now} == {"agency"}


def test_an_author_does_not_approve_not_even_as_administrator_or_lead() -> None:
    row = brought_to("in_review")
    author = person(Role.EDITOR)
    for role in (Role.ADMIN, Role.LEAD, Role.CABINET):
        RoleGrant.objects.create(user=author, role=role, starts_on=timezone.localdate())
    with pytest.raises(PermissionDenied):
        row.approve(by=User.objects.get(pk=author.pk), seen_hash=row.content_hash)


def test_who_only_changed_a_word_is_an_author_too() -> None:
    row, second = an_edition(), grant(Role.EDITOR, email="second@hub.example")
    texts = {**TEXTS, "fr": {**TEXTS["fr"], "preheader": "Un autre mot"}}
    row.revise(by=second, texts=texts, portfolios=["trade"], version=row.version)
    row.submit(by=person(Role.EDITOR))
    with pytest.raises(PermissionDenied):
        row.approve(by=second, seen_hash=row.content_hash)


def test_who_asks_for_approval_does_not_give_it() -> None:
    row, second = an_edition(), grant(Role.EDITOR, email="second@hub.example")
    row.submit(by=second)
    asked = OutboxMessage.objects.filter(kind="mailing to_approve").values_list("to_address", flat=True)
    assert set(asked) == {person(Role.LEAD).email, person(Role.CABINET).email}
    with pytest.raises(PermissionDenied):
        row.approve(by=second, seen_hash=row.content_hash)


def test_who_does_not_write_editions_begins_none() -> None:
    with pytest.raises(PermissionDenied):
        Mailing.begin(by=person(Role.LEAD))
    assert not Mailing.objects.exists()


@pytest.mark.parametrize("role", [Role.SPOC, Role.DIRECTOR, Role.ADMIN, Role.TASKFORCE])
def test_other_roles_do_not_approve(role: Role) -> None:
    row = brought_to("in_review")
    with pytest.raises(PermissionDenied):
        row.approve(by=grant(role), seen_hash=row.content_hash)


def test_nobody_approves_for_both_sides() -> None:
    row, both = brought_to("in_review"), grant(Role.LEAD, email="both@hub.example")
    RoleGrant.objects.create(user=both, role=Role.CABINET, starts_on=timezone.localdate())
    row.approve(by=both, seen_hash=row.content_hash)
    with pytest.raises(PermissionDenied):
        row.approve(by=User.objects.get(pk=both.pk), seen_hash=row.content_hash)


def test_the_second_lead_reads_who_was_first() -> None:
    row, first = brought_to("in_review"), person(Role.LEAD)
    row.approve(by=first, seen_hash=row.content_hash)
    with pytest.raises(ValidationError, match=first.first_name):
        row.approve(by=grant(Role.LEAD, email="late@hub.example"), seen_hash=row.content_hash)


def test_who_asks_for_changes_does_not_approve_any_more() -> None:
    row, cabinet = brought_to("in_review"), person(Role.CABINET)
    row.approve(by=cabinet, seen_hash=row.content_hash)
    row.remark(by=cabinet, comment="Une date est fausse.")
    row.approve(by=person(Role.LEAD), seen_hash=row.content_hash)
    assert row.status == "in_review"
    assert set(row.approvals_now) == {"agency"}


def test_an_approval_is_of_the_text_that_was_seen() -> None:
    row = brought_to("in_review")
    with pytest.raises(ValidationError) as refused:
        row.approve(by=person(Role.LEAD), seen_hash="0" * 64)
    assert refused.value.code == "stale"
    assert row.approvals_now == {}


def test_a_text_that_comes_back_needs_new_approvals() -> None:
    row, editor = brought_to("approved"), person(Role.EDITOR)
    before = row.content_hash
    other = {**TEXTS, "fr": {**TEXTS["fr"], "subject": "Autre"}}
    for texts in (other, TEXTS):
        row.revise(by=editor, texts=texts, portfolios=["trade"], version=row.version)
    assert row.content_hash == before
    row.submit(by=editor)
    assert row.approvals_now == {}


def test_saving_the_same_text_voids_nothing() -> None:
    row = brought_to("approved")
    row.revise(by=person(Role.EDITOR), texts=TEXTS, portfolios=["trade"], version=row.version)
    assert row.status == "approved"


def test_the_audience_rule_is_part_of_what_is_approved() -> None:
    row = brought_to("approved")
    row.revise(by=person(Role.EDITOR), texts=TEXTS, portfolios=["trade", "works"], version=row.version)
    assert (row.status, row.approved_hash) == ("draft", "")


def test_of_two_writers_the_second_overwrites_nothing() -> None:
    row, editor = an_edition(), person(Role.EDITOR)
    shown = row.version
    row.revise(
        by=editor,
        texts={**TEXTS, "nl": {**TEXTS["nl"], "subject": "Eerst"}},
        portfolios=["trade"],
        version=shown,
    )
    with pytest.raises(ValidationError) as refused:
        row.revise(by=editor, texts=TEXTS, portfolios=["trade"], version=shown)
    assert refused.value.code == "stale"
    assert row.variants.get(language="nl").subject == "Eerst"


def test_texts_that_are_not_level_are_not_submitted() -> None:
    row = an_edition(nl={**TEXTS["nl"], "body": ""})
    with pytest.raises(ValidationError):
        row.submit(by=person(Role.EDITOR))
    assert row.status == "draft"


def test_a_placeholder_that_does_not_exist_is_refused_at_its_field() -> None:
    with pytest.raises(ValidationError) as refused:
        an_edition(nl={**TEXTS["nl"], "body": "[[voornaam]]"})
    assert set(refused.value.error_dict) == {"body_nl"}


def test_a_gap_needs_its_reason() -> None:
    MandateFactory(trade=True)
    row, now = brought_to("approved"), timezone.now()
    moments = {"scheduled_for": now, "expires_at": now + timedelta(hours=1)}
    with pytest.raises(ValidationError) as refused:
        row.schedule(by=person(Role.EDITOR), **moments)
    assert set(refused.value.error_dict) == {"gap_reason"}
    row.schedule(by=person(Role.EDITOR), **moments, gap_reason="Dix-huit communes sont vacantes.")
    assert row.status == "scheduled"


def test_an_edition_for_nobody_is_not_scheduled() -> None:
    row, now = brought_to("approved"), timezone.now()
    with pytest.raises(ValidationError) as refused:
        row.schedule(
            by=person(Role.EDITOR), scheduled_for=now, expires_at=now + timedelta(hours=1), gap_reason="?"
        )
    assert refused.value.code == "nobody"


def test_a_withdrawn_approval_takes_it_back_to_review_and_tells_them() -> None:
    row = brought_to("approved")
    OutboxMessage.objects.all().delete()
    row.withdraw(by=person(Role.CABINET), comment="Une date est fausse.")
    assert (row.status, row.approved_hash) == ("in_review", "")
    mails = OutboxMessage.objects.filter(kind="mailing withdrawn")
    assert mails.count() == 2
    assert all("Une date est fausse." in mail.text for mail in mails)


@pytest.mark.parametrize("model", [Approval, DeliveryEvent, FrozenLetter])
def test_what_is_proof_is_neither_changed_nor_deleted(model: type[Model]) -> None:
    MandateFactory(trade=True)
    brought_to("sending")
    DeliveryEvent.objects.create(delivery=Delivery.objects.get(), kind="accepted")
    found = model._base_manager.order_by("pk").first()
    assert found is not None
    name = {Approval: "comment", DeliveryEvent: "smtp_reply", FrozenLetter: "subject"}[model]  # type: ignore[index]
    rows = model._base_manager.filter(pk=found.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**{name: "x"})
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.delete()


@pytest.mark.parametrize(
    ("status", "change"),
    [
        ("draft", {"approved_hash": F("content_hash")}),
        ("draft", {"status": "in_review"}),
        ("draft", {"week_on": "2026-11-24"}),
        ("in_review", {"status": "approved"}),
        ("approved", {"content_hash": "0" * 64}),
        ("approved", {"status": "scheduled"}),
        ("scheduled", {"expires_at": F("scheduled_for")}),
        ("scheduled", {"status": "sending"}),
        ("sending", {"content_hash": "0" * 64}),
        ("sending", {"status": "sent"}),
        ("sending", {"status": "cancelled"}),
        ("draft", {"cancel_reason": "x"}),
        ("draft", {"crash_policy": "maybe"}),
    ],
)
def test_the_database_refuses_an_edition_that_cannot_be(status: str, change: dict[str, object]) -> None:
    MandateFactory(trade=True)
    row = brought_to(status)
    if "scheduled" in str(change) and status == "approved":
        Mailing.objects.update(expires_at=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Mailing.objects.filter(pk=row.pk).update(**change)


@pytest.mark.parametrize("change", [{"subject": "a\nb"}, {"language": "en"}, {"language": "nl"}])
def test_the_database_refuses_a_version_that_cannot_be(change: dict[str, str]) -> None:
    row = an_edition()
    with pytest.raises(IntegrityError), transaction.atomic():
        Variant.objects.filter(mailing=row, language="fr").update(**change)


@pytest.mark.parametrize(
    "change",
    [
        {"status": "accepted"},
        {"status": "bounced", "accepted_at": timezone.now()},
        {"status": "sending"},
        {"status": "deferred"},
        {"status": "nonsense"},
        {"address": "Big@Commune.example"},
        {"bounced_at": timezone.now()},
    ],
)
def test_the_database_refuses_a_delivery_that_cannot_be(change: dict[str, object]) -> None:
    MandateFactory(trade=True)
    brought_to("sending")
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.update(**change)
