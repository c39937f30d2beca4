"""The secret address under which a person's calendar program reads the dates of their requests."""

import hashlib
import secrets
from typing import ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.models import User
from hubportal.files.models import SHA256


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    """Calendar addresses."""

    def visible_to(self, user: User) -> Self:
        """Return a person's own: nobody else, the agency included, knows of it."""
        return self.filter(user=user)

    def opened_with(self, token: str) -> Self:
        """Return the one that a token opens."""
        return self.filter(digest=digest_of(token))

    @transaction.atomic
    def issue(self, *, by: User) -> str:
        """Make a person's address and return its token (256 bits, shown once); the one they had ends."""
        token = secrets.token_urlsafe(32)
        facts = {"digest": digest_of(token), "made_at": timezone.now(), "read_at": None}
        row, _is_new = self.update_or_create(user=by, defaults=facts)
        journal(Kind.RECORDED, by, row)
        return token

    @transaction.atomic
    def revoke(self, *, by: User) -> bool:
        """End a person's own address; False when they have none (two clicks: one ends it)."""
        row = self.filter(user=by).select_for_update().first()
        if row is None:
            return False
        journal(Kind.DELETED, by, row)
        row.delete()
        return True


class CalendarFeed(models.Model):
    """A person's address, one at a time. Only the digest of its token is kept: nobody can read it here again."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feed", verbose_name=_("person")
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    read_at = models.DateTimeField(_("last read at"), null=True)

    objects: ClassVar[models.Manager["CalendarFeed"]] = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(digest__regex=SHA256),
                name="calendarfeed_keeps_a_digest",
                violation_error_message=_("Only the digest of a token is kept."),
            ),
            models.CheckConstraint(
                condition=Q(read_at__isnull=True) | Q(read_at__gte=F("made_at")),
                name="calendarfeed_read_once_made",
                violation_error_message=_("Nobody reads an address before it is made."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)

    def note(self) -> None:
        """Note that a calendar program reads it."""
        # The digest: an address that was replaced meanwhile was not the one that is read.
        rows = CalendarFeed.objects.filter(pk=self.pk, digest=self.digest)
        rows.update(read_at=timezone.now())


def digest_of(token: str) -> str:
    """Return what is kept of a token: its SHA-256, in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()
