"""A meeting of the steering committee: when, where, its minutes; its rows are in steering.py."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, ClassVar, Final, NamedTuple, Self

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communes.models.mandate import communes_of
from conventions.models.choices import BINDING
from conventions.models.convention import Convention
from conventions.models.policy import text_seen_by, writes_for
from conventions.models.versioned import BoundedText, TextConflictError, Versioned
from hubportal.accounts.models import User
from hubportal.fingerprint import normal
from hubportal.look.dates import short_date

FACTS: Final = ("held_on", "place", "minutes_fr", "minutes_nl")
"""What is written of a meeting, besides its rows."""
AHEAD: Final = timedelta(days=366)
"""How long before its day a meeting may be planned."""


class Person(NamedTuple):
    """Who was at a meeting, or sent word; `user` for a person of the portal."""

    name: str
    party: str
    presence: str = "present"
    user: User | None = None


class Todo(NamedTuple):
    """What a meeting asks somebody to do; `pk` that of the action which says so already."""

    what: str
    who: str
    due_on: date | None = None
    pk: int | None = None


class MeetingQuerySet(models.QuerySet["SteeringMeeting"]):
    """Meetings."""

    def visible_to(self, user: User) -> Self:
        """Return the meetings about the conventions whose text the person may read."""
        return self.filter(text_seen_by(user, "convention__", "convention__commune"))

    @transaction.atomic
    def record(
        self, *, convention: Convention, by: User, people: Sequence[Person] = (), todo: Sequence[Todo] = (),
        **facts: Any,
    ) -> "SteeringMeeting":  # fmt: skip
        """Record a meeting, held or to come, by the columns of `FACTS`; the one that says the same if there is one.

        PermissionDenied, TransitionError before the signature, ValidationError for a day that is taken or impossible.
        """
        row = self.model(convention=convention, recorded_by=by)
        # The lock makes the second of two clicks find what the first one wrote.
        row.open_agreement(by)
        known = self.model._base_manager.filter(convention=convention, held_on=facts["held_on"]).first()
        if known is not None and known.says(facts, people, todo):
            return known
        row.write(facts, people, todo)
        return row


class SteeringMeeting(Versioned):
    """A meeting of the steering committee; its minutes are in both languages, or in the one that was spoken.

    Its version counts its rows too: who changes the meeting, its attendance or its actions changes one text.
    """

    TEXTS = ("minutes_fr", "minutes_nl")
    attendances: Any
    actions: Any

    convention = models.ForeignKey(
        Convention, models.PROTECT, related_name="meetings", verbose_name=_("convention")
    )
    held_on = models.DateField(_("held on"))
    place = models.CharField(_("place"), max_length=200, blank=True)
    minutes_fr = BoundedText(_("minutes in French"), max_length=20_000, blank=True, help_text=_("Markdown."))
    minutes_nl = BoundedText(_("minutes in Dutch"), max_length=20_000, blank=True, help_text=_("Markdown."))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False,
        verbose_name=_("recorded by"),
    )  # fmt: skip
    recorded_at = models.DateTimeField(_("recorded on"), default=timezone.now, editable=False)

    objects: ClassVar[models.Manager["SteeringMeeting"]] = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("steering meeting")
        verbose_name_plural = _("steering meetings")
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["convention", "held_on"],
                name="meeting_once_a_day",
                violation_error_message=_("A meeting of this day is recorded already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.convention}, {self.held_on:%d.%m.%Y}"

    @staticmethod
    def can_be_recorded_by(convention: Convention, user: User) -> bool:
        """Tell whether a person records meetings and evaluations of a convention: leads, its SPOC, a stand-in."""
        return writes_for(user, convention.commune_id)

    @staticmethod
    def can_be_settled_by(convention: Convention, user: User) -> bool:
        """Tell whether a person says what is done: who records meetings, and the people of the commune."""
        return writes_for(user, convention.commune_id) or convention.commune_id in communes_of(user)

    @property
    def agreement(self) -> Convention:
        """The convention that it follows."""
        return self.convention

    @property
    def is_to_come(self) -> bool:
        """Whether its day has not come yet."""
        return self.held_on > timezone.localdate()

    @property
    def languages(self) -> list[str]:
        """The languages that its minutes are in: both, one, none."""
        return [name[-2:] for name in self.TEXTS if getattr(self, name)]

    def clean(self) -> None:
        """Refuse a day before the signature or far ahead, and minutes of a meeting to come."""
        super().clean()
        if self.held_on is None:
            return
        signed_on = self.convention.signed_on
        if signed_on and self.held_on < signed_on:
            words = _("The agreement was signed on %(day)s: its meetings come after that.")
            raise ValidationError({"held_on": words % {"day": short_date(signed_on)}})
        if self.held_on > timezone.localdate() + AHEAD:
            raise ValidationError({"held_on": _("A meeting is planned at most a year ahead.")})
        same_day = SteeringMeeting._base_manager.filter(convention=self.convention, held_on=self.held_on)
        if same_day.exclude(pk=self.pk).exists():
            raise ValidationError({"held_on": _("A meeting of this day is recorded already.")})
        if self.is_to_come and self.languages:
            said = _("This meeting is still to come: its minutes are written afterwards.")
            raise ValidationError({f"minutes_{code}": said for code in self.languages})

    @property
    def can_be_dropped(self) -> bool:
        """Whether nothing was said in it: one that is put off for good leaves nothing behind."""
        return not self.languages

    @transaction.atomic
    def remove(self, *, by: User, version: int) -> None:
        """Take it off the list; ValidationError once it has minutes, TextConflictError as for `change`."""
        self._open(by)
        if not self.can_be_dropped:
            raise ValidationError(_("This meeting has minutes: it is kept."), "kept")
        super().remove(by=by, version=version)

    def says(self, facts: dict[str, Any], people: Sequence[Person], todo: Sequence[Todo]) -> bool:
        """Tell whether this is what is kept, rows included."""
        kept = self.attendances.values_list("name", "party", "presence")
        actions = self.actions.values_list("what", "who", "due_on")
        return (
            all(getattr(self, name) == value for name, value in tidy(facts).items())
            and set(kept) == {person[:3] for person in people}
            and sorted(actions, key=str) == sorted((item[:3] for item in todo), key=str)
        )

    @transaction.atomic
    def change(
        self, *, by: User, version: int, people: Sequence[Person], todo: Sequence[Todo], **facts: Any
    ) -> bool:
        """Write other facts and rows; False when nothing differs.

        `version` is the one that was read: TextConflictError when somebody changed it meanwhile. PermissionDenied,
        TransitionError, ValidationError as for `record`.
        """
        self._open(by)
        if self.says(facts, people, todo):
            return False
        if version != self.version:
            mine = {name: str(tidy(facts).get(name, "")) for name in self.TEXTS}
            raise TextConflictError(mine, self.texts, self.version)
        self.version += 1
        self.write(facts, people, todo)
        return True

    def write(self, facts: dict[str, Any], people: Sequence[Person], todo: Sequence[Todo]) -> None:
        """Save facts and rows, checked. Call it under the lock of `record` or `change`."""
        for name, value in tidy(facts).items():
            setattr(self, name, value)
        self.full_clean()
        self.save()
        self.attendances.all().delete()
        for person in people:
            row = self.attendances.model(meeting=self, **person._asdict())
            row.full_clean()
            row.save()
        known = {row.pk: row for row in self.actions.all()}
        for item in todo:
            # One that somebody took out meanwhile, or of another meeting, is a new one.
            action = known.pop(item.pk or 0, None) or self.actions.model(meeting=self)
            action.what, action.who, action.due_on = item[:3]
            action.full_clean()
            action.save()
        self.actions.filter(pk__in=known).delete()

    def open_rows(self, by: User) -> None:
        """Lock it for a change of one of its rows; `count_on` follows."""
        self._open(by)

    def open_settling(self, by: User) -> None:
        """Lock it to say what is done: the commune's own people do so too; `count_on` follows."""
        lock_to_follow(self.convention, by, SteeringMeeting.can_be_settled_by)
        self.refresh_from_db(from_queryset=SteeringMeeting._base_manager.select_for_update(of=("self",)))

    def count_on(self) -> None:
        """Let whoever edits it know that a row changed."""
        SteeringMeeting._base_manager.filter(pk=self.pk).update(version=F("version") + 1)

    def open_agreement(self, by: User) -> None:
        """Lock the convention; TransitionError before it is signed, PermissionDenied for who records nothing."""
        lock_to_follow(self.convention, by)

    _open_agreement = open_agreement

    def _changed(self, by: User, kind: str) -> None:
        """What the parties agreed to stays: minutes are no part of the text."""


def tidy(facts: dict[str, Any]) -> dict[str, Any]:
    """Return the facts with texts as they are kept: composed, without blanks around them."""
    if unknown := set(facts) - set(FACTS):
        raise TypeError(f"no column of a meeting: {unknown}")
    return {name: normal(value).strip() if isinstance(value, str) else value for name, value in facts.items()}


def lock_to_follow(
    convention: Convention, by: User, may: Callable[[Convention, User], bool] | None = None
) -> None:
    """Lock a convention to write about how it goes; `may` tells who does, who records meetings unless told.

    PermissionDenied for whom it is not, ValidationError (code "too_early") before it is signed.
    """
    status = (
        Convention._base_manager.select_for_update()
        .filter(pk=convention.pk)
        .values_list("status", flat=True)
        .get()
    )
    if not (may or SteeringMeeting.can_be_recorded_by)(convention, by):
        raise PermissionDenied(_("You may read this, but you do not record it."))
    if status not in BINDING:
        raise ValidationError(_("Meetings and evaluations begin once the agreement is signed."), "too_early")
