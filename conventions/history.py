"""Everything that is known of the life of an agreement, oldest first: for the page that is printed and kept."""

from typing import Any, Final, NamedTuple

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from conventions.models import (
    Agreement,
    Amendment,
    AmendmentEvent,
    ArticleRevision,
    Comment,
    Convention,
    ConventionEvent,
    Document,
    Evidence,
    ProjectAgreement,
)
from conventions.models.choices import Party
from hubportal.accounts.models import User
from hubportal.workflow import TransitionEvent

WORDS: Final[dict[str, str | Promise]] = {
    "share": _("Shared with the commune"),
    "agree": _("Agreed to the text"),
    "void_consent": _("Text changed: agreements to it void"),
    "freeze": _("Text frozen for signing"),
    "sign": _("Signature recorded"),
    "send_back": _("Sent back"),
    "abandon": pgettext_lazy("agreement", "Abandoned"),
    "record": _("Recorded as signed"),
    "renew": _("Renewed by a new draft"),
    "terminate": pgettext_lazy("agreement", "Terminated"),
    "supersede": _("Ended by the agreement that follows"),
    "extend": _("Last day moved by an amendment"),
}
"""What each step is called once it was taken."""
AGREED: Final[dict[str, str | Promise]] = {
    Party.AGENCY: _("The agency agreed to the text"),
    Party.COMMUNE: _("The commune agreed to the text"),
}


class Moment(NamedTuple):
    """A step that was taken; `source` and `target` are labels of states."""

    event: TransitionEvent
    label: str | Promise
    source: str | Promise
    target: str | Promise


def history(agreement: Agreement, user: User) -> dict[str, Any]:
    """Return every step, text, evidence, document and amendment that the person may read: a query for each."""
    own = {agreement.OWNER: agreement}
    comments = Comment.objects.visible_to(user).filter(**own).order_by()
    found = {
        "steps": _steps(agreement, user),
        "revisions": list(
            ArticleRevision.objects.visible_to(user).filter(**own).select_related("by").order_by("at", "pk")
        ),
        "evidence": list(
            Evidence.objects.visible_to(user)
            .filter(**own)
            .select_related("signatory", "recorded_by")
            .order_by("recorded_at", "pk")
        ),
        "documents": list(Document.objects.visible_to(user).filter(**own).order_by("made_at", "pk")),
        "counts": comments.aggregate(all=Count("pk"), open=Count("pk", filter=Q(resolved_at=None))),
    }
    if isinstance(agreement, Convention):
        rows = Amendment.objects.visible_to(user).filter(convention=agreement).select_related("convention")
        found["amendments"] = list(rows.order_by("number"))
        projects = ProjectAgreement.objects.visible_to(user).filter(convention=agreement)
        found["projects"] = list(projects.select_related("added_by", "district").order_by("added_at", "pk"))
    return found


def _steps(agreement: Agreement, user: User) -> list[Moment]:
    model = AmendmentEvent if isinstance(agreement, Amendment) else ConventionEvent
    rows = model.objects.visible_to(user).filter(subject=agreement.pk)
    labels = dict(agreement.Status.choices)
    return [
        Moment(
            event,
            AGREED.get(event.party) or WORDS.get(event.verb, event.verb),
            labels[event.source],
            labels[event.target],
        )
        for event in rows.select_related("by").order_by("at", "pk")
    ]
