"""Named extra addresses: who receives editions without an office in a commune or a role on the portal."""

from datetime import date
from typing import ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hubportal.access.dated import Dated, DatedQuerySet, days, ends_after_start
from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.retention import HASHED
from mailings.models.choices import Language


class ExtraRecipientQuerySet(DatedQuerySet["ExtraRecipient"]):
    """Named extra addresses."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency, none to others: they are contact data.

        Who approves an edition reads the names and functions of its recipients, as of the people of communes.
        """
        return self if user.has_role(*AGENCY_ROLES) else self.none()

    def valid(self, on: date | None = None) -> Self:
        """Return those that hold on a day (today): one whose address was forgotten receives nothing on its last day."""
        return super().valid(on).exclude(email__endswith=f"@{HASHED}")


class ExtraRecipient(Dated):
    """Somebody, or a mailbox, that receives each edition whose rule says so, from the first day to the last."""

    full_name = models.CharField(_("name"), max_length=120)
    function_fr = models.CharField(_("function, in French"), max_length=120)
    function_nl = models.CharField(_("function, in Dutch"), max_length=120)
    email = models.EmailField(_("e-mail address"), max_length=254)
    content_language = models.CharField(
        _("language of mail"),
        max_length=2,
        choices=Language.choices,
        blank=True,
        help_text=_("Unknown: this person receives French and Dutch."),
    )

    objects: ClassVar[models.Manager["ExtraRecipient"]] = ExtraRecipientQuerySet.as_manager()

    class Meta:
        verbose_name = _("named extra address")
        verbose_name_plural = _("named extra addresses")
        ordering = ["full_name", "-starts_on", "pk"]
        constraints = [
            ends_after_start("extrarecipient_ends_after_start"),
            models.CheckConstraint(
                condition=Q(email=Lower("email")),
                name="extrarecipient_is_lower_case",
                violation_error_message=_("E-mail addresses are kept in lower case."),
            ),
            models.CheckConstraint(
                condition=Q(content_language__in=("", *Language.values)),
                name="extrarecipient_known_language",
                violation_error_message=_("Editions are in French and in Dutch."),
            ),
            ExclusionConstraint(
                name="extrarecipient_once_at_a_time",
                expressions=[("email", RangeOperators.EQUAL), (days(), RangeOperators.OVERLAPS)],
                violation_error_message=_("This address is on the list already on some of these days."),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def function(self) -> str:
        """As what they receive it, in the language of the page or of the letter."""
        return self.function_nl if get_language() == Language.NL else self.function_fr

    def clean(self) -> None:
        """Keep one spelling of an address: lower case."""
        super().clean()
        self.email = self.email.strip().lower()
