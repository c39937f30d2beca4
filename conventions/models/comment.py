"""What both parties say about an article while it is negotiated."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communes.models.mandate import communes_of
from conventions.models import checks
from conventions.models.agreement import Agreement
from conventions.models.amendment import Amendment, AmendmentArticle
from conventions.models.article import Article
from conventions.models.choices import SHARED, Party
from conventions.models.convention import Convention
from conventions.models.policy import part_seen_by
from hubportal.accounts.models import User


class CommentQuerySet(models.QuerySet["Comment"]):
    """Comments."""

    def visible_to(self, user: User) -> Self:
        """Return the comments on the texts that the person may read: the agency all, a commune its own."""
        return self.filter(part_seen_by(user))

    def open(self) -> Self:
        """Return those that nobody resolved yet."""
        return self.filter(resolved_at__isnull=True)

    def untold(self, before: datetime) -> Self:
        """Return the open ones written before a moment, of which the other party got no mail, in what both read."""
        is_read = Q(convention__status__in=SHARED) | Q(amendment__status__in=SHARED)
        return self.open().filter(is_read, told_at__isnull=True, at__lt=before)

    def resolvable_by(self, user: User, agreement: Agreement) -> Self:
        """Return those of one agreement that a person may resolve.

        Whoever writes in the text resolves all; whoever reads it, their own.
        """
        if agreement.can_be_edited_by(user):
            return self
        return self.filter(author=user) if agreement.text_visible_to(user) else self.none()

    @transaction.atomic
    def write(self, *, on: Article | AmendmentArticle, by: User, text: str) -> "Comment":
        """Comment on an article; PermissionDenied unless one reads its text, ValidationError once it is frozen."""
        agreement = on.agreement
        agreement._lock()
        if not self.can_be_written_by(agreement, by):
            raise PermissionDenied(_("You cannot comment on this text."))
        if not agreement.is_writable:
            raise ValidationError(_("The text is not discussed any more."), "frozen")
        side = Party.COMMUNE if agreement.nis in communes_of(by) else Party.AGENCY
        row = self.model(
            author=by, party=side, number=on.number, text=checks.needed(text, "text", 4000),
            **{agreement.OWNER: agreement, "amendment_article" if agreement.OWNER == "amendment" else "article": on},
        )  # fmt: skip
        row.full_clean()
        row.save()
        return row

    @staticmethod
    def can_be_written_by(agreement: Agreement, user: User) -> bool:
        """Tell whether a person may comment: whoever reads the text."""
        return agreement.text_visible_to(user)


class Comment(models.Model):
    """A remark on an article, public to both parties, until one of them resolves it. It outlives the article."""

    convention = models.ForeignKey(
        Convention,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="comments",
        verbose_name=_("convention"),
    )
    amendment = models.ForeignKey(
        Amendment, models.CASCADE, null=True, blank=True, related_name="comments", verbose_name=_("amendment")
    )
    article = models.ForeignKey(
        Article, models.SET_NULL, null=True, blank=True, related_name="comments", verbose_name=_("article")
    )
    amendment_article = models.ForeignKey(
        AmendmentArticle,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="comments",
        verbose_name=_("article"),
    )
    number = models.PositiveSmallIntegerField(_("number of the article when it was written"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("author")
    )
    party = models.CharField(_("party"), max_length=8, choices=Party.choices)
    text = models.TextField(_("comment"), max_length=4000)
    at = models.DateTimeField(_("written at"), default=timezone.now)
    told_at = models.DateTimeField(
        _("told at"), null=True, editable=False, help_text=_("When the other party got a mail about it.")
    )
    resolved_at = models.DateTimeField(_("resolved at"), null=True, editable=False)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False,
        related_name="+", verbose_name=_("resolved by"),
    )  # fmt: skip

    objects: ClassVar[models.Manager["Comment"]] = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["at", "pk"]
        indexes = [
            models.Index(
                fields=["at"],
                condition=Q(told_at__isnull=True, resolved_at__isnull=True),
                name="comment_untold",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(convention__isnull=False, amendment__isnull=True, amendment_article__isnull=True)
                | Q(convention__isnull=True, amendment__isnull=False, article__isnull=True),
                name="comment_of_one_agreement",
                violation_error_message=_("It belongs to a convention or to an amendment."),
            ),
            models.CheckConstraint(
                condition=Q(party__in=Party.values) & ~Q(text=""),
                name="comment_says_something",
                violation_error_message=_("Write a comment."),
            ),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True, resolved_by__isnull=True)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="comment_resolved_by_somebody",
                violation_error_message=_("Whoever resolves a comment has a name."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author}, {self.at:%d.%m.%Y}"

    @property
    def agreement(self) -> Any:
        """What is commented."""
        return self.convention or self.amendment

    def can_be_resolved_by(self, user: User) -> bool:
        """Tell whether a person may resolve it; see `CommentQuerySet.resolvable_by`."""
        own = Comment.objects.filter(pk=self.pk)
        return own.resolvable_by(user, self.agreement).exists()

    def resolve(self, *, by: User) -> bool:
        """Settle it; False when it was settled already."""
        if not self.can_be_resolved_by(by):
            raise PermissionDenied(_("You cannot resolve this comment."))
        open_rows = Comment.objects.open().filter(pk=self.pk)
        done = open_rows.update(resolved_at=timezone.now(), resolved_by=by)
        self.refresh_from_db()
        return bool(done)

    def reopen(self, *, by: User) -> bool:
        """Discuss it again; False when it was open."""
        if not self.can_be_resolved_by(by):
            raise PermissionDenied(_("You cannot resolve this comment."))
        settled = Comment.objects.filter(pk=self.pk, resolved_at__isnull=False)
        done = settled.update(resolved_at=None, resolved_by=None)
        self.refresh_from_db()
        return bool(done)
