"""A framework agreement between the agency and one commune, and the steps of its life."""

from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communes.models import Commune
from communes.models.mandate import communes_of
from conventions import outline, parity
from conventions.models import checks, content
from conventions.models.agreement import Agreement
from conventions.models.choices import BINDING, ConventionStatus
from conventions.models.queryset import ConventionQuerySet
from conventions.models.rules import REFERENCE, REFERENCE_FORM, convention_constraints
from conventions.models.table import OF_A_CONVENTION
from conventions.models.term import ONE_DAY, Term
from hubportal.accounts.models import AGENCY_ROLES, STEWARDS, User
from hubportal.look.dates import short_date


class Convention(Agreement, Term):
    """A convention; its range of days is stored and only its verbs move it once it is signed."""

    Status = ConventionStatus
    TRANSITIONS = OF_A_CONVENTION
    OWNER = "convention"

    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="conventions", verbose_name=_("commune")
    )
    reference = models.CharField(
        _("reference"), max_length=20, unique=True, validators=[RegexValidator(REFERENCE, REFERENCE_FORM)],
        error_messages={"unique": _("Another convention has this reference.")},
        help_text=_("Capitals, digits and hyphens, for example CC-2025-01."),
    )  # fmt: skip
    status = models.CharField(
        _("state"), max_length=12, choices=ConventionStatus.choices,
        default=ConventionStatus.DRAFT, editable=False,
    )  # fmt: skip
    signed_until = models.DateField(
        _("last day as it was signed"), null=True, editable=False,
        help_text=_("Another convention, an amendment or a notice may move the last day afterwards."),
    )  # fmt: skip
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
        constraints = convention_constraints()

    def __str__(self) -> str:
        return self.reference

    def clean(self) -> None:
        """Refuse a first day that is not after the one of the convention that it follows."""
        super().clean()
        before = self.predecessor.in_force_from if self.predecessor else None
        if before and self.in_force_from and self.in_force_from <= before:
            text = _("It follows a convention that is in force from %(day)s on.")
            raise ValidationError(
                {"in_force_from": ValidationError(text, "early", {"day": short_date(before)})}
            )

    def validate_constraints(self, exclude: Any = None) -> None:
        """Validate with the status, which no form edits: the exclusion constraint cannot do without it."""
        super().validate_constraints(exclude=set(exclude or ()) - {"status"})

    # --- What it says --------------------------------------------------------------------------------------

    @property
    def nis(self) -> str:
        """The commune, by its NIS code."""
        return self.commune_id

    @property
    def content(self) -> dict[str, Any]:
        """Exactly what is signed: term, articles, themes, project agreements annexed with it, signatories."""
        return content.of_convention(self)

    def get_absolute_url(self) -> str:
        """Return the convention's page."""
        return reverse("conventions:detail", kwargs={"reference": self.reference})

    def findings(self) -> list[parity.Finding]:
        """Return where French and Dutch do not say the same, as far as that can be counted."""
        return parity.parity(self.articles.order_by("number"), self.themes.select_related("theme"))

    def check_whole(self) -> None:
        """Raise ValidationError without a first day, an end or a renewal, a theme."""
        if self.in_force_from is None:
            raise ValidationError(_("Write the first day of the convention."))
        if self.in_force_until is None and self.renewal_months is None:
            raise ValidationError(_("Write the last day of the convention, or its tacit renewal."))
        if not self.themes.exists():
            raise ValidationError(_("A convention opens at least one theme."))

    # --- What follows from the dates -----------------------------------------------------------------------

    @property
    def state(self) -> str:
        """The state of today, a code of the table "convention" in states.py."""
        return self.state_on(timezone.localdate())

    def state_on(self, day: date) -> str:
        """Return the status while it is not signed; then upcoming, in_force, notice, terminated, superseded, expired.

        A terminated one is so from the termination on, though it binds until its last day (`is_in_force`).
        Superseded: another one took over the day after; expired: none did. Reads `successor`: select it.
        The querysets of the same names say the same (queryset.py).
        """
        if self.in_force_from is None or self.status != ConventionStatus.SIGNED:
            return self.status
        if day < self.in_force_from:
            return "upcoming"
        if self.covers(day):
            return "notice" if self.is_in_notice(day) else "in_force"
        return "superseded" if self._was_taken_over() else "expired"

    def is_in_force(self, day: date | None = None) -> bool:
        """Tell whether it binds on a day (today, unless told)."""
        return self.status in BINDING and self.covers(day or timezone.localdate())

    @property
    def is_over(self) -> bool:
        """Whether its last day has passed."""
        return self.in_force_until is not None and self.in_force_until < timezone.localdate()

    @property
    def is_amendable(self) -> bool:
        """Whether amendments of it begin and are signed: it is signed itself, and not terminated."""
        return self.status == ConventionStatus.SIGNED

    def _was_taken_over(self) -> bool:
        successor = getattr(self, "successor", None)
        return (
            successor is not None
            and successor.status in BINDING
            and self.in_force_until is not None
            and successor.in_force_from == self.in_force_until + ONE_DAY
        )

    def cuts_short(self) -> "Convention | None":
        """Return the one in force on its first day: its last signature lets that one end the day before."""
        if self.in_force_from is None or not self.is_unsigned:
            return None
        rows = Convention.objects.in_force(self.in_force_from).filter(commune=self.commune_id)
        return rows.exclude(pk=self.pk).order_by("pk").first()

    # --- Who may read how much, who may --------------------------------------------------------------------

    def dates_visible_to(self, user: User) -> bool:
        """Tell whether a person may read the dates: the agency, and the people of any commune."""
        return user.has_role(*AGENCY_ROLES) or bool(communes_of(user))

    def can_be_record_by(self, user: User) -> bool:
        """Tell whether a person may record it: leads and administrators."""
        return user.has_role(*STEWARDS)

    def can_be_renew_by(self, user: User) -> bool:
        """Tell whether a person may renew it: leads and administrators, once. Reads `successor`: select it."""
        return user.has_role(*STEWARDS) and getattr(self, "successor", None) is None

    def can_be_terminate_by(self, user: User) -> bool:
        """Tell whether a person may terminate it: leads and administrators, unless its term is over anyway."""
        return user.has_role(*STEWARDS) and not self.is_over

    def can_be_amended_by(self, user: User) -> bool:
        """Tell whether a person may begin an amendment: leads and administrators."""
        return user.has_role(*STEWARDS)

    # --- Writing -------------------------------------------------------------------------------------------

    TERMS: ClassVar = (
        "in_force_from", "in_force_until", "notice_months", "renewal_months", "first_period_until",
    )  # fmt: skip

    @transaction.atomic
    def set_term(self, *, by: User, **term: Any) -> None:
        """Write the term, by the columns of `TERMS`; unless it stays, what the parties agreed to before is void."""
        self.open_text(by)
        if unknown := set(term) - set(self.TERMS):
            raise TypeError(f"no column of the term: {unknown}")
        if all(getattr(self, name) == value for name, value in term.items()):
            return
        for name, value in term.items():
            setattr(self, name, value)
        self.full_clean()
        self.save(update_fields=list(self.TERMS))
        self.was_changed(by)

    @transaction.atomic
    def add_article(self, *, by: User, number: int | None = None, **texts: str) -> Any:
        """Add and return an article: at the end, or at a number, where the later ones move down."""
        self.open_text(by)
        return self.articles.model.add(self, by, number, texts)

    @transaction.atomic
    def open_theme(self, *, by: User, theme: Any, modality_fr: str, modality_nl: str) -> Any:
        """Open a theme, and return it with its modalities."""
        self.open_text(by)
        row = self.themes.model(
            convention=self, theme=theme, modality_fr=modality_fr.strip(), modality_nl=modality_nl.strip()
        )
        row.full_clean()
        row.save()
        self.was_changed(by)
        return row

    # --- Steps ---------------------------------------------------------------------------------------------

    @transaction.atomic
    def record(self, *, by: User) -> None:
        """Take in as signed a convention of the past, and end the one in force on its first day the day before.

        ValidationError when a date, a theme or a signature is missing or wrong; IntegrityError when another
        convention of the commune is in force later in its term.
        """
        self._begin("record", by)
        signed_on = checks.was_signed_on_paper(self)
        self._move("record", by, signed_on=signed_on, **self._take_effect())

    @transaction.atomic
    def renew(self, *, by: User) -> "Convention":
        """Begin the convention that follows: a draft with the same articles and themes, linked to this one.

        ValidationError when there is one already, unless it was abandoned.
        """
        self._begin_renewal(by)
        draft = Convention.objects.draft(self.commune, **self._next_term())
        outline.copy(self, draft, by)
        self._move("renew", by, comment=draft.reference)
        # Linked after the step: one that has a successor is not renewed.
        draft.predecessor = self
        draft.save(update_fields=["predecessor"])
        return draft

    @transaction.atomic
    def terminate(self, *, by: User, notice_given_on: date, ends_on: date, reason: str) -> None:
        """End the convention early: ValidationError when the notice is shorter than agreed."""
        self._begin("terminate", by)
        self.check_notice(notice_given_on, ends_on)
        told = checks.needed(reason, "reason")
        self._move(
            "terminate", by, comment=told,
            in_force_until=ends_on, notice_given_on=notice_given_on, termination_reason=told,
        )  # fmt: skip

    @transaction.atomic
    def supersede(self, *, by: None = None, last_day: date, successor: str) -> None:
        """Let another convention take over after `last_day`; only the signing or recording of that one does it."""
        self._lock()
        self._move("supersede", by, target=self.status, comment=successor, in_force_until=last_day)

    @transaction.atomic
    def extend(self, *, by: None = None, last_day: date, amendment: str) -> None:
        """Let the term end on another day; only the signing of an amendment does it.

        IntegrityError when another convention of the commune is in force by then.
        """
        self._move("extend", by, comment=amendment, in_force_until=last_day)

    # --- Parts of the verbs --------------------------------------------------------------------------------

    def _begin_renewal(self, by: User) -> None:
        """Begin, and say that it was renewed before it is said that one may not."""
        self._lock()
        self._line("renew")
        known = Convention.objects.filter(predecessor=self.pk).first()
        if known is not None and by.has_role(*STEWARDS):
            raise ValidationError(
                _("It is renewed already: %(other)s."), "renewed", {"other": known.reference}
            )
        self._begin("renew", by)

    def _next_term(self) -> dict[str, Any]:
        first_day = self.in_force_until + ONE_DAY if self.in_force_until else None
        return {"in_force_from": first_day, "notice_months": self.notice_months}

    def _take_effect(self) -> dict[str, Any]:
        """End the one in force on the first day the day before; link to the one before."""
        first_day = self.in_force_from
        if first_day is None:
            raise ValidationError(_("Write the first day of the convention."))
        rows = Convention.objects.binding().filter(commune=self.commune_id, in_force_from__lt=first_day)
        last = rows.select_related("successor").order_by("-in_force_from").first()
        if last is not None and last.is_in_force(first_day):
            last.supersede(last_day=first_day - ONE_DAY, successor=self.reference)
        # History is sometimes recorded late: the one before may have its successor already.
        is_free = last is not None and getattr(last, "successor", None) is None
        return {"predecessor": last if is_free else self.predecessor}

    def _let_go(self) -> dict[str, Any]:
        """Make room for another successor of the one before."""
        return {"predecessor": None}

    def _freeze_parts(self) -> dict[str, Any]:
        self.projects.update(is_frozen=True)
        # The last day may move once it is signed; what was signed does not.
        return {"signed_until": self.in_force_until}

    def _thaw_parts(self) -> None:
        self.projects.update(is_frozen=False)
        Convention._base_manager.filter(pk=self.pk).update(signed_until=None)
