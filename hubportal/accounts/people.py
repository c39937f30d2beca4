"""What accounts know of a person, and what they forget."""

from datetime import date
from typing import Any, Final

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db.models import Q, QuerySet

from hubportal.accounts.models import Invitation, JournalEntry, RoleGrant, Session, User
from hubportal.accounts.models.journal_entry import Kind
from hubportal.composition import modules
from hubportal.personal import Share, Subject
from hubportal.retention import CONTACT_MONTHS, SIGN_IN_MONTHS, Rule, retention

SIGN_INS: Final = (Kind.SIGNED_IN, Kind.SIGNED_OUT, Kind.SIGN_IN_FAILED, Kind.LIMITED, Kind.SESSIONS_ENDED)
SHARES: Final = (
    Share(
        "accounts.User",
        "pk",
        (
            "first_name",
            "last_name",
            "email",
            "phone",
            "language",
            "content_language",
            "is_active",
            "created_at",
        ),
    ),
    Share("accounts.RoleGrant", "user", ("role", "starts_on", "ends_on")),
    Share("accounts.Objection", "user", ("made_at", "reason", "answered_at", "answer")),
    Share("accounts.Invitation", "user", ("created_at", "expires_at", "accepted_at")),
    Share("accounts.Invitation", "invited_by", ("created_at",)),
    Share("accounts.Session", "user", ("device", "started_at", "seen_at")),
    Share("accounts.JournalEntry", "actor", ("at", "kind")),
    Share("account.EmailAddress", "user", ("email", "verified")),
    Share("admin.LogEntry", "user", ("action_time",)),
    Share("mfa.Authenticator", "user", ("type", "created_at", "last_used_at")),
    Share("socialaccount.SocialAccount", "user", ("provider", "date_joined", "last_login")),
)
_OF_A_PROVIDER: Final = "of a way to sign in with another service, not of a person"
KEPT: Final = {
    "account.EmailAddress.email": "shown by its person",
    "socialaccount.SocialApp.name": _OF_A_PROVIDER,
    "socialaccount.SocialToken.token": _OF_A_PROVIDER,
    "socialaccount.SocialToken.token_secret": _OF_A_PROVIDER,
    "auth.Permission.name": "of a right",
    "auth.Group.name": "of a group; there are none",
}


def holders(since: date | None) -> list[QuerySet[Any]]:
    """Return who holds, or held, a role on a day or later (ever, if None): rows of the keys of people."""
    lasting = Q() if since is None else Q(ends_on__isnull=True) | Q(ends_on__gte=since)
    return [RoleGrant.objects.filter(lasting).order_by().values("user")]


def erase(subject: Subject) -> int:
    """Forget how to reach a person, and every way in; name, roles and their dates stay. Return 1, 0 for nobody."""
    if not isinstance(subject.user, User):
        return 0
    user = User.objects.select_for_update().get(pk=subject.user.pk)
    user.email, user.phone, user.is_active = None, "", False
    user.set_unusable_password()
    user.save(update_fields=["email", "phone", "is_active", "password"])
    ways_in: tuple[Any, ...] = (Session, Invitation, EmailAddress, Authenticator, SocialAccount)
    for model in ways_in:
        model._default_manager.filter(user=user).delete()
    return 1


def ended_before(day: date) -> QuerySet[User]:
    """Return the people whose last right ended before a day and of whom something is still known to reach them."""
    apps = [module for module in modules("people") if hasattr(module, "holders")]
    ever, later = Q(), Q()
    for module in apps:
        for rows in module.holders(None):
            ever |= Q(pk__in=rows)
        for rows in module.holders(day):
            later |= Q(pk__in=rows)
    return User.objects.filter(ever).exclude(later).exclude(email__isnull=True, phone="", is_active=False)


def forget_contacts(before: date) -> int:
    """Forget how to reach people whose last right ended before a day; return how many people."""
    found = list(ended_before(before).order_by("pk"))
    for user in found:
        for module in modules("people"):
            module.erase(Subject(user, user.email or ""))
    return len(found)


def forget_sign_ins(before: date) -> int:
    """Remove the sign-ins of the journal that were before a day; return how many."""
    with retention():
        return JournalEntry.objects.filter(kind__in=SIGN_INS, at__date__lt=before).delete()[0]


RULES: Final = (
    Rule("accounts.contacts", CONTACT_MONTHS, forget_contacts),
    Rule("accounts.sign_ins", SIGN_IN_MONTHS, forget_sign_ins),
)
