"""Conventions, by day, by what they say and by who may know of them."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import connection, models, transaction
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from communes.models import Commune
from communes.models.mandate import communes_of
from conventions import outline
from conventions.legislature import legislature_of
from conventions.models import checks
from conventions.models.article import Article
from conventions.models.choices import BINDING, SHARED, UNSIGNED
from conventions.models.policy import text_seen_by
from conventions.models.term import LONGEST_NOTICE
from conventions.months import months_after
from hubportal import search
from hubportal.accounts.models import AGENCY_ROLES, STEWARDS, User

if TYPE_CHECKING:
    from conventions.models.convention import Convention


class ConventionQuerySet(models.QuerySet["Convention"]):
    """Conventions; the words for days are those of `Convention.state_on`, in one place."""

    # --- Who may know of them ------------------------------------------------------------------------------

    def visible_to(self, user: User) -> Self:
        """Return all to the agency; the signed ones to whoever holds any right today, and a commune its shared ones.

        One that was sent back to its authors is known to its commune, too: its state, not its text.

        How much of one a person may read is another matter: its own commune and the agency read the text
        (`Convention.text_visible_to`), other communes the state and the dates (`dates_visible_to`), cabinet
        and task force the state.
        """
        if user.has_role(*AGENCY_ROLES):
            return self
        if not user.has_rights_today():
            return self.none()
        return self.filter(Q(status__in=BINDING) | text_seen_by(user) | self._sent_back_by(user))

    def _sent_back_by(self, user: User) -> Q:
        """Return the drafts that a person's communes read until they were sent back: their state, no text."""
        steps = apps.get_model("conventions.ConventionEvent")._base_manager.filter(verb="share")
        shared = steps.order_by().values("subject")
        return Q(status="draft", commune__in=communes_of(user), pk__in=shared)

    # --- By day --------------------------------------------------------------------------------------------

    def binding(self) -> Self:
        """Return those that were signed, terminated ones included."""
        return self.filter(status__in=BINDING)

    def in_force(self, on: date | None = None) -> Self:
        """Return those that bind on a day (today in Brussels, unless told): at most one for each commune."""
        day = on or timezone.localdate()
        return self.binding().filter(
            Q(in_force_until__isnull=True) | Q(in_force_until__gte=day), in_force_from__lte=day
        )

    def upcoming(self, on: date | None = None) -> Self:
        """Return those that are signed and begin after a day."""
        return self.filter(status="signed", in_force_from__gt=on or timezone.localdate())

    def in_notice(self, on: date | None = None) -> Self:
        """Return those in their notice window on a day; see `Term.is_in_notice`."""
        day = on or timezone.localdate()
        rows = self.in_force(day).filter(status="signed", notice_months__gt=0)
        # Periods that repeat are counted in Python: one short query, of the tacit ones only.
        tacit = rows.filter(in_force_until__isnull=True, renewal_months__isnull=False).order_by()
        keys = [row.pk for row in tacit if row.is_in_notice(day)]
        window = _MonthsBefore(F("in_force_until"), F("notice_months"))
        return rows.alias(window=window).filter(Q(window__lt=day) | Q(pk__in=keys))

    def over(self, on: date | None = None) -> Self:
        """Return those whose term ended before a day, terminated ones included."""
        return self.ends_before(on or timezone.localdate())

    def superseded(self, on: date | None = None) -> Self:
        """Return those that another one replaced the day after their last one."""
        return self.over(on).filter(self._taken_over(), status="signed")

    def expired(self, on: date | None = None) -> Self:
        """Return those whose term ended before a day, and none took over the day after."""
        return self.over(on).exclude(self._taken_over()).filter(status="signed")

    def ends_before(self, day: date) -> Self:
        """Return the binding ones that have a last day before a day."""
        return self.binding().filter(in_force_until__lt=day)

    def open(self) -> Self:
        """Return those that are written, negotiated or to be signed."""
        return self.filter(status__in=UNSIGNED)

    def maybe_ending(self, on: date | None = None) -> Self:
        """Return those that end soon, or ended, and the tacit ones: `alert.coming` and `state_on` tell more.

        Soon: within the longest notice that there is.
        """
        horizon = months_after(on or timezone.localdate(), LONGEST_NOTICE)
        is_tacit = Q(in_force_until__isnull=True, renewal_months__isnull=False)
        return self.binding().filter(Q(in_force_until__lte=horizon) | is_tacit)

    def in_state(self, state: str, on: date | None = None) -> Self:
        """Return those for which `state_on` gives this code; ValueError for an unknown one."""
        day = on or timezone.localdate()
        if state in self.model.Status.values and state != "signed":
            return self.filter(status=state)
        if state == "in_force":
            return self.in_force(day).filter(status="signed").exclude(pk__in=self.in_notice(day).values("pk"))
        if state not in ("upcoming", "superseded", "expired", "notice"):
            raise ValueError(f"no state of a convention: {state}")
        return self.in_notice(day) if state == "notice" else getattr(self, state)(day)

    def _taken_over(self) -> Exists:
        day_after = ExpressionWrapper(OuterRef("in_force_until") + Value(1), models.DateField())
        rows = self.model._base_manager.filter(predecessor=OuterRef("pk"), status__in=BINDING)
        return Exists(rows.filter(in_force_from=day_after))

    # --- By what they say ----------------------------------------------------------------------------------

    def search(self, text: str) -> Self:
        """Return those whose reference, commune, articles, themes or amendments hold the words, in French or in Dutch.

        It finds what a text says: give it only conventions whose text the reader may read, or `search_titles`.
        """
        words = search.matches(text)
        articles = Article._base_manager.filter(words, convention=OuterRef("pk"))
        themes = apps.get_model("conventions.ConventionTheme")._base_manager.filter(
            words, convention=OuterRef("pk")
        )
        amended = apps.get_model("conventions.AmendmentArticle")._base_manager.filter(
            words, amendment__convention=OuterRef("pk"), amendment__status__in=SHARED
        )
        return self.filter(_titles(text) | Exists(articles) | Exists(themes) | Exists(amended))

    def search_titles(self, text: str) -> Self:
        """Return those whose reference or commune holds the words."""
        return self.filter(_titles(text))

    def found_by(self, user: User, text: str) -> Self:
        """Return those that a person finds by words: in texts they may read, in titles of those they know of.

        Give it conventions that are visible to this person.
        """
        read = self.filter(text_seen_by(user)).search(text)
        return self.filter(_titles(text) | Q(pk__in=read.order_by().values("pk")))

    # --- Beginning -----------------------------------------------------------------------------------------

    @transaction.atomic
    def begin(
        self, *, commune: Commune, by: User, reference: str = "", knowing: str | None = None
    ) -> "Convention":
        """Begin and return a draft with the articles of the outline, until the end of the legislature.

        Without a reference the next free one of the year is taken. `knowing` is the unsigned one that the person was
        told of. PermissionDenied unless a lead begins it; ValidationError for a reference that is taken or
        ill-formed, and "unsigned", with its `reference`, when another one is being written of which they do not know.
        """
        if not by.has_role(*STEWARDS):
            raise PermissionDenied(_("Only leads begin a convention."))
        if knowing is not None:
            self._check_known(commune, knowing)
        draft = self.draft(commune, reference=reference)
        outline.fill(draft, by)
        return draft

    def draft(self, commune: Commune, *, reference: str = "", **fields: Any) -> "Convention":
        """Save and return an empty draft; `begin` and `Convention.renew` fill it."""
        today = timezone.localdate()
        first_day = fields.get("in_force_from") or today
        fields.setdefault("in_force_until", legislature_of(first_day).ends_on)
        # Two people who begin at once get two references.
        _one_after_another()
        row = self.model(commune=commune, reference=reference or self.next_reference(today.year), **fields)
        row.full_clean()
        row.save()
        return row

    def _check_known(self, commune: Commune, known: str) -> None:
        """Let others who begin wait; refuse while the last unsigned one of a commune is not the known one."""
        _one_after_another()
        words = _(
            "%(reference)s of this commune is not signed yet: go on with that one, or begin another one "
            "all the same."
        )
        unsigned = self.model.objects.open().filter(commune=commune).order_by("pk").last()
        checks.only_knowingly(unsigned, known, words, "commune")

    def next_reference(self, year: int) -> str:
        """Return the first reference of a year that is free: CC-2026-01, CC-2026-02 …"""
        known = self.model._base_manager.filter(reference__regex=rf"^CC-{year}-[0-9]+$")
        numbers = [int(row.rsplit("-", 1)[1]) for row in known.values_list("reference", flat=True)]
        return f"CC-{year}-{max(numbers, default=0) + 1:02d}"


def _one_after_another() -> None:
    """Let whoever else begins a convention wait until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('conventions.reference'))")


class _MonthsBefore(models.Func):
    """A day, some months earlier: as `months_after` does it."""

    template = "(%(expressions)s)::date"
    arg_joiner = " - interval '1 month' * "
    output_field = models.DateField()


def _titles(text: str) -> Q:
    wanted = search.asked(text).strip()
    by_name = Q(commune__name_fr__unaccent__icontains=wanted) | Q(
        commune__name_nl__unaccent__icontains=wanted
    )
    return Q(reference__icontains=wanted) | by_name
