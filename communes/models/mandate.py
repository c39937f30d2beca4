"""The mandates of a college, and who acts for a commune: by a mandate, or by a delegation (delegation.py)."""

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self, TypeVar

from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, DateField, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from communes.models.commune import Commune
from hubportal.access.dated import Dated, DatedQuerySet, days, ends_after_start
from hubportal.accounts import rights
from hubportal.accounts.models import AGENCY_ROLES, User

if TYPE_CHECKING:
    from communes.models.delegation import DelegationQuerySet

ONE_DAY: Final = timedelta(days=1)
Rows = TypeVar("Rows", bound="models.QuerySet[Any]")


class Portfolio(models.TextChoices):
    """The portfolios that matter to the partnership."""

    TRADE = "trade", _("Trade")
    ECONOMY = "economy", _("Economic development")
    MIDDLE_CLASSES = "middle_classes", _("Self-employed and small traders")
    WORKS = "works", _("Public works")
    MARKETS = "markets", _("Markets")
    OTHER = "other", _("Other")


class MandateQuerySet(DatedQuerySet["Mandate"]):
    """Mandates, by office, portfolio and day."""

    def visible_to(self, user: User) -> Self:
        """Return mandates to whoever holds any right today: name and office are public facts.

        Contact data is another matter: `Mandate.contact_visible_to`.
        """
        return self if user.has_rights_today() else self.none()

    def unbroken_until(self, day: date) -> date | None:
        """Return until when these, of one person in one commune, follow each other from a day on without a day between.

        None: no end. The day before, when none of them holds on the day.
        """
        if not self.valid(day).exists():
            return day - ONE_DAY
        return self._breaks(day).values_list("ends_on", flat=True).first()

    def unbroken_until_of(self, first_day: str) -> Case:
        """Return the same for rows of another model, counted from their column `first_day`; these refer to the row."""
        day: Any = OuterRef(first_day)
        until = Subquery(self._breaks(day).values("ends_on")[:1])
        before = Cast(F(first_day) - Value(ONE_DAY), DateField())
        return Case(When(Exists(self.valid(day)), then=until), default=before, output_field=DateField())

    def _breaks(self, day: Any) -> Self:
        """Return those that end on a day or later and that no other of the person goes on from, the first end first."""
        longer = Q(ends_on__isnull=True) | Q(ends_on__gt=OuterRef("ends_on"))
        on = Mandate.objects.filter(
            longer,
            user=OuterRef("user"),
            commune=OuterRef("commune"),
            starts_on__lte=OuterRef("ends_on") + Value(ONE_DAY),
        )
        return self.filter(~Exists(on), ends_on__gte=day).order_by("ends_on", "pk")

    def bourgmestres(self) -> Self:
        """Return the mandates of bourgmestres, titular or acting."""
        return self.filter(office=Mandate.Office.BOURGMESTRE)

    def holding(self, portfolio: str) -> Self:
        """Return the mandates that hold a portfolio."""
        return self.filter(portfolios__contains=[portfolio])


class Mandate(Dated):
    """An office in a commune's college, held by one person for a time."""

    class Office(models.TextChoices):
        """Offices of a college."""

        BOURGMESTRE = "bourgmestre", _("bourgmestre")
        ECHEVIN = "echevin", _("échevin")

    user = models.ForeignKey(User, models.PROTECT, related_name="mandates", verbose_name=_("person"))
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="mandates", verbose_name=_("commune"))
    office = models.CharField(_("office"), max_length=12, choices=Office.choices)
    is_acting = models.BooleanField(
        _("acting"), default=False, help_text=_("A bourgmestre who stands in for the titular one.")
    )
    rank = models.PositiveSmallIntegerField(
        _("rank"), null=True, blank=True, help_text=_("First échevin: 1. Empty when unknown.")
    )
    portfolios = ArrayField(
        models.CharField(max_length=16, choices=Portfolio.choices),
        verbose_name=_("portfolios"),
        default=list,
        blank=True,
    )
    portfolio_fr = models.CharField(_("portfolio, in French"), max_length=300, blank=True)
    portfolio_nl = models.CharField(_("portfolio, in Dutch"), max_length=300, blank=True)

    objects: ClassVar[models.Manager["Mandate"]] = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        ordering = ["commune", "office", "rank", "user__last_name", "pk"]
        indexes = [GinIndex(fields=["portfolios"], name="mandate_portfolios")]
        constraints = [
            ends_after_start("mandate_ends_after_start"),
            models.CheckConstraint(
                condition=Q(office__in=["bourgmestre", "echevin"]),
                name="mandate_known_office",
                violation_error_message=_("This office does not exist."),
            ),
            models.CheckConstraint(
                condition=Q(is_acting=False) | Q(office="bourgmestre"),
                name="mandate_only_bourgmestre_acts",
                violation_error_message=_("Only a bourgmestre can be acting."),
            ),
            models.CheckConstraint(
                condition=Q(portfolios__contained_by=[code.value for code in Portfolio]),
                name="mandate_known_portfolios",
                violation_error_message=_("One of these portfolios does not exist."),
            ),
            ExclusionConstraint(
                name="mandate_one_titular_bourgmestre",
                expressions=[("commune", RangeOperators.EQUAL), (days(), RangeOperators.OVERLAPS)],
                condition=Q(office="bourgmestre", is_acting=False),
                violation_error_message=_(
                    "This commune has a titular bourgmestre on some of these days already: end that mandate first."
                ),
            ),
            ExclusionConstraint(
                name="mandate_once_per_person",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("commune", RangeOperators.EQUAL),
                    ("office", RangeOperators.EQUAL),
                    (days(), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_(
                    "This person holds this office here already on some of these days."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.title}"

    @property
    def title(self) -> str:
        """The office as one says it, in the reader's language: with "acting" where it is so."""
        if self.is_acting:
            return str(_("acting bourgmestre"))
        return self.get_office_display()

    @property
    def portfolio_text(self) -> str:
        """What the commune calls this portfolio, in the reader's language; else our names of the codes."""
        own = self.portfolio_nl if get_language() == "nl" else self.portfolio_fr
        return own or ", ".join(str(Portfolio(code).label) for code in self.portfolios)

    def contact_visible_to(self, user: User) -> bool:
        """Tell whether a person may read this one's e-mail and telephone: own commune, or the agency."""
        return reads_file_of(user, self.commune_id)


# --- Who acts for which commune: the one place that says so ------------------------------------------------------


def held_by(*people: User | int, on: date | None = None) -> "tuple[MandateQuerySet, DelegationQuerySet]":
    """Return the mandates and delegations by which people act on a day (today): none for a closed account."""
    return _held(Q(user__in=people), on)


def _held(whose: Q, on: date | None = None) -> "tuple[MandateQuerySet, DelegationQuerySet]":
    theirs = whose & Q(user__is_active=True)
    return Mandate.objects.valid(on).filter(theirs), _delegations(on).filter(theirs)


def _delegations(on: date | None) -> "DelegationQuerySet":
    # Delegations stand on mandates; the other way round there is but this question.
    rows: DelegationQuerySet = apps.get_model("communes", "Delegation").objects.valid(on)
    return rows


def people_of(commune: str, on: date | None = None) -> models.QuerySet[User]:
    """Return the people who act for a commune, by its NIS code, on a day (today)."""
    mandates, delegations = (
        rows.filter(commune=commune).order_by().values("user")
        for rows in (Mandate.objects.valid(on), _delegations(on))
    )
    return User.objects.filter(is_active=True, pk__in=mandates.union(delegations))


_TODAY: Final = "communes today"
_ACTS: Final = "acts for"
_BESIDE: Final = ("named_by_mandate", "named_by_delegation")


def communes_of(user: User, on: date | None = None) -> frozenset[str]:
    """Return the NIS codes of the communes for which a person acts on a day (today), by mandate or delegation.

    Today's answer is kept on the instance, so for one request.
    """
    if on is not None:
        return _communes_of_all([user], on)[user.pk]
    return user.once(_TODAY, lambda: rights.held_today(user)[_ACTS])


def with_communes_of(rows: Rows, person: str) -> Rows:
    """Return rows that bring along for which communes a person they name acts today, for `know_communes_of`.

    A column of the same query, whoever is named: a list asks as often with them as without.
    """
    theirs = (ArraySubquery(held.order_by().values("commune")) for held in _held(Q(user=OuterRef(person))))
    return rows.annotate(**dict(zip(_BESIDE, theirs, strict=True)))


def know_communes_of(person: User, row: models.Model) -> None:
    """Keep today's answer of `communes_of` on the person named by a row that `with_communes_of` read."""
    person.kept.setdefault(_TODAY, frozenset(nis for name in _BESIDE for nis in getattr(row, name)))


def _communes_of_all(people: list[User], on: date | None = None) -> dict[int, frozenset[str]]:
    day = on or timezone.localdate()
    found: dict[int, set[str]] = defaultdict(set)
    for person, nis in _acting(*people, on=day):
        found[person].add(nis)
    return {person.pk: frozenset(found[person.pk] if person.is_active else ()) for person in people}


def _acting(*people: User | int, on: date) -> "models.QuerySet[Any, tuple[int, str]]":
    mandates, delegations = (
        rows.order_by().values_list("user", "commune_id") for rows in held_by(*people, on=on)
    )
    return mandates.union(delegations)


def acting_rows(person: int, day: date) -> "list[models.QuerySet[Any, Any]]":
    """Return the NIS codes of the communes for which a person acts on a day, as rows of their rights."""
    return [rows.order_by().values_list(Value(_ACTS), "commune_id") for rows in held_by(person, on=day)]


def reads_file_of(user: User, commune: str) -> bool:
    """Tell whether a person may read the file of a commune, by its NIS code: its own people, and the agency."""
    return user.has_role(*AGENCY_ROLES) or commune in communes_of(user)


def of_own_communes(rows: Rows, user: User) -> Rows:
    """Return all rows to the agency, those of their own communes to others: a commune's file is its own."""
    return rows if user.has_role(*AGENCY_ROLES) else rows.filter(commune__in=communes_of(user))
