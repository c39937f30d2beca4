"""Requests for tests: a draft that lacks nothing, and one brought into a state by its verbs."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from communes.models import Mandate
from hubportal.accounts.models import Role, RoleGrant, User
from hubportal.businessdays import add_business_days
from hubportal.outbox.models import OutboxMessage
from spoc import emails
from spoc.models import (
    AuditDetails,
    ChantierDetails,
    DevelopmentDetails,
    Measure,
    Meeting,
    NewDeliverable,
    Partner,
    ServiceRequest,
)
from tests.cast import COMMUNE_A, MandateFactory, RoleGrantFactory
from tests.remembered import remembered

CANARY = "canari-sorbier"
"""A word of commune A that no other commune may read."""
NOTE = "note-tilleul"
"""A word that only the agency may read."""
REPORT = NewDeliverable("Relevé des cellules", text="Douze cellules vides.")


def day(count: int) -> date:
    """Return the day that is so many days from today."""
    return timezone.localdate() + timedelta(days=count)


def due() -> date:
    """Return a business day in two weeks."""
    return add_business_days(timezone.localdate(), 10)


def a_file(name: str = "plan.txt", content: bytes = b"Plan de d\xc3\xa9viation") -> SimpleUploadedFile:
    """Return an upload."""
    return SimpleUploadedFile(name, content)


def add_details(row: ServiceRequest) -> None:
    """Fill in the fields of the request's service."""
    if row.kind == "audit":
        AuditDetails.objects.create(request=row, wanted=["data"], perimeter="Quartier", purpose="Un plan")
    elif row.kind == "development":
        DevelopmentDetails.objects.create(request=row, aim="district", situation="Dix cellules vides")
    else:
        ChantierDetails.objects.create(
            request=row, starts_on=day(40), ends_on=day(90), streets="Rue des Aubépines"
        )


@remembered
def a_draft(by: User, kind: str = "audit", commune: str = COMMUNE_A, **fields: Any) -> ServiceRequest:
    """Return a complete draft outside the convention."""
    facts = {"title": f"Vacance commerciale {CANARY}", "description": f"Un relevé, {CANARY}."}
    facts |= {"outside_reason": "Aucun thème ne convient."} | fields
    row = ServiceRequest.objects.create(created_by=by, kind=kind, commune_id=commune, **facts)
    add_details(row)
    return row


@remembered
def brought_to(status: str, requester: User, responder: User, **fields: Any) -> ServiceRequest:
    """Return a request brought into a state by its verbs; `responder` is in charge."""
    row = a_draft(requester, **fields)
    steps: dict[str, list[str]] = {
        "draft": [],
        "submitted": ["submit"],
        "accepted": ["submit", "accept"],
        "in_progress": ["submit", "accept", "start"],
        "waiting_requester": ["submit", "accept", "start", "ask"],
        "delivered": ["submit", "accept", "start", "deliver"],
        "closed": ["submit", "accept", "start", "deliver", "confirm"],
        "declined": ["submit", "decline"],
        "withdrawn": ["submit", "withdraw"],
    }
    for verb in steps[status]:
        by = requester if verb in ("submit", "confirm", "withdraw") else responder
        getattr(row, verb)(by=by, **arguments(verb, responder, row))
    assert row.status == status
    return row


def arguments(verb: str, responder: User, row: ServiceRequest | None = None) -> dict[str, Any]:
    """Return good arguments of a verb besides `by`."""
    waiver = {"waiver": "Le chantier n'a pas eu lieu."} if row is not None and row.kind == "chantier" else {}
    found: dict[str, dict[str, Any]] = {
        "accept": {"assigned_to": responder, "due_on": due()},
        "decline": {"reason": "not_held", "text": "Nous n'avons pas ces chiffres."},
        "ask": {"question": "Quelles rues ?"},
        "deliver": {"proposed_outcome": "solved", "deliverable": REPORT, **waiver},
        "confirm": {"usefulness": "yes"},
        "close": {"outcome": "redirected", "text": "Voyez le guichet 1819."},
        "reopen": {"reason": "Il manque une rue."},
    }
    return found.get(verb, {})


def a_partner(**facts: Any) -> Partner:
    """Return a partner of the directory."""
    usual = {
        "name_fr": "Guichet du Canal", "name_nl": "Loket Kanaal", "about_fr": "Aide aux commerces",
        "about_nl": "Hulp aan handelaars", "email": "guichet@partner.example", "phone": "02 000 03 01",
    }  # fmt: skip
    return Partner.objects.create(**{**usual, **facts})


def set_back(row: ServiceRequest, **moments: Any) -> ServiceRequest:
    """Write other moments into a row, behind the model's back, and read it again."""
    ServiceRequest.objects.filter(pk=row.pk).update(**moments)
    row.refresh_from_db()
    return row


def ago(days: int) -> Any:
    """Return the moment that is so many calendar days ago, at noon in Brussels."""
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    return noon - timedelta(days=days)


def mails(kind: str = "") -> list[OutboxMessage]:
    """Return the mails written so far, of one kind or all."""
    rows = OutboxMessage.objects.order_by("pk")
    return list(rows.filter(kind=kind) if kind else rows)


# --- For tests/test_transitions.py -----------------------------------------------------------------------------


def everybody() -> User:
    """Return the administrator of the test, who also is a lead and holds a mandate: they may take every step."""
    grant = RoleGrant.objects.filter(role=Role.ADMIN).order_by("pk").first() or RoleGrantFactory(
        role=Role.ADMIN
    )
    if not Mandate.objects.filter(user=grant.user).exists():
        RoleGrantFactory(user=grant.user, role=Role.LEAD)
        MandateFactory(user=grant.user, portfolios=["trade"])
    return grant.user


def another() -> User:
    """Return somebody else of the agency, who may be put in charge."""
    return RoleGrantFactory().user


def a_request() -> ServiceRequest:
    """Return a draft of somebody who may take every step."""
    row = a_draft(everybody())
    row.deliverables.create(kind="text", title="Note", text="Prêt.", added_by=row.created_by)
    return row


def a_measure() -> Measure:
    """Return a measure that the agency proposed, in a plan of somebody who may take every step."""
    person = everybody()
    row = brought_to("in_progress", person, person)
    return planned(row, person, proposed_side="agency")


def planned(row: ServiceRequest, by: User, **facts: Any) -> Measure:
    """Return a measure of a plan, written behind the model's back: proposed today by the party of a person."""
    given = {"title": f"Panneaux {CANARY}", "phase": "before", "party": "commune", "due_on": day(10)}
    given |= {"proposed_by": by, "proposed_side": row.side_of(by)} | facts
    return Measure.objects.create(request=row, **given)


def measure_facts(status: str) -> dict[str, Any]:
    """Return what the database wants in a measure of a status."""
    agreed = {"agreed_at": timezone.now()}
    return {
        "agreed": agreed,
        "running": agreed,
        "done": agreed | {"done_on": day(0)},
        "dropped": {"drop_reason": "Trop cher."},
    }.get(status, {})


def a_meeting() -> Meeting:
    """Return a meeting that began an hour ago, in a plan of somebody who may take every step."""
    person = everybody()
    row = brought_to("in_progress", person, person, kind="development")
    return met(row, person, starts_at=timezone.now() - timedelta(hours=1))


def met(row: ServiceRequest, by: User, **facts: Any) -> Meeting:
    """Return a steering meeting, written behind the model's back: planned today, in ten days, by a person's party."""
    given = {"starts_at": ago(-10), "place": f"Maison communale {CANARY}", "agenda": f"- Phasage {CANARY}"}
    given |= {"planned_by": by, "planned_side": row.side_of(by)} | facts
    return Meeting.objects.create(request=row, **given)


def meeting_facts(status: str) -> dict[str, Any]:
    """Return what the database wants in a meeting of a status."""
    held = {"held_at": timezone.now(), "minutes": "Un passage piéton reste libre."}
    return {"held": held, "cancelled": {"cancel_reason": "Gel."}}.get(status, {})


def facts(status: str) -> dict[str, Any]:
    """Return what the database wants in a row of a status."""
    now = timezone.now()
    sent = {"submitted_at": now, "reference": "D-2026-0147", "due_on": due()}
    taken = sent | {"accepted_at": now, "assigned_to": everybody()}
    return {
        "submitted": sent,
        "accepted": taken,
        "in_progress": taken,
        "waiting_requester": taken | {"waiting_since": now},
        "delivered": taken | {"delivered_at": now, "proposed_outcome": "solved"},
        "closed": taken
        | {"delivered_at": now, "proposed_outcome": "solved", "closed_at": now, "outcome": "solved"},
        "declined": sent | {"decline_reason": "other", "decline_text": "Non."},
    }.get(status, {})


def failing_for(person: User) -> Callable[..., None]:
    """Return the mail of the day, which cannot be written to a person."""
    whole = emails.reminder

    def fails(to: User, *args: Any) -> None:
        if to == person:
            raise RuntimeError
        whole(to, *args)

    return fails
