"""A service request: what is asked of whom, and each step of its life (the table is in `table`)."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hubportal import search
from hubportal.accounts.models import User
from spoc import deadlines, emails
from spoc.models import checks
from spoc.models.choices import (
    CLOSING_OUTCOMES,
    DELIVERABLE_OUTCOMES,
    DeclineReason,
    Outcome,
    Status,
    Usefulness,
)
from spoc.models.conversation import Conversation
from spoc.models.details import ChantierDetails
from spoc.models.files import Deliverable, NewDeliverable
from spoc.models.queryset import RequestQuerySet
from spoc.models.reference import next_reference
from spoc.models.rules import CONSTRAINTS, INDEXES
from spoc.models.said import say
from spoc.models.table import TRANSITIONS


class ServiceRequest(Conversation):
    """A request of one party to the other. Who may see it: `RequestQuerySet.visible_to`.

    Each verb is one transaction: the locked row's check, the UPDATE, the event, what it writes besides, and the
    rows of its mails. It raises TransitionError (too late), PermissionDenied (not yours), ValidationError (with
    the fields of its arguments).
    """

    Status = Status
    TRANSITIONS = TRANSITIONS

    objects = search.WithoutWords.from_queryset(RequestQuerySet)()

    class Meta:
        verbose_name = _("service request")
        verbose_name_plural = _("service requests")
        ordering = ["-created_at", "-pk"]
        constraints = CONSTRAINTS
        indexes = INDEXES

    def __str__(self) -> str:
        return f"{self.reference} {self.title}" if self.reference else self.title

    def get_absolute_url(self) -> str:
        """Return the request's page on the portal."""
        return reverse("spoc:request-detail", kwargs={"pk": self.pk})

    def clean(self) -> None:
        """Refuse a district of another commune."""
        super().clean()
        checks.in_its_commune(self)

    # --- Asking ------------------------------------------------------------------------------------------------

    @transaction.atomic
    def submit(self, *, by: User) -> None:
        """Send the draft to the other party; it gets its reference."""
        self._begin("submit", by)
        checks.is_ready(self)
        today = timezone.localdate()
        self._move(
            "submit",
            by,
            reference=next_reference(today.year),
            submitted_at=timezone.now(),
            due_on=deadlines.answer_due_on(today),
        )
        emails.receipt(self, by)
        emails.new_request(self)

    @transaction.atomic
    def withdraw(self, *, by: User, reason: str = "") -> None:
        """Take the request back."""
        self._begin("withdraw", by)
        self._move("withdraw", by, comment=reason.strip(), waiting_since=None)
        if self.submitted_at:
            emails.withdrawn(self)

    # --- Answering ---------------------------------------------------------------------------------------------

    @transaction.atomic
    def accept(self, *, by: User, assigned_to: User, due_on: date) -> None:
        """Take the request on: `assigned_to` will deliver by `due_on`, a business day."""
        self._begin("accept", by)
        checks.can_be_put_in_charge(self, assigned_to)
        deadlines.check_due(due_on, timezone.localdate())
        now = timezone.now()
        self._move(
            "accept", by, assigned_to=assigned_to, due_on=due_on, accepted_at=now, **self._answered(now)
        )
        emails.accepted(self)
        if assigned_to != by:
            emails.put_in_charge(self)

    @transaction.atomic
    def reassign(self, *, by: User, assigned_to: User, note: str = "", with_mail: bool = True) -> None:
        """Put another person of the same party in charge, wherever it stands; both parties read the note.

        Without `with_mail` everybody is told otherwise: a hand-over tells of all its requests in one mail each.
        """
        self._begin("reassign", by)
        before = self.assigned_to
        if before == assigned_to:
            # A second click finds what the first one did.
            last = self.too_late("reassign")
            raise last if last.is_repeated_by(by) else checks.in_charge_already()
        checks.can_be_put_in_charge(self, assigned_to)
        told = note.strip()
        self._move("reassign", by, comment=told, noted={"assigned_to": assigned_to}, assigned_to=assigned_to)
        if with_mail:
            emails.now_in_charge(self, by, before)
        if with_mail and assigned_to != by:
            emails.put_in_charge(self, by, told)

    @transaction.atomic
    def decline(self, *, by: User, reason: str, text: str) -> None:
        """Refuse the request; the requester reads why."""
        self._begin("decline", by)
        code = checks.one_of(reason, DeclineReason.values, "reason")
        told = checks.needed(text, "text")
        self._move("decline", by, decline_reason=code, decline_text=told, **self._answered(timezone.now()))
        emails.declined(self)

    @transaction.atomic
    def start(self, *, by: User) -> None:
        """Say that work has begun."""
        self._begin("start", by)
        self._move("start", by)

    @transaction.atomic
    def ask(self, *, by: User, question: str) -> None:
        """Ask the requester something; the clock stands still."""
        self._begin("ask", by)
        message = say(self, by, checks.needed(question, "question"), is_question=True)
        self._move("ask", by, waiting_since=timezone.now())
        emails.question(self, message)

    @transaction.atomic
    def resume(self, *, by: User | None = None) -> None:
        """Go on, with the clock where it stood; by itself (`by` None) when the requester has answered."""
        self._lock()
        self._check_step("resume", by)
        since = deadlines.day_of(deadlines.held(self.waiting_since))
        due_on, stopped = deadlines.due_after_waiting(
            deadlines.held(self.due_on), since, timezone.localdate()
        )
        self._move("resume", by, waiting_since=None, due_on=due_on, stopped_days=self.stopped_days + stopped)

    @transaction.atomic
    def deliver(
        self,
        *,
        by: User,
        proposed_outcome: str,
        deliverable: NewDeliverable | None = None,
        evaluation: str = "",
        waiver: str = "",
    ) -> None:
        """Hand over, once the plan is carried out; with the evaluation where one is due, or the waiver: why not."""
        self._begin("deliver", by)
        outcome = checks.one_of(proposed_outcome, DELIVERABLE_OUTCOMES, "proposed_outcome")
        self._keep_evaluation(evaluation, waiver)
        if deliverable is not None:
            Deliverable.keep(self, deliverable, by)
        checks.has_deliverable(self)
        self._move("deliver", by, proposed_outcome=outcome, delivered_at=timezone.now())
        emails.delivered(self)

    @transaction.atomic
    def close(self, *, by: User, outcome: str, text: str) -> None:
        """End the request without delivering: redirected or not feasible; the requester reads the text."""
        self._begin("close", by)
        code = checks.one_of(outcome, CLOSING_OUTCOMES, "outcome")
        told = checks.needed(text, "text")
        self._move("close", by, outcome=code, closing_text=told, closed_at=timezone.now())
        emails.closed(self, by)

    # --- Ending and going on -----------------------------------------------------------------------------------

    @transaction.atomic
    def confirm(self, *, by: User | None = None, usefulness: str = "", outcome: str = "") -> None:
        """Agree to what was delivered: `outcome` replaces the proposed one; by itself nothing is asked."""
        self._lock()
        self._check_step("confirm", by)
        answer = checks.one_of(usefulness, Usefulness.values, "usefulness") if by else ""
        agreed = checks.one_of(outcome or self.proposed_outcome, DELIVERABLE_OUTCOMES, "outcome")
        self._move("confirm", by, usefulness=answer, outcome=agreed, closed_at=timezone.now())
        emails.closed(self, by)

    @transaction.atomic
    def give_up(self, *, by: None = None) -> None:
        """End a request whose requester never answered; only the tick does it, after two warnings."""
        self._lock()
        self._move("give_up", by, waiting_since=None, outcome=Outcome.NO_NEWS, closed_at=timezone.now())
        emails.closed(self, by)

    @transaction.atomic
    def reopen(self, *, by: User, reason: str) -> None:
        """Go on with what was delivered or closed; how it had ended stays in its events."""
        self._begin("reopen", by)
        told = checks.needed(reason, "reason")
        blank: dict[str, Any] = dict.fromkeys(
            ("proposed_outcome", "outcome", "closing_text", "usefulness"), ""
        )
        due_on = deadlines.due_after_reopening(deadlines.held(self.due_on), timezone.localdate())
        self._move("reopen", by, comment=told, delivered_at=None, closed_at=None, due_on=due_on, **blank)
        emails.reopened(self, by, told)

    # --- Planning ----------------------------------------------------------------------------------------------

    def open_plan(self, by: User) -> None:
        """Lock it to add a measure, in the caller's transaction.

        TransitionError outside the states in which a plan is made, PermissionDenied for who is no party.
        """
        self._lock()
        if not self.is_planned:
            raise self.too_late("plan")
        if not self.can_be_planned_by(by):
            raise PermissionDenied

    def span(self) -> tuple[date, date]:
        """Return the first and the last day that measures are counted from: of the works, the wished start, today."""
        details, today = self.details, timezone.localdate()
        if isinstance(details, ChantierDetails):
            return details.starts_on, details.ends_on
        begins = getattr(details, "wished_on", None) or today
        return begins, begins

    # --- Parts of the verbs ------------------------------------------------------------------------------------

    def _check_step(self, verb: str, by: User | None) -> None:
        self._check_person(self._line(verb), by)

    def _keep_evaluation(self, evaluation: str, waiver: str) -> None:
        facts = checks.may_be_delivered(self, evaluation, waiver)
        for name, value in facts.items():
            setattr(self.details, name, value)
        if facts and self.details is not None:
            self.details.save(update_fields=list(facts))
