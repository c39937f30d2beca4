"""Views of the desk's list that people keep by a name: the list's own address, with what narrows it down."""

from typing import ClassVar, Final, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import AGENCY_ROLES, Role, User

MOST_VIEWS: Final = 30
"""Views that one person keeps: more would be a list to search."""


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Saved views."""

    def visible_to(self, user: User) -> Self:
        """Return to the agency each one's own and what colleagues share; none to others."""
        if not user.has_role(*AGENCY_ROLES):
            return self.none()
        return self.filter(Q(owner=user) | Q(is_shared=True))


class SavedView(models.Model):
    """A name for an address of the list. What it lists passes through `visible_to` for whoever opens it."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="saved_views",
        editable=False,
        verbose_name=_("made by"),
    )
    name = models.CharField(_("name"), max_length=60)
    # In an address one accented letter takes six characters.
    query = models.CharField(_("what it narrows down"), max_length=2000)
    is_shared = models.BooleanField(_("colleagues see it too"), default=False)
    made_at = models.DateTimeField(_("made on"), default=timezone.now, editable=False)

    objects: ClassVar[models.Manager["SavedView"]] = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="saved_view_name_once",
                violation_error_message=_("You have a view of this name already: choose another one."),
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(query=""),
                name="saved_view_named",
                violation_error_message=_("Narrow the list down, then give the view a name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """The address of the list that it names."""
        return f"{reverse('admin:spoc_servicerequest_changelist')}?{self.query}"

    def clean(self) -> None:
        """Refuse one more than a person keeps."""
        super().clean()
        if self._state.adding and SavedView.objects.filter(owner=self.owner_id).count() >= MOST_VIEWS:
            text = _("You keep %(count)d views already: delete one that you no longer need.")
            raise ValidationError(text, "too_many", {"count": MOST_VIEWS})

    def can_be_changed_by(self, user: User) -> bool:
        """Tell whether a person may rename or share it: whoever made it."""
        return self.owner_id == user.pk

    def can_be_deleted_by(self, user: User) -> bool:
        """Tell whether a person may delete it: whoever made it; a shared one, leads too."""
        return self.can_be_changed_by(user) or (self.is_shared and user.has_role(Role.LEAD))
