"""Addresses to which nothing more is sent."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import AGENCY_ROLES, User


class SuppressedAddressQuerySet(models.QuerySet["SuppressedAddress"]):
    """Stopped addresses."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency, none to others."""
        return self if user.has_role(*AGENCY_ROLES) else self.none()


class SuppressedAddress(models.Model):
    """An address to which no edition is sent any more, because its owner asked or it does not work."""

    class Reason(models.TextChoices):
        """Why."""

        ASKED = "asked", _("its owner asked")
        BOUNCED = "bounced", _("messages came back")

    address = models.EmailField(_("address"), max_length=254, unique=True)
    reason = models.CharField(_("reason"), max_length=8, choices=Reason.choices, default=Reason.ASKED)
    since = models.DateTimeField(_("since"), default=timezone.now)

    objects: ClassVar[models.Manager["SuppressedAddress"]] = SuppressedAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("stopped address")
        verbose_name_plural = _("stopped addresses")
        ordering = ["address"]
        constraints = [
            models.CheckConstraint(
                condition=Q(address=Lower("address")),
                name="suppressedaddress_is_lower_case",
                violation_error_message=_("E-mail addresses are kept in lower case."),
            ),
            models.CheckConstraint(
                condition=Q(reason__in=["asked", "bounced"]),
                name="suppressedaddress_known_reason",
                violation_error_message=_("This reason does not exist."),
            ),
        ]

    def __str__(self) -> str:
        return self.address
