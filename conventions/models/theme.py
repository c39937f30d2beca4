"""What a convention opens: themes, and on which terms each."""

from datetime import date
from typing import ClassVar, Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from communes.models import Commune
from conventions.models.convention import Convention
from conventions.models.policy import text_seen_by
from conventions.models.versioned import BoundedText, Versioned
from hubportal import search
from hubportal.accounts.models import User


class Service(models.TextChoices):
    """The services of the agency that a theme may open."""

    AUDIT = "audit", _("audit and diagnosis")
    DEVELOPMENT = "development", _("economic and retail development")
    CHANTIER = "chantier", _("support during roadworks")


class ThemeQuerySet(models.QuerySet["Theme"]):
    """Themes."""

    def visible_to(self, user: User) -> Self:
        """Return all to whoever holds any right today: which themes there are is no secret."""
        return self if user.has_rights_today() else self.none()


class Theme(models.Model):
    """A theme of collaboration; its key is a code, which never changes."""

    code = models.CharField(
        _("code"), max_length=30, primary_key=True,
        validators=[RegexValidator(r"^[a-z]+(_[a-z]+)*$", _("Small letters and underscores only."))],
    )  # fmt: skip
    name_fr = models.CharField(_("name in French"), max_length=120)
    name_nl = models.CharField(_("name in Dutch"), max_length=120)
    kind = models.CharField(
        _("service"), max_length=12, choices=Service.choices, blank=True,
        help_text=_("The service that can be asked for under this theme. Empty: none."),
    )  # fmt: skip
    position = models.PositiveSmallIntegerField(_("place in lists"), default=100)

    objects: ClassVar[models.Manager["Theme"]] = ThemeQuerySet.as_manager()

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["", *Service.values]),
                name="theme_known_service",
                violation_error_message=_("This service does not exist."),
            ),
            models.CheckConstraint(
                condition=~Q(name_fr="") & ~Q(name_nl=""),
                name="theme_named_in_both_languages",
                violation_error_message=_("Write the name in French and in Dutch."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_frozen(self) -> bool:
        """Whether its names stand in a text that was frozen, or that a party agreed to."""
        agreed = Q(convention__agency_agreed_at__isnull=False) | Q(
            convention__commune_agreed_at__isnull=False
        )
        return self.conventions.filter(~Q(convention__content_hash="") | agreed).exists()

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.name_nl if get_language() == "nl" else self.name_fr


class ConventionThemeQuerySet(models.QuerySet["ConventionTheme"]):
    """Themes of conventions."""

    def visible_to(self, user: User) -> Self:
        """Return the themes of the conventions whose text the person may read."""
        return self.filter(text_seen_by(user, "convention__", "convention__commune"))

    def open_for(self, commune: Commune, on: date | None = None) -> Self:
        """Return the themes that a commune may call upon on a day (today): those of its convention in force."""
        in_force = Convention.objects.in_force(on).filter(commune=commune)
        return self.filter(convention__in=in_force).select_related("theme")


class ConventionTheme(Versioned):
    """A theme opened by one convention; its modalities are equally authentic in both languages."""

    TEXTS = ("modality_fr", "modality_nl")

    convention = models.ForeignKey(
        Convention, models.CASCADE, related_name="themes", verbose_name=_("convention")
    )
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="conventions", verbose_name=_("theme"))
    modality_fr = BoundedText(
        _("modalities, in French"),
        max_length=4000,
        help_text=_("Markdown."),
    )
    modality_nl = BoundedText(
        _("modalities, in Dutch"),
        max_length=4000,
        help_text=_("Markdown."),
    )
    search_fr = search.vector("fr", "modality_fr")
    search_nl = search.vector("nl", "modality_nl")

    objects = search.WithoutWords.from_queryset(ConventionThemeQuerySet)()

    class Meta:
        verbose_name = _("theme of a convention")
        verbose_name_plural = _("themes of the convention")
        ordering = ["convention", "theme__position", "theme", "pk"]
        indexes = [search.index("conventiontheme_search")]
        constraints = [
            models.UniqueConstraint(
                fields=["convention", "theme"],
                name="conventiontheme_once",
                violation_error_message=_("This convention opens this theme already."),
            ),
            models.CheckConstraint(
                condition=~Q(modality_fr="") & ~Q(modality_nl=""),
                name="conventiontheme_in_both_languages",
                violation_error_message=_("Write the modalities in French and in Dutch."),
            ),
        ]

    def __str__(self) -> str:
        return self.theme.name

    @property
    def agreement(self) -> Convention:
        """The convention."""
        return self.convention
