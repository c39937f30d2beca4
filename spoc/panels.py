"""What this app shows at home: to the SPOCs and leads, what is to triage and what is late."""

from django.db.models import Q, QuerySet
from django.utils import timezone

from hubportal.accounts.models import Role, User
from hubportal.dashboard.panels import Panel
from spoc.models import ServiceRequest
from spoc.models.parties import communes_served_by

SHOWN = 5


def home(user: User) -> list[Panel]:
    """Return the panels of a person's home page."""
    return [*_desk(user)]


def _desk(user: User) -> list[Panel]:
    """Show a SPOC what waits in the communes they serve, a lead what waits in all 19."""
    if not user.has_role(Role.SPOC, Role.LEAD):
        return []
    rows = ServiceRequest.objects.visible_to(user).select_related("commune", "assigned_to")
    own = rows if user.has_role(Role.LEAD) else rows.filter(_of(user))
    context = {
        "today": timezone.localdate(),
        "triage": _first(own.to_triage()),
        "late": _first(own.late()),
        "open": own.open().count(),
    }
    return [Panel("spoc/panels/desk.html", context, "main", 7)]


def _of(user: User) -> Q:
    return Q(commune__in=communes_served_by(user)) | Q(assigned_to=user)


def _first(rows: "QuerySet[ServiceRequest]") -> dict[str, object]:
    """Return the first rows by due date, and whether there are more."""
    found = list(rows.order_by("due_on", "pk")[: SHOWN + 1])
    return {"rows": found[:SHOWN], "has_more": len(found) > SHOWN}
