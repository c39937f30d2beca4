"""What a person has typed in an edition and not saved: their own, seen by nobody else, and no version of it."""

from collections.abc import Mapping
from typing import ClassVar, Final, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from hubportal.fingerprint import normal
from mailings.models.choices import LANGUAGES, WRITERS
from mailings.models.mailing import Mailing, Texts
from mailings.models.table import TRANSITIONS
from mailings.models.texts import FIELDS

NAMES: Final = tuple(f"{name}_{language}" for language in LANGUAGES for name in FIELDS)
"""The boxes of the form, one for each text."""
WRITABLE: Final = next(line.sources for line in TRANSITIONS if line.verb == "revise")


def by_box(texts: Texts) -> dict[str, str]:
    """Return texts by the box of the form in which each stands."""
    return {f"{name}_{language}": text for language, side in texts.items() for name, text in side.items()}


def same(one: str, other: str) -> bool:
    """Tell whether two texts are the same for who reads them, whatever a browser made of their line ends."""
    return normal(one).strip() == normal(other).strip()


class UnsavedQuerySet(models.QuerySet["UnsavedText"]):
    """Unsaved texts; nothing but these filters reads them."""

    def visible_to(self, user: User) -> Self:
        """Return a person's own, while they write editions; nobody sees those of others, whatever their role."""
        return self.filter(user=user) if user.has_role(*WRITERS) else self.none()

    def of_closed_editions(self) -> Self:
        """Return what was typed in editions that are not written in any more."""
        return self.exclude(mailing__status__in=WRITABLE)


class UnsavedText(models.Model):
    """The boxes of one person in one edition, and the version that they were made of.

    A real save or "discard" removes it. It voids no approval: what is approved is what was saved.
    """

    mailing = models.ForeignKey(Mailing, models.CASCADE, related_name="unsaved")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("who")
    )
    texts = models.JSONField(_("texts"))
    version = models.PositiveIntegerField(_("version"))
    saved_at = models.DateTimeField(_("when"), default=timezone.now)

    objects: ClassVar[models.Manager["UnsavedText"]] = UnsavedQuerySet.as_manager()

    class Meta:
        verbose_name = _("unsaved text")
        verbose_name_plural = _("unsaved texts")
        ordering = ["mailing", "user"]
        constraints = [
            models.UniqueConstraint(
                fields=["mailing", "user"],
                name="unsavedtext_once_per_person",
                violation_error_message=_("Each person has one unsaved text in an edition."),
            ),
            models.CheckConstraint(
                condition=Q(texts__has_keys=list(NAMES)),
                name="unsavedtext_has_each_box",
                violation_error_message=_("An unsaved text holds each box of the form."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mailing}, {self.user}"

    @classmethod
    @transaction.atomic
    def keep(
        cls, mailing: Mailing, *, by: User, texts: Mapping[str, str], version: int
    ) -> "UnsavedText | None":
        """Keep the boxes of a person instead of what was kept before; None when they hold what is saved.

        `version` is the one that was edited. TransitionError once the edition is closed, PermissionDenied for who
        does not write in it.
        """
        mailing.open_text(by)
        stored, own = by_box(mailing.texts), cls.objects.filter(mailing=mailing, user=by)
        if all(same(texts[name], stored[name]) for name in NAMES):
            own.delete()
            return None
        facts = {
            "texts": {name: texts[name] for name in NAMES},
            "version": min(version, mailing.version),
            "saved_at": timezone.now(),
        }
        return cls.objects.update_or_create(facts, mailing=mailing, user=by)[0]
