"""Project agreements: what a convention leaves to a document of its own, annexed per project."""

from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from communes.models import District
from conventions.models.convention import Convention
from conventions.models.policy import text_seen_by
from conventions.models.versioned import BoundedText, TextConflictError, Versioned
from hubportal.accounts.models import User
from hubportal.files.models import SHA256, StoredFile
from hubportal.fingerprint import normal
from hubportal.workflow.table import TWICE


class ProjectQuerySet(models.QuerySet["ProjectAgreement"]):
    """Project agreements."""

    def visible_to(self, user: User) -> Self:
        """Return those annexed to the conventions whose text the person may read."""
        return self.filter(text_seen_by(user, "convention__", "convention__commune"))

    @transaction.atomic
    def annex(
        self, *, convention: Convention, by: User, upload: UploadedFile | None = None,
        district: District | None = None, starts_on: Any = None, ends_on: Any = None, **texts: str,
    ) -> "ProjectAgreement":  # fmt: skip
        """Annex and return one: to the text while it is written, beside it once it is signed.

        PermissionDenied unless one writes for the commune; ValidationError while the text waits for signatures.
        """
        convention._lock()
        _can_be_annexed(convention, by)
        texts = {name: normal(text).strip() for name, text in texts.items()}
        facts = StoredFile.facts_of(upload, ["pdf"]) if upload else {}
        recent = self.filter(
            convention=convention, added_by=by, added_at__gt=timezone.now() - TWICE, is_frozen=False,
            district=district, starts_on=starts_on, ends_on=ends_on, sha256=facts.get("sha256", ""), **texts,
        )  # fmt: skip
        if twin := recent.order_by("pk").last():
            # A second click.
            return twin
        row = self.model(
            convention=convention, district=district, starts_on=starts_on, ends_on=ends_on, added_by=by,
            **texts, **facts,
        )  # fmt: skip
        row.full_clean()
        row.save()
        if convention.is_writable:
            convention.was_changed(by)
        return row


class ProjectAgreement(StoredFile, Versioned):
    """A project, in both languages; `is_frozen`: it was annexed before the convention was signed, and is part of it."""

    TEXTS = ("title_fr", "title_nl", "text_fr", "text_nl")

    convention = models.ForeignKey(
        Convention, models.PROTECT, related_name="projects", verbose_name=_("convention")
    )
    title_fr = models.CharField(_("title in French"), max_length=200)
    title_nl = models.CharField(_("title in Dutch"), max_length=200)
    text_fr = BoundedText(
        _("text in French"),
        max_length=20_000,
        help_text=_("Markdown."),
    )
    text_nl = BoundedText(
        _("text in Dutch"),
        max_length=20_000,
        help_text=_("Markdown."),
    )
    district = models.ForeignKey(
        District, models.PROTECT, null=True, blank=True, related_name="project_agreements",
        verbose_name=_("district"),
    )  # fmt: skip
    starts_on = models.DateField(_("first day"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    is_frozen = models.BooleanField(_("signed with the convention"), default=False, editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("added by")
    )
    added_at = models.DateTimeField(_("added at"), default=timezone.now, editable=False)

    objects: ClassVar[models.Manager["ProjectAgreement"]] = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project agreement")
        verbose_name_plural = _("project agreements")
        ordering = ["convention_id", "starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title_fr="") & ~Q(title_nl="") & ~Q(text_fr="") & ~Q(text_nl=""),
                name="project_in_both_languages",
                violation_error_message=_("Write title and text in French and in Dutch."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True)
                | Q(starts_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="project_ends_after_start",
                violation_error_message=_("The last day cannot come before the first day."),
            ),
            models.CheckConstraint(
                condition=Q(file="", size=0, sha256="") | ~Q(file="") & Q(size__gt=0, sha256__regex=SHA256),
                name="project_file_is_whole",
                violation_error_message=_("A file has a name, a size and its fingerprint."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        return self.title_nl if get_language() == "nl" else self.title_fr

    @property
    def agreement(self) -> Convention:
        """The convention."""
        return self.convention

    def clean(self) -> None:
        """Refuse a district of another commune, and an end before the start, on their fields."""
        super().clean()
        if self.district and self.district.commune_id != self.convention.commune_id:
            raise ValidationError({"district": _("This district is in another commune.")})
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _("The last day cannot come before the first day.")})

    @transaction.atomic
    def arrange(
        self, *, by: User, version: int, starts_on: date | None, ends_on: date | None,
        upload: UploadedFile | None = None,
    ) -> bool:  # fmt: skip
        """Write its days, and another document instead of the present one; False when nothing differs.

        `version` is the one that was edited: TextConflictError as for `revise`.
        """
        self._open(by)
        facts: dict[str, Any] = {"starts_on": starts_on, "ends_on": ends_on}
        if upload:
            facts |= StoredFile.facts_of(upload, ["pdf"])
        if all(getattr(self, name) == value for name, value in facts.items()):
            return False
        if version != self.version:
            raise TextConflictError(self.texts, self.texts, self.version)
        former = self.file.name if upload else ""
        for name, value in facts.items():
            setattr(self, name, value)
        self.full_clean()
        self.version = version + 1
        self.save(update_fields=["version", *facts])
        self._changed(by, "edited")
        if former:
            # On the disk only then: a row whose file is gone would be worse than a file without a row.
            transaction.on_commit(lambda: self.file.storage.delete(former))
        return True

    def _open_agreement(self, by: User) -> None:
        """Let one that was annexed after the signature be changed all the same: it is a document of its own."""
        self.convention._lock()
        _can_be_annexed(self.convention, by)

    def _open(self, by: User) -> None:
        super()._open(by)
        if self.is_frozen:
            raise ValidationError(_("It was signed with the convention and cannot be changed."), "frozen")

    def _changed(self, by: User, kind: str) -> None:
        if self.convention.is_writable:
            super()._changed(by, kind)


def _can_be_annexed(convention: Convention, by: User) -> None:
    if not convention.can_be_edited_by(by):
        raise PermissionDenied(_("You may read this, but you do not write in it."))
    if not (convention.is_writable or convention.status == "signed"):
        raise ValidationError(_("Nothing can be annexed now: send the text back first."), "frozen")
