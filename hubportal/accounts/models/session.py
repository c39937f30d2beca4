"""Sessions: whose each is, so that a person sees theirs and ends them."""

from typing import Self

from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models.person import User


class SessionQuerySet(models.QuerySet["Session"]):
    """Sessions."""

    def visible_to(self, user: User) -> Self:
        """Return a person's own; nobody sees another's."""
        return self.filter(user=user)

    def newest_first(self) -> Self:
        """Return those used last first."""
        return self.order_by("-seen_at", "session_key")

    def end(self) -> int:
        """End these; return how many. Whoever holds one is signed out at the next request."""
        return self.delete()[0]


class SessionManager(BaseSessionManager["Session"]):
    """Writes sessions, as Django's engine asks it to; the querysets come from `SessionQuerySet`."""


class Session(AbstractBaseSession):
    """A browser that the portal knows; of a visitor who is not signed in, `user` is empty.

    No address of the network is kept: who works from where is nobody's matter (facts §5.3).
    """

    user = models.ForeignKey(
        User, models.CASCADE, null=True, related_name="sessions", verbose_name=_("person")
    )
    started_at = models.DateTimeField(_("signed in at"), null=True)
    seen_at = models.DateTimeField(_("last used"))
    device = models.CharField(_("browser"), max_length=80, blank=True)

    objects = SessionManager.from_queryset(SessionQuerySet)()  # type: ignore[misc]  # the base has its own

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["-seen_at", "session_key"]

    @classmethod
    def get_session_store_class(cls) -> type:
        """Return the engine that reads and writes these."""
        from hubportal.accounts.sessions import SessionStore

        return SessionStore
