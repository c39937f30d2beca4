"""Inviting a person, and letting them in."""

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.letters import languages_of, write_to
from hubportal.accounts.models import Invitation, Role, RoleGrant, User


def link_of(token: str, language: str) -> str:
    """Return the address at which an invitation is accepted."""
    with translation.override(language):
        return settings.BASE_URL + reverse("accounts:invitation", args=[token])


@transaction.atomic
def invite(user: User, by: User | None) -> str:
    """Invite a person by mail (when their address is known) and return the link; it holds seven days, once."""
    invitation, token = Invitation.issue(user, by)
    journal(Kind.INVITED, by, user)
    if user.email:
        links = {language: link_of(token, language) for language in languages_of(user)}
        context = {"links": links, "valid_until": timezone.localtime(invitation.expires_at), "by": by}
        stem = "accounts/email/invitation"
        write_to(
            user.email, user, f"{stem}.subject.txt", f"{stem}.txt", context, kind="invitation", is_secret=True
        )
    return link_of(token, user.content_language or user.language)


@transaction.atomic
def accept(invitation: Invitation, *, language: str, content_language: str, password: str) -> bool:
    """Let the invited person in; False when the invitation was spent meanwhile."""
    if not invitation.accept():
        return False
    user = invitation.user
    user.language, user.content_language, user.is_active = language, content_language, True
    if password:
        user.set_password(password)
    user.save(update_fields=["language", "content_language", "is_active", "password"])
    journal(Kind.INVITATION_ACCEPTED, user, user)
    return True


@transaction.atomic
def person_with_role(email: str, role: Role) -> User:
    """Return the person with this address, made if unknown, who holds this role from today."""
    user = User.objects.filter(email=email.lower()).first()
    if user is None:
        name = email.split("@")[0].replace(".", " ").title()
        user = User.objects.create_user(
            email, first_name=name.split(" ")[0], last_name=name.partition(" ")[2]
        )
    if not user.grants.valid().filter(role=role).exists():
        grant = RoleGrant.objects.create(user=user, role=role, starts_on=timezone.localdate())
        journal(Kind.RECORDED, None, grant, role=role.value)
    return user
