"""The ZIP of PDFs that a person asked for: made by one worker at a time, kept for two days."""

import secrets
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Self

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conventions.models.choices import BUNDLES
from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.files.models import SHA256, StoredFile
from hubportal.outbox.bell import ring
from hubportal.workflow import Stateful, Transition, TransitionEvent, known_status

LIFETIME: Final = timedelta(days=2)
"""How long a ZIP is kept."""
PATIENCE: Final = timedelta(minutes=2)
"""A worker that does not count on for so long is taken for dead."""
TRIES: Final = 3
"""Workers that may die over one ZIP: a fourth one would die too."""
UNDER_WAY: Final = ("asked", "running")


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
        """Ask for a ZIP of the conventions that the person may read; the one under way if there is one.

        PermissionDenied unless the person is of the agency.
        """
        if not Bundle.can_be_asked_by(by):
            raise PermissionDenied(_("The agency makes this file."))
        known = self.filter(asked_by=by, status__in=UNDER_WAY)
        row = known.first()
        if row is None:
            try:
                # Two clicks at once: the database lets one of them through.
                with transaction.atomic():
                    row = self.create(asked_by=by)
            except IntegrityError:
                row = self.filter(asked_by=by)[0]
        ring(BUNDLES)
        return row


class BundleStatus(models.TextChoices):
    """Stored states."""

    ASKED = "asked", _("asked for")
    RUNNING = "running", _("being made")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")


class LeftOut(models.TextChoices):
    """Why a convention in force is not in a ZIP."""

    PAPER = "paper", _("recorded on paper, without its text")
    FAILED = "failed", _("its PDF could not be drawn")


class Bundle(Stateful, StoredFile):
    """A ZIP of PDFs, made by a worker for one person.

    Whoever begins it gets a token, the `claim`; only with that of the last beginning is it counted on and finished,
    so a worker that was taken for dead and comes back changes nothing.
    """

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
    claim = models.CharField(max_length=32, blank=True, editable=False)
    """The token of the worker that makes it."""
    beat_at = models.DateTimeField(null=True, editable=False)
    """When its worker counted last."""
    left_out = models.JSONField(_("left out"), default=dict, blank=True, editable=False)
    """The references that are not in it, each with the reason, a code of `LeftOut`."""
    expires_at = models.DateTimeField(_("kept until"), null=True, editable=False)

    objects: ClassVar[models.Manager["Bundle"]] = BundleQuerySet.as_manager()

    class Meta:
        verbose_name = _("bundle of documents")
        verbose_name_plural = _("bundles of documents")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            known_status(BundleStatus, "bundle_known_status"),
            models.UniqueConstraint(
                fields=["asked_by"],
                condition=Q(status__in=UNDER_WAY),
                name="bundle_one_under_way",
                violation_error_message=_("This file is being made already."),
            ),
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
                condition=~Q(status="running") | (Q(beat_at__isnull=False) & ~Q(claim="")),
                name="bundle_running_beats",
                violation_error_message=_("What is being made has a worker."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asked_by}, {self.asked_at:%d.%m.%Y}"

    @property
    def is_under_way(self) -> bool:
        """Whether it is still to come."""
        return self.status in UNDER_WAY

    @staticmethod
    def can_be_asked_by(user: User) -> bool:
        """Tell whether a person may ask for one: the agency."""
        return user.has_role(*AGENCY_ROLES)

    @transaction.atomic
    def start(self, *, by: None = None, total: int) -> str:
        """Begin, or begin again after a worker that died; return the claim to make it with.

        TransitionError while another one is at it.
        """
        self._lock()
        line = self._line("start")
        if not type(self)._base_manager.filter(pk=self.pk).filter(pk__in=Bundle.objects.due()).exists():
            raise self.too_late(line.verb)
        claim = secrets.token_hex(16)
        self._move("start", by, total=total, done=0, beat_at=timezone.now(), claim=claim)
        return claim

    def count(self, claim: str, done: int) -> bool:
        """Say how many are made; False when it is not being made any more, or by another worker."""
        rows = type(self)._base_manager.filter(pk=self.pk, status=BundleStatus.RUNNING, claim=claim)
        return bool(rows.update(done=done, beat_at=timezone.now()))

    @transaction.atomic
    def finish(
        self, *, by: None = None, claim: str, file: Any, name: str, size: int, sha256: str,
        left_out: dict[str, str] | None = None,
    ) -> None:  # fmt: skip
        """Keep the ZIP, for two days. `file` is the content, a Django `File`.

        TransitionError, and nothing kept, when another worker took over.
        """
        self._hold("finish", claim)
        facts: dict[str, Any] = {
            "name": name, "size": size, "sha256": sha256, "content_type": "application/zip",
            "done": F("total"), "left_out": left_out or {}, "expires_at": timezone.now() + LIFETIME,
        }  # fmt: skip
        self.file.save(name, file, save=False)
        self._move("finish", by, file=self.file.name, **facts)

    @transaction.atomic
    def fail(self, *, by: None = None, claim: str = "", comment: str = "") -> None:
        """Give up; the reason is for administrators. TransitionError when another worker took over."""
        self._hold("fail", claim)
        self._move("fail", by, comment=comment)

    def is_hopeless(self) -> bool:
        """Tell whether so many workers died over it that it is given up."""
        return self.events.filter(verb="start").count() >= TRIES

    def drop_file(self) -> None:
        """Take the file away and keep the row, which says when it was made."""
        # The file first: what stops in between is tried again by the next tick.
        self.file.storage.delete(self.file.name)
        type(self)._base_manager.filter(pk=self.pk).update(file="")
        self.refresh_from_db()

    def can_be_downloaded_by(self, user: User) -> bool:
        """Tell whether the ZIP is there, for the person who asked and is of the agency still."""
        is_there = self.status == BundleStatus.READY and bool(self.file)
        in_time = self.expires_at is not None and self.expires_at > timezone.now()
        return is_there and in_time and self.asked_by_id == user.pk and user.has_role(*AGENCY_ROLES)

    def _hold(self, verb: str, claim: str) -> None:
        """Lock the row; refuse a worker that does not hold it."""
        self._lock()
        self._line(verb)
        if claim != self.claim:
            raise self.too_late(verb)


class BundleEvent(TransitionEvent):
    """A step in the life of a bundle."""

    subject = models.ForeignKey(Bundle, models.CASCADE, related_name="events")
