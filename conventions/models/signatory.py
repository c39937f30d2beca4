"""Who signed a convention, in which office held that day."""

from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communes.models import Mandate
from communes.models.mandate import communes_of
from conventions.models.convention import Convention
from hubportal.accounts.models import AGENCY_ROLES, RoleGrant, User
from hubportal.look.dates import short_date


class Party(models.TextChoices):
    """The two parties of a convention."""

    COMMUNE = "commune", _("the commune")
    AGENCY = "agency", _("the agency")


class Office(models.TextChoices):
    """In which office one signs; the first three for the commune, the last two for the agency."""

    BOURGMESTRE = "bourgmestre", _("bourgmestre")
    ECHEVIN = "echevin", _("échevin")
    SECRETARY = "secretary", _("communal secretary")
    DIRECTOR = "director", _("director")
    REPRESENTATIVE = "representative", _("representative")


MANDATED = (Office.BOURGMESTRE.value, Office.ECHEVIN.value)
OF_THE_COMMUNE = (*MANDATED, Office.SECRETARY.value)
OF_THE_AGENCY = (Office.DIRECTOR.value, Office.REPRESENTATIVE.value)


class SignatoryQuerySet(models.QuerySet["Signatory"]):
    """Signatories."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency, those of their own communes' signed conventions to others."""
        if user.has_role(*AGENCY_ROLES):
            return self
        return self.filter(
            convention__in=Convention.objects.binding(), convention__commune__in=communes_of(user)
        )


class Signatory(models.Model):
    """A signature: a bourgmestre or échevin is a person with a mandate that day, others are known by name."""

    convention = models.ForeignKey(
        Convention, models.CASCADE, related_name="signatories", verbose_name=_("convention")
    )
    party = models.CharField(_("signs for"), max_length=8, choices=Party.choices, editable=False)
    office = models.CharField(_("office"), max_length=16, choices=Office.choices)
    user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="signatures", verbose_name=_("person"),
        help_text=_("Needed for a bourgmestre and an échevin."),
    )  # fmt: skip
    name = models.CharField(
        _("name"), max_length=200, blank=True,
        help_text=_("As on the document. Empty: the name of the person chosen above."),
    )  # fmt: skip
    signed_on = models.DateField(_("signed on"))

    objects: ClassVar[models.Manager["Signatory"]] = SignatoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("signatory")
        verbose_name_plural = _("signatories")
        ordering = ["convention", "-party", "signed_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(party="commune", office__in=OF_THE_COMMUNE)
                | Q(party="agency", office__in=OF_THE_AGENCY),
                name="signatory_office_of_the_party",
                violation_error_message=_("This office belongs to the other party."),
            ),
            models.CheckConstraint(
                condition=~Q(office__in=MANDATED) | Q(user__isnull=False),
                name="signatory_mandated_is_a_person",
                violation_error_message=_("Choose the person: a bourgmestre or an échevin signs by mandate."),
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="signatory_has_a_name",
                violation_error_message=_("Choose a person, or write a name."),
            ),
            models.UniqueConstraint(
                fields=["convention", "office", "name"],
                name="signatory_once",
                violation_error_message=_("This person signs in this office already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Fill in the party and, where none is written, the person's name; check the office held that day."""
        super().clean()
        self.party = Party.AGENCY if self.office in OF_THE_AGENCY else Party.COMMUNE
        self.name = self.name.strip() or (self.user.full_name if self.user else "")
        if self.office in MANDATED and self.user is None:
            raise ValidationError(
                {"user": _("Choose the person: a bourgmestre or an échevin signs by mandate.")}
            )
        if not self.name:
            raise ValidationError({"name": _("Choose a person, or write a name.")})
        # A draft that is not saved yet is there all the same, once its commune is chosen.
        convention = getattr(self, "convention", None)
        if self.signed_on and convention is not None and convention.commune_id:
            self.check_office()

    def validate_constraints(self, exclude: Any = None) -> None:
        """Validate, but leave out an empty name, which `clean` answered for."""
        super().validate_constraints(exclude=exclude if self.name else {*(exclude or ()), "name"})

    def check_office(self) -> None:
        """Refuse a signature in the future, and a person who did not hold the office on the day of signing."""
        if self.signed_on > timezone.localdate():
            text = _("%(name)s cannot have signed in the future.") % {"name": self.name}
            raise ValidationError({"signed_on": text})
        if self.user_id and not self._held_office():
            facts = {
                "name": self.name,
                "office": self.get_office_display(),
                "day": short_date(self.signed_on),
            }
            text = _("%(name)s did not hold this office (%(office)s) on %(day)s.") % facts
            raise ValidationError({"user": text})

    def _held_office(self) -> bool:
        if self.office in MANDATED:
            held = Mandate.objects.valid(self.signed_on).filter(office=self.office)
            return held.filter(user=self.user_id, commune=self.convention.commune_id).exists()
        if self.party == Party.AGENCY:
            grants = RoleGrant.objects.valid(self.signed_on)
            return grants.filter(user=self.user_id, role__in=AGENCY_ROLES).exists()
        return True
