"""People known to the portal, what they were granted and until when, and the journal of what happened."""

import hashlib
import secrets
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Self, TypeVar

from django.conf import settings
from django.contrib.auth import get_backends
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubportal.access.dated import Dated, DatedQuerySet, days, ends_after_start
from hubportal.accounts import rights
from hubportal.accounts.roles import AGENCY_ROLES, STEWARDS, Role

__all__ = ["AGENCY_ROLES", "STEWARDS", "Invitation", "JournalEntry", "Role", "RoleGrant", "User"]


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
        grants = RoleGrant.objects.valid(on).filter(role__in=list(roles))
        return self.filter(is_active=True, pk__in=grants.values("user"))


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

    def holds_or_will_hold_a_role(self) -> bool:
        """Tell whether a grant holds today or begins later."""
        return self.grants.exclude(ends_on__lt=timezone.localdate()).exists()

    def can_be_invited_by(self, user: "User") -> bool:
        """Tell whether a person may let this one in: leads and administrators, once there is an address.

        An account with a role, or one that was open before and was closed, only an administrator lets in.
        """
        if self.is_active or not self.email or not user.has_role(*STEWARDS):
            return False
        is_delicate = (
            self.holds_or_will_hold_a_role() or self.invitations.filter(accepted_at__isnull=False).exists()
        )
        return user.has_role(Role.ADMIN) or not is_delicate

    def rights_ended_on(self) -> date | None:
        """Return the last day on which this person held any right, None when they never did."""
        ended = [*self.grants.ended().values_list("ends_on", flat=True), *rights.ends_of(self)]
        return max((day for day in ended if day), default=None)

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Ask the backends; there is no superuser."""
        return self.is_active and any(backend.has_perm(self, perm, obj) for backend in get_backends())

    def has_perms(self, perms: Iterable[str], obj: models.Model | None = None) -> bool:
        """Tell whether all of these permissions hold today."""
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        """Tell whether any permission on this app holds today."""
        return any(perm.startswith(f"{app_label}.") for perm in rights.permissions_of(self.roles))


class RoleGrantQuerySet(DatedQuerySet["RoleGrant"]):
    """Grants."""

    def visible_to(self, user: User) -> Self:
        """Return the grants a person may see: the agency's people see all, everybody else their own."""
        if user.has_role(*AGENCY_ROLES):
            return self
        return self.filter(user=user)


class RoleGrant(Dated):
    """A role, given to a person for a time."""

    user = models.ForeignKey(User, models.PROTECT, related_name="grants", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    objects: ClassVar[models.Manager["RoleGrant"]] = RoleGrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["user", "-starts_on", "pk"]
        constraints = [
            ends_after_start("rolegrant_ends_after_start"),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values),
                name="rolegrant_known_role",
                violation_error_message=_("This role does not exist."),
            ),
            ExclusionConstraint(
                name="rolegrant_once_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (days(), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person holds this role already on some of these days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.get_role_display()}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations."""

    def open(self) -> Self:
        """Return those that can still be accepted."""
        return self.filter(accepted_at__isnull=True, expires_at__gt=timezone.now())

    def void(self, user: User) -> None:
        """End the open invitations of a person."""
        self.open().filter(user=user).update(expires_at=timezone.now())

    def visible_to(self, user: User) -> Self:
        """Return the invitations a person may see: whoever invites sees all, nobody else any."""
        return self if user.has_role(*STEWARDS) else self.none()


class Invitation(models.Model):
    """A single-use link that lets a person in for the first time; only the digest of its token is kept."""

    LIFETIME = timedelta(days=7)

    user = models.ForeignKey(User, models.CASCADE, related_name="invitations", verbose_name=_("person"))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("invited by")
    )
    created_at = models.DateTimeField(_("sent at"), auto_now_add=True)
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, editable=False)

    objects: ClassVar[models.Manager["Invitation"]] = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at", "pk"]

    def __str__(self) -> str:
        return str(self.user)

    @staticmethod
    def digest_of(token: str) -> str:
        """Return what is stored of a token: its SHA-256, in hexadecimal."""
        return hashlib.sha256(token.encode()).hexdigest()

    @classmethod
    def issue(cls, user: User, by: User | None) -> tuple["Invitation", str]:
        """Make an invitation and its token (256 bits, shown once); earlier open ones of this person end."""
        token = secrets.token_urlsafe(32)
        cls.objects.void(user)
        expires_at = timezone.now() + cls.LIFETIME
        invitation = cls.objects.create(
            user=user, digest=cls.digest_of(token), invited_by=by, expires_at=expires_at
        )
        return invitation, token

    def accept(self, now: datetime | None = None) -> bool:
        """Spend the invitation; False when it was spent or out of date already (two clicks: one wins)."""
        now = now or timezone.now()
        won = Invitation.objects.filter(pk=self.pk, accepted_at__isnull=True, expires_at__gt=now).update(
            accepted_at=now
        )
        return bool(won)


class JournalEntryQuerySet(models.QuerySet["JournalEntry"]):
    """The journal."""

    def visible_to(self, user: User) -> Self:
        """Return the entries a person may read: administrators and the director read all, others none."""
        return self if user.has_role(Role.ADMIN, Role.DIRECTOR) else self.none()


class JournalEntry(models.Model):
    """Who did what, and when: append-only (a row trigger refuses UPDATE and DELETE).

    The trigger lets through only a transaction that set `hubportal.retention` (erasure after the legal term).
    """

    class Kind(models.TextChoices):
        """What is written down."""

        SIGNED_IN = "signed_in", _("signed in")
        SIGNED_OUT = "signed_out", _("signed out")
        SIGN_IN_FAILED = "sign_in_failed", _("sign-in failed")
        REFUSED = "refused", _("refused")
        INVITED = "invited", _("invited")
        INVITATION_ACCEPTED = "invitation_accepted", _("invitation accepted")
        RECORDED = "recorded", _("recorded")
        CHANGED = "changed", _("changed")
        DELETED = "deleted", _("deleted")
        EXPORTED = "exported", _("exported")

    at = models.DateTimeField(_("at"), auto_now_add=True, db_index=True)
    kind = models.CharField(_("what"), max_length=24, choices=Kind.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="journal", verbose_name=_("who")
    )
    target_type = models.CharField(_("kind of thing"), max_length=60, blank=True)
    target_id = models.CharField(_("thing"), max_length=60, blank=True)
    detail = models.JSONField(_("detail"), default=dict)

    objects: ClassVar[models.Manager["JournalEntry"]] = JournalEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=[
                        "signed_in",
                        "signed_out",
                        "sign_in_failed",
                        "refused",
                        "invited",
                        "invitation_accepted",
                        "recorded",
                        "changed",
                        "deleted",
                        "exported",
                    ]
                ),
                name="journalentry_known_kind",
                violation_error_message=_("The journal does not know this kind of entry."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind}"
