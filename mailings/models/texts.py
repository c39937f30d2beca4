"""The two sides of an edition, and the letters as they left."""

from typing import ClassVar, Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hubportal import search
from mailings.models.choices import BOTH, Language
from mailings.models.policy import PartQuerySet

FIELDS: Final = ("subject", "preheader", "body")
"""What is written in each language."""


class Variant(models.Model):
    """One language of an edition: what its authors wrote."""

    mailing = models.ForeignKey("mailings.Mailing", models.CASCADE, related_name="variants")
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    preheader = models.CharField(
        _("preview line"), max_length=200, blank=True, help_text=_("What mailboxes show after the subject.")
    )
    body = models.TextField(_("text"), max_length=60_000, blank=True)
    search_fr = search.vector("fr", *FIELDS)
    search_nl = search.vector("nl", *FIELDS)

    objects = search.WithoutWords.from_queryset(PartQuerySet)()

    class Meta:
        verbose_name = _("language version")
        verbose_name_plural = _("language versions")
        ordering = ["mailing", "language"]
        indexes = [search.index("variant_search")]
        constraints = [
            models.UniqueConstraint(
                fields=["mailing", "language"],
                name="variant_once_per_language",
                violation_error_message=_("Each language is there once."),
            ),
            models.CheckConstraint(
                condition=Q(language__in=Language.values),
                name="variant_known_language",
                violation_error_message=_("This language does not exist."),
            ),
            models.CheckConstraint(
                condition=~Q(subject__regex=r"[\r\n]"),
                name="variant_subject_is_one_line",
                violation_error_message=_("The subject is one line."),
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class FrozenLetter(models.Model):
    """A letter as it leaves, in one language or both: written once when sending starts, never changed.

    `subject`, `text` and `html` still hold the placeholders whose values are in each `Delivery`.
    """

    mailing = models.ForeignKey("mailings.Mailing", models.CASCADE, related_name="letters")
    language = models.CharField(max_length=5, choices=[*Language.choices, (BOTH, BOTH)])
    subject = models.CharField(max_length=500)
    text = models.TextField()
    html = models.TextField()

    objects: ClassVar[models.Manager["FrozenLetter"]] = PartQuerySet["FrozenLetter"].as_manager()

    class Meta:
        verbose_name = _("letter as it left")
        verbose_name_plural = _("letters as they left")
        ordering = ["mailing", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["mailing", "language"],
                name="frozenletter_once_per_language",
                violation_error_message=_("Each language is there once."),
            )
        ]

    def __str__(self) -> str:
        return self.subject
