"""A person known to the portal, and what they may do today."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Self, TypeVar

from django.apps import apps
from django.contrib.auth import get_backends
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubportal.accounts import rights
from hubportal.accounts.roles import AGENCY_ROLES, STEWARDS, Role

Found = TypeVar("Found")


class Language(models.TextChoices):
    """Languages of the screens."""

    FR = "fr", "Français"
    NL = "nl", "Nederlands"
    EN = "en", "English"


class ContentLanguage(models.TextChoices):
    """Languages of mail and other content; a person whose language is unknown receives both."""

    FR = "fr", "Français"
    NL = "nl", "Nederlands"


class UserQuerySet(models.QuerySet["User"]):
    """People, by what they may do and by who may see them."""

    def visible_to(self, user: "User") -> Self:
        """Return the people a person may see: the agency sees all, everybody else only themselves."""
        if user.has_role(*AGENCY_ROLES):
            return self
        return self.filter(pk=user.pk)

    def holding(self, roles: Iterable[Role], on: date | None = None) -> Self:
        """Return the active people who hold one of these roles on a day (today, unless told)."""
        # Grants stand on people; the other way round there is but this question.
        grants = apps.get_model("accounts", "RoleGrant").objects.valid(on).filter(role__in=list(roles))
        return self.filter(is_active=True, pk__in=grants.values("user"))

    def with_a_role(self) -> Self:
        """Return those of whom `holds_or_will_hold_a_role` is true."""
        grants = apps.get_model("accounts", "RoleGrant").objects.exclude(ends_on__lt=timezone.localdate())
        return self.filter(pk__in=grants.order_by().values("user"))

    def closed(self) -> Self:
        """Return those of whom `was_closed` is true."""
        accepted = apps.get_model("accounts", "Invitation").objects.filter(accepted_at__isnull=False)
        return self.filter(is_active=False, pk__in=accepted.order_by().values("user"))


class UserManager(BaseUserManager["User"]):
    """Makes people; the querysets come from `UserQuerySet`."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the person with this address, whatever its case."""
        return self.get(email=(username or "").lower())

    def create_user(self, email: str | None, password: str | None = None, **fields: Any) -> "User":
        """Make a person; without a password they can only be let in by a code or an invitation."""
        user = self.model(email=email.lower() if email else None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person known to the portal; signs in only once invited (`is_active`)."""

    email = models.EmailField(
        _("e-mail address"),
        unique=True,
        null=True,
        blank=True,
        error_messages={"unique": _("Somebody with this e-mail address is known already.")},
    )
    first_name = models.CharField(_("first name"), max_length=80)
    last_name = models.CharField(_("last name"), max_length=120)
    language = models.CharField(
        _("language of the screens"), max_length=2, choices=Language.choices, default=Language.FR
    )
    content_language = models.CharField(
        _("language of mail"),
        max_length=2,
        choices=ContentLanguage.choices,
        blank=True,
        help_text=_("Unknown: this person receives French and Dutch."),
    )
    phone = models.CharField(
        _("work telephone"),
        max_length=30,
        blank=True,
        validators=[
            RegexValidator(
                r"^\+?[0-9 ./()-]{6,30}$", _("Write a number such as 02 000 00 19 or +32 2 000 00 19.")
            )
        ],
    )
    is_active = models.BooleanField(
        pgettext_lazy("person", "may sign in"),
        default=False,
        help_text=_("Set when the invitation is accepted."),
    )
    offers_factor = models.BooleanField(_("is offered a second factor at home"), default=True, editable=False)
    created_at = models.DateTimeField(_("known since"), auto_now_add=True)

    objects = UserManager.from_queryset(UserQuerySet)()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["first_name", "last_name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["last_name", "first_name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email__isnull=True) | models.Q(email=Lower("email")),
                name="user_email_is_lower_case",
                violation_error_message=_("E-mail addresses are kept in lower case."),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    def clean(self) -> None:
        """Keep one spelling of an address: lower case, or none at all."""
        super().clean()
        self.email = self.email.strip().lower() if self.email else None

    @property
    def full_name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def initials(self) -> str:
        """One or two capitals, for the mark beside a name."""
        return (self.first_name[:1] + self.last_name[:1]).upper()

    def get_full_name(self) -> str:
        """Return the full name (Django's name for it)."""
        return self.full_name

    def get_short_name(self) -> str:
        """Return the first name (Django's name for it)."""
        return self.first_name

    @cached_property
    def roles(self) -> frozenset[Role]:
        """The roles granted to this person that hold today; read once for each instance (one request)."""
        return frozenset(map(Role, rights.held_today(self)["role"]))

    @cached_property
    def kept(self) -> dict[str, Any]:
        """What was found out about this person's rights already: for this instance, so for one request."""
        return {}

    def once(self, name: str, find: Callable[[], Found]) -> Found:
        """Return what `find` finds, and the same when asked again by this name: each part of a page asks."""
        if name not in self.kept:
            self.kept[name] = find()
        found: Found = self.kept[name]
        return found

    def has_role(self, *roles: Role) -> bool:
        """Tell whether one of these roles holds today."""
        return not self.roles.isdisjoint(roles)

    @property
    def is_staff(self) -> bool:
        """Whether today's roles open the desk."""
        return self.has_role(*AGENCY_ROLES)

    @property
    def is_superuser(self) -> bool:
        """Nobody: rights come from grants and mandates only."""
        return False

    def has_rights_today(self) -> bool:
        """Tell whether any grant, mandate or delegation holds today."""
        return bool(self.roles) or rights.held_by(self)

    def is_in_office_today(self) -> bool:
        """Tell whether any grant, mandate or delegation holds today, also of somebody who may not sign in."""
        held = rights.holding(timezone.localdate(), "pk")
        return User.objects.filter(held, pk=self.pk).exists()

    def holds_or_will_hold_a_role(self) -> bool:
        """Tell whether a grant holds today or begins later."""
        return User.objects.filter(pk=self.pk).with_a_role().exists()

    def was_closed(self) -> bool:
        """Tell whether the account was open once, and is not any more."""
        return User.objects.filter(pk=self.pk).closed().exists()

    def can_be_invited_by(self, user: "User") -> bool:
        """Tell whether a person may let this one in: leads and administrators, once there is an address.

        An account with a role, or one that was open before and was closed, only an administrator lets in.
        """
        if self.is_active or not self.email or not user.has_role(*STEWARDS):
            return False
        is_delicate = self.holds_or_will_hold_a_role() or self.was_closed()
        return user.has_role(Role.ADMIN) or not is_delicate

    def can_be_seen_as_by(self, user: "User") -> bool:
        """Tell whether an administrator may see the portal as this person: somebody of a commune, with a right today.

        Whoever has, or will have, a role is not seen as: their eyes reach further than one commune, and to the desk.
        """
        if not user.has_role(Role.ADMIN) or user.pk == self.pk or not self.is_active:
            return False
        return self.has_rights_today() and not self.holds_or_will_hold_a_role()

    def rights_ended_on(self) -> date | None:
        """Return the last day on which this person held any right, None when they never did."""
        today = timezone.localdate()
        ended = (row.ends_on for row in self.all_rights)
        return max((day for day in ended if day and day < today), default=None)

    def rights_begin_on(self) -> date | None:
        """Return the first day of the next right that begins, None when none does."""
        today = timezone.localdate()
        return min((row.starts_on for row in self.all_rights if row.starts_on > today), default=None)

    @cached_property
    def all_rights(self) -> list[rights.Held]:
        """Every role, mandate and delegation, those that ended too, the latest first."""
        return rights.all_of(self)

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Ask the backends; there is no superuser."""
        return self.is_active and any(backend.has_perm(self, perm, obj) for backend in get_backends())

    def has_perms(self, perms: Iterable[str], obj: models.Model | None = None) -> bool:
        """Tell whether all of these permissions hold today."""
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        """Tell whether any permission on this app holds today."""
        return any(perm.startswith(f"{app_label}.") for perm in rights.permissions_of(self.roles))
