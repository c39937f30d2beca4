"""The directory of partners: houses outside the agency to which a commune can be introduced."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import AGENCY_ROLES, User
from spoc.models.choices import Kind


class PartnerQuerySet(models.QuerySet["Partner"]):
    """Partners."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency; a commune reads of the partner it was introduced to in the introduction."""
        return self if user.has_role(*AGENCY_ROLES) else self.none()

    def in_use(self) -> Self:
        """Return those to whom one is introduced today."""
        return self.filter(is_active=True)


class Partner(models.Model):
    """A house with one person, or a desk, to turn to."""

    name_fr = models.CharField(_("name in French"), max_length=160)
    name_nl = models.CharField(_("name in Dutch"), max_length=160)
    about_fr = models.CharField(_("what they help with, in French"), max_length=300)
    about_nl = models.CharField(_("what they help with, in Dutch"), max_length=300)
    services = ArrayField(
        models.CharField(max_length=20, choices=Kind.choices),
        blank=True,
        default=list,
        verbose_name=_("for which services"),
        help_text=_("Offered first in requests of these services."),
    )
    contact_name = models.CharField(_("contact person"), max_length=160, blank=True)
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    content_language = models.CharField(
        _("language of mails"),
        max_length=2,
        choices=[("", pgettext_lazy("language", "both")), ("fr", "Français"), ("nl", "Nederlands")],
        blank=True,
    )
    is_active = models.BooleanField(pgettext_lazy("partner", "offered"), default=True)

    objects: ClassVar[models.Manager["Partner"]] = PartnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["name_fr", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["name_fr"],
                name="partner_once",
                violation_error_message=_("This partner is in the directory already."),
            ),
            models.CheckConstraint(
                condition=~Q(name_fr="") & ~Q(name_nl="") & ~Q(about_fr="") & ~Q(about_nl=""),
                name="partner_in_both_languages",
                violation_error_message=_("Write the name and what they help with in French and in Dutch."),
            ),
            models.CheckConstraint(
                condition=~Q(email="") & Q(content_language__in=["", "fr", "nl"]),
                name="partner_can_be_written_to",
                violation_error_message=_("Give an address, and a language or both."),
            ),
            models.CheckConstraint(
                condition=Q(services__contained_by=Kind.values),
                name="partner_known_services",
                violation_error_message=_("This service does not exist."),
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
        """What they help with, in the reader's language."""
        return self.about_nl if get_language() == "nl" else self.about_fr

    @property
    def full_name(self) -> str:
        """Whom a mail greets: the person when one is known, else the house."""
        return self.contact_name or self.name
