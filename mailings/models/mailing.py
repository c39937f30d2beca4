"""One edition of the weekly mailing, and each step of its life (the table is in `table`)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from communes.models import Portfolio
from hubportal.accounts.models import User
from hubportal.outbox.bell import ring
from hubportal.outbox.claim import CHUNK
from hubportal.outbox.consignment import OPEN
from hubportal.workflow import Stateful
from mailings import audience, emails, freezing
from mailings.content import content_hash
from mailings.letter import Text
from mailings.models import checks, consent
from mailings.models.approval import Approval
from mailings.models.choices import (
    LANGUAGES,
    STEERERS,
    WRITERS,
    Capacity,
    CrashPolicy,
    Decision,
    Status,
)
from mailings.models.delivery import TASK, Delivery
from mailings.models.delivery_event import DeliveryEvent
from mailings.models.policy import FOLLOWERS
from mailings.models.queryset import MailingQuerySet
from mailings.models.revision import Revision
from mailings.models.rules import CONSTRAINTS
from mailings.models.table import TRANSITIONS
from mailings.models.texts import Variant
from mailings.parity import Side

Texts = Mapping[str, Mapping[str, str]]
"""subject, preheader and body by language."""
PATIENCE: Final = timedelta(days=7)
"""From asking for approval to expiring, unless the edition is scheduled by then."""
FIELDS: Final = ("subject", "preheader", "body")
EMPTY: Final[Texts] = {language: dict.fromkeys(FIELDS, "") for language in LANGUAGES}


class Mailing(Stateful):
    """An edition. Who may see it: `MailingQuerySet.visible_to`.

    Each verb is one transaction: the locked row's check, the UPDATE, the event, what it writes besides, and the
    rows of its mails. It raises TransitionError (too late), PermissionDenied (not yours), ValidationError.
    """

    Status = Status
    TRANSITIONS = TRANSITIONS

    number = models.PositiveIntegerField(_("number"), unique=True, editable=False)
    week_on = models.DateField(_("week of"), help_text=_("The Monday."))
    status = models.CharField(
        _("state"), max_length=12, choices=Status.choices, default=Status.DRAFT, editable=False
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("begun by"), editable=False
    )
    authors = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", verbose_name=_("authors"), editable=False
    )
    to_bourgmestres = models.BooleanField(_("to the bourgmestres"), default=True)
    portfolios = ArrayField(
        models.CharField(max_length=16, choices=Portfolio.choices),
        verbose_name=_("to whoever holds"), default=list, blank=True,
    )  # fmt: skip
    crash_policy = models.CharField(
        _("after a crash"),
        max_length=6,
        choices=CrashPolicy.choices,
        default=CrashPolicy.HOLD,
        editable=False,
    )
    content_hash = models.CharField(max_length=64, editable=False)
    approved_hash = models.CharField(max_length=64, blank=True, editable=False)
    scheduled_for = models.DateTimeField(_("leaves on"), null=True, editable=False)
    expires_at = models.DateTimeField(_("expires on"), null=True, editable=False)
    known_gaps = ArrayField(models.CharField(max_length=40), default=list, editable=False)
    """Marks of the gaps when it was scheduled, whose reason is the one below (`audience.marks`)."""
    gap_reason = models.TextField(_("why it leaves with gaps"), max_length=2000, blank=True, editable=False)
    cancel_reason = models.TextField(_("why it was cancelled"), max_length=2000, blank=True, editable=False)
    created_at = models.DateTimeField(_("begun on"), default=timezone.now, editable=False)
    saved_at = models.DateTimeField(_("saved on"), default=timezone.now, editable=False)
    submitted_at = models.DateTimeField(_("submitted on"), null=True, editable=False)
    started_at = models.DateTimeField(_("sending began on"), null=True, editable=False)
    finished_at = models.DateTimeField(_("sent on"), null=True, editable=False)

    objects: ClassVar[models.Manager["Mailing"]] = MailingQuerySet.as_manager()

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        ordering = ["-number"]
        constraints = CONSTRAINTS

    def __str__(self) -> str:
        return str(_("Edition %(number)s") % {"number": self.number})

    def get_absolute_url(self) -> str:
        """Return the edition's page."""
        return reverse("mailings:detail", kwargs={"number": self.number})

    # --- What it says --------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """The subject in the reader's language, else the other one's; read `variants` ahead for lists."""
        own = "nl" if get_language() == "nl" else "fr"
        subjects = {row.language: row.subject for row in self.variants.all()}
        return subjects.get(own) or next(filter(None, subjects.values()), "") or str(self)

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        """What is written: subject, preheader and body by language."""
        rows = {row.language: row for row in self.variants.all()}
        return {
            language: {name: getattr(rows[language], name) if language in rows else "" for name in FIELDS}
            for language in LANGUAGES
        }

    def side(self, language: str) -> Side:
        """Return one language as the parity check reads it."""
        return Side(**self.texts[language])

    def text(self, language: str) -> Text:
        """Return one language as the letter reads it."""
        return Text(language, **self.texts[language])

    @property
    def approvals_now(self) -> consent.Standing:
        """The approvals that hold for this very text."""
        return consent.standing(self)

    def has_expired(self) -> bool:
        """Tell whether it must not be sent any more."""
        return self.expires_at is not None and self.expires_at <= timezone.now()

    # --- Who may -------------------------------------------------------------------------------------------------

    @staticmethod
    def can_be_begun_by(user: User) -> bool:
        """Tell whether a person may write editions."""
        return user.has_role(*WRITERS)

    def can_be_revise_by(self, user: User) -> bool:
        """Tell whether a person may write in it: editors."""
        return user.has_role(*WRITERS)

    can_be_submit_by = can_be_revise_by
    can_be_schedule_by = can_be_revise_by

    def can_be_approve_by(self, user: User) -> bool:
        """Tell whether a person may approve: no author of it, and for a side that has not approved yet."""
        return consent.capacity_to_approve(self, user) is not None

    def can_be_remark_by(self, user: User) -> bool:
        """Tell whether a person may ask for changes: whoever may approve texts of others."""
        return bool(consent.capacities_of(user)) and not self.authors.filter(pk=user.pk).exists()

    def can_be_withdraw_by(self, user: User) -> bool:
        """Tell whether a person has an approval to withdraw."""
        return any(row.user_id == user.pk for row in self.approvals_now.values())

    def can_be_steered_by(self, user: User) -> bool:
        """Tell whether a person may hold it up, let it go on, or end it: editors and leads."""
        return user.has_role(*STEERERS)

    @staticmethod
    def can_be_followed_by(user: User) -> bool:
        """Tell whether a person may watch it leave: agency, cabinet and task force; addresses are the agency's."""
        return user.has_role(*FOLLOWERS)

    can_be_pause_by = can_be_resume_by = can_be_cancel_by = can_be_steered_by

    # --- Writing -------------------------------------------------------------------------------------------------

    @classmethod
    @transaction.atomic
    def begin(cls, *, by: User, week_on: date | None = None) -> "Mailing":
        """Begin the next edition, for the audience of the one before, and the next week that has none.

        Raises PermissionDenied through `revise`.
        """
        last = cls.objects.order_by("-number").first()
        row = cls(
            number=(cls.objects.aggregate(last=Max("number"))["last"] or 0) + 1,
            week_on=week_on or cls.objects.all().first_free_week(),
            created_by=by,
            to_bourgmestres=last.to_bourgmestres if last else True,
            portfolios=last.portfolios if last else [Portfolio.TRADE.value],
        )
        row.content_hash = content_hash(EMPTY, row.audience_rule)
        row.save()
        Variant.objects.bulk_create(Variant(mailing=row, language=language) for language in LANGUAGES)
        row.authors.add(by)
        return row

    def take_up(self) -> None:
        """Propose the week anew, for a draft that was begun a while ago and left empty."""
        self.week_on = type(self).objects.exclude(pk=self.pk).first_free_week()
        self.save(update_fields=["week_on"])

    @property
    def audience_rule(self) -> dict[str, Any]:
        """For whom it is meant, as the content hash holds it: a rule, not people."""
        return {"bourgmestres": self.to_bourgmestres, "portfolios": sorted(self.portfolios)}

    @transaction.atomic
    def revise(
        self, *, by: User, texts: Texts, to_bourgmestres: bool = True, portfolios: list[str], version: int,
        week_on: date | None = None,
    ) -> None:  # fmt: skip
        """Save the text, and the week unless None; approvals given before are void, and everybody concerned is told.

        `version` is the one that was edited: ValidationError (code "stale") when somebody saved another meanwhile.
        """
        self._begin("revise", by)
        checks.one_of_our_texts(texts)
        if version != self.version:
            raise ValidationError(checks.STALE, "stale")
        self.to_bourgmestres, self.portfolios = to_bourgmestres, sorted(portfolios)
        found = content_hash(texts, self.audience_rule)
        week = week_on or self.week_on
        if found == self.content_hash and week == self.week_on:
            return
        was, approved_by = self.status, list(self.approvals_now.values())
        self._move(
            "revise", by, content_hash=found, approved_hash="", version=self.version + 1, week_on=week,
            to_bourgmestres=to_bourgmestres, portfolios=self.portfolios, saved_at=timezone.now(),
        )  # fmt: skip
        for language, side in texts.items():
            Variant.objects.filter(mailing=self, language=language).update(**side)
            Revision.objects.create(mailing=self, version=self.version, language=language, by=by, **side)
        self.authors.add(by)
        if was != Status.DRAFT:
            emails.voided(self, by, [row.user for row in approved_by])

    @transaction.atomic
    def submit(self, *, by: User) -> None:
        """Ask for approval of the text as it stands."""
        self._begin("submit", by)
        checks.is_level(self)
        now = timezone.now()
        # A text nobody approves must not leave weeks later: unless scheduled, it expires by itself; and not before
        # the moment that was planned for it, when it was changed after that.
        until = max(now, self.scheduled_for or now) + PATIENCE
        self._move("submit", by, submitted_at=now, expires_at=until)
        self._sign(by, Capacity.AUTHOR, Decision.SUBMITTED)
        emails.to_approve(self, by)

    # --- Approving -----------------------------------------------------------------------------------------------

    @transaction.atomic
    def approve(self, *, by: User, seen_hash: str, comment: str = "") -> None:
        """Approve the text whose hash the person saw; the second approval makes the edition approved."""
        self._lock()
        self._line("approve", self.status)
        if seen_hash != self.content_hash:
            raise ValidationError(checks.CHANGED, "stale")
        capacity = consent.capacity_to_approve(self, by)
        checks.is_not_approved_for(self, by)
        is_last = capacity is not None and consent.missing(self.approvals_now) == [capacity]
        goal = (
            self.status if self.status == Status.PAUSED else Status.APPROVED if is_last else Status.IN_REVIEW
        )
        changes = {"approved_hash": self.content_hash} if goal == Status.APPROVED else {}
        self._move("approve", by, target=goal, comment=comment.strip(), **changes)
        if capacity is not None:
            self._sign(by, capacity, Decision.APPROVED, comment)
        emails.approved(self, by, is_last=is_last)

    @transaction.atomic
    def remark(self, *, by: User, comment: str) -> None:
        """Ask the authors for changes."""
        self._begin("remark", by)
        told = checks.needed(comment, "comment")
        self._move("remark", by, comment=told)
        self._sign(by, consent.capacities_of(by)[0], Decision.REMARKED, told)
        emails.remarked(self, by, told)

    @transaction.atomic
    def withdraw(self, *, by: User, comment: str) -> None:
        """Take one's approval back; what is being sent stops."""
        self._begin("withdraw", by)
        told = checks.needed(comment, "comment")
        own = next(row for row in self.approvals_now.values() if row.user_id == by.pk)
        blank = {} if self.status in (Status.SENDING, Status.PAUSED) else {"approved_hash": ""}
        self._move("withdraw", by, comment=told, **blank)
        self._sign(by, Capacity(own.capacity), Decision.WITHDRAWN, told)
        emails.withdrawn(self, by, told)

    # --- Sending -------------------------------------------------------------------------------------------------

    @transaction.atomic
    def schedule(
        self, *, by: User, scheduled_for: datetime, expires_at: datetime, gap_reason: str = ""
    ) -> None:
        """Let it leave at a moment, and never after `expires_at`; a gap in the coverage needs its reason."""
        self._begin("schedule", by)
        reason = gap_reason.strip()
        checks.has_time(scheduled_for, expires_at)
        found = audience.coverage(self, timezone.localdate(scheduled_for))
        checks.is_covered(found, reason)
        self._move(
            "schedule", by, comment=reason, known_gaps=audience.marks(found),
            scheduled_for=scheduled_for, expires_at=expires_at, gap_reason=reason,
        )  # fmt: skip
        emails.scheduled(self, by)

    @transaction.atomic
    def start(self, *, by: None = None) -> None:
        """Freeze letters and recipients, and let the workers begin; only the tick does it."""
        self._lock()
        self._line("start", self.status)
        checks.is_approved_by_both(self)
        now = timezone.now()
        if self.has_expired():
            raise ValidationError(checks.EXPIRED, "expired")
        if self.scheduled_for is None or self.scheduled_for > now:
            # Somebody chose a later moment while the tick came to this edition.
            raise self._too_late("start", self.status)
        frozen = freezing.freeze(self, now)
        self._move("start", by, started_at=now)
        if frozen.new_gaps:
            emails.gaps_found(self, frozen.new_gaps)
        ring(TASK, times=-(-frozen.messages // CHUNK))

    @transaction.atomic
    def pause(self, *, by: User | None = None, comment: str = "") -> None:
        """Let nothing more leave for now."""
        self._move("pause", by, comment=comment.strip())
        emails.paused(self, by, comment)

    @transaction.atomic
    def resume(self, *, by: User, expires_at: datetime | None = None) -> None:
        """Go on sending; `expires_at` moves the moment after which nothing leaves."""
        self._begin("resume", by)
        checks.is_approved_by_both(self)
        until = expires_at or self.expires_at
        checks.goes_on_until(until)
        self._move("resume", by, expires_at=until)
        ring(TASK)

    @transaction.atomic
    def finish(self, *, by: None = None) -> None:
        """Count: nothing waits any more. Only the tick does it."""
        self._lock()
        self._line("finish", self.status)
        if self.deliveries.filter(status__in=OPEN).exists():
            raise ValidationError(_("Messages are still waiting."), "open")
        self._move("finish", by, finished_at=timezone.now())

    @transaction.atomic
    def cancel(self, *, by: User, reason: str) -> None:
        """End it; what waits is not sent any more."""
        self._begin("cancel", by)
        told = checks.needed(reason, "reason")
        self._move("cancel", by, comment=told, cancel_reason=told)
        self.drop_waiting()
        emails.cancelled(self, by, told)

    @transaction.atomic
    def expire(self, *, by: None = None) -> None:
        """End what was not sent in time, and tell all; only the tick does it."""
        self._lock()
        self._line("expire", self.status)
        if not self.has_expired():
            # Somebody chose a later moment while the tick came to this edition.
            raise self._too_late("expire", self.status)
        self._move("expire", by)
        emails.expired(self)

    def drop_waiting(self) -> int:
        """Cancel the messages of a cancelled, or sent and expired, edition that no worker holds; return how many."""
        rows = Delivery.objects.filter(mailing=self)
        late = rows.filter(mailing__status=Status.SENT, mailing__expires_at__lte=timezone.now())
        dropped = rows.filter(mailing__status=Status.CANCELLED).cancel_waiting(DeliveryEvent.Kind.CANCELLED)
        return dropped + late.cancel_waiting(DeliveryEvent.Kind.EXPIRED)

    # --- Parts of the verbs --------------------------------------------------------------------------------------

    def _lock(self) -> None:
        """Lock and read the row, so that what a verb checks still holds when it writes."""
        self.refresh_from_db(from_queryset=type(self)._base_manager.select_for_update())

    def _begin(self, verb: str, by: User) -> None:
        """Lock the row; refuse who comes too late and who may not, before anything is checked."""
        self._lock()
        self._check_person(self._line(verb, self.status), by)

    def _sign(self, by: User, capacity: Capacity, decision: Decision, comment: str = "") -> None:
        Approval.objects.create(
            mailing=self, user=by, capacity=capacity, decision=decision, comment=comment.strip(),
            content_hash=self.content_hash, version=self.version,
        )  # fmt: skip
