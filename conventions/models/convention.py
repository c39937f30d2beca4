"""A framework agreement between the agency and one commune, and the steps of its life."""

from datetime import date
from typing import Any, ClassVar, Final, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communes.models import Commune
from communes.models.mandate import communes_of
from conventions.models.term import ONE_DAY, Term, days, term_constraints
from hubportal.accounts.models import AGENCY_ROLES, STEWARDS, User
from hubportal.workflow import Stateful, Transition, TransitionEvent, known_status

REFERENCE: Final = r"^[A-Z0-9]+(-[A-Z0-9]+)*$"
_REFERENCE_FORM = _("A reference is made of capitals, digits and hyphens, for example CC-2025-01.")


class ConventionStatus(models.TextChoices):
    """Stored states; what follows from dates (in force, expired …) is `Convention.state`."""

    DRAFT = "draft", _("draft")
    SIGNED = "signed", _("signed")
    TERMINATED = "terminated", _("terminated")


BINDING: Final = (ConventionStatus.SIGNED.value, ConventionStatus.TERMINATED.value)
"""States in which a convention binds the parties during its term; a terminated one until its last day."""


class ConventionQuerySet(models.QuerySet["Convention"]):
    """Conventions, by day and by who may know of them."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency, the signed ones to whoever holds any right today.

        How much of one a person may read is another matter: its own commune and the agency read the text
        (`Convention.text_visible_to`), other communes the state and the dates (`dates_visible_to`), cabinet
        and task force the state.
        """
        if user.has_role(*AGENCY_ROLES):
            return self
        return self.binding() if user.has_rights_today() else self.none()

    def binding(self) -> Self:
        """Return those that were signed, terminated ones included."""
        return self.filter(status__in=BINDING)

    def in_force(self, on: date | None = None) -> Self:
        """Return those that bind on a day (today in Brussels, unless told): at most one for each commune."""
        day = on or timezone.localdate()
        return self.binding().filter(
            Q(in_force_until__isnull=True) | Q(in_force_until__gte=day), in_force_from__lte=day
        )


class Convention(Term, Stateful):
    """A convention; its range of days is stored and only its verbs move it once it is signed."""

    Status = ConventionStatus
    TRANSITIONS = (
        Transition(
            "record",
            ("draft",),
            "signed",
            _("Record as signed"),
            question=_(
                "Nothing of it can be changed afterwards. A convention that is in force on its first day "
                "ends the day before."
            ),
            style="primary",
        ),
        Transition(
            "terminate",
            ("signed",),
            "terminated",
            _("Terminate"),
            question=_("The convention binds both parties until the last day that you write here."),
            style="danger",
        ),
        # The portal's own: the status stays, the last day moves.
        Transition("supersede", BINDING, BINDING, by_itself=True),
    )

    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="conventions", verbose_name=_("commune")
    )
    reference = models.CharField(
        _("reference"), max_length=20, unique=True, validators=[RegexValidator(REFERENCE, _REFERENCE_FORM)],
        error_messages={"unique": _("Another convention has this reference.")},
        help_text=_("Capitals, digits and hyphens, for example CC-2025-01."),
    )  # fmt: skip
    status = models.CharField(
        _("state"), max_length=12, choices=ConventionStatus.choices,
        default=ConventionStatus.DRAFT, editable=False,
    )  # fmt: skip
    council_decided_on = models.DateField(
        _("decision of the communal council"), null=True, blank=True, help_text=_("Empty when unknown.")
    )
    signed_on = models.DateField(
        _("signed on"), null=True, editable=False, help_text=_("The day of the last signature.")
    )
    notice_given_on = models.DateField(_("notice given on"), null=True, editable=False)
    termination_reason = models.TextField(
        _("reason of the termination"), max_length=2000, blank=True, editable=False
    )
    predecessor = models.OneToOneField(
        "self", models.PROTECT, null=True, editable=False,
        related_name="successor", verbose_name=_("replaces"),
    )  # fmt: skip

    objects: ClassVar[models.Manager["Convention"]] = ConventionQuerySet.as_manager()

    class Meta:
        verbose_name = _("convention")
        verbose_name_plural = _("conventions")
        ordering = ["commune", F("in_force_from").desc(nulls_first=True), "pk"]
        constraints = [
            known_status(ConventionStatus, "convention_known_status"),
            models.CheckConstraint(
                condition=Q(reference__regex=REFERENCE),
                name="convention_reference_form",
                violation_error_message=_REFERENCE_FORM,
            ),
            *term_constraints(),
            models.CheckConstraint(
                condition=Q(status="draft", signed_on__isnull=True)
                | Q(status__in=BINDING, signed_on__isnull=False, in_force_from__isnull=False),
                name="convention_signed_has_dates",
                violation_error_message=_(
                    "A signed convention has a day of signature and a first day; a draft has no signature."
                ),
            ),
            models.CheckConstraint(
                condition=Q(council_decided_on__isnull=True)
                | Q(signed_on__isnull=True)
                | Q(council_decided_on__lte=F("signed_on")),
                name="convention_decided_before_signed",
                violation_error_message=_("The council decides before the last signature."),
            ),
            models.CheckConstraint(
                condition=Q(
                    ~Q(termination_reason=""),
                    status="terminated",
                    notice_given_on__isnull=False,
                    in_force_until__isnull=False,
                )
                | Q(~Q(status="terminated"), notice_given_on__isnull=True, termination_reason=""),
                name="convention_terminated_has_reason",
                violation_error_message=_(
                    "A terminated convention has a day of notice, a last day and a reason; another one has none."
                ),
            ),
            ExclusionConstraint(
                name="convention_one_in_force",
                expressions=[("commune", RangeOperators.EQUAL), (days(), RangeOperators.OVERLAPS)],
                condition=Q(status__in=BINDING),
                violation_error_message=_(
                    "This commune has another convention in force on some of these days."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def validate_constraints(self, exclude: Any = None) -> None:
        """Validate with the status, which no form edits: the exclusion constraint cannot do without it."""
        super().validate_constraints(exclude=set(exclude or ()) - {"status"})

    # --- What follows from the dates -----------------------------------------------------------------------

    @property
    def state(self) -> str:
        """The state of today, a code of the table "convention" in states.py."""
        return self.state_on(timezone.localdate())

    def state_on(self, day: date) -> str:
        """Return draft, upcoming, in_force, notice, terminated, superseded or expired.

        A terminated one is so from the termination on, though it binds until its last day (`is_in_force`).
        Superseded: another one took over the day after; expired: none did. Reads `successor`: select it.
        """
        if self.in_force_from is None or self.status == ConventionStatus.DRAFT:
            return "draft"
        if self.status == ConventionStatus.TERMINATED:
            return "terminated"
        if day < self.in_force_from:
            return "upcoming"
        if self.covers(day):
            return "notice" if self.notice_starts_on and day >= self.notice_starts_on else "in_force"
        return "superseded" if self._was_taken_over() else "expired"

    def is_in_force(self, day: date | None = None) -> bool:
        """Tell whether it binds on a day (today, unless told)."""
        return self.status in BINDING and self.covers(day or timezone.localdate())

    def _was_taken_over(self) -> bool:
        successor = getattr(self, "successor", None)
        return (
            successor is not None
            and self.in_force_until is not None
            and successor.in_force_from == self.in_force_until + ONE_DAY
        )

    # --- Who may read how much -----------------------------------------------------------------------------

    def text_visible_to(self, user: User) -> bool:
        """Tell whether a person may read themes and signatures: the agency, and the commune itself."""
        return user.has_role(*AGENCY_ROLES) or self.commune_id in communes_of(user)

    def dates_visible_to(self, user: User) -> bool:
        """Tell whether a person may read the dates: the agency, and the people of any commune."""
        return user.has_role(*AGENCY_ROLES) or bool(communes_of(user))

    # --- Steps ---------------------------------------------------------------------------------------------

    def can_be_record_by(self, user: User) -> bool:
        """Tell whether a person may record it: leads and administrators."""
        return user.has_role(*STEWARDS)

    def can_be_terminate_by(self, user: User) -> bool:
        """Tell whether a person may terminate it: leads and administrators, unless its term is over anyway."""
        is_over = self.in_force_until is not None and self.in_force_until < timezone.localdate()
        return user.has_role(*STEWARDS) and not is_over

    @transaction.atomic
    def record(self, *, by: User) -> None:
        """Take the draft in as signed, and end the one in force on its first day the day before.

        ValidationError when a date, a theme or a signature is missing or wrong; IntegrityError when another
        convention of the commune is in force later in its term.
        """
        self._begin("record", by)
        first_day, signed_on = self._check_complete()
        before = Convention.objects.binding().filter(commune=self.commune_id, in_force_from__lt=first_day)
        last = before.select_related("successor").order_by("-in_force_from").first()
        if last is not None and last.is_in_force(first_day):
            last.supersede(last_day=first_day - ONE_DAY, successor=self.reference)
        # History is sometimes recorded late: the one before may have its successor already.
        predecessor = None if hasattr(last, "successor") else last
        self._move("record", by, signed_on=signed_on, predecessor=predecessor)

    @transaction.atomic
    def terminate(self, *, by: User, notice_given_on: date, ends_on: date, reason: str) -> None:
        """End the convention early: ValidationError when the notice is shorter than agreed."""
        self._begin("terminate", by)
        self.check_notice(notice_given_on, ends_on)
        if not reason.strip():
            raise ValidationError({"reason": _("Write why the convention ends.")})
        self._move(
            "terminate", by, comment=reason,
            in_force_until=ends_on, notice_given_on=notice_given_on, termination_reason=reason,
        )  # fmt: skip

    @transaction.atomic
    def supersede(self, *, by: None = None, last_day: date, successor: str) -> None:
        """Let another convention take over after `last_day`; only `record` of that one does it."""
        self._lock()
        self._move("supersede", by, target=self.status, comment=successor, in_force_until=last_day)

    def _lock(self) -> None:
        """Lock and read the row, so that what a verb checks still holds when it writes."""
        self.refresh_from_db(from_queryset=type(self)._base_manager.select_for_update())

    def _begin(self, verb: str, by: User) -> None:
        """Lock the row; refuse who comes too late and who may not, before anything is checked."""
        self._lock()
        self._check_person(self._line(verb, self.status), by)

    def _check_complete(self) -> tuple[date, date]:
        """Return the first day and the day of the last signature; ValidationError when the draft is not whole."""
        if self.in_force_from is None:
            raise ValidationError(_("Write the first day of the convention."))
        if not self.themes.exists():
            raise ValidationError(_("A convention opens at least one theme."))
        signatories = list(self.signatories.select_related("user"))
        if {row.party for row in signatories} != {"agency", "commune"}:
            raise ValidationError(_("Both parties sign: write at least one signatory for each."))
        for row in signatories:
            row.check_office()
        signed_on = max(row.signed_on for row in signatories)
        if self.council_decided_on and self.council_decided_on > signed_on:
            raise ValidationError(_("The council decides before the last signature."))
        return self.in_force_from, signed_on


class ConventionEvent(TransitionEvent):
    """A step in the life of a convention."""

    subject = models.ForeignKey(Convention, models.CASCADE, related_name="events")
