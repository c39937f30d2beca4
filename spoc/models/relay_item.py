"""What a relay note holds: items with a summary in both languages, and in each the concerns, one by one."""

from collections.abc import Iterable
from typing import Any, ClassVar, NamedTuple, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from communes.models import Commune
from hubportal.access.plain import one_way
from hubportal.accounts.models import AGENCY_ROLES, User
from spoc.models.concern_choices import Addressee, ConcernStatus, FellOut
from spoc.models.concern_theme import ConcernTheme


class Relayed(NamedTuple):
    """That a concern stands in a note which was sent: all that its commune reads of the note."""

    note: int
    reference: str
    addressee: str
    addressee_name: str
    sent_at: Any
    due_on: Any
    status: str
    title: str
    text: str
    is_anonymous: bool

    @property
    def to(self) -> str:
        """To whom it went: the name of an administration, else which body."""
        return self.addressee_name or str(Addressee(self.addressee).label)


def named_in(relays: Iterable[Relayed]) -> list[str]:
    """Return the references of the notes that left with the name of its commune: what the Region has read it keeps."""
    return [relay.reference for relay in relays if not relay.is_anonymous]


class RelayItemQuerySet(models.QuerySet["RelayItem"]):
    """Items."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency; none to others: what left they read in the note as it was sent."""
        return self if user.has_role(*AGENCY_ROLES) else self.none()

    def in_order(self) -> Self:
        """Return them in the order in which they were written, which is that of their numbers."""
        return self.order_by("pk")


class RelayItem(models.Model):
    """One subject of a note: a group as it stood then, or a single concern (`group` empty)."""

    note = models.ForeignKey("spoc.RelayNote", models.PROTECT, related_name="+", verbose_name=_("relay note"))
    group = models.ForeignKey(
        "spoc.ConcernGroup", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("group")
    )
    theme = models.ForeignKey(
        ConcernTheme, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("concern", "theme")
    )
    number = models.PositiveSmallIntegerField(
        _("number"), null=True, editable=False, help_text=_("Given when the note is sent.")
    )
    title_fr = models.CharField(_("title in French"), max_length=160, blank=True, validators=[one_way])
    title_nl = models.CharField(_("title in Dutch"), max_length=160, blank=True, validators=[one_way])
    summary_fr = models.TextField(_("summary in French"), max_length=4000, blank=True)
    summary_nl = models.TextField(_("summary in Dutch"), max_length=4000, blank=True)

    objects: ClassVar[models.Manager["RelayItem"]] = RelayItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("item of a relay note")
        verbose_name_plural = _("items of relay notes")
        ordering = ["note", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["note", "group"],
                name="relay_item_group_once",
                violation_error_message=_("This group is in the note already."),
            ),
            models.UniqueConstraint(
                fields=["note", "number"],
                name="relay_item_number_once",
                violation_error_message=_("This note has an item with this number already."),
            ),
            # What the database compares an answer with, column by column.
            models.UniqueConstraint(
                fields=["id", "note"],
                name="relay_item_of_its_note",
                violation_error_message=_("This item belongs to another note."),
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=True)
                | ~Q(title_fr="") & ~Q(title_nl="") & ~Q(summary_fr="") & ~Q(summary_nl=""),
                name="relay_item_in_both_languages",
                violation_error_message=_("Write title and summary in French and in Dutch."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        return self.title_nl if get_language() == "nl" else self.title_fr


class RelayPartQuerySet(models.QuerySet["RelayPart"]):
    """Concerns in notes."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency; none to others: a commune reads `Concern.relays`, an addressee `SentNote`."""
        return self if user.has_role(*AGENCY_ROLES) else self.none()

    def in_order(self) -> Self:
        """Return them item by item, in the order in which they were put in."""
        return self.order_by("item", "pk")

    def that_go(self) -> Self:
        """Return those that would leave if the note were sent now: still qualified."""
        return self.filter(is_open=True, concern__status=ConcernStatus.QUALIFIED)

    def that_fall_out(self) -> Self:
        """Return those of a note being written that would not: withdrawn, answered or refused meanwhile."""
        return self.filter(number__isnull=True, is_open=True).exclude(concern__status=ConcernStatus.QUALIFIED)

    def hidden_communes(self) -> list[Commune]:
        """Return the communes of those that were sent without their name: no text to others may name them."""
        sent = self.filter(is_anonymous=True, number__isnull=False).order_by()
        return list(Commune.objects.filter(pk__in=sent.values("concern__commune")))

    def unnamed_communes(self) -> list[Commune]:
        """Return all communes that none of those sent names; which of them are confidential, it does not tell."""
        named = self.filter(is_anonymous=False, number__isnull=False).order_by()
        return list(Commune.objects.exclude(pk__in=named.values("concern__commune")))

    def with_concerns(self) -> Self:
        """Return them with all that a page of a note shows of each: one query."""
        return self.select_related("concern__commune", "concern__theme", "item")


class RelayPart(models.Model):
    """One concern in an item: the words with which it leaves, and where it stands in the note."""

    item = models.ForeignKey(RelayItem, models.PROTECT, related_name="+", verbose_name=_("item"))
    concern = models.ForeignKey("spoc.Concern", models.PROTECT, related_name="+", verbose_name=_("concern"))
    number = models.PositiveSmallIntegerField(
        _("number"), null=True, editable=False, help_text=_("Given when the note is sent.")
    )
    title = models.CharField(_("title"), max_length=160, validators=[one_way])
    text = models.TextField(
        _("text"),
        max_length=4000,
        help_text=_("The commune's own words; of a confidential concern without what tells whose it is."),
    )
    is_anonymous = models.BooleanField(_("sent without the commune's name"), default=True, editable=False)
    is_open = models.BooleanField(_("waits for an answer"), default=True, editable=False)
    fell_out = models.CharField(
        _("why it was not sent"), max_length=12, choices=FellOut.choices, blank=True, editable=False
    )

    objects: ClassVar[models.Manager["RelayPart"]] = RelayPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("concern in a relay note")
        verbose_name_plural = _("concerns in relay notes")
        ordering = ["item", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "number"],
                name="relay_part_number_once",
                violation_error_message=_("This item has a concern with this number already."),
            ),
            models.UniqueConstraint(
                fields=["item", "concern"],
                name="relay_part_once_in_an_item",
                violation_error_message=_("This concern is in the item already."),
            ),
            models.UniqueConstraint(
                fields=["concern"],
                condition=Q(is_open=True),
                name="relay_part_in_one_open_note",
                violation_error_message=_("This concern is in a note already that waits for its answer."),
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(text=""),
                name="relay_part_has_its_words",
                violation_error_message=_("A concern that is relayed has a title and a text."),
            ),
            models.CheckConstraint(
                condition=Q(fell_out="") | Q(fell_out__in=FellOut.values, is_open=False, number__isnull=True),
                name="relay_part_sent_or_fell_out",
                violation_error_message=_("A concern was sent with the note, or it fell out of it."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def falls_out(self) -> str:
        """Why it would not leave if the note were sent now, in words; empty when it would."""
        # The concerns of a note that was discarded are not held any more, and go their own way.
        is_held = self.is_open or bool(self.fell_out)
        if self.number is not None or not is_held or self.concern.status == ConcernStatus.QUALIFIED:
            return ""
        return str(FellOut(self.fell_out or self.concern.status).label)

    @property
    def place(self) -> str:
        """Where it stands in the note that was sent: 2.3; empty before."""
        return f"{self.item.number}.{self.number}" if self.number else ""
