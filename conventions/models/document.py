"""PDFs that were made once of a frozen text, and the ZIP of many that a person asked for."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conventions.models.amendment import Amendment
from conventions.models.convention import Convention
from conventions.models.policy import NOT_OF_ONE, OF_ONE, part_seen_by
from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.files.models import SHA256, StoredFile
from hubportal.workflow import Stateful, Transition, TransitionEvent, known_status

LIFETIME: Final = timedelta(days=2)
"""How long a ZIP is kept."""
PATIENCE: Final = timedelta(minutes=2)
"""A worker that does not count on for so long is taken for dead."""


class DocumentQuerySet(models.QuerySet["Document"]):
    """Documents."""

    def visible_to(self, user: User) -> Self:
        """Return the documents of the agreements whose text the person may read."""
        return self.filter(part_seen_by(user))


class Document(StoredFile):
    """The bytes of a frozen text: made once, by its fingerprint, then served; append-only."""

    class Kind(models.TextChoices):
        """Which one."""

        TEXT = "text", _("text")
        TO_SIGN = "to_sign", _("to sign")

    convention = models.ForeignKey(
        Convention,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name=_("convention"),
    )
    amendment = models.ForeignKey(
        Amendment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name=_("amendment"),
    )
    content_hash = models.CharField(_("fingerprint"), max_length=64)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    made_at = models.DateTimeField(_("made at"), default=timezone.now)

    objects: ClassVar[models.Manager["Document"]] = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["made_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["content_hash", "kind"],
                name="document_made_once",
                violation_error_message=_("This document was made already."),
            ),
            models.CheckConstraint(
                condition=OF_ONE,
                name="document_of_one_agreement",
                violation_error_message=NOT_OF_ONE,
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["text", "to_sign"], content_hash__regex=SHA256)
                & ~Q(file="")
                & ~Q(name="")
                & Q(size__gt=0, sha256__regex=SHA256),
                name="document_is_whole",
                violation_error_message=_("A file has a name, a size and its fingerprint."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BundleQuerySet(models.QuerySet["Bundle"]):
    """Bundles."""

    def visible_to(self, user: User) -> Self:
        """Return one's own: what is in it depends on who asked for it."""
        return self.filter(asked_by=user)

    def due(self, now: datetime | None = None) -> Self:
        """Return those to make: asked for, or begun by a worker that has not counted for a while."""
        since = (now or timezone.now()) - PATIENCE
        return self.filter(Q(status="asked") | Q(status="running", beat_at__lt=since))

    def outdated(self, now: datetime | None = None) -> Self:
        """Return those whose file is to be taken away."""
        return self.filter(expires_at__lte=now or timezone.now()).exclude(file="")

    def ask(self, *, by: User) -> "Bundle":
        """Ask for a ZIP of the conventions that the person may read; the one under way if there is one."""
        under_way = self.filter(asked_by=by, status__in=("asked", "running")).order_by("pk").first()
        return under_way or self.create(asked_by=by)


class BundleStatus(models.TextChoices):
    """Stored states."""

    ASKED = "asked", _("asked for")
    RUNNING = "running", _("being made")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")


class Bundle(Stateful, StoredFile):
    """A ZIP of PDFs, made by a worker for one person."""

    Status = BundleStatus
    TRANSITIONS = (
        Transition("start", ("asked", "running"), "running", by_itself=True),
        Transition("finish", ("running",), "ready", by_itself=True),
        Transition("fail", ("asked", "running"), "failed", by_itself=True),
    )

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    status = models.CharField(
        _("state"), max_length=8, choices=BundleStatus.choices, default=BundleStatus.ASKED, editable=False
    )
    done = models.PositiveSmallIntegerField(_("made"), default=0, editable=False)
    total = models.PositiveSmallIntegerField(_("to make"), default=0, editable=False)
    beat_at = models.DateTimeField(null=True, editable=False)
    """When its worker counted last."""
    expires_at = models.DateTimeField(_("kept until"), null=True, editable=False)

    objects: ClassVar[models.Manager["Bundle"]] = BundleQuerySet.as_manager()

    class Meta:
        verbose_name = _("bundle of documents")
        verbose_name_plural = _("bundles of documents")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            known_status(BundleStatus, "bundle_known_status"),
            models.CheckConstraint(
                condition=Q(done__lte=F("total")),
                name="bundle_counts",
                violation_error_message=_("No more can be made than there is to make."),
            ),
            models.CheckConstraint(
                condition=~Q(status="ready") | Q(expires_at__isnull=False, sha256__regex=SHA256),
                name="bundle_ready_has_file",
                violation_error_message=_("A file has a name, a size and its fingerprint."),
            ),
            models.CheckConstraint(
                condition=~Q(status="running") | Q(beat_at__isnull=False),
                name="bundle_running_beats",
                violation_error_message=_("What is being made has a worker."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asked_by}, {self.asked_at:%d.%m.%Y}"

    @transaction.atomic
    def start(self, *, by: None = None, total: int) -> None:
        """Begin, or begin again after a worker that died; TransitionError while another one is at it."""
        self.refresh_from_db(from_queryset=type(self)._base_manager.select_for_update())
        line = self._line("start", self.status)
        if not type(self)._base_manager.filter(pk=self.pk).filter(pk__in=Bundle.objects.due()).exists():
            raise self._too_late(line.verb, self.status)
        self._move("start", by, total=total, done=0, beat_at=timezone.now())

    def count(self, done: int) -> bool:
        """Say how many are made; False when it is not being made any more."""
        rows = type(self)._base_manager.filter(pk=self.pk, status=BundleStatus.RUNNING)
        return bool(rows.update(done=done, beat_at=timezone.now()))

    @transaction.atomic
    def finish(self, *, by: None = None, file: Any, name: str, size: int, sha256: str) -> None:
        """Keep the ZIP, for two days. `file` is the content, a Django `File`."""
        facts: dict[str, Any] = {
            "name": name, "size": size, "sha256": sha256, "content_type": "application/zip",
            "done": F("total"), "expires_at": timezone.now() + LIFETIME,
        }  # fmt: skip
        self.file.save(name, file, save=False)
        self._move("finish", by, file=self.file.name, **facts)

    def fail(self, *, by: None = None, comment: str = "") -> None:
        """Give up; the reason is for administrators."""
        self._move("fail", by, comment=comment)

    def can_be_downloaded_by(self, user: User) -> bool:
        """Tell whether the ZIP is there, for the person who asked and is of the agency still."""
        is_there = self.status == BundleStatus.READY and bool(self.file)
        in_time = self.expires_at is not None and self.expires_at > timezone.now()
        return is_there and in_time and self.asked_by_id == user.pk and user.has_role(*AGENCY_ROLES)


class BundleEvent(TransitionEvent):
    """A step in the life of a bundle."""

    subject = models.ForeignKey(Bundle, models.CASCADE, related_name="events")
