"""Shopping districts of a commune, and the merchants' associations that live there."""

from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from communes.models.commune import Commune
from communes.models.mandate import of_own_communes
from hubportal.accounts.models import STEWARDS, Role, User
from hubportal.workflow import Stateful, Transition, TransitionEvent, known_status


class DistrictQuerySet(models.QuerySet["District"]):
    """Districts."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency, those of their own communes to others."""
        return of_own_communes(self, user)


class District(models.Model):
    """A shopping district."""

    commune = models.ForeignKey(Commune, models.PROTECT, related_name="districts", verbose_name=_("commune"))
    name_fr = models.CharField(_("name in French"), max_length=120)
    name_nl = models.CharField(_("name in Dutch"), max_length=120)
    about_fr = models.TextField(
        _("what to know, in French"), max_length=4000, blank=True, help_text=_("Markdown.")
    )
    about_nl = models.TextField(
        _("what to know, in Dutch"), max_length=4000, blank=True, help_text=_("Markdown.")
    )

    objects: ClassVar[models.Manager["District"]] = DistrictQuerySet.as_manager()

    class Meta:
        verbose_name = _("district")
        verbose_name_plural = _("districts")
        ordering = ["commune", "name_fr", "pk"]
        constraints = [
            models.UniqueConstraint(
                "commune",
                Lower("name_fr"),
                name="district_name_fr_once",
                violation_error_message=_("This commune has a district with this French name already."),
            ),
            models.UniqueConstraint(
                "commune",
                Lower("name_nl"),
                name="district_name_nl_once",
                violation_error_message=_("This commune has a district with this Dutch name already."),
            ),
            models.CheckConstraint(
                condition=models.Q(about_fr="", about_nl="")
                | ~models.Q(about_fr="") & ~models.Q(about_nl=""),
                name="district_about_in_both_languages",
                violation_error_message=_("Write the text in French and in Dutch, or leave both empty."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.name_nl if get_language() == "nl" else self.name_fr

    @property
    def about(self) -> str:
        """The text in the reader's language, as Markdown."""
        return self.about_nl if get_language() == "nl" else self.about_fr


class MerchantsAssociationQuerySet(models.QuerySet["MerchantsAssociation"]):
    """Merchants' associations."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency, those of their own communes to others."""
        return of_own_communes(self, user)


class AssociationStatus(models.TextChoices):
    """States of an association; stored codes."""

    PLANNED = "planned", _("planned")
    ACTIVE = "active", _("active")
    DORMANT = "dormant", _("dormant")


class MerchantsAssociation(Stateful):
    """An association of merchants: planned with the commune's help, active, or dormant."""

    Status = AssociationStatus
    TRANSITIONS = (
        Transition("activate", ("planned",), "active", _("Founded: it is active")),
        Transition("suspend", ("active",), "dormant", _("It is dormant")),
        Transition("revive", ("dormant",), "active", _("It is active again")),
    )

    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="associations", verbose_name=_("commune")
    )
    district = models.ForeignKey(
        District,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="associations",
        verbose_name=_("district"),
    )
    name = models.CharField(_("name"), max_length=160)
    status = models.CharField(
        _("state"),
        max_length=12,
        choices=AssociationStatus.choices,
        default=AssociationStatus.PLANNED,
        editable=False,
    )
    contact_name = models.CharField(_("contact person"), max_length=160, blank=True)
    contact_email = models.EmailField(_("e-mail of the contact person"), blank=True)
    contact_phone = models.CharField(_("telephone of the contact person"), max_length=30, blank=True)

    objects: ClassVar[models.Manager["MerchantsAssociation"]] = MerchantsAssociationQuerySet.as_manager()

    class Meta:
        verbose_name = _("merchants' association")
        verbose_name_plural = _("merchants' associations")
        ordering = ["commune", "name", "pk"]
        constraints = [
            known_status(AssociationStatus, "association_known_status"),
            models.UniqueConstraint(
                "commune",
                Lower("name"),
                name="association_name_once",
                violation_error_message=_("This commune has an association with this name already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a district of another commune."""
        super().clean()
        if self.district is not None and self.commune_id and self.district.commune_id != self.commune_id:
            raise ValidationError({"district": _("This district is in another commune.")})

    def can_be_moved_by(self, user: User) -> bool:
        """Tell whether a person may move the state: SPOCs, leads and administrators."""
        return user.has_role(Role.SPOC, *STEWARDS)

    can_be_activate_by = can_be_suspend_by = can_be_revive_by = can_be_moved_by

    def activate(self, *, by: User) -> None:
        """Say that the planned association was founded; TransitionError when it was already."""
        self._move("activate", by)

    def suspend(self, *, by: User) -> None:
        """Say that the association is dormant."""
        self._move("suspend", by)

    def revive(self, *, by: User) -> None:
        """Say that the dormant association is active again."""
        self._move("revive", by)


class AssociationEvent(TransitionEvent):
    """A step in the life of an association."""

    subject = models.ForeignKey(MerchantsAssociation, models.CASCADE, related_name="events")
