"""The columns of a concern; which of them each state needs is said in `concern_rules`."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from communes.models import Commune
from hubportal import search
from hubportal.access.plain import one_way
from spoc.models.concern_choices import ConcernStatus, TextLanguage, Urgency
from spoc.models.concern_theme import ConcernTheme


class ConcernFacts(models.Model):
    """What is known of a concern: what is asked, by whom, which moments it passed, how it ended."""

    # --- What is asked: written once, kept whole
    reference = models.CharField(_("reference"), max_length=12, unique=True, editable=False)
    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="concerns", verbose_name=_("commune"), editable=False
    )
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="concerns_raised",
        verbose_name=_("raised by"),
        editable=False,
    )
    raised_at = models.DateTimeField(_("raised at"), default=timezone.now, editable=False)
    title = models.CharField(_("title"), max_length=160, validators=[one_way])
    text = models.TextField(_("question or problem"), max_length=4000)
    language = models.CharField(_("written in"), max_length=2, choices=TextLanguage.choices)
    is_shareable = models.BooleanField(
        _("the other communes may read it"),
        default=False,
        help_text=_(
            "If not: they read its theme only, and the Region reads it without the name of your commune."
        ),
    )

    # --- Where it is
    theme = models.ForeignKey(
        ConcernTheme, models.PROTECT, related_name="concerns", verbose_name=pgettext_lazy("concern", "theme")
    )
    urgency = models.CharField(_("urgency"), max_length=8, choices=Urgency.choices, default=Urgency.NORMAL)
    group = models.ForeignKey(
        "spoc.ConcernGroup",
        models.PROTECT,
        null=True,
        # From a group nothing leads to its concerns but a queryset that asks who reads.
        related_name="+",
        verbose_name=_("group"),
        editable=False,
    )
    status = models.CharField(
        _("state"),
        max_length=12,
        choices=ConcernStatus.choices,
        default=ConcernStatus.RAISED,
        editable=False,
    )

    # --- The moments it passed
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)
    qualified_at = models.DateTimeField(_("qualified at"), null=True, editable=False)
    relayed_at = models.DateTimeField(_("last relayed at"), null=True, editable=False)
    answered_at = models.DateTimeField(_("answered at"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)

    # --- How it ended
    not_relayed_reason = models.TextField(
        _("why it is not relayed"), max_length=2000, blank=True, editable=False
    )
    settled_by = models.ForeignKey(
        "spoc.Answer",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("settled by the answer"),
        editable=False,
    )

    # --- How it is found
    search_fr = search.vector("fr", "title", "text")
    search_nl = search.vector("nl", "title", "text")

    class Meta:
        abstract = True

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("spoc:concern-detail", args=[self.pk])
