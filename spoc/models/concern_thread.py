"""What is said about a concern: messages, notes of the agency, files, the steps taken, and who has seen it."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from communes.models.mandate import communes_of
from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.workflow import TransitionEvent
from spoc.models.choices import Side
from spoc.models.concern_choices import ConcernReminderKind
from spoc.models.concern_parties import concerns_seen_by
from spoc.models.said import Reminded, Said, SaidFile, Seen, messages, note_seen, seen_once, whole_file

if TYPE_CHECKING:
    from spoc.models.concern import Concern


class ConcernMessageQuerySet(models.QuerySet["ConcernMessage"]):
    """Messages."""

    def visible_to(self, user: User) -> Self:
        """Return the messages of the concerns that the person may see; the agency's notes to the agency only."""
        rows = self.filter(concerns_seen_by(user, "concern__"))
        return rows if user.has_role(*AGENCY_ROLES) else rows.public()

    def public(self) -> Self:
        """Return what both parties may read."""
        return self.filter(is_public=True)


class ConcernMessage(Said):
    """Something said about a concern."""

    concern = models.ForeignKey(
        "spoc.Concern", models.PROTECT, related_name="messages", verbose_name=_("concern")
    )

    objects: ClassVar[models.Manager["ConcernMessage"]] = ConcernMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message about a concern")
        verbose_name_plural = _("messages about concerns")
        ordering = ["written_at", "pk"]
        constraints = messages("concern_message")


class ConcernFileQuerySet(models.QuerySet["ConcernFile"]):
    """Files of concerns."""

    def visible_to(self, user: User) -> Self:
        """Return the files of the concerns that the person may see; those of notes to the agency only."""
        rows = self.filter(concerns_seen_by(user, "concern__"))
        return rows if user.has_role(*AGENCY_ROLES) else rows.said()

    def said(self) -> Self:
        """Return those that came with a concern or with what was written to each other; those of notes are left out."""
        return self.filter(Q(message__isnull=True) | Q(message__is_public=True))


class ConcernFile(SaidFile):
    """A file that came with a concern, or with a message, whose readers may read it too. It is never relayed."""

    concern = models.ForeignKey(
        "spoc.Concern", models.PROTECT, related_name="files", verbose_name=_("concern")
    )
    message = models.ForeignKey(
        ConcernMessage, models.PROTECT, null=True, related_name="files", verbose_name=_("message")
    )

    objects: ClassVar[models.Manager["ConcernFile"]] = ConcernFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a concern")
        verbose_name_plural = _("files of concerns")
        ordering = ["uploaded_at", "pk"]
        constraints = [whole_file("concern_file_is_whole")]


class ConcernEventQuerySet(models.QuerySet["ConcernEvent"]):
    """Steps taken."""

    def visible_to(self, user: User) -> Self:
        """Return the steps of the concerns that the person may see: their comments are for both parties."""
        return self.filter(concerns_seen_by(user, "subject__"))


class ConcernEvent(TransitionEvent):
    """A step in the life of a concern."""

    subject = models.ForeignKey(
        "spoc.Concern", models.PROTECT, related_name="events", verbose_name=_("concern")
    )

    objects: ClassVar[models.Manager["ConcernEvent"]] = ConcernEventQuerySet.as_manager()

    class Meta(TransitionEvent.Meta):
        verbose_name = _("step of a concern")
        verbose_name_plural = _("steps of concerns")


class ConcernReadingQuerySet(models.QuerySet["ConcernReading"]):
    """Who has seen what."""

    def visible_to(self, user: User) -> Self:
        """Return who has seen the concerns that the person may act in: the agency all, a commune its own."""
        return self if user.has_role(*AGENCY_ROLES) else self.filter(concern__commune__in=communes_of(user))

    def note(self, concern: "Concern", by: User) -> list["ConcernReading"]:
        """Note that a person of one of its parties sees a concern; return who had seen it before, last first.

        Two queries. A reader of another commune, to whom it is shared, is not noted.
        """
        rows = list(self.filter(concern=concern).select_related("user").order_by("-last_at", "-pk"))
        if concern.side_of(by) == Side.AGENCY or concern.is_raisers(by):
            note_seen(self, "concern", concern, by, side=concern.side_of(by))
        return rows


class ConcernReading(Seen):
    """A person of one of its parties has seen a concern."""

    concern = models.ForeignKey(
        "spoc.Concern", models.PROTECT, related_name="readings", verbose_name=_("concern")
    )
    side = models.CharField(_("party"), max_length=8, choices=Side.choices)

    objects: ClassVar[models.Manager["ConcernReading"]] = ConcernReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("reader of a concern")
        verbose_name_plural = _("readers of concerns")
        ordering = ["concern", "-last_at", "pk"]
        constraints = [
            *seen_once("concern_reading", "concern"),
            models.CheckConstraint(
                condition=Q(side__in=Side.values),
                name="concern_reading_known_side",
                violation_error_message=_("This party does not exist."),
            ),
        ]


class ConcernReminder(Reminded):
    """A person was reminded on a day that nobody has qualified a concern yet."""

    concern = models.ForeignKey(
        "spoc.Concern", models.PROTECT, related_name="reminders", verbose_name=_("concern")
    )
    kind = models.CharField(_("why"), max_length=13, choices=ConcernReminderKind.choices)

    class Meta(Reminded.Meta):
        verbose_name = _("reminder of a concern")
        verbose_name_plural = _("reminders of concerns")
        indexes = [models.Index(fields=["user", "sent_on"], name="concern_reminder_of_the_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["concern", "user", "kind"],
                name="concern_reminder_once",
                violation_error_message=_("This person was reminded of this concern already."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ConcernReminderKind.values),
                name="concern_reminder_known_kind",
                violation_error_message=_("This kind of reminder does not exist."),
            ),
        ]
