"""How a past of agreements is written for the demonstration: the verbs are taken now, then their days are set back."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from communes import demo_names as names
from communes.models import Mandate
from conventions.models import Agreement, ArticleRevision
from hubportal.accounts.models import User
from hubportal.retention import retention


def moment(day: date, hour: int = 10) -> datetime:
    """Return an hour of a day in Brussels."""
    return timezone.make_aware(datetime.combine(day, time(hour)))


def set_back(*changes: tuple[Any, dict[str, Any]]) -> None:
    """Write other values into rows that are append-only, or frozen, but for who says so: (rows, columns) each."""
    with retention():
        for rows, columns in changes:
            rows.update(**columns)


def let_pass(agreement: Agreement, days: dict[str, date]) -> None:
    """Let the steps of an agreement have been taken on these days, by verb; its text was written before the first."""
    events = [(agreement.events.filter(verb=verb), {"at": moment(day)}) for verb, day in days.items()]
    columns = {
        "share": ["shared_at"],
        "freeze": ["frozen_at"],
        "agree": ["agency_agreed_at", "commune_agreed_at"],
    }
    facts = {
        name: moment(days[verb])
        for verb, fields in columns.items()
        for name in fields
        if verb in days and getattr(agreement, name)
    }
    written = ArticleRevision.objects.filter(**{agreement.OWNER: agreement})
    before = moment(min(days.values()) - timedelta(days=3))
    set_back(
        *events,
        (type(agreement)._base_manager.filter(pk=agreement.pk), facts),
        (written.filter(kind="added"), {"at": before}),
    )
    agreement.refresh_from_db()


def secretary_of(nis: str) -> str:
    """Return the invented communal secretary of a commune."""
    number = int(nis)
    return f"{names.FIRST_NAMES[number * 3 % 40]} {names.LAST_NAMES[(number * 17 + 9) % 40]}"


def bourgmestre_of(nis: str, on: date) -> User:
    """Return who was bourgmestre of a commune on a day, the acting one first."""
    rows = Mandate.objects.valid(on).filter(commune=nis).bourgmestres().select_related("user")
    return rows.order_by("-is_acting", "pk")[0].user


def with_signatories(agreement: Agreement, people: dict[str, User]) -> None:
    """Say who signs: bourgmestre and communal secretary, director and lead of the agency."""
    lead = people["lead"]
    agreement.add_signatory(
        by=lead, office="bourgmestre", user=bourgmestre_of(agreement.nis, timezone.localdate())
    )
    agreement.add_signatory(by=lead, office="secretary", name=secretary_of(agreement.nis))
    agreement.add_signatory(by=lead, office="director", user=people["director"])
    agreement.add_signatory(by=lead, office="representative", user=lead)
