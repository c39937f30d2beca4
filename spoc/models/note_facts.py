"""The columns of a relay note, and who may take which step of it."""

from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubportal.access.plain import one_way
from hubportal.accounts.models import User
from spoc import deadlines
from spoc.models.concern_choices import (
    ADDRESSED_ROLES,
    NOTE_SENT,
    NOTE_WAITS,
    STAFF,
    Addressee,
    NoteStatus,
)
from spoc.models.parties import is_lead


class NoteFacts(models.Model):
    """What is known of a note: to whom, under which number, by when an answer is needed, which moments it passed."""

    reference = models.CharField(
        _("reference"),
        max_length=12,
        unique=True,
        null=True,
        editable=False,
        help_text=_("Given when it is sent, without holes."),
    )
    status = models.CharField(
        _("state"), max_length=16, choices=NoteStatus.choices, default=NoteStatus.DRAFT, editable=False
    )
    addressee = models.CharField(_("addressee"), max_length=16, choices=Addressee.choices)
    addressee_name = models.CharField(
        _("name of the administration"),
        max_length=160,
        blank=True,
        validators=[one_way],
        help_text=_("Only when it is an administration."),
    )
    addressee_address = models.TextField(
        _("address"), blank=True, max_length=400, validators=[MaxLengthValidator(400)]
    )
    addressee_email = models.EmailField(_("e-mail address"), blank=True)
    due_on = models.DateField(
        pgettext_lazy("deadline", "due"), null=True, blank=True, help_text=_("By when an answer is needed.")
    )
    introduction_fr = models.TextField(_("introduction in French"), max_length=4000, blank=True)
    introduction_nl = models.TextField(_("introduction in Dutch"), max_length=4000, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("made by"), editable=False
    )
    made_at = models.DateTimeField(_("made at"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, editable=False)
    acknowledged_at = models.DateTimeField(
        pgettext_lazy("relay note", "acknowledged at"), null=True, editable=False
    )
    acknowledged_document = models.ForeignKey(
        "spoc.NoteDocument",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("source document"),
        editable=False,
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_sent(self) -> bool:
        """Whether it left: its words are frozen."""
        return self.status in NOTE_SENT

    @property
    def can_leave(self) -> bool:
        """Whether it is still written: neither sent nor discarded."""
        return self.status == NoteStatus.DRAFT

    @property
    def waits(self) -> bool:
        """Whether its addressee owes an answer by `due_on`."""
        return self.status in NOTE_WAITS

    @property
    def addressee_title(self) -> str:
        """To whom it is written, in the reader's language."""
        return self.addressee_name or str(Addressee(self.addressee).label)

    def refuse(self, *, was_due: date | None = None, besides: Collection[str] = ()) -> None:
        """Refuse what cannot be, all of it at once and at its fields.

        `was_due`: the day that is kept now, which may be over; `besides`: fields not to look at.
        """
        errors: dict[str, Any] = {}
        looks: list[Callable[[], None]] = [
            lambda: self._refuse_fields(besides),
            self._refuse_name,
            lambda: self._refuse_day(was_due),
        ]
        for look in looks:
            try:
                look()
            except ValidationError as error:
                errors |= {name: text for name, text in error.error_dict.items() if name not in besides}
        if errors:
            raise ValidationError(errors)

    def _refuse_fields(self, besides: Collection[str]) -> None:
        self.full_clean(exclude=set(besides), validate_unique=False, validate_constraints=False)

    def _refuse_name(self) -> None:
        is_administration = self.addressee == Addressee.ADMINISTRATION
        if is_administration and not self.addressee_name:
            words = _("Write the name of the administration.")
            raise ValidationError({"addressee_name": ValidationError(words, "required")})
        if self.addressee and self.addressee_name and not is_administration:
            words = _("Leave this empty: only an administration is named.")
            raise ValidationError({"addressee_name": words})

    def _refuse_day(self, was_due: date | None) -> None:
        if self.due_on is not None and self.due_on != was_due:
            deadlines.check_due(self.due_on, timezone.localdate())

    def days_left(self, on: date | None = None) -> int | None:
        """Return the calendar days until it is due, negative when late; None while no answer is owed."""
        if not self.waits or self.due_on is None:
            return None
        return (self.due_on - (on or timezone.localdate())).days

    def is_late(self, on: date | None = None) -> bool:
        """Tell whether its addressee is late on a day (today)."""
        left = self.days_left(on)
        return left is not None and left < 0

    # --- Who may take which step -------------------------------------------------------------------------------

    def is_addressee(self, user: User) -> bool:
        """Tell whether a person is the addressee today, by the role they hold; of an administration nobody is."""
        role = ADDRESSED_ROLES.get(Addressee(self.addressee))
        return role is not None and user.has_role(role)

    def is_leads(self, user: User) -> bool:
        """Tell whether a person is a lead today."""
        return is_lead(user)

    def is_answerable_by(self, user: User) -> bool:
        """Tell whether a person speaks for the addressee: as one of them, or as staff who hold its document."""
        return self.is_addressee(user) or user.has_role(*STAFF)

    can_be_send_by = can_be_drop_by = can_be_close_by = is_leads
    can_be_acknowledge_by = can_be_answer_by = is_answerable_by

    def can_be_written_by(self, user: User) -> bool:
        """Tell whether a person may change what it says: leads, until it is sent."""
        return self.status == NoteStatus.DRAFT and self.is_leads(user)
