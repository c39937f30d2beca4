"""What accounts know of a person, and what they forget."""

from datetime import date
from typing import Any, Final

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import Invitation, JournalEntry, Objection, RoleGrant, Session, User
from hubportal.accounts.models.journal_entry import PERIODS
from hubportal.composition import modules
from hubportal.moments import midnight
from hubportal.personal import Share, Subject
from hubportal.retention import CONTACT_MONTHS, SIGN_IN_MONTHS, Rule, retention


def entries_about(subject: Subject) -> Q:
    """Return the condition that an entry of the journal tells what others, or the portal, did with a person's row."""
    if not subject.user:
        return Q(pk=None)
    return ~Q(actor=subject.user.pk) & Q(target_type=User._meta.label_lower, target_id=str(subject.user.pk))


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
    # Who did it is not told: what article 15 asks for are the person's own data.
    Share("accounts.JournalEntry", "target_id", ("at", "kind"), where=entries_about, part=_("about you")),
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
    """Forget how to reach a person, every way in, and the objections that were answered; return 1, 0 for nobody.

    Name, roles and their dates stay, and an objection that waits for its answer.
    """
    if not isinstance(subject.user, User):
        return 0
    user = User.objects.select_for_update().get(pk=subject.user.pk)
    user.email, user.phone, user.is_active = None, "", False
    user.set_unusable_password()
    user.save(update_fields=["email", "phone", "is_active", "password"])
    user.objections.answered().delete()
    ways_in: tuple[Any, ...] = (Session, Invitation, EmailAddress, Authenticator, SocialAccount)
    for model in ways_in:
        model._default_manager.filter(user=user).delete()
    return 1


def gone_before(day: date) -> QuerySet[User]:
    """Return whom nothing has tied to the portal since before a day.

    Their last right ended before it; or they never held any, and were recorded, invited and last seen before it.
    """
    apps = [module for module in modules("people") if hasattr(module, "holders")]
    ever, later = Q(), Q()
    for module in apps:
        for rows in module.holders(None):
            ever |= Q(pk__in=rows)
        for rows in module.holders(day):
            later |= Q(pk__in=rows)
    start = midnight(day)
    invited = Invitation.objects.filter(created_at__gte=start).order_by().values("user")
    unseen = Q(last_login=None) | Q(last_login__lt=start)
    never = unseen & Q(created_at__lt=start) & ~Q(pk__in=invited) & ~ever
    return User.objects.filter(ever & ~later | never)


def forget_contacts(before: date) -> int:
    """Forget how to reach people whom nothing has tied to the portal since before a day; return how many people."""
    found = list(gone_before(before).exclude(email__isnull=True, phone="", is_active=False).order_by("pk"))
    for user in found:
        for module in modules("people"):
            module.erase(Subject(user, user.email or ""))
    return len(found)


def forget_objections(before: date) -> int:
    """Remove the objections of such people that were answered after the rest went; return how many."""
    return Objection.objects.all().answered().filter(user__in=gone_before(before)).delete()[0]


def forget_entries(before: date) -> int:
    """Remove the entries of the journal before a day that do not stay as proof; return how many."""
    kinds = [kind for kind, months in PERIODS.items() if months]
    with retention():
        return JournalEntry.objects.filter(kind__in=kinds, at__lt=midnight(before)).delete()[0]


RULES: Final = (
    Rule("accounts.contacts", CONTACT_MONTHS, forget_contacts),
    Rule("accounts.objections", CONTACT_MONTHS, forget_objections),
    Rule("accounts.sign_ins", SIGN_IN_MONTHS, forget_entries),
)
