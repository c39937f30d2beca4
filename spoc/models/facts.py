"""The columns of a service request; which of them each state needs is said in `rules`."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from communes.models import Commune, District
from hubportal import search
from hubportal.access.plain import one_way
from spoc.models.choices import DeclineReason, Direction, Kind, Outcome, Status, Usefulness


def _choice(label: Any, choices: type[models.TextChoices], **options: Any) -> "models.CharField[str, str]":
    return models.CharField(label, max_length=20, choices=choices.choices, **options)


class RequestFacts(models.Model):
    """What is known of a request: what was asked, who has it, which moments it passed, how it ended."""

    # --- What is asked
    reference = models.CharField(
        _("reference"),
        max_length=12,
        unique=True,
        null=True,
        editable=False,
        help_text=_("Given when it is submitted."),
    )
    kind = _choice(_("service"), Kind)
    direction = _choice(_("direction"), Direction, default=Direction.TO_AGENCY)
    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="service_requests", verbose_name=_("commune")
    )
    convention_theme = models.ForeignKey(
        "conventions.ConventionTheme",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="service_requests",
        verbose_name=_("theme of the convention"),
    )
    outside_reason = models.TextField(
        _("why outside the convention"),
        max_length=600,
        blank=True,
        help_text=_("Only when no theme of the convention fits."),
    )
    district = models.ForeignKey(
        District,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="service_requests",
        verbose_name=_("district"),
    )
    title = models.CharField(_("title"), max_length=160, validators=[one_way])
    description = models.TextField(
        _("what is expected"), max_length=2000, help_text=_("In one or two sentences.")
    )

    # --- Where it is
    status = _choice(_("state"), Status, default=Status.DRAFT, editable=False)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="requests_in_charge",
        verbose_name=_("person in charge"),
    )
    due_on = models.DateField(
        pgettext_lazy("deadline", "due"),
        null=True,
        editable=False,
        help_text=_("What the responding party owes next: an answer first, then the deliverable."),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        editable=False,
        related_name="requests_made",
        verbose_name=_("asked by"),
    )

    # --- The moments it passed
    created_at = models.DateTimeField(_("begun at"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, editable=False)
    answered_at = models.DateTimeField(
        _("first answered at"), null=True, editable=False, help_text=_("By a person, not by the portal.")
    )
    accepted_at = models.DateTimeField(_("accepted at"), null=True, editable=False)
    delivered_at = models.DateTimeField(_("delivered at"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)
    waiting_since = models.DateTimeField(
        _("waiting since"), null=True, editable=False, help_text=_("The clock stands still.")
    )
    stopped_days = models.PositiveSmallIntegerField(
        _("days waited"), default=0, editable=False, help_text=_("Business days added to the due date.")
    )

    # --- How it ended
    proposed_outcome = _choice(_("proposed outcome"), Outcome, blank=True, editable=False)
    outcome = _choice(_("outcome"), Outcome, blank=True, editable=False)
    closing_text = models.TextField(_("why it was closed"), max_length=2000, blank=True, editable=False)
    usefulness = _choice(_("useful"), Usefulness, blank=True, editable=False)
    decline_reason = _choice(_("reason of the refusal"), DeclineReason, blank=True, editable=False)
    decline_text = models.TextField(_("explanation"), max_length=2000, blank=True, editable=False)

    # --- How it is found
    search_fr = search.vector("fr", "title", "description")
    search_nl = search.vector("nl", "title", "description")

    class Meta:
        abstract = True
