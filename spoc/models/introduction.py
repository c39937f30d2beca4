"""Introductions: the agency puts a commune in contact with a colleague or a partner, and both get a mail."""

from typing import TYPE_CHECKING, ClassVar, Final, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conventions.models.versioned import BoundedText
from hubportal.accounts.models import AGENCY_ROLES, User
from spoc import emails
from spoc.models.parties import seen_by
from spoc.models.partner import Partner
from spoc.models.repeats import since
from spoc.recipients import contact_at_commune

if TYPE_CHECKING:
    from spoc.models.request import ServiceRequest


LONGEST: Final = 2000
"""Characters of what it is about."""


class IntroductionQuerySet(models.QuerySet["Introduction"]):
    """Introductions."""

    def visible_to(self, user: User) -> Self:
        """Return the introductions of the requests that the person may see."""
        return self.filter(seen_by(user, "request__"))

    def with_people(self) -> Self:
        """Read whom each names with it."""
        return self.select_related("partner", "colleague", "contact", "made_by")


class Introduction(models.Model):
    """The commune's contact in a request, put in contact with a colleague of the agency or with a partner."""

    request = models.ForeignKey(
        "spoc.ServiceRequest", models.PROTECT, related_name="introductions", verbose_name=_("request")
    )
    contact = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("contact at the commune")
    )
    partner = models.ForeignKey(
        Partner,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="introductions",
        verbose_name=_("partner"),
    )
    colleague = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("colleague"),
    )
    agreed_at = models.DateTimeField(
        _("the commune agreed at"),
        null=True,
        editable=False,
        help_text=_("To give its contact to a partner."),
    )
    text = BoundedText(_("what it is about"), max_length=LONGEST)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("introduced by")
    )
    made_at = models.DateTimeField(_("introduced at"), default=timezone.now, editable=False)

    objects: ClassVar[models.Manager["Introduction"]] = IntroductionQuerySet.as_manager()

    class Meta:
        verbose_name = _("introduction")
        verbose_name_plural = _("introductions")
        ordering = ["made_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(partner__isnull=True, colleague__isnull=False)
                | Q(partner__isnull=False, colleague__isnull=True),
                name="introduction_to_one",
                violation_error_message=_("Choose a colleague or a partner: one of them."),
            ),
            models.CheckConstraint(
                condition=~Q(text="") & Q(LessThanOrEqual(Length("text"), LONGEST)),
                name="introduction_says_why",
                violation_error_message=_("Say what it is about."),
            ),
            models.CheckConstraint(
                condition=Q(partner__isnull=True) | Q(agreed_at__isnull=False),
                name="introduction_to_a_partner_was_agreed",
                violation_error_message=_("Ask the commune first, then tick."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def other(self) -> Partner | User:
        """To whom the commune was introduced."""
        found = self.partner or self.colleague
        if found is None:
            raise ValueError("an introduction is to somebody")
        return found

    @property
    def name(self) -> str:
        """What the other is called: a partner by its house."""
        return self.partner.name if self.partner else self.other.full_name

    @classmethod
    def keep(
        cls,
        request: "ServiceRequest",
        by: User,
        text: str,
        *,
        partner: Partner | None,
        colleague: User | None,
        agreed: bool,
    ) -> "Introduction":
        """Keep an introduction and write to both sides, in the caller's transaction; a second click makes none.

        ValidationError, with the fields of its arguments, when somebody cannot be reached or does not fit.
        """
        row = cls(request=request, contact=_contact(request), made_by=by, text=text.strip())
        row.partner, row.colleague = partner, colleague
        row.agreed_at = row.made_at if agreed else None
        _check(row)
        same = {name: getattr(row, name) for name in ("partner", "colleague", "made_by", "text")}
        again = request.introductions.filter(**same, made_at__gt=since()).order_by("pk").last()
        if again is None:
            row.save()
            emails.introduction(row)
        return again or row


def _contact(request: "ServiceRequest") -> User:
    found = contact_at_commune(request)
    if found is None:
        raise ValidationError(_("Nobody of the commune can be reached by mail today."), "nobody")
    return found


def _check(row: Introduction) -> None:
    """Refuse who is not offered, who cannot be written to, and whoever is no colleague today."""
    if row.partner and not row.partner.is_active:
        raise ValidationError({"partner": _("This partner is no longer offered.")})
    if row.partner and row.agreed_at is None:
        raise ValidationError({"agreed": _("Ask the commune first, then tick.")})
    if row.colleague == row.made_by:
        raise ValidationError({"colleague": _("Choose somebody else than yourself.")})
    if row.colleague and not (row.colleague.has_role(*AGENCY_ROLES) and row.colleague.email):
        raise ValidationError({"colleague": _("This person is not of the agency today, or has no address.")})
    row.full_clean()
