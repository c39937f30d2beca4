"""The proof of an edition as it was: kept when its last message left, and once more before addresses are hashed."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.files.models import SHA256
from mailings.models.choices import Language

if TYPE_CHECKING:
    from mailings.models.mailing import Mailing


class StoredProofQuerySet(models.QuerySet["StoredProof"]):
    """Stored proofs."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency, none to others: as the messages."""
        return self if user.has_role(*AGENCY_ROLES) else self.none()

    def instead_of_rows(self, mailing: "Mailing", language: str) -> "StoredProof | None":
        """Return what is handed out once the rows hold hashes; None as long as they tell it themselves."""
        rows = self.filter(mailing=mailing, is_last=True)
        return rows.filter(language=language).last() or rows.filter(language=Language.FR).last()


class StoredProof(models.Model):
    """The proof in one language, as a table (CSV) and as the page that is drawn: append-only by a row trigger."""

    mailing = models.ForeignKey(
        "mailings.Mailing", models.PROTECT, related_name="proofs", verbose_name=_("edition")
    )
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    at = models.DateTimeField(_("when"), default=timezone.now)
    table = models.TextField("CSV")
    page = models.TextField("HTML")
    sha256 = models.CharField("SHA-256", max_length=64)
    """Of the table and the page, by `hubportal.fingerprint`."""
    is_last = models.BooleanField(_("kept before the addresses were hashed"), default=False)

    objects: ClassVar[models.Manager["StoredProof"]] = StoredProofQuerySet.as_manager()

    class Meta:
        verbose_name = _("stored proof")
        verbose_name_plural = _("stored proofs")
        ordering = ["mailing", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mailing", "language"],
                condition=Q(is_last=True),
                name="storedproof_last_once",
                violation_error_message=_("The last proof of this edition is stored already."),
            ),
            models.CheckConstraint(
                condition=Q(language__in=Language.values, sha256__regex=SHA256),
                name="storedproof_is_whole",
                violation_error_message=_("A stored proof has its language and its fingerprint."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mailing}, {self.language}, {self.at:%d.%m.%Y}"
