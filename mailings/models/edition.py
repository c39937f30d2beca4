"""What an edition is made of: its facts, what it says, and who may do what with it; its steps are in `mailing`."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from hubportal.workflow import Stateful
from mailings.content import content_hash
from mailings.letter import File, Text
from mailings.models import consent
from mailings.models.choices import LANGUAGES, STEERERS, WRITERS, CrashPolicy, Status, text_language
from mailings.models.policy import FOLLOWERS
from mailings.models.rule import AudienceRule
from mailings.models.table import TRANSITIONS
from mailings.models.texts import FIELDS
from mailings.parity import Side

if TYPE_CHECKING:
    from mailings.models.attachment import Attachment

TERM: Final = timedelta(weeks=4)
"""How long after it was sent an edition is still worth a follow-up."""


class Edition(AudienceRule, Stateful):
    """The columns of an edition, what is read from them, and a predicate for each step that a person takes."""

    Status = Status
    TRANSITIONS = TRANSITIONS

    number = models.PositiveIntegerField(_("number"), unique=True, editable=False)
    week_on = models.DateField(_("week of"), help_text=_("The Monday."))
    status = models.CharField(
        _("state"), max_length=12, choices=Status.choices, default=Status.DRAFT, editable=False
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("begun by"), editable=False,
        null=True,
    )  # fmt: skip
    """Nobody: the tick, for its rhythm."""
    authors = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", verbose_name=_("authors"), editable=False
    )
    crash_policy = models.CharField(
        _("after a crash"),
        max_length=6,
        choices=CrashPolicy.choices,
        default=CrashPolicy.HOLD,
        editable=False,
    )
    content_hash = models.CharField(max_length=64, editable=False)
    approved_hash = models.CharField(max_length=64, blank=True, editable=False)
    reminds_readers = models.BooleanField(_("readers are reminded"), default=True)
    """Whether those who have not acknowledged it get one mail later (`mailings.reminding`)."""
    scheduled_for = models.DateTimeField(_("leaves on"), null=True, editable=False)
    expires_at = models.DateTimeField(_("expires on"), null=True, editable=False)
    known_gaps = ArrayField(models.CharField(max_length=40), default=list, editable=False)
    """Marks of the gaps when it was scheduled, whose reason is the one below (`audience.marks`)."""
    gap_reason = models.TextField(_("why it leaves with gaps"), max_length=2000, blank=True, editable=False)
    cancel_reason = models.TextField(_("why it was cancelled"), max_length=2000, blank=True, editable=False)
    created_at = models.DateTimeField(_("begun on"), default=timezone.now, editable=False)
    saved_at = models.DateTimeField(_("saved on"), default=timezone.now, editable=False)
    submitted_at = models.DateTimeField(_("submitted on"), null=True, editable=False)
    started_at = models.DateTimeField(_("sending began on"), null=True, editable=False)
    finished_at = models.DateTimeField(_("sent on"), null=True, editable=False)

    variants: Any
    approvals: Any
    attachments: Any
    deliveries: Any
    unsaved: Any

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(_("Edition %(number)s") % {"number": self.number})

    def get_absolute_url(self) -> str:
        """Return the edition's page."""
        return reverse("mailings:detail", kwargs={"number": self.number})

    # --- What it says --------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """The subject in the reader's language, else the other one's; read `variants` ahead for lists."""
        subjects = {language: text["subject"] for language, text in self._texts().items()}
        return subjects.get(text_language()) or next(filter(None, subjects.values()), "") or str(self)

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        """What is written: subject, preheader and body by language."""
        found = self._texts()
        return {language: found.get(language) or dict.fromkeys(FIELDS, "") for language in LANGUAGES}

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Read it anew, with its texts."""
        self.__dict__.pop("texts_read", None)
        super().refresh_from_db(*args, **kwargs)

    def _texts(self) -> dict[str, dict[str, str]]:
        # As the queryset read them `with_texts`, else from their rows.
        read = getattr(self, "texts_read", None)
        if read is None:
            return {
                row.language: {name: getattr(row, name) for name in FIELDS} for row in self.variants.all()
            }
        return {row["language"]: {name: row[name] for name in FIELDS} for row in read}

    def side(self, language: str) -> Side:
        """Return one language as the parity check reads it."""
        files = sum(row.is_for(language) for row in self.attached)
        return Side(**self.texts[language], attachments=files)

    def text(self, language: str) -> Text:
        """Return one language as the letter reads it."""
        files = (File(row.pk, row.name, row.kind, row.size) for row in self.attached if row.is_for(language))
        return Text(language, **self.texts[language], files=tuple(files))

    @property
    def attached(self) -> "list[Attachment]":
        """The files that go with it; read `attachments` ahead."""
        return [row for row in self.attachments.all() if row.removed_in is None]

    def hash_of(self, texts: Mapping[str, Mapping[str, str]], files: "Iterable[Attachment]") -> str:
        """Return the content hash that it has with these texts and files, for its audience rule."""
        return content_hash(texts, self.audience_rule, [row.facts for row in files])

    @property
    def approvals_now(self) -> consent.Standing:
        """The approvals that hold for this very text."""
        return consent.standing(self)

    def has_expired(self) -> bool:
        """Tell whether it must not be sent any more."""
        return self.expires_at is not None and self.expires_at <= timezone.now()

    def can_be_followed_up(self) -> bool:
        """Tell whether it was sent, and not too long ago, so that whoever missed it may still get it."""
        if self.status != Status.SENT or self.finished_at is None:
            return False
        return self.finished_at > timezone.now() - TERM

    # --- Who may -------------------------------------------------------------------------------------------------

    def open_text(self, by: User) -> None:
        """Lock it for who writes in it; TransitionError once its text is closed, PermissionDenied for others."""
        self._begin("revise", by)

    @staticmethod
    def can_be_begun_by(user: User) -> bool:
        """Tell whether a person may write editions."""
        return user.has_role(*WRITERS)

    def can_be_revise_by(self, user: User) -> bool:
        """Tell whether a person may write in it: editors."""
        return user.has_role(*WRITERS)

    def can_be_written_by(self, user: User) -> bool:
        """Tell whether a person may change the text now."""
        line = next(line for line in self.TRANSITIONS if line.verb == "revise")
        return self.status in line.sources and self.can_be_revise_by(user)

    can_be_attach_by = can_be_revise_by
    can_be_detach_by = can_be_revise_by
    can_be_submit_by = can_be_revise_by
    can_be_schedule_by = can_be_revise_by

    def can_be_approve_by(self, user: User) -> bool:
        """Tell whether a person may approve: no author of it, and for a side that has not approved yet."""
        return consent.capacity_to_approve(self, user) is not None

    def can_be_remark_by(self, user: User) -> bool:
        """Tell whether a person may ask for changes: whoever may approve texts of others."""
        return bool(consent.capacities_of(user)) and not self.authors.filter(pk=user.pk).exists()

    def can_be_withdraw_by(self, user: User) -> bool:
        """Tell whether a person has an approval to withdraw."""
        return any(row.user_id == user.pk for row in self.approvals_now.values())

    def can_be_steered_by(self, user: User) -> bool:
        """Tell whether a person may hold it up, let it go on, or end it: editors and leads."""
        return user.has_role(*STEERERS)

    @staticmethod
    def can_be_followed_by(user: User) -> bool:
        """Tell whether a person may watch it leave: agency, cabinet and task force; addresses are the agency's."""
        return user.has_role(*FOLLOWERS)

    def can_be_proved_to(self, user: User) -> bool:
        """Tell whether a person may have the proof: whoever may see its messages, once sending has begun."""
        return self.started_at is not None and bool(self.deliveries.all().visible_to(user).exists())

    can_be_pause_by = can_be_resume_by = can_be_cancel_by = can_be_steered_by
