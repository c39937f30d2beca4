"""Hand-over notes: what whoever takes a commune over must know, for a time or for good, and whether they read it."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communes.models import Commune
from conventions.models.versioned import BoundedText
from hubportal.access.dated import Dated, DatedQuerySet, ends_after_start
from hubportal.accounts.models import AGENCY_ROLES, User
from spoc import emails
from spoc.models.choices import Side
from spoc.models.parties import acts_for
from spoc.models.repeats import since

if TYPE_CHECKING:
    from spoc.models.request import ServiceRequest

LONGEST: Final = 4000
"""Characters of a note."""
FURTHEST: Final = 366
"""Days ahead beyond which a first day is a slip of the pen."""
LISTED: Final = 50
"""Open requests that the mail lists; the page lists more."""
DUE_FIRST: Final = (F("due_on").asc(nulls_last=True), "pk")
"""What is due first, what has no day last."""


class HandoverQuerySet(DatedQuerySet["HandoverNote"]):
    """Hand-over notes."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency, whose work it is; none to others, the commune included."""
        return self if user.has_role(*AGENCY_ROLES) else self.none()

    def unread_by(self, user: User) -> Self:
        """Return those given to a person who has not said yet that they read them."""
        return self.filter(receiver=user, read_at=None)

    @transaction.atomic
    def give(
        self,
        *,
        by: User,
        commune: Commune,
        receiver: User,
        starts_on: date,
        ends_on: date | None = None,
        text: str,
        requests: "Iterable[ServiceRequest]" = (),
    ) -> "HandoverNote":
        """Keep a note, put the successor in charge of `requests`, and write one mail to each whom it concerns.

        All of it or nothing; a second click gives none. PermissionDenied for who does not serve the commune,
        ValidationError on the fields, TransitionError for a request that went on meanwhile.
        """
        if not acts_for(by, Side.AGENCY, commune.nis):
            raise PermissionDenied
        # The second of two clicks waits here for the first.
        Commune.objects.select_for_update(no_key=True).get(pk=commune.pk)
        facts: dict[str, Any] = {
            "commune": commune, "giver": by, "receiver": receiver, "starts_on": starts_on, "ends_on": ends_on,
            "text": text.strip(),
        }  # fmt: skip
        if again := self.filter(**facts, made_at__gt=since()).order_by("pk").last():
            return again
        note = self.model(**facts)
        note.full_clean()
        note.save()
        note.take_over(requests)
        note.tell()
        return note


class HandoverNote(Dated):
    """What the one who serves a commune writes to a colleague who takes over from a day on."""

    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="handover_notes", verbose_name=_("commune")
    )
    giver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="handovers_given",
        verbose_name=_("handed over by"),
    )
    receiver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="handovers_received",
        verbose_name=_("who takes over"),
    )
    text = BoundedText(_("what to know"), max_length=LONGEST)
    made_at = models.DateTimeField(_("handed over at"), default=timezone.now, editable=False)
    read_at = models.DateTimeField(_("read at"), null=True, editable=False)

    objects: ClassVar[models.Manager["HandoverNote"]] = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("hand-over note")
        verbose_name_plural = _("hand-over notes")
        ordering = ["-made_at", "-pk"]
        indexes = [
            models.Index(fields=["receiver"], condition=Q(read_at=None), name="handover_to_read"),
        ]
        constraints = [
            ends_after_start("handover_ends_after_start"),
            models.CheckConstraint(
                condition=~Q(giver=F("receiver")),
                name="handover_to_another_person",
                violation_error_message=_("Somebody else takes over: choose a colleague."),
            ),
            models.CheckConstraint(
                condition=~Q(text="") & Q(LessThanOrEqual(Length("text"), LONGEST)),
                name="handover_says_something",
                violation_error_message=_(
                    "Write what your successor must know, in 4,000 characters at most."
                ),
            ),
            models.CheckConstraint(
                condition=Q(read_at__isnull=True) | Q(read_at__gte=F("made_at")),
                name="handover_read_after_written",
                violation_error_message=_("Nobody reads a note before it is written."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commune}, {self.giver} – {self.receiver}"

    def get_absolute_url(self) -> str:
        """Return the note's page."""
        return reverse("spoc:handover-note", args=[self.pk])

    def clean(self) -> None:
        """Refuse oneself, who is not of the agency, and days that are over or out of reach, each at its field."""
        errors: dict[str, Any] = {}
        try:
            super().clean()
        except ValidationError as error:
            errors |= error.error_dict
        today = timezone.localdate()
        if self.giver_id == self.receiver_id:
            errors["receiver"] = _("Somebody else takes over: choose a colleague.")
        elif not self.receiver.has_role(*AGENCY_ROLES):
            errors["receiver"] = _("Choose a colleague who works at the agency today.")
        if self.starts_on and self.starts_on < today:
            errors["starts_on"] = _("This day is over.")
        if self.starts_on and (self.starts_on - today).days > FURTHEST:
            errors["starts_on"] = _("This day is more than a year away.")
        if errors:
            raise ValidationError(errors)

    def can_be_read_by(self, user: User) -> bool:
        """Tell whether a person may say that they have read it: the one who takes over."""
        return user.pk == self.receiver_id and user.has_role(*AGENCY_ROLES)

    def read(self, *, by: User) -> None:
        """Note when the successor has read it: the first time counts."""
        if not self.can_be_read_by(by):
            raise PermissionDenied
        type(self)._base_manager.filter(pk=self.pk, read_at=None).update(read_at=timezone.now())
        self.refresh_from_db()

    def take_over(self, requests: "Iterable[ServiceRequest]") -> None:
        """Put the successor in charge of requests of the commune, and tell each person whom it concerns once."""
        moved = []
        for request in requests:
            if request.commune_id != self.commune_id:
                raise ValidationError({"requests": _("A request of another commune is handed over there.")})
            before = request.assigned_to
            if before != self.receiver:
                request.reassign(by=self.giver, assigned_to=self.receiver, with_mail=False)
                moved.append((request, before))
        emails.all_in_charge(self.receiver, self.giver, moved)

    def tell(self) -> None:
        """Write to the successor: the note, and what is open in the commune."""
        # As a colleague reads it, by the same condition as the list of the page.
        found: Any = self.commune.service_requests
        rows = found.visible_to(self.receiver).open()
        listed = list(rows.select_related("commune").order_by(*DUE_FIRST)[:LISTED])
        emails.handed_over(self, listed, rows.count() - len(listed))
