"""Concerns, by who may see them and by where they are."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from communes.models import Commune
from communes.models.mandate import communes_of
from communes.models.spoc import communes_served_by
from hubportal import search
from hubportal.accounts.models import AGENCY_ROLES, User
from spoc import deadlines
from spoc.concerns import emails
from spoc.models.answer import Answer
from spoc.models.choices import Side
from spoc.models.concern_answer import ConcernAnswer
from spoc.models.concern_choices import (
    CONCERN_OPEN,
    MAY_BE_ANSWERED_ANEW,
    UNANSWERED,
    WITH_SPOC,
    AnswerStatus,
    ConcernStatus,
    Urgency,
)
from spoc.models.concern_parties import IS_URGENT, concerns_seen_by
from spoc.models.concern_theme import ConcernTheme
from spoc.models.concern_thread import ConcernEvent, ConcernMessage
from spoc.models.parties import acts_for, is_lead
from spoc.models.reference import next_concern_reference
from spoc.models.relay_item import RelayPart
from spoc.models.repeats import since
from spoc.models.touched import Touched, touched

if TYPE_CHECKING:
    from spoc.models.concern import Concern
    from spoc.models.concern_group import ConcernGroup


class ConcernQuerySet(models.QuerySet["Concern"]):
    """Concerns."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency; to a commune its own and those of others that are shared; else none."""
        return self.filter(concerns_seen_by(user))

    # --- Whose -------------------------------------------------------------------------------------------------

    def of_own_communes(self, user: User) -> Self:
        """Return those of the communes for which a person acts today."""
        return self.filter(commune__in=communes_of(user))

    def of_others(self, user: User) -> Self:
        """Return those of other communes than one's own; after `visible_to`: those that are shared."""
        return self.exclude(commune__in=communes_of(user))

    def served_by(self, user: User) -> Self:
        """Return those of the communes that a person serves today, as SPOC or as their stand-in."""
        return self.filter(commune__in=communes_served_by(user))

    def in_group(self, group: "ConcernGroup") -> Self:
        """Return those of a group."""
        return self.filter(group=group)

    # --- Where they are ----------------------------------------------------------------------------------------

    def open(self) -> Self:
        """Return those raised and not ended."""
        return self.filter(status__in=CONCERN_OPEN)

    def unanswered(self) -> Self:
        """Return those whose commune waits for an answer."""
        return self.filter(status__in=UNANSWERED)

    def urgent(self) -> Self:
        """Return those that are urgent and unanswered."""
        return self.filter(IS_URGENT)

    def to_qualify(self) -> Self:
        """Return those that no SPOC has looked into yet."""
        return self.filter(status=ConcernStatus.RAISED)

    def with_spoc(self) -> Self:
        """Return those that are not relayed, answered or ended: their SPOC owes the next step."""
        return self.filter(status__in=WITH_SPOC)

    def urgent_first(self) -> Self:
        """Return them with the urgent ones before the others, the newest first in each; `is_calm` says which."""
        is_calm = Case(When(urgency=Urgency.URGENT, then=Value(0)), default=Value(1))
        return self.annotate(is_calm=is_calm).order_by("is_calm", "-raised_at", "-pk")

    def relayable(self) -> Self:
        """Return those that a note may take up: qualified, and in no other note that is open."""
        taken = RelayPart.objects.filter(is_open=True, concern=OuterRef("pk"))
        return self.filter(~Exists(taken), status=ConcernStatus.QUALIFIED)

    def to_pass_on(self) -> Self:
        """Return those to which an answer was published, or a newer one, which their SPOC has not passed on yet."""
        return self.filter(
            Q(_has_answer(), status=ConcernStatus.RELAYED) | Q(_has_newer(), status__in=MAY_BE_ANSWERED_ANEW)
        )

    def with_turns(self) -> Self:
        """Bring along commune, theme and author, and whose turn it is, for `awaiting`.

        `is_asked`: the last thing said to each other is a question of the agency; `has_answer`: a published answer
        waits for its SPOC to pass it on; `reopened_for`: why its commune reopened it, until the agency does something.
        """
        said = ConcernMessage.objects.public().filter(concern=OuterRef("pk")).order_by("-written_at", "-pk")
        rows = self.select_related("commune", "theme", "raised_by")
        return rows.annotate(
            is_asked=_true(said.values("is_question")[:1]),
            has_answer=Case(
                When(status=ConcernStatus.RELAYED, then=_has_answer()),
                When(status__in=MAY_BE_ANSWERED_ANEW, then=_has_newer()),
                default=Value(False),
            ),
            reopened_for=_reopened_for(),
        )

    def groupable_by(self, user: User) -> Self:
        """Return those that a person may put into a group: of the communes they serve, of all for a lead."""
        rows = self.with_spoc()
        return rows if is_lead(user) else rows.served_by(user)

    def to_close(self, now: datetime | None = None) -> Self:
        """Return those answered 30 calendar days ago or longer: they close by themselves."""
        today = timezone.localdate(now)
        until = deadlines.start_of(today - timedelta(days=deadlines.CLOSE_CONCERN - 1))
        return self.filter(status=ConcernStatus.ANSWERED, answered_at__lt=until)

    def unqualified_since(self, business_days: int, on: date | None = None) -> Self:
        """Return those raised so many business days ago that are not qualified yet: their SPOC is reminded."""
        until = deadlines.waited_since(on or timezone.localdate(), business_days)
        return self.to_qualify().filter(raised_at__lt=until)

    # --- How they are found ------------------------------------------------------------------------------------

    def newest_first(self) -> Self:
        """Return them as lists show them; the next page starts after (raised_at, pk) of the last row."""
        return self.order_by("-raised_at", "-pk")

    def search(self, text: str) -> Self:
        """Return those whose reference, title or text hold the words; give it only what the reader may see."""
        wanted = text.strip().upper()[:12]
        by_reference = Q(reference__startswith=wanted) if re.fullmatch(r"C-[0-9-]+", wanted) else Q(pk__in=[])
        return self.filter(search.matches(text) | by_reference)

    def similar_to(self, text: str, theme: str) -> Self:
        """Return those that share two words with a text, or one on its theme, the most alike first.

        Give it only what the reader may see.
        """
        found: Self = search.alike(self, text, near=Q(theme=theme))
        return found.order_by("-likeness", "-raised_at", "-pk")

    # --- What is counted ---------------------------------------------------------------------------------------

    def counted(self) -> Self:
        """Return those that count for how far a subject reaches: all but the withdrawn ones."""
        return self.exclude(status=ConcernStatus.WITHDRAWN)

    def touched_by_theme(self, user: User) -> Mapping[str, Touched]:
        """Return, by the code of a theme, how many communes have an open concern, as this reader may know it.

        Give it all concerns, not the visible ones: this is what a commune learns of the others' confidential ones.
        """
        return touched(self.open(), user, "theme")

    def count_by_theme(self) -> dict[str, int]:
        """Return how many there are, by the code of the theme; give it only what the reader may see."""
        return dict(self.order_by().values_list("theme").annotate(number=Count("*")))

    # --- Raising one -------------------------------------------------------------------------------------------

    @transaction.atomic
    def raise_one(
        self,
        *,
        by: User,
        commune: Commune,
        title: str,
        text: str,
        theme: ConcernTheme,
        language: str,
        is_shareable: bool,
        urgency: str = Urgency.NORMAL,
        uploads: Iterable[UploadedFile] = (),
    ) -> "Concern":
        """Keep a new concern of a commune with its files, and return it; a second click returns the first one.

        PermissionDenied for who does not act for the commune today, ValidationError on the fields.
        """
        if not acts_for(by, Side.COMMUNE, commune.nis):
            raise PermissionDenied(_("You do not act for this commune today."))
        # The second of two clicks waits here for the first.
        Commune.objects.select_for_update(no_key=True).get(pk=commune.pk)
        facts: dict[str, Any] = {
            "commune": commune, "raised_by": by, "title": title.strip(), "text": text.strip(), "theme": theme,
            "language": language, "is_shareable": is_shareable, "urgency": urgency,
        }  # fmt: skip
        # What was withdrawn or relayed meanwhile is no first click.
        if again := self.with_spoc().filter(**facts, raised_at__gt=since()).order_by("pk").last():
            return again
        row = self.model(**facts)
        row.full_clean(exclude=["reference"], validate_constraints=False)
        if not theme.is_active:
            raise ValidationError({"theme": _("This theme is not offered any more.")})
        row.reference = next_concern_reference(timezone.localdate().year)
        row.save()
        for upload in uploads:
            row.keep_file(upload, by)
        emails.raised(row)
        return row

    def may_be_raised_by(self, user: User) -> bool:
        """Tell whether a person may raise one today: whoever acts for a commune."""
        return bool(communes_of(user)) and not user.has_role(*AGENCY_ROLES)


def awaiting(side: Side) -> Q:
    """Return where a party has the next step, as a condition on concerns read `with_turns`."""
    if side == Side.COMMUNE:
        # What was asked before it was answered and reopened is not asked any more.
        is_asked = Q(status__in=UNANSWERED, is_asked=True, has_answer=False, reopened_for="")
        return Q(status=ConcernStatus.ANSWERED) | is_asked
    has_answer = Q(status__in=(ConcernStatus.RELAYED, *MAY_BE_ANSWERED_ANEW), has_answer=True)
    is_reopened = Q(status=ConcernStatus.QUALIFIED) & ~Q(reopened_for="")
    return Q(status=ConcernStatus.RAISED, is_asked=False) | has_answer | is_reopened


def awaiting_us(user: User) -> Q:
    """Return where a person's own party has the next step: what another commune shares waits for its people."""
    if user.has_role(*AGENCY_ROLES):
        return awaiting(Side.AGENCY)
    return awaiting(Side.COMMUNE) & Q(commune__in=communes_of(user))


def _has_answer() -> Exists:
    """Return the condition, on concerns, that a published answer to where they stand in a note is there."""
    parts = RelayPart.objects.filter(is_open=True, concern=OuterRef("pk"))
    return Exists(parts.filter(Answer.objects.published().to_the_part()))


def _has_newer() -> Exists:
    """Return the condition, on concerns once answered, that the Region's answer of today is another than was told."""
    published = (
        Answer.objects.order_by().published().filter(item=OuterRef("item")).exclude(pk=OuterRef("source"))
    )
    parts = RelayPart.objects.filter(
        item=OuterRef("item"), number=OuterRef("part"), concern=OuterRef(OuterRef("concern"))
    )
    own = published.filter(Exists(parts))
    # What answers the concern itself goes before what answers its item.
    has_own = Q(source__part__isnull=False, source__status=AnswerStatus.PUBLISHED)
    of_others = Exists(own) | Exists(published.filter(part__isnull=True))
    newer = Case(When(has_own, then=Value(False)), default=of_others)
    told = ConcernAnswer.objects.filter(concern=OuterRef("pk"))
    later = ConcernAnswer.objects.filter(concern=OuterRef("concern")).filter(
        Q(told_at__gt=OuterRef("told_at")) | Q(told_at=OuterRef("told_at"), pk__gt=OuterRef("pk"))
    )
    return Exists(told.annotate(newer=newer).filter(~Exists(later), item__isnull=False, newer=True))


def _reopened_for() -> Coalesce:
    """Return, of concerns, why their commune reopened them, while nothing was done since; else no words."""
    said = ConcernMessage.objects.filter(
        concern=OuterRef("subject"), side=Side.AGENCY, written_at__gt=OuterRef("at")
    )
    last = ConcernEvent.objects.filter(subject=OuterRef("pk")).order_by("-at", "-pk")
    why = Case(
        When(~Exists(said), verb="reopen", then=F("comment")), default=Value(""), output_field=TextField()
    )
    return Coalesce(Subquery(last.annotate(why=why).values("why")[:1]), Value(""), output_field=TextField())


def _true(asked: Any) -> Coalesce:
    """Return whether a subquery finds a true value."""
    return Coalesce(Subquery(asked), Value(False))
