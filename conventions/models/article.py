"""The articles of a convention, in French and Dutch side by side, and every text they had."""

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import Deferrable, F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from conventions.models.policy import NOT_OF_ONE, OF_ONE, part_seen_by, text_seen_by
from conventions.models.versioned import BoundedText, Versioned
from hubportal import search
from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.fingerprint import normal
from hubportal.workflow.table import TWICE

if TYPE_CHECKING:
    from conventions.models.convention import Convention

LONGEST_BODY: Final = 20_000
LONGEST_TITLE: Final = 200
"""Characters."""


class ArticleText(Versioned):
    """A title and a body (Markdown) in both languages; a draft may still lack one of them."""

    TEXTS = ("title_fr", "title_nl", "body_fr", "body_nl")

    revisions: Any
    number = models.PositiveSmallIntegerField(_("number"))
    title_fr = models.CharField(_("title in French"), max_length=LONGEST_TITLE, blank=True)
    title_nl = models.CharField(_("title in Dutch"), max_length=LONGEST_TITLE, blank=True)
    body_fr = BoundedText(
        _("text in French"),
        max_length=LONGEST_BODY,
        blank=True,
        help_text=_("Markdown."),
    )
    body_nl = BoundedText(
        _("text in Dutch"),
        max_length=LONGEST_BODY,
        blank=True,
        help_text=_("Markdown."),
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        if not self.title:
            return _("Article %(number)s") % {"number": self.number}
        return f"{self.number}. {self.title}"

    @property
    def title(self) -> str:
        """The title in the reader's language, else the other one's."""
        own, other = (self.title_fr, self.title_nl)[:: -1 if get_language() == "nl" else 1]
        return own or other

    def was_just_added(self, by: User, texts: Mapping[str, str]) -> bool:
        """Tell whether it is what a first click of the same person added a moment ago, with these very words."""
        added = self.revisions.filter(kind="added", by=by, at__gt=timezone.now() - TWICE)
        return (
            any(texts.values())
            and self.texts == {**dict.fromkeys(self.TEXTS, ""), **texts}
            and added.exists()
        )


class ArticleQuerySet(models.QuerySet["Article"]):
    """Articles."""

    def visible_to(self, user: User) -> Self:
        """Return the articles of the conventions whose text the person may read."""
        return self.filter(text_seen_by(user, "convention__", "convention__commune"))


class Article(ArticleText):
    """An article; `key` names the one of the outline that it came from."""

    convention = models.ForeignKey(
        "conventions.Convention", models.CASCADE, related_name="articles", verbose_name=_("convention")
    )
    key = models.CharField(_("code"), max_length=30, blank=True, editable=False)
    search_fr = search.vector("fr", "title_fr", "body_fr")
    search_nl = search.vector("nl", "title_nl", "body_nl")

    objects = search.WithoutWords.from_queryset(ArticleQuerySet)()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["convention_id", "number"]
        indexes = [search.index("article_search")]
        constraints = [
            models.UniqueConstraint(
                fields=["convention", "number"],
                name="article_number_once",
                # Moving one shifts the others, in one statement.
                deferrable=Deferrable.IMMEDIATE,
                violation_error_message=_("This convention has an article with this number already."),
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1),
                name="article_numbers_from_one",
                violation_error_message=_("Articles are numbered from 1."),
            ),
        ]

    @property
    def agreement(self) -> "Convention":
        """The convention."""
        return self.convention

    @classmethod
    def add(
        cls, convention: "Convention", by: User, number: int | None, texts: Mapping[str, str], key: str = ""
    ) -> "Article":
        """Add and return an article; only `Convention.add_article` does it, under the convention's lock."""
        others = cls.objects.filter(convention=convention)
        texts = {name: normal(text).strip() for name, text in texts.items()}
        newest = others.order_by("number").last()
        if number is None and newest is not None and newest.was_just_added(by, texts):
            return newest
        last = others.count() + 1
        row = cls(
            convention=convention, number=max(1, min(number or last, last)), key=key, **texts
        )  # fmt: skip
        row.full_clean(validate_constraints=False)
        others.filter(number__gte=row.number).update(number=F("number") + 1)
        row.save()
        row._changed(by, "added")
        return row

    @transaction.atomic
    def move(self, *, by: User, to: int) -> None:
        """Give it another number; those between move up or down, so that no number is left out."""
        self._open(by)
        others = Article.objects.filter(convention=self.convention_id)
        to = max(1, min(to, others.count()))
        if to == self.number:
            return
        if to < self.number:
            between, shift = Q(number__gte=to, number__lt=self.number), 1
        else:
            between, shift = Q(number__gt=self.number, number__lte=to), -1
        is_this = Q(pk=self.pk)
        number = models.Case(models.When(is_this, then=models.Value(to)), default=F("number") + shift)
        others.filter(between | is_this).update(number=number)
        self.refresh_from_db(fields=["number"])
        self._changed(by, "moved")

    @transaction.atomic
    def remove(self, *, by: User, version: int) -> None:
        """Take it out; those after it move up."""
        # Its number is read under the lock: somebody may have moved it meanwhile.
        super().remove(by=by, version=version)
        later = Article.objects.filter(convention=self.convention_id, number__gt=self.number)
        later.update(number=F("number") - 1)

    def _changed(self, by: User, kind: str) -> None:
        super()._changed(by, kind)
        ArticleRevision.keep(self, by, kind, convention=self.convention, article=self)


class RevisionQuerySet(models.QuerySet["ArticleRevision"]):
    """Former texts."""

    def visible_to(self, user: User) -> Self:
        """Return the history of the articles that the person may read.

        A commune reads what it could read then: the texts that stood when one was shared, and those written after.
        """
        rows = self.filter(part_seen_by(user))
        if user.has_role(*AGENCY_ROLES):
            return rows
        read = (_read(rows, owner, part) for owner, part in (_OF_A_CONVENTION, _OF_AN_AMENDMENT))
        return rows.filter(reduce(or_, (Q(pk__in=found) for found in read)))


_SHOWS: Final = ("share", "record")
"""The verbs by which a commune comes to read a text."""
_OF_A_CONVENTION: Final = ("convention", "article")
_OF_AN_AMENDMENT: Final = ("amendment", "amendment_article")


def _read(rows: RevisionQuerySet, owner: str, part: str) -> models.QuerySet[Any, Any]:
    """Return the keys of the texts that were before the commune: written while it read, or standing at a share."""
    steps = apps.get_model("conventions", f"{owner}event")._base_manager.filter(subject=OuterRef(owner))
    turns = steps.filter(Q(verb__in=_SHOWS) | Q(verb="send_back", target="draft"), at__lte=OuterRef("at"))
    shares = steps.filter(verb__in=_SHOWS, at__gt=OuterRef("at")).order_by("at", "pk")
    later = rows.model._base_manager.filter(**{part: OuterRef(part)}, pk__gt=OuterRef("pk")).order_by("pk")
    stood = Q(replaced_at__isnull=True) | Q(replaced_at__gt=F("shared_at"))
    return (
        rows.filter(**{f"{owner}__isnull": False})
        .alias(
            last_turn=Subquery(turns.order_by("-at", "-pk").values("verb")[:1]),
            shared_at=Subquery(shares.values("at")[:1]),
            replaced_at=Subquery(later.values("at")[:1]),
        )
        .filter(Q(last_turn__in=_SHOWS) | Q(shared_at__isnull=False) & stood)
        .order_by()
        .values("pk")
    )


class ArticleRevision(models.Model):
    """A text that an article had, and who wrote it when: a row trigger refuses UPDATE and DELETE.

    It outlives the article, of which it keeps the key only.
    """

    class Kind(models.TextChoices):
        """What was done."""

        ADDED = "added", _("added")
        EDITED = "edited", _("edited")
        MOVED = "moved", _("moved")
        REMOVED = "removed", _("removed")

    convention = models.ForeignKey(
        "conventions.Convention", models.PROTECT, null=True, blank=True, related_name="revisions"
    )
    amendment = models.ForeignKey(
        "conventions.Amendment", models.PROTECT, null=True, blank=True, related_name="revisions"
    )
    article = models.ForeignKey(
        Article, models.DO_NOTHING, null=True, blank=True, db_constraint=False, related_name="revisions"
    )
    amendment_article = models.ForeignKey(
        "conventions.AmendmentArticle", models.DO_NOTHING, null=True, blank=True, db_constraint=False,
        related_name="revisions",
    )  # fmt: skip
    kind = models.CharField(_("what was done"), max_length=8, choices=Kind.choices)
    number = models.PositiveSmallIntegerField(_("number"))
    version = models.PositiveIntegerField(_("version"))
    title_fr = models.CharField(_("title in French"), max_length=LONGEST_TITLE, blank=True)
    title_nl = models.CharField(_("title in Dutch"), max_length=LONGEST_TITLE, blank=True)
    body_fr = BoundedText(_("text in French"), max_length=LONGEST_BODY, blank=True)
    body_nl = BoundedText(_("text in Dutch"), max_length=LONGEST_BODY, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who"))
    at = models.DateTimeField(_("when"), default=timezone.now)

    objects: ClassVar[models.Manager["ArticleRevision"]] = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("former text")
        verbose_name_plural = _("former texts")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=OF_ONE,
                name="revision_of_one_agreement",
                violation_error_message=NOT_OF_ONE,
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["added", "edited", "moved", "removed"]),
                name="articlerevision_known_kind",
                violation_error_message=_("This choice does not exist."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} ({self.version})"

    @classmethod
    def keep(cls, text: ArticleText, by: User, kind: str, **owner: Any) -> "ArticleRevision":
        """Keep the text that an article has now; `owner` says whose it is."""
        return cls.objects.create(
            by=by, kind=kind, number=text.number, version=text.version, **text.texts, **owner
        )
