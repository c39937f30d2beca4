"""Concerns of several communes on one subject: grouped, each kept whole with its author, thread and state."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from communes.models import Commune
from hubportal.access.plain import one_way
from hubportal.accounts.models import AGENCY_ROLES, Role, User
from spoc.models import confidential, repeats
from spoc.models.concern_choices import CONCERN_OPEN
from spoc.models.concern_parties import concerns_seen_by
from spoc.models.concern_theme import ConcernTheme
from spoc.models.touched import NOBODY, Touched, touched

if TYPE_CHECKING:
    from spoc.models.concern import Concern
    from spoc.models.concern_queryset import ConcernQuerySet


def may_group(user: User) -> bool:
    """Tell whether a person may make groups and name them: SPOCs and leads."""
    return user.has_role(Role.SPOC, Role.LEAD)


class ConcernGroupQuerySet(models.QuerySet["ConcernGroup"]):
    """Groups."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency; to a commune those that hold a concern it may see; none to others."""
        if user.has_role(*AGENCY_ROLES):
            return self
        seen = every_concern().filter(concerns_seen_by(user), group__isnull=False)
        return self.filter(pk__in=seen.order_by().values("group"))

    def in_use(self, user: User) -> Self:
        """Return those that hold an open concern and those that hold none yet, as far as this reader sees concerns.

        Otherwise a group in the list of a commune would tell that another one's confidential concern is open.
        """
        rows = every_concern().filter(concerns_seen_by(user), group__isnull=False).order_by()
        is_open = rows.filter(status__in=CONCERN_OPEN)
        return self.filter(Q(pk__in=is_open.values("group")) | ~Q(pk__in=rows.values("group")))

    def touched(self, user: User) -> Mapping[int, Touched]:
        """Return, by key, how many communes and inhabitants each group touches, as this reader may know it.

        One query, however many groups; a group that touches nobody is not in it.
        """
        return touched(
            every_concern().filter(group__in=self.order_by().values("pk")).counted(), user, "group"
        )

    @transaction.atomic
    def begin(
        self,
        *,
        by: User,
        title_fr: str,
        title_nl: str,
        theme: ConcernTheme,
        first: "Concern | None" = None,
    ) -> "ConcernGroup":
        """Keep and return a new group, with the concern that it begins with; a second click returns the first one.

        PermissionDenied for who may not, ValidationError on the fields.
        """
        if not may_group(by):
            raise PermissionDenied
        repeats.wait_for_a_first_click(by)
        facts: dict[str, Any] = {"title_fr": title_fr.strip(), "title_nl": title_nl.strip(), "theme": theme}
        if again := self.filter(made_by=by, **facts, made_at__gt=repeats.since()).order_by("pk").last():
            row = again
        else:
            row = self.model(made_by=by, **facts)
            row.full_clean()
            row.save()
        if first and first.group_id != row.pk:
            if first.is_confidential:
                # As joining refuses it, but on the title that says whose it is.
                row.refuse_names([first.commune])
            first.join_group(by=by, group=row)
        return row


class ConcernGroup(models.Model):
    """A subject that several communes raised. It holds no concern: a concern says in which group it is."""

    title_fr = models.CharField(_("title in French"), max_length=160, validators=[one_way])
    title_nl = models.CharField(_("title in Dutch"), max_length=160, validators=[one_way])
    theme = models.ForeignKey(
        ConcernTheme,
        models.PROTECT,
        related_name="concern_groups",
        verbose_name=pgettext_lazy("concern", "theme"),
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("made by"), editable=False
    )
    made_at = models.DateTimeField(_("made at"), default=timezone.now, editable=False)

    objects: ClassVar[models.Manager["ConcernGroup"]] = ConcernGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("group of concerns")
        verbose_name_plural = _("groups of concerns")
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["theme", "-made_at", "-id"], name="concern_group_by_theme")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title_fr="") & ~Q(title_nl=""),
                name="concern_group_in_both_languages",
                violation_error_message=_("Write the title in French and in Dutch."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("spoc:group-detail", args=[self.pk])

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        return self.title_nl if get_language() == "nl" else self.title_fr

    def can_be_changed_by(self, user: User) -> bool:
        """Tell whether a person may give it another title or theme."""
        return may_group(user)

    def touched(self, user: User) -> Touched:
        """Return how many communes and inhabitants it touches, as this reader may know it."""
        return ConcernGroup.objects.filter(pk=self.pk).touched(user).get(self.pk, NOBODY)

    @transaction.atomic
    def change(self, *, by: User, title_fr: str, title_nl: str, theme: ConcernTheme) -> None:
        """Give it other titles or another theme; a note that was sent keeps those it was sent with."""
        if not self.can_be_changed_by(by):
            raise PermissionDenied
        self.hold()
        self.title_fr, self.title_nl, self.theme = title_fr.strip(), title_nl.strip(), theme
        self.full_clean()
        rows = every_concern().filter(group=self, is_shareable=False).order_by().values("commune")
        self.refuse_names(Commune.objects.filter(pk__in=rows))
        self.save()

    def hold(self) -> None:
        """Lock and read it, so that its title stays as it is until what is done with it is written.

        A concern is locked before its group: who holds a group waits for no concern.
        """
        self.refresh_from_db(from_queryset=ConcernGroup.objects.select_for_update(no_key=True))

    def names(self, commune: Commune) -> bool:
        """Tell whether a title names a commune."""
        return bool(confidential.named([self.title_fr, self.title_nl], [commune]))

    def refuse_names(self, communes: "Iterable[Commune]") -> None:
        """Refuse titles that name one of these communes, whose concerns are confidential."""
        confidential.refuse({"title_fr": self.title_fr, "title_nl": self.title_nl}, communes)


def every_concern() -> "ConcernQuerySet":
    """Return all concerns: from a group no relation leads to them, so that no template follows one."""
    found: ConcernQuerySet = ConcernGroup._meta.apps.get_model("spoc", "Concern")._default_manager.all()
    return found
