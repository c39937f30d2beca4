"""Which editions a person may see."""

from datetime import date
from typing import TYPE_CHECKING, Final, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import OuterRef, Prefetch
from django.db.models.functions import JSONObject
from django.utils import timezone

from hubportal import search
from hubportal.accounts.models import User
from mailings.models.approval import Approval
from mailings.models.choices import Status
from mailings.models.policy import seen_by
from mailings.models.texts import FIELDS, Variant
from mailings.rhythm import WEEK, monday_of

if TYPE_CHECKING:
    from mailings.models.mailing import Mailing  # noqa: F401 - read by the annotation below

GIVEN_UP: Final = (Status.CANCELLED, Status.EXPIRED)
OVER: Final = (Status.SENT, *GIVEN_UP)


class MailingQuerySet(models.QuerySet["Mailing"]):
    """Editions, by state and by who may see them."""

    def visible_to(self, user: User) -> Self:
        """Return the editions that a person may see (`policy.seen_by`)."""
        return self.filter(seen_by(user))

    def sent(self) -> Self:
        """Return the archive: editions whose sending is finished."""
        return self.filter(status=Status.SENT)

    def in_preparation(self) -> Self:
        """Return what is being written, approved, scheduled or sent."""
        return self.exclude(status__in=OVER)

    def over(self) -> Self:
        """Return what was sent, cancelled, or not sent in time."""
        return self.filter(status__in=OVER)

    def of_week(self, monday: date) -> Self:
        """Return the editions of a week, but for those that were given up: an extra one in a crisis is no mistake."""
        return self.filter(week_on=monday).exclude(status__in=GIVEN_UP)

    def search(self, text: str) -> Self:
        """Return those whose subject, preview line or text holds the words, in French or in Dutch, without accents.

        Give it only editions that the reader may see.
        """
        said = Variant.objects.filter(search.matches(text)).order_by()
        return self.filter(pk__in=said.values("mailing"))

    def first_free_week(self) -> date:
        """Return the Monday of the next week, the present one included, that has no edition yet."""
        monday = monday_of(timezone.localdate())
        ahead = self.filter(week_on__gte=monday).exclude(status__in=GIVEN_UP).order_by()
        taken = set(ahead.values_list("week_on", flat=True))
        while monday in taken:
            monday += WEEK
        return monday

    def with_texts(self) -> Self:
        """Read what each says in the same query: `texts` and `title` then ask nothing, until it is read anew."""
        rows = Variant.objects.filter(mailing=OuterRef("pk")).order_by("language")
        fields = {name: name for name in ("language", *FIELDS)}
        return self.annotate(texts_read=ArraySubquery(rows.values(row=JSONObject(**fields))))

    def with_review(self) -> Self:
        """Read ahead what lists show of each: texts, authors, who said what."""
        decisions = Prefetch("approvals", Approval.objects.select_related("user").order_by("at", "pk"))
        rows = self.with_texts().select_related("created_by", "run")
        return rows.prefetch_related("authors", decisions)
