"""Editions for tests, brought to a state by their own verbs; who writes is never who approves."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from hubportal.accounts.models import Role, User
from mailings.models import FROZEN, Approval, Capacity, Decision, ExtraRecipient, Mailing, Status, Wider
from tests.cast import MandateFactory, grant
from tests.remembered import remembered

TEXTS = {
    "fr": {
        "subject": "Soldes et terrasses chauffées",
        "preheader": "L’essentiel de la semaine",
        "body": (
            "## Ce que nous vous demandons\n\nIndiquez avant le **30 novembre 2026** les dates de votre marché, "
            "[[name]].\n\n## Aides\n\n[Le formulaire](https://economie.example/fr/aides)\n"
        ),
    },
    "nl": {
        "subject": "Solden en verwarmde terrassen",
        "preheader": "Het belangrijkste van de week",
        "body": (
            "## Wat wij u vragen\n\nGeef vóór **30 november 2026** de data van uw markt door, [[name]].\n\n"
            "## Steun\n\n[Het formulier](https://economie.example/nl/steun)\n"
        ),
    },
}


def texts() -> dict[str, dict[str, str]]:
    """Return the texts of `an_edition`."""
    return TEXTS


def facts(status: str) -> dict[str, Any]:
    """Return what the database wants in the only edition there is, in a state; give it its approvals too.

    In review, the cabinet has approved; afterwards the agency has too.
    """
    row, now = Mailing.objects.get(), timezone.now()
    if status == Status.DRAFT:
        return {}
    _sign(row, Role.EDITOR, Capacity.AUTHOR, Decision.SUBMITTED)
    _sign(row, Role.CABINET, Capacity.CABINET, Decision.APPROVED)
    found: dict[str, Any] = {"submitted_at": now, "expires_at": now + timedelta(days=1)}
    if status == Status.IN_REVIEW:
        return found
    _sign(row, Role.LEAD, Capacity.AGENCY, Decision.APPROVED)
    found |= {"approved_hash": row.content_hash, "scheduled_for": now}
    if status in FROZEN:
        found["started_at"] = now
    if status == Status.SENT:
        found["finished_at"] = now
    if status == Status.CANCELLED:
        found["cancel_reason"] = "Erreur"
    return found


def nobody_too_late() -> None:
    """Let the only edition there is have expired; return who ends it: nobody."""
    past = timezone.now() - timedelta(hours=1)
    moved = Mailing.objects.filter(expires_at__isnull=False)
    moved.update(expires_at=past, scheduled_for=past - timedelta(hours=1))


def whoever_may_approve() -> User:
    """Return the lead, without an approval in the only edition there is."""
    row, lead = Mailing.objects.get(), person(Role.LEAD)
    if any(approval.user_id == lead.pk for approval in row.approvals_now.values()):
        _sign(row, Role.LEAD, Capacity.AGENCY, Decision.WITHDRAWN)
    return lead


def an_edition_somebody_receives() -> Mailing:
    """Return a draft without a history, with an échevine of trade to receive it."""
    MandateFactory(trade=True)
    row = an_edition()
    row.events.all().delete()
    return row


def _sign(row: Mailing, role: Role, capacity: Capacity, decision: Decision) -> None:
    Approval.objects.create(
        mailing=row, user=person(role), capacity=capacity, decision=decision,
        content_hash=row.content_hash, version=row.version,
    )  # fmt: skip


STEPS = ("draft", "in_review", "approved", "scheduled", "sending")


def person(role: Role) -> User:
    """Return somebody with a role, the same in a test each time it asks."""
    found = User.objects.holding([role]).order_by("pk").first()
    return found or grant(
        role, first_name=role.label, last_name="Du Test", email=f"{role.value}@team.example"
    )


def an_extra_address(**facts: Any) -> ExtraRecipient:
    """Return a named extra address that holds since the beginning; it reads Dutch."""
    usual = {
        "full_name": "Griet Van Handel", "function_fr": "fédération du commerce",
        "function_nl": "handelsfederatie", "email": "griet@federatie.example", "content_language": "nl",
        "starts_on": date(2024, 12, 1),
    }  # fmt: skip
    return ExtraRecipient.objects.create(**{**usual, **facts})


@remembered
def an_edition(**texts: Any) -> Mailing:
    """Return a draft by the editor, level in both languages."""
    editor, *_approvers = (person(role) for role in (Role.EDITOR, Role.LEAD, Role.CABINET))
    row = Mailing.begin(by=editor)
    row.revise(by=editor, texts={**TEXTS, **texts}, portfolios=["trade"], version=row.version)
    return row


def meant_for(status: str = "sending", **rule: Any) -> Mailing:
    """Return an edition in a state of STEPS whose audience rule says more than offices (`Wider`)."""
    row = an_edition()
    row.revise(
        by=person(Role.EDITOR), texts=row.texts, portfolios=row.portfolios, version=row.version,
        wider=Wider(**rule),
    )  # fmt: skip
    return brought_to(status, row)


@remembered
def brought_to(status: str, row: Mailing | None = None) -> Mailing:
    """Return an edition that reached a state of STEPS through its verbs."""
    row = row or an_edition()
    for step in STEPS[1 : STEPS.index(status) + 1]:
        forward(row, step)
    return row


@remembered
def in_state(status: str) -> Mailing:
    """Return an edition in any state, those that are off the straight road too."""
    if status in STEPS:
        return brought_to(status)
    row = brought_to("sending" if status in ("paused", "sent") else "in_review")
    if status == Status.PAUSED:
        row.pause(by=person(Role.LEAD))
    elif status == Status.CANCELLED:
        row.cancel(by=person(Role.LEAD), reason="Une autre édition la remplace.")
    elif status == Status.EXPIRED:
        type(row).objects.filter(pk=row.pk).update(expires_at=timezone.now())
        row.expire()
    elif status == Status.SENT:
        row.deliveries.update(status="accepted", accepted_at=timezone.now())
        row.finish()
    return row


def forward(row: Mailing, status: str) -> None:
    """Take the step, or the steps, that lead to the next state."""
    now = timezone.now()
    if status == Status.IN_REVIEW:
        row.submit(by=person(Role.EDITOR))
    elif status == Status.APPROVED:
        for role in (Role.LEAD, Role.CABINET):
            row.approve(by=person(role), seen_hash=row.content_hash)
    elif status == Status.SCHEDULED:
        row.schedule(
            by=person(Role.EDITOR), scheduled_for=now, expires_at=now + timedelta(days=1),
            gap_reason="Les vacances sont connues.",
        )  # fmt: skip
    elif status == Status.SENDING:
        row.start()
