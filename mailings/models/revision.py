"""Every version of a text, so that who approves the next one reads what changed: append-only."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import MD5, Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import AGENCY_ROLES, User
from mailings.models.approval import Approval
from mailings.models.choices import LANGUAGES, Decision, Language
from mailings.models.policy import FollowedQuerySet

if TYPE_CHECKING:
    from mailings.models.mailing import Mailing


class RevisionQuerySet(FollowedQuerySet["Revision"]):
    """Former versions: how a text came about is for those who write and approve it."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency; to cabinet and task force the versions that were submitted; none to communes."""
        rows = super().visible_to(user)
        if user.has_role(*AGENCY_ROLES):
            return rows
        asked = Approval.objects.filter(mailing=OuterRef("mailing"), version=OuterRef("version"))
        return rows.filter(Exists(asked.filter(decision=Decision.SUBMITTED).order_by()))

    def both_of(self, mailing: "Mailing", version: int) -> "dict[str, Revision]":
        """Return both texts of a version by language; empty when it was not kept, or is not among these."""
        rows = self.filter(mailing=mailing, version=version).select_related("by").order_by()
        found = {row.language: row for row in rows}
        return found if len(found) == len(LANGUAGES) else {}

    def marked(self) -> Self:
        """Read a mark of each text instead of the text itself; empty lines at the end are no change (`changes`)."""
        line = models.Value("\n")
        body = models.Func("body", line, function="rtrim", output_field=models.TextField())
        parts = Concat("subject", line, "preheader", line, body, output_field=models.TextField())
        return self.defer("subject", "preheader", "body").annotate(mark=MD5(parts))


class Revision(models.Model):
    """One language of a version that was saved; a row trigger refuses UPDATE and DELETE."""

    mailing = models.ForeignKey("mailings.Mailing", models.PROTECT, related_name="revisions")
    version = models.PositiveIntegerField(_("version"))
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    preheader = models.CharField(_("preview line"), max_length=200, blank=True)
    body = models.TextField(_("text"), max_length=60_000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who"))
    at = models.DateTimeField(_("when"), default=timezone.now)

    mark: str
    """Of its texts, where `marked` read it."""

    objects: ClassVar[models.Manager["Revision"]] = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("former version")
        verbose_name_plural = _("former versions")
        ordering = ["mailing", "version", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["mailing", "version", "language"],
                name="revision_once_per_version_and_language",
                violation_error_message=_("This version is kept already."),
            ),
            models.CheckConstraint(
                condition=Q(language__in=Language.values),
                name="revision_known_language",
                violation_error_message=_("This language does not exist."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} ({self.version}, {self.language})"
