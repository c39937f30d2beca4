"""One edition of the weekly mailing, and each step of its life (the table is in `table`)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar, Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from hubportal.outbox.bell import ring
from hubportal.outbox.claim import CHUNK
from hubportal.outbox.consignment import OPEN
from mailings import audience, emails, freezing, weight
from mailings.models import checks, consent
from mailings.models.approval import Approval
from mailings.models.attaching import Attaching
from mailings.models.choices import LANGUAGES, Capacity, CrashPolicy, Decision, Status
from mailings.models.delivery import TASK, Delivery
from mailings.models.delivery_event import DeliveryEvent
from mailings.models.delivery_queryset import DeliveryStatus
from mailings.models.patience import open_run, planned_for, waits
from mailings.models.queryset import MailingQuerySet
from mailings.models.rule import Wider
from mailings.models.rules import CONSTRAINTS
from mailings.models.texts import FIELDS, Variant

Texts = Mapping[str, Mapping[str, str]]
"""subject, preheader and body by language."""
EMPTY: Final[Texts] = {language: dict.fromkeys(FIELDS, "") for language in LANGUAGES}


class Mailing(Attaching):
    """An edition. Who may see it: `MailingQuerySet.visible_to`.

    Each verb is one transaction: the locked row's check, the UPDATE, the event, what it writes besides, and the
    rows of its mails. It raises TransitionError (too late), PermissionDenied (not yours), ValidationError.
    """

    objects: ClassVar[models.Manager["Mailing"]] = MailingQuerySet.as_manager()

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        ordering = ["-number"]
        constraints = CONSTRAINTS

    # --- Writing -------------------------------------------------------------------------------------------------

    @classmethod
    @transaction.atomic
    def begin(
        cls, *, by: User | None, week_on: date | None = None, last: "Mailing | None" = None
    ) -> "Mailing":  # fmt: skip
        """Begin the next edition, for the audience of the `last` one, and the next week that has none.

        Nobody begins those of a rhythm: the tick does. PermissionDenied for who does not write editions.
        """
        if by is not None and not cls.can_be_begun_by(by):
            raise PermissionDenied
        last = last or cls.objects.order_by("-number").first()
        row = cls(
            number=(cls.objects.aggregate(last=Max("number"))["last"] or 0) + 1,
            week_on=week_on or cls.objects.all().first_free_week(),
            created_by=by,
        )
        row.follow(last)
        row.content_hash = row.hash_of(EMPTY, [])
        row.save()
        Variant.objects.bulk_create(Variant(mailing=row, language=language) for language in LANGUAGES)
        row.authors.add(*filter(None, [by]))
        return row

    def take_up(self) -> None:
        """Propose the week anew, for a draft that was begun a while ago and left empty."""
        self.week_on = type(self).objects.exclude(pk=self.pk).first_free_week()
        self.save(update_fields=["week_on"])

    @transaction.atomic
    def revise(
        self, *, by: User, texts: Texts, to_bourgmestres: bool = True, portfolios: list[str], version: int,
        week_on: date | None = None, wider: Wider | None = None, reminds_readers: bool | None = None,
    ) -> None:  # fmt: skip
        """Save the text; approvals given before are void, and everybody concerned is told.

        None leaves the week, `wider` (the rest of the audience rule), and whether readers are reminded as they are.
        `version` is the one that was edited: ValidationError (code "stale") when somebody saved another meanwhile.
        """
        self._begin("revise", by)
        checks.one_of_our_texts(texts)
        self._is_still(version)
        self.unsaved.filter(user=by).delete()
        self.to_bourgmestres, self.portfolios = to_bourgmestres, sorted(portfolios)
        self.wider = self.wider if wider is None else wider
        facts = {
            "week_on": week_on or self.week_on,
            "reminds_readers": self.reminds_readers if reminds_readers is None else reminds_readers,
        }
        is_same = all(getattr(self, name) == value for name, value in facts.items())
        if is_same and self.hash_of(texts, self.attached) == self.content_hash:
            return
        self._rewrite(
            "revise", by, texts, self.attached, to_bourgmestres=to_bourgmestres,
            portfolios=self.portfolios, **facts, **self.wider._asdict(),
        )  # fmt: skip

    @transaction.atomic
    def submit(self, *, by: User, gap_reason: str | None = None) -> None:
        """Ask for approval of the text as it stands; with the reason for its gaps it leaves by itself afterwards."""
        self._begin("submit", by)
        checks.is_level(self)
        weight.is_light(self)
        now = timezone.now()
        self._move("submit", by, submitted_at=now, **waits(self, now, gap_reason))
        self._sign(by, Capacity.AUTHOR, Decision.SUBMITTED)
        # Who asks for approval stands behind the text like its authors, and so cannot give it.
        self.authors.add(by)
        emails.to_approve(self, by, planned_for(self))

    # --- Approving -----------------------------------------------------------------------------------------------

    @transaction.atomic
    def approve(
        self, *, by: User, seen_hash: str, comment: str = "", seen_remark: int | None = None
    ) -> None:  # fmt: skip
        """Approve the text whose hash the person saw; the second approval makes the edition approved.

        `seen_remark` is the key of the last request for changes that the person saw, 0 without one, None: any.
        """
        self._lock()
        self._line("approve")
        if seen_hash != self.content_hash:
            raise ValidationError(checks.CHANGED, "stale")
        checks.has_seen_remarks(self, seen_remark)
        capacity = consent.capacity_to_approve(self, by)
        checks.is_not_approved_for(self, by)
        is_last = capacity is not None and consent.missing(self.approvals_now) == [capacity]
        goal = (
            self.status if self.status == Status.PAUSED else Status.APPROVED if is_last else Status.IN_REVIEW
        )
        changes: dict[str, Any] = {"approved_hash": self.content_hash} if goal == Status.APPROVED else {}
        self._move("approve", by, target=goal, comment=comment.strip(), **changes)
        if capacity is not None:
            self._sign(by, capacity, Decision.APPROVED, comment)
        run = open_run(self) if goal == Status.APPROVED else None
        if run is None or not run.let_leave(self):
            emails.approved(self, by, is_last=is_last)

    @transaction.atomic
    def remark(self, *, by: User, comment: str, after: int | None = None) -> None:
        """Ask the authors for changes; `after` as in `schedule`."""
        self._begin("remark", by)
        self._follows("remark", after)
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
        blank: dict[str, Any] = (
            {} if self.status in (Status.SENDING, Status.PAUSED) else {"approved_hash": ""}
        )
        self._move("withdraw", by, comment=told, **blank)
        self._sign(by, Capacity(own.capacity), Decision.WITHDRAWN, told)
        emails.withdrawn(self, by, told)

    # --- Sending -------------------------------------------------------------------------------------------------

    @transaction.atomic
    def schedule(
        self, *, by: User | None, scheduled_for: datetime, expires_at: datetime, gap_reason: str = "",
        after: int | None = None,
    ) -> None:  # fmt: skip
        """Let it leave at a moment, and never after `expires_at`; a gap in the coverage needs its reason.

        `after` is the key of the last event that was seen: TransitionError when another step was taken since.
        """
        self._begin("schedule", by)
        self._follows("schedule", after)
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
        self._line("start")
        checks.is_approved_by_both(self)
        now = timezone.now()
        if self.has_expired():
            raise ValidationError(checks.EXPIRED, "expired")
        if self.scheduled_for is None or self.scheduled_for > now:
            # Somebody chose a later moment while the tick came to this edition.
            raise self.too_late("start")
        frozen = freezing.freeze(self, now)
        self._move("start", by, started_at=now, crash_policy=CrashPolicy.of(frozen.messages))
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
    def run_out(self, *, by: None = None) -> None:
        """Its time is over while messages wait: give up what the relay put off, pause for what was never tried.

        One full mailbox must not hold an edition up for ever; but when the relay was down, or took nothing at
        all, a person decides whether it still makes sense to send it. Only the tick does it.
        """
        self._lock()
        self._line("pause")
        if not self.has_expired():
            # Somebody chose a later moment while the tick came to this edition.
            raise self.too_late("pause")
        if self.deliveries.filter(status=DeliveryStatus.SENDING).exists():
            # A worker is about to say what became of it, or the sweep will.
            return
        if self.deliveries.untried().exists() or not self.deliveries.perhaps_arrived().exists():
            self.pause(by=by)
        else:
            self.deliveries.cancel_waiting(DeliveryEvent.Kind.EXPIRED)

    @transaction.atomic
    def finish(self, *, by: None = None) -> None:
        """Count: nothing waits any more. Only the tick does it."""
        self._lock()
        self._line("finish")
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
        self._line("expire")
        if not self.has_expired():
            # Somebody chose a later moment while the tick came to this edition.
            raise self.too_late("expire")
        self._move("expire", by)
        emails.expired(self)

    def drop_waiting(self) -> int:
        """Cancel the messages of a cancelled, or sent and expired, edition that no worker holds; return how many."""
        rows = Delivery.objects.filter(mailing=self)
        late = rows.late()
        dropped = rows.filter(mailing__status=Status.CANCELLED).cancel_waiting(DeliveryEvent.Kind.CANCELLED)
        return dropped + late.cancel_waiting(DeliveryEvent.Kind.EXPIRED)

    # --- Parts of the verbs --------------------------------------------------------------------------------------

    def _follows(self, verb: str, after: int | None) -> None:
        """Refuse a step that may be taken again from the same state, unless `after` is the last event (None: any)."""
        last = self.events.order_by("at", "pk").last()
        if after is not None and last is not None and last.pk != after:
            raise self.too_late(verb)

    def _sign(self, by: User, capacity: Capacity, decision: Decision, comment: str = "") -> None:
        Approval.objects.create(
            mailing=self, user=by, capacity=capacity, decision=decision, comment=comment.strip(),
            content_hash=self.content_hash, version=self.version,
        )  # fmt: skip
