"""What each of the three services asks besides: three to six fields each, one row per request."""

from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from communes.models import MerchantsAssociation
from hubportal import search
from hubportal.access.constraints import CheckedTogether
from hubportal.accounts.models import User
from spoc.models.choices import Status
from spoc.models.parties import seen_by


class Wanted(models.TextChoices):
    """What one party may hold and the other want."""

    DATA = "data", _("data")
    STUDY = "study", _("a study")
    BENCHMARK = "benchmark", _("a comparison with other communes")
    GUIDE = "guide", _("a guide")


class Aim(models.TextChoices):
    """What a development request aims at."""

    DISTRICT = "district", _("a district in difficulty")
    RELAUNCH = "relaunch", _("relaunching a district with its merchants")
    NEW_ASSOCIATION = "new_association", _("creating a merchants' association")
    STRONGER_ASSOCIATION = "stronger_association", _("strengthening a merchants' association")
    OTHER = "other", pgettext_lazy("aim", "another project")


class Stage(models.TextChoices):
    """How far a development project is when it is asked for."""

    IDEA = "idea", pgettext_lazy("stage", "an idea")
    PREPARED = "prepared", pgettext_lazy("stage", "being prepared")
    BEGUN = "begun", pgettext_lazy("stage", "already begun")


class RoadType(models.TextChoices):
    """Who manages the road; it decides who certifies roadworks for compensation."""

    COMMUNAL = "communal", _("communal road")
    REGIONAL = "regional", _("regional road")
    BOTH = "both", _("both")
    UNKNOWN = "unknown", _("not known")


class DetailsQuerySet(models.QuerySet[Any]):
    """Details of requests."""

    def visible_to(self, user: User) -> Self:
        """Return the details of the requests that the person may see."""
        return self.filter(seen_by(user, "request__"))


class Details(CheckedTogether):
    """What is common to the three: the request they belong to, one row each."""

    request = models.OneToOneField(
        "spoc.ServiceRequest",
        models.CASCADE,
        primary_key=True,
        related_name="%(class)s",
        verbose_name=_("request"),
    )

    objects: ClassVar[models.Manager[Any]] = DetailsQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.request)

    def _check_day(self, name: str) -> None:
        """Refuse a day that is over, until the request is submitted: afterwards it is what was asked for."""
        day = getattr(self, name)
        if day and self.request.status == Status.DRAFT and day < timezone.localdate():
            raise ValidationError({name: _("This day is over.")})


class Evaluated(Details):
    """Details of a service whose end is evaluated, or it is said why not."""

    evaluation = models.TextField(_("evaluation at the end"), max_length=4000, blank=True, editable=False)
    evaluation_waiver = models.TextField(
        _("why there is no evaluation"), max_length=1000, blank=True, editable=False
    )

    class Meta(Details.Meta):
        abstract = True


class AuditDetails(Details):
    """Audit and diagnosis: data, studies, comparisons, guides."""

    wanted = ArrayField(
        models.CharField(max_length=12, choices=Wanted.choices), verbose_name=_("what you look for")
    )
    perimeter = models.CharField(
        _("which streets, district or sector"), max_length=300, help_text=_("For example: the whole commune.")
    )
    period = models.CharField(_("which period"), max_length=100, blank=True)
    purpose = models.TextField(_("what it will be used for"), max_length=1000)
    needed_on = models.DateField(_("needed by"), null=True, blank=True)

    class Meta(Details.Meta):
        verbose_name = _("details of an audit")
        verbose_name_plural = _("details of audits")
        constraints = [
            models.CheckConstraint(
                condition=Q(wanted__contained_by=Wanted.values, wanted__len__gt=0),
                name="audit_known_wanted",
                violation_error_message=_("Choose at least one of the things that can be asked for."),
            )
        ]

    def clean(self) -> None:
        """Refuse a day that is over, while the request is written."""
        super().clean()
        self._check_day("needed_on")

    @property
    def wanted_words(self) -> str:
        """What is looked for, as one reads it."""
        labels = dict(Wanted.choices)
        return capfirst(", ".join(str(labels.get(code, code)) for code in self.wanted))


class DevelopmentDetails(Evaluated):
    """Economic and commercial development: a district, or a merchants' association."""

    aim = models.CharField(_("aim"), max_length=24, choices=Aim.choices)
    association = models.ForeignKey(
        MerchantsAssociation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("merchants' association"),
    )
    new_association = models.CharField(_("name of the association to create"), max_length=160, blank=True)
    stage = models.CharField(_("how far it is"), max_length=12, choices=Stage.choices, blank=True)
    situation = models.TextField(_("the situation today"), max_length=2000)
    partners = models.CharField(_("who else takes part"), max_length=300, blank=True)
    wished_on = models.DateField(_("wished start"), null=True, blank=True)

    class Meta(Details.Meta):
        verbose_name = _("details of a development")
        verbose_name_plural = _("details of developments")
        constraints = [
            models.CheckConstraint(
                condition=Q(aim__in=Aim.values),
                name="development_known_aim",
                violation_error_message=_("This aim does not exist."),
            ),
            models.CheckConstraint(
                condition=Q(stage__in=["", *Stage.values]),
                name="development_known_stage",
                violation_error_message=_("This stage does not exist."),
            ),
            models.CheckConstraint(
                condition=Q(new_association="") | Q(aim=Aim.NEW_ASSOCIATION, association=None),
                name="development_one_association",
                violation_error_message=_("Name a new association only when one is to be created."),
            ),
        ]

    def clean(self) -> None:
        """Refuse an association of another commune, and a day that is over."""
        super().clean()
        self._check_day("wished_on")
        if self.association and self.association.commune_id != self.request.commune_id:
            raise ValidationError({"association": _("This association is in another commune.")})
        if self.new_association and (self.aim != Aim.NEW_ASSOCIATION or self.association):
            message = _("Name a new association only when one is to be created.")
            raise ValidationError({"new_association": message})


class ChantierDetails(Evaluated):
    """Support during roadworks: where, when, who builds, whom it hits; at the end, how it went."""

    starts_on = models.DateField(_("first day of the works"), help_text=_("As announced, even provisional."))
    ends_on = models.DateField(_("last day of the works"))
    streets = models.TextField(
        _("streets and squares touched"), max_length=2000, help_text=_("One each line, with house numbers.")
    )
    road_type = models.CharField(
        _("whose road it is"), max_length=12, choices=RoadType.choices, default=RoadType.UNKNOWN
    )
    contracting_authority = models.CharField(_("contracting authority"), max_length=160, blank=True)
    osiris_reference = models.CharField(
        _("Osiris reference"),
        max_length=40,
        blank=True,
        help_text=_("The number of the site in the regional register of works, if you know it."),
    )
    merchants_told_on = models.DateField(
        _("merchants told on"),
        null=True,
        blank=True,
        help_text=_("The day on which the shops were told, or will be. Empty when it is not known yet."),
    )
    shops_touched = models.PositiveIntegerField(
        _("shops touched"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(5000)],
        help_text=_("An estimate."),
    )
    search_fr = search.vector("fr", "streets", "osiris_reference", "contracting_authority")
    search_nl = search.vector("nl", "streets", "osiris_reference", "contracting_authority")

    class Meta(Details.Meta):
        verbose_name = _("details of roadworks")
        verbose_name_plural = _("details of roadworks")
        indexes = [
            models.Index(fields=["starts_on"], include=["request"], name="chantier_by_start"),
            search.index("chantier_search"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="chantier_ends_after_start",
                violation_error_message=_("The last day cannot come before the first day."),
            ),
            models.CheckConstraint(
                condition=Q(road_type__in=RoadType.values),
                name="chantier_known_road_type",
                violation_error_message=_("This kind of road does not exist."),
            ),
            models.CheckConstraint(
                condition=Q(shops_touched__isnull=True) | Q(shops_touched__lte=5000),
                name="chantier_possible_shops",
                violation_error_message=_("At most 5,000 shops."),
            ),
        ]

    @property
    def windows(self) -> list[Any]:
        """The days on which shops can ask for the certificate, one window for each long interruption."""
        rows = self.interruptions.all() if self.pk else ()
        return [window for row in rows if (window := row.certificate)]

    def clean(self) -> None:
        """Put an end before the start on its field."""
        super().clean()
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _("The last day cannot come before the first day.")})
