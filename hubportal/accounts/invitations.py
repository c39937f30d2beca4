"""Inviting a person, and letting them in."""

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.models import Invitation, Role, RoleGrant, User
from hubportal.outbox.models import post

LANGUAGES_OF_MAIL = {"fr": ["fr"], "nl": ["nl"], "": ["fr", "nl"]}
"""Languages in which a person is written to, by content language; unknown: both."""


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
        _write(user, user.email, invitation, token)
    return link_of(token, user.content_language or user.language)


def _write(user: User, address: str, invitation: Invitation, token: str) -> None:
    texts, subjects = [], []
    for language in LANGUAGES_OF_MAIL[user.content_language]:
        context = {
            "person": user,
            "link": link_of(token, language),
            "valid_until": timezone.localtime(invitation.expires_at),
            "by": invitation.invited_by,
        }
        with translation.override(language):
            subjects.append(render_to_string("accounts/email/invitation.subject.txt", context).strip())
            texts.append(render_to_string("accounts/email/invitation.txt", context).strip())
    post(
        to=address,
        person=user,
        language=user.content_language or "fr",
        subject=" / ".join(subjects),
        text="\n\n-- \n\n".join(texts) + "\n",
        html="",
        kind="invitation",
        is_secret=True,
    )


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
