"""Who was not reached when an edition left, and why: append-only."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from communes.models import Commune, Mandate, Portfolio
from mailings.gaps import BOURGMESTRE, Gap, gap_text
from mailings.models.choices import GapCode
from mailings.models.policy import FollowedQuerySet
from mailings.models.served import Served


class FrozenGapQuerySet(FollowedQuerySet["FrozenGap"]):
    """Gaps of editions that left."""

    def named(self) -> Self:
        """Read ahead what tells who is meant, and since when it is closed, in the order of the communes."""
        return self.with_closing().select_related("commune", "mandate__user").order_by("commune", "pk")

    def with_closing(self) -> Self:
        """Tell of each when the relay took a follow-up to whom it lacked: `closed_at`, None while it stands.

        The person who could not be reached, or whoever holds today the office that was vacant.
        """
        arrived = Served.objects.all().by_follow_up().filter(delivery__mailing=OuterRef("mailing"))
        theirs = arrived.filter(mandate=OuterRef("mandate"))
        of_office = arrived.filter(
            Q(mandate__office=OuterRef("office")) | Q(mandate__portfolios__contains=[OuterRef("office")]),
            mandate__commune=OuterRef("commune"),
        )
        return self.annotate(closed_at=Coalesce(_first(theirs), _first(of_office)))


def _first(served: "models.QuerySet[Any]") -> Subquery:
    return Subquery(served.order_by("delivery__accepted_at").values("delivery__accepted_at")[:1])


class FrozenGap(models.Model):
    """A gap as it was when sending began, written in the transaction of the freeze; a row trigger refuses changes.

    The messages tell who was reached: without these rows nothing would tell who was not.
    """

    mailing = models.ForeignKey("mailings.Mailing", models.PROTECT, related_name="gaps")
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="+", verbose_name=_("commune"))
    code = models.CharField(_("what"), max_length=12, choices=GapCode.choices)
    office = models.CharField(_("vacant office or portfolio"), max_length=16, blank=True)
    mandate = models.ForeignKey(
        Mandate, models.PROTECT, null=True, related_name="+", verbose_name=_("mandate")
    )
    is_new = models.BooleanField(_("found when it left"), default=False)

    closed_at: datetime | None = None
    """Since when it is closed, where the queryset read that (`with_closing`): it was a gap when the edition left."""

    objects: ClassVar[models.Manager["FrozenGap"]] = FrozenGapQuerySet.as_manager()

    class Meta:
        verbose_name = _("gap of an edition that left")
        verbose_name_plural = _("gaps of editions that left")
        ordering = ["mailing", "commune", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__in=GapCode.values),
                name="frozengap_known_code",
                violation_error_message=_("This kind of gap does not exist."),
            ),
            models.CheckConstraint(
                condition=Q(office__in=("", BOURGMESTRE, *Portfolio.values)),
                name="frozengap_known_office",
                violation_error_message=_("This office does not exist."),
            ),
            models.CheckConstraint(
                condition=Q(~Q(office=""), code=GapCode.VACANT, mandate__isnull=True)
                | Q(~Q(code=GapCode.VACANT), office="", mandate__isnull=False),
                name="frozengap_office_or_person",
                violation_error_message=_("A gap is an office that nobody holds, or a person out of reach."),
            ),
            models.UniqueConstraint(
                fields=["mailing", "commune", "office"],
                condition=Q(mandate__isnull=True),
                name="frozengap_once_per_office",
                violation_error_message=_("This gap is noted already."),
            ),
            models.UniqueConstraint(
                fields=["mailing", "mandate"],
                name="frozengap_once_per_mandate",
                violation_error_message=_("This gap is noted already."),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def stands(self) -> bool:
        """Whether no follow-up has closed it; see `named`."""
        return self.closed_at is None

    @property
    def text(self) -> str:
        """What was missing, in a few words, in the reader's language; see `named`."""
        return gap_text(Gap(self.code, self.office, self.mandate))
