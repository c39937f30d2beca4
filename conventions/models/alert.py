"""Alerts that were sent ahead of an end or of a notice date: once each, and anew when the date moves."""

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conventions.models.coming import MONTHS, Due, Kind, coming
from conventions.models.convention import Convention
from conventions.models.policy import text_seen_by
from hubportal.accounts.models import User


class AlertQuerySet(models.QuerySet["Alert"]):
    """Alerts."""

    def visible_to(self, user: User) -> Self:
        """Return the alerts about the conventions whose text the person may read."""
        return self.filter(text_seen_by(user, "convention__", "convention__commune"))

    def due_for(self, convention: Convention, on: date | None = None) -> Due | None:
        """Return the alert to send on a day (today): the nearest one that has come; None when it was sent, or none.

        Those that were missed are not sent after it. `keep` notes that it was sent.
        """
        due = coming(convention, on or timezone.localdate())
        known = due is not None and self.filter(convention=convention, **due._asdict()).exists()
        return None if known else due

    def keep(self, convention: Convention, due: Due) -> bool:
        """Note that an alert is sent; False when somebody else was faster. In the transaction of its mails."""
        _row, is_new = self.get_or_create(convention=convention, **due._asdict())
        return is_new


class Alert(models.Model):
    """One that was sent; `due_on` is the date that it was computed for."""

    Kind = Kind

    convention = models.ForeignKey(
        Convention, models.PROTECT, related_name="alerts", verbose_name=_("convention")
    )
    kind = models.CharField(_("ahead of"), max_length=8, choices=Kind.choices)
    months = models.PositiveSmallIntegerField(_("months ahead"))
    due_on = models.DateField(_("date"))
    sent_at = models.DateTimeField(_("sent at"), default=timezone.now)

    objects: ClassVar[models.Manager["Alert"]] = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["convention", "kind", "months", "due_on"],
                name="alert_once",
                violation_error_message=_("This alert was sent already."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["notice", "end"], months__in=MONTHS),
                name="alert_known_kind",
                violation_error_message=_("This choice does not exist."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.convention}, {self.due_on:%d.%m.%Y} (-{self.months})"
