"""What is said about a request: messages between the parties, notes of the agency, the steps taken."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.workflow import TransitionEvent
from spoc.models.parties import seen_by
from spoc.models.said import Said, messages


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages."""

    def visible_to(self, user: User) -> Self:
        """Return the messages of the requests that the person may see; the agency's notes to the agency only."""
        rows = self.filter(seen_by(user, "request__"))
        return rows if user.has_role(*AGENCY_ROLES) else rows.public()

    def public(self) -> Self:
        """Return what both parties may read."""
        return self.filter(is_public=True)


class Message(Said):
    """Something said about a request."""

    request = models.ForeignKey(
        "spoc.ServiceRequest", models.PROTECT, related_name="messages", verbose_name=_("request")
    )

    objects: ClassVar[models.Manager["Message"]] = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["written_at", "pk"]
        indexes = [models.Index(fields=["written_at"], condition=Q(is_public=True), name="message_newest")]
        constraints = messages("message")


class RequestEventQuerySet(models.QuerySet["RequestEvent"]):
    """Steps taken."""

    def visible_to(self, user: User) -> Self:
        """Return the steps of the requests that the person may see: their comments are for both parties."""
        return self.filter(seen_by(user, "subject__"))


class RequestEvent(TransitionEvent):
    """A step in the life of a request."""

    subject = models.ForeignKey(
        "spoc.ServiceRequest", models.CASCADE, related_name="events", verbose_name=_("request")
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        # The largest table, and nobody looks for it by this person.
        db_index=False,
        related_name="+",
        verbose_name=_("put in charge"),
        help_text=_("Whoever goes on with it."),
    )

    objects: ClassVar[models.Manager["RequestEvent"]] = RequestEventQuerySet.as_manager()

    class Meta(TransitionEvent.Meta):
        verbose_name = _("step of a request")
        verbose_name_plural = _("steps of requests")
        constraints = [
            models.CheckConstraint(
                condition=Q(verb="reassign", assigned_to__isnull=False)
                | ~Q(verb="reassign") & Q(assigned_to__isnull=True),
                name="request_event_reassigned_to_somebody",
                violation_error_message=_("Putting another person in charge names that person."),
            ),
        ]
        indexes = [models.Index(fields=["at"], condition=Q(by__isnull=False), name="request_step_newest")]


class ReminderQuerySet(models.QuerySet["Reminder"]):
    """Reminders."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency, their own to others."""
        return self if user.has_role(*AGENCY_ROLES) else self.filter(user=user)


class Reminder(models.Model):
    """A person was reminded of a request on a day; one mail a day holds all of that day's."""

    class Kind(models.TextChoices):
        """Why; the numbers are days (design: SPOC 3, lead 5 business days; requester 7, 21 calendar days)."""

        UNANSWERED_SPOC = "unanswered_3", _("no answer yet, to the SPOC")
        UNANSWERED_LEAD = "unanswered_5", _("no answer yet, to a lead")
        WAITING_FIRST = "waiting_7", _("your answer is awaited, first warning")
        WAITING_SECOND = "waiting_21", _("your answer is awaited, second warning")
        MEASURES_TO_AGREE = "measures_agree", _("measures wait for your agreement")
        MEASURES_LATE = "measures_late", _("measures are late")
        MEETING_SOON = "meeting_soon", _("a steering meeting is near")
        MEETING_MINUTES = "meeting_minutes", _("the minutes of a meeting are not written")

    request = models.ForeignKey(
        "spoc.ServiceRequest", models.CASCADE, related_name="reminders", verbose_name=_("request")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person")
    )
    kind = models.CharField(_("why"), max_length=16, choices=Kind.choices)
    sent_on = models.DateField(_("sent on"))

    objects: ClassVar[models.Manager["Reminder"]] = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["-sent_on", "pk"]
        indexes = [models.Index(fields=["user", "sent_on"], name="reminder_of_the_day")]
        constraints = [
            models.UniqueConstraint(
                "request",
                "user",
                "kind",
                "sent_on",
                name="reminder_once_a_day",
                violation_error_message=_("This person was reminded of this today already."),
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        *("unanswered_3", "unanswered_5", "waiting_7", "waiting_21"),
                        *("measures_agree", "measures_late", "meeting_soon", "meeting_minutes"),
                    ]
                ),
                name="reminder_known_kind",
                violation_error_message=_("This kind of reminder does not exist."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.request}"
