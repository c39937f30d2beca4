"""Amendments: they hang on the root convention, numbered 1, 2, 3 …, and go through the same cycle."""

from collections.abc import Collection
from datetime import date
from typing import Any, ClassVar, Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import F, Max, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from conventions import parity
from conventions.models import checks, content
from conventions.models.agreement import Agreement
from conventions.models.agreement_event import AgreementEvent
from conventions.models.article import ArticleRevision, ArticleText
from conventions.models.choices import UNSIGNED, AmendmentStatus, Change
from conventions.models.consolidated import ConsolidatedArticle, consolidated
from conventions.models.convention import Convention
from conventions.models.policy import text_seen_by
from conventions.models.rules import cycle_constraints
from conventions.models.table import CYCLE
from conventions.models.term import LONGEST_TERM, ONE_DAY, check_reach
from conventions.months import months_after
from hubportal import search
from hubportal.accounts.models import User
from hubportal.fingerprint import normal
from hubportal.look.dates import short_date


class AmendmentQuerySet(models.QuerySet["Amendment"]):
    """Amendments."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency, those of their own communes once they were shared, nothing to others."""
        return self.filter(text_seen_by(user, "", "convention__commune"))

    def in_force(self, on: date | None = None) -> Self:
        """Return the signed ones that have taken effect by a day (today), in the order in which they apply."""
        day = on or timezone.localdate()
        return self.filter(status="signed", in_force_from__lte=day).order_by("in_force_from", "number")

    def open(self) -> Self:
        """Return those that are written, negotiated or to be signed."""
        return self.filter(status__in=UNSIGNED)

    @transaction.atomic
    def begin(
        self, *, convention: Convention, by: User, title_fr: str, title_nl: str, knowing: str | None = None
    ) -> "Amendment":
        """Begin and return the next amendment of a signed convention; PermissionDenied unless a lead begins it.

        `knowing` is the unsigned one that the person was told of: ValidationError "unsigned", with its `reference`,
        when another one is being written.
        """
        if not convention.can_be_amended_by(by):
            raise PermissionDenied(_("Only leads begin an amendment."))
        # The lock of the root hands out the numbers.
        root = Convention._base_manager.select_for_update(of=("self",)).get(pk=convention.pk)
        _can_be_amended(root)
        if knowing is not None:
            words = _(
                "%(reference)s, “%(title)s”, is not signed yet: go on with that one, or begin another one all the same."
            )
            unsigned = self.model.objects.open().filter(convention=root).order_by("number").last()
            checks.only_knowingly(unsigned, knowing, words)
        last = self.model._base_manager.filter(convention=root).aggregate(last=Max("number"))["last"] or 0
        row = self.model(
            convention=root, number=last + 1, title_fr=title_fr.strip(), title_nl=title_nl.strip()
        )
        row.full_clean()
        row.save()
        return row


class Amendment(Agreement):
    """A change of a signed convention: of its articles, of its last day, or of both."""

    Status = AmendmentStatus
    TRANSITIONS = CYCLE
    OWNER = "amendment"

    convention = models.ForeignKey(
        Convention, models.PROTECT, related_name="amendments", verbose_name=_("convention")
    )
    number = models.PositiveSmallIntegerField(_("number"), editable=False)
    status = models.CharField(
        _("state"), max_length=12, choices=AmendmentStatus.choices,
        default=AmendmentStatus.DRAFT, editable=False,
    )  # fmt: skip
    title_fr = models.CharField(_("object in French"), max_length=200)
    title_nl = models.CharField(_("object in Dutch"), max_length=200)
    in_force_from = models.DateField(_("in force from"), null=True, blank=True)
    new_last_day = models.DateField(
        _("new last day of the convention"), null=True, blank=True,
        help_text=_("Included. Empty: the term stays as it is."),
    )  # fmt: skip

    objects: ClassVar[models.Manager["Amendment"]] = AmendmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")
        ordering = ["convention_id", "number"]
        constraints = [
            *cycle_constraints("amendment", AmendmentStatus),
            models.UniqueConstraint(
                fields=["convention", "number"],
                name="amendment_number_once",
                violation_error_message=_("This convention has an amendment with this number already."),
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1),
                name="amendment_numbers_from_one",
                violation_error_message=_("Amendments are numbered from 1."),
            ),
            models.CheckConstraint(
                condition=~Q(title_fr="") & ~Q(title_nl=""),
                name="amendment_in_both_languages",
                violation_error_message=_("Write the object in French and in Dutch."),
            ),
            models.CheckConstraint(
                condition=Q(new_last_day__isnull=True) | Q(new_last_day__gte=F("in_force_from")),
                name="amendment_ends_after_start",
                violation_error_message=_("The last day cannot come before the first day."),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """The reference of the root and the number: CC-2025-01-A1."""
        return f"{self.convention.reference}-A{self.number}"

    @property
    def title(self) -> str:
        """The object in the reader's language."""
        return self.title_nl if get_language() == "nl" else self.title_fr

    @property
    def nis(self) -> str:
        """The commune, by its NIS code."""
        return self.convention.commune_id

    @property
    def content(self) -> dict[str, Any]:
        """Exactly what is signed: the convention it changes, what it changes, from when, signatories."""
        return content.of_amendment(self)

    @property
    def before(self) -> list[ConsolidatedArticle]:
        """The text as it is without it, on its first day (today, while none is written): three queries.

        Articles that others took out keep their place.
        """
        day = self.in_force_from or timezone.localdate()
        return consolidated(self.convention, day - ONE_DAY if self.status == "signed" else day)

    @property
    def text_before(self) -> list[ConsolidatedArticle]:
        """The articles that it may change."""
        return [row for row in self.before if not row.is_removed]

    def clean(self) -> None:
        """Put an end before the start on its field, and a day that nobody means."""
        super().clean()
        for name in ("in_force_from", "new_last_day"):
            check_reach(name, getattr(self, name))
        if self.new_last_day and self.in_force_from and self.new_last_day < self.in_force_from:
            raise ValidationError({"new_last_day": _("The last day cannot come before the first day.")})
        root = self.convention.in_force_from
        if self.in_force_from and root and self.in_force_from < root:
            text = _("The convention itself is in force from %(day)s on.")
            raise ValidationError(
                {"in_force_from": ValidationError(text, "early", {"day": short_date(root)})}
            )
        if self.new_last_day and root and self.new_last_day >= months_after(root, LONGEST_TERM):
            raise ValidationError({"new_last_day": _("Check the year: a convention lasts 12 years at most.")})

    def findings(self) -> list[parity.Finding]:
        """Return where French and Dutch do not say the same, as far as that can be counted."""
        written = list(self.articles.exclude(change=Change.REMOVE).order_by("number"))
        return parity.parity(written) if written else []

    def check_whole(self) -> None:
        """Raise ValidationError without a first day or a change, and when the root cannot be changed so."""
        _can_be_amended(self.convention)
        if self.in_force_from is None:
            raise ValidationError({"in_force_from": _("Write from which day it is in force.")})
        if self.new_last_day is None and not self.articles.exists():
            raise ValidationError(_("An amendment changes an article or the last day."))
        if not self.convention.covers(self.in_force_from):
            raise ValidationError({"in_force_from": _("The convention is not in force on this day.")})
        there = {row.number for row in self.text_before}
        for row in self.articles.all():
            row.check_target(there)

    @transaction.atomic
    def set_facts(self, *, by: User, **facts: Any) -> None:
        """Write title_fr, title_nl, in_force_from, new_last_day; unless they stay, what was agreed to is void."""
        self.open_text(by)
        if facts and all(getattr(self, name, None) == value for name, value in facts.items()):
            return
        for name in ("title_fr", "title_nl", "in_force_from", "new_last_day"):
            setattr(self, name, facts.pop(name, getattr(self, name)))
        if facts:
            raise TypeError(f"no column of an amendment: {set(facts)}")
        self.full_clean()
        self.save(update_fields=["title_fr", "title_nl", "in_force_from", "new_last_day"])
        self.was_changed(by)

    @transaction.atomic
    def change_article(self, *, by: User, change: str, number: int = 0, **texts: str) -> "AmendmentArticle":
        """Replace or remove article `number` of the text in force, or add one at the end; return the change."""
        self.open_text(by)
        texts = {name: normal(text).strip() for name, text in texts.items()}
        row = AmendmentArticle(amendment=self, change=change, number=number, **texts)
        if change == Change.ADD:
            self._lock_root()
            newest = self.articles.filter(change=change).order_by("number").last()
            if newest is not None and newest.was_just_added(by, texts):
                return newest
            row.number = row.next_number()
        row.full_clean()
        row.check_target({article.number for article in self.text_before})
        row.save()
        row._changed(by, "added")
        return row

    def _lock_root(self) -> None:
        """Lock and read the root: another amendment of it waits until this one is done."""
        self.convention = Convention._base_manager.select_for_update(of=("self",)).get(pk=self.convention_id)

    def _take_effect(self) -> dict[str, Any]:
        """Check again what the root says now, others may have changed it; let it end on the new last day."""
        self._lock_root()
        self.check_whole()
        if self.new_last_day is not None:
            self.convention.extend(last_day=self.new_last_day, amendment=self.reference)
        return {}


class AmendmentArticleQuerySet(models.QuerySet["AmendmentArticle"]):
    """Changes of articles."""

    def visible_to(self, user: User) -> Self:
        """Return the changes in the amendments that the person may read."""
        return self.filter(text_seen_by(user, "amendment__", "amendment__convention__commune"))


class AmendmentArticle(ArticleText):
    """What an amendment does to one article: replaces it, adds it, removes it (then it has no text)."""

    amendment = models.ForeignKey(
        Amendment, models.CASCADE, related_name="articles", verbose_name=_("amendment")
    )
    change = models.CharField(_("change"), max_length=8, choices=Change.choices)
    search_fr = search.vector("fr", "title_fr", "body_fr")
    search_nl = search.vector("nl", "title_nl", "body_nl")

    objects = search.WithoutWords.from_queryset(AmendmentArticleQuerySet)()

    class Meta:
        verbose_name = _("change of an article")
        verbose_name_plural = _("changes of articles")
        ordering = ["amendment_id", "number"]
        indexes = [search.index("amendmentarticle_search")]
        constraints = [
            models.UniqueConstraint(
                fields=["amendment", "number"],
                name="amendmentarticle_number_once",
                violation_error_message=_("This amendment changes this article already."),
            ),
            models.CheckConstraint(
                condition=Q(change__in=Change.values, number__gte=1),
                name="amendmentarticle_known_change",
                violation_error_message=_("This choice does not exist."),
            ),
            models.CheckConstraint(
                condition=~Q(change=Change.REMOVE) | Q(title_fr="", title_nl="", body_fr="", body_nl=""),
                name="amendmentarticle_removed_has_no_text",
                violation_error_message=_("An article that is removed has no text."),
            ),
        ]

    @property
    def agreement(self) -> Amendment:
        """The amendment."""
        return self.amendment

    def next_number(self) -> int:
        """Return the number of an article that is added: one more than any so far, of the root or of amendments."""
        root = self.amendment.convention
        known = [*root.articles.order_by().values_list("number", flat=True)]
        others = AmendmentArticle._base_manager.filter(amendment__convention=root)
        return max([*known, *others.values_list("number", flat=True)], default=0) + 1

    def check_target(self, there: Collection[int]) -> None:
        """Raise ValidationError when the article that is replaced or removed is not there, or a number is taken.

        `there` are the numbers of `Amendment.text_before`.
        """
        is_there = self.number in there
        if is_there == (self.change == Change.ADD):
            text = (
                _("There is an article %(number)s already.")
                if is_there
                else _("There is no article %(number)s.")
            )
            raise ValidationError({"number": ValidationError(text, "number", {"number": self.number})})

    def _changed(self, by: User, kind: str) -> None:
        super()._changed(by, kind)
        ArticleRevision.keep(self, by, kind, amendment=self.amendment, amendment_article=self)


class AmendmentEventQuerySet(models.QuerySet["AmendmentEvent"]):
    """Steps taken."""

    def visible_to(self, user: User) -> Self:
        """Return the history of the amendments that the person may read: comments are for both parties."""
        return self.filter(text_seen_by(user, "subject__", "subject__convention__commune"))


class AmendmentEvent(AgreementEvent):
    """A step in the life of an amendment: a row trigger refuses UPDATE and DELETE."""

    subject = models.ForeignKey(Amendment, models.PROTECT, related_name="events")

    objects: ClassVar[models.Manager["AmendmentEvent"]] = AmendmentEventQuerySet.as_manager()


def _can_be_amended(root: Convention) -> None:
    if not root.is_amendable:
        raise ValidationError(_("Only a signed convention can be amended."), "root")
