"""The 19 communes of the Brussels-Capital Region; the City of Brussels is one of them."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import AGENCY_ROLES, User

CITY_OF_BRUSSELS = "21004"


class CommuneQuerySet(models.QuerySet["Commune"]):
    """Communes."""

    def visible_to(self, user: User) -> Self:
        """Return all 19 to whoever holds any right today, none to others.

        What a commune's page shows of its file is decided noun by noun (`Mandate.objects.visible_to` …).
        """
        return self if user.has_rights_today() else self.none()


class Commune(models.Model):
    """A commune; its key is its NIS code (a postal code is not a key: 1050 is Ixelles and Brussels)."""

    nis = models.CharField(
        _("NIS code"), max_length=5, primary_key=True, validators=[RegexValidator(r"^210(0[1-9]|1[0-9])$")]
    )
    name_fr = models.CharField(_("name in French"), max_length=60, unique=True)
    name_nl = models.CharField(_("name in Dutch"), max_length=60, unique=True)
    postal_codes = ArrayField(models.CharField(max_length=4), verbose_name=_("postal codes"))
    population = models.PositiveIntegerField(_("population"))
    population_on = models.DateField(_("population counted on"))
    area_km2 = models.DecimalField(_("area in km²"), max_digits=6, decimal_places=2)
    site = models.CharField(_("site"), max_length=120, blank=True)
    mail_domains = ArrayField(
        models.CharField(max_length=120), verbose_name=_("mail domains"), default=list, blank=True
    )

    objects: ClassVar[models.Manager["Commune"]] = CommuneQuerySet.as_manager()

    class Meta:
        verbose_name = _("commune")
        verbose_name_plural = _("communes")
        ordering = ["nis"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(nis__gte="21001", nis__lte="21019"),
                name="commune_is_one_of_the_19",
                violation_error_message=_("There are 19 communes, 21001 to 21019."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def can_be_delegated_by(self, user: User) -> bool:
        """Tell whether a person may let civil servants act for it: its bourgmestre and échevins of today.

        Nobody who works at the agency: nobody stands on both sides.
        """
        is_in_office = user.is_active and self.mandates.valid().filter(user=user).exists()
        return is_in_office and not user.has_role(*AGENCY_ROLES)

    @property
    def name(self) -> str:
        """The name in the reader's language; the institution's own for the City of Brussels."""
        return self.name_in(get_language() or "fr")

    def name_in(self, language: str) -> str:
        """Return the name in "nl", in "en", or, for any other code, in French."""
        if self.nis == CITY_OF_BRUSSELS:
            return {"nl": "Stad Brussel", "en": "City of Brussels"}.get(language, "Ville de Bruxelles")
        return self.name_nl if language == "nl" else self.name_fr

    @property
    def twin_name(self) -> str:
        """The name in the other national language, empty when it is the same."""
        twin = self.name_in(self.twin_language)
        return "" if twin == self.name else twin

    @property
    def twin_language(self) -> str:
        """The language of `twin_name`: "fr" or "nl"."""
        return "fr" if get_language() == "nl" else "nl"
