"""What concerns are about: a short list in both languages, which leads adapt to the crisis of the day."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from spoc.models.library import LibraryEntry, LibraryQuerySet


class ConcernThemeQuerySet(LibraryQuerySet):
    """Themes of concerns."""

    def visible_to(self, user: User) -> Self:
        """Return all to whoever holds any right today: which themes there are is no secret."""
        return self if user.has_rights_today() else self.none()

    def offered(self, keeping: str | None) -> Self:
        """Return those that are offered, and the one that a row has already."""
        return self.in_use() | self.filter(pk=keeping)


class ConcernTheme(LibraryEntry):
    """A theme of concerns; one that is not offered any more stays with the concerns that have it."""

    FILE = "concern_themes.json"

    position = models.PositiveSmallIntegerField(_("place in lists"), default=100)

    objects: ClassVar[models.Manager["ConcernTheme"]] = ConcernThemeQuerySet.as_manager()

    class Meta:
        verbose_name = _("theme of concerns")
        verbose_name_plural = _("themes of concerns")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title_fr="") & ~Q(title_nl=""),
                name="concern_theme_in_both_languages",
                violation_error_message=_("Write the name in French and in Dutch."),
            ),
        ]
