"""The journal of what happened."""

from collections.abc import Mapping
from typing import ClassVar, Final, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models.person import User
from hubportal.accounts.roles import Role
from hubportal.retention import SIGN_IN_MONTHS


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
    LIMITED = "limited", _("stopped after too many attempts")
    PASSWORD_CHANGED = "password_changed", _("password changed")
    FACTOR_ADDED = "factor_added", _("second factor added")
    FACTOR_REMOVED = "factor_removed", _("second factor removed")
    IDENTITY_LINKED = "identity_linked", _("outside identity linked")
    IDENTITY_UNLINKED = "identity_unlinked", _("outside identity unlinked")
    SESSIONS_ENDED = "sessions_ended", _("sessions ended")
    SEEN_AS = "seen_as", _("began to see as another person")
    SEEN_AS_ENDED = "seen_as_ended", _("ended to see as another person")
    OBJECTED = "objected", _("objected")
    ERASED = "erased", _("erased")


_HOW_ONE_CAME_IN: Final = (
    *(Kind.SIGNED_IN, Kind.SIGNED_OUT, Kind.SIGN_IN_FAILED),
    *(Kind.LIMITED, Kind.REFUSED, Kind.SESSIONS_ENDED),
)
_PROOF: Final = (
    *(Kind.INVITED, Kind.INVITATION_ACCEPTED, Kind.RECORDED, Kind.CHANGED, Kind.DELETED, Kind.EXPORTED),
    *(Kind.PASSWORD_CHANGED, Kind.FACTOR_ADDED, Kind.FACTOR_REMOVED, Kind.IDENTITY_LINKED),
    *(Kind.IDENTITY_UNLINKED, Kind.SEEN_AS, Kind.SEEN_AS_ENDED, Kind.OBJECTED, Kind.ERASED),
)
PERIODS: Final[Mapping[Kind, int | None]] = {
    **dict.fromkeys(_HOW_ONE_CAME_IN, SIGN_IN_MONTHS),
    **dict.fromkeys(_PROOF),
}
"""For how many months an entry of each kind is kept; None: it stays, as proof."""


class JournalEntryQuerySet(models.QuerySet["JournalEntry"]):
    """The journal."""

    def visible_to(self, user: User) -> Self:
        """Return the entries a person may read: administrators and the director read all, others none."""
        return self if user.has_role(Role.ADMIN, Role.DIRECTOR) else self.none()


class JournalEntry(models.Model):
    """Who did what, and when: append-only (a row trigger refuses UPDATE and DELETE).

    The trigger lets through only a transaction that set `hubportal.retention` (erasure after the legal term).
    """

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
        indexes = [
            # Each person may ask what is known of them (accounts/people.py).
            models.Index(
                fields=["target_id"],
                condition=models.Q(target_type="accounts.user"),
                name="journalentry_of_a_person",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=Kind.values),
                name="journalentry_known_kind",
                violation_error_message=_("The journal does not know this kind of entry."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind}"
