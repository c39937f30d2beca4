"""Links that let people in for the first time."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models.person import User
from hubportal.accounts.roles import STEWARDS


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
