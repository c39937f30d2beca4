"""What a thread is made of, whatever it is about: messages of two parties, their files, who has seen it,
and who was reminded of it."""

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.files.models import SHA256, StoredFile
from spoc.models.choices import Side


class Said(models.Model):
    """Something said: for both parties, or (`is_public` off) a note that only the agency reads."""

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("author")
    )
    side = models.CharField(_("party"), max_length=8, choices=Side.choices, editable=False)
    text = models.TextField(_("message"), max_length=4000)
    is_public = models.BooleanField(_("for both parties"), default=True)
    is_question = models.BooleanField(_("question"), default=False)
    written_at = models.DateTimeField(_("written at"), default=timezone.now, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.author}, {self.written_at:%d.%m.%Y}"


def say(row: Any, by: Any, text: str, *, is_public: bool = True, is_question: bool = False) -> Any:
    """Keep and return what a person says, for their party, in the thread of a row: a request or a concern."""
    return row.messages.create(
        author=by, side=row.side_of(by), text=text, is_public=is_public, is_question=is_question
    )


class SaidFile(StoredFile):
    """A file that a party added to a thread."""

    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("added by")
    )
    uploaded_at = models.DateTimeField(_("added at"), default=timezone.now, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Seen(models.Model):
    """A person has seen something, first and last."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person")
    )
    first_at = models.DateTimeField(_("first seen at"))
    last_at = models.DateTimeField(_("last seen at"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.user}, {self.last_at:%d.%m.%Y}"


class RemindedQuerySet(models.QuerySet[Any]):
    """Reminders."""

    def visible_to(self, user: User) -> Self:
        """Return all to the agency, none to others."""
        return self if user.has_role(*AGENCY_ROLES) else self.none()


class Reminded(models.Model):
    """A person was reminded of something on a day."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person")
    )
    sent_on = models.DateField(_("sent on"))

    objects = RemindedQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-sent_on", "pk"]

    def __str__(self) -> str:
        return f"{self.user}, {self.sent_on:%d.%m.%Y}"


def messages(name: str) -> list[models.BaseConstraint]:
    """Return what the database refuses of messages; the names of the constraints begin with `name`."""
    return [
        models.CheckConstraint(
            condition=Q(side__in=Side.values),
            name=f"{name}_known_side",
            violation_error_message=_("This party does not exist."),
        ),
        models.CheckConstraint(
            condition=Q(is_public=True) | Q(side=Side.AGENCY, is_question=False),
            name=f"{name}_note_is_the_agencys",
            violation_error_message=_("Only the agency keeps notes for itself, and a note asks nothing."),
        ),
        models.CheckConstraint(
            condition=~Q(text=""),
            name=f"{name}_says_something",
            violation_error_message=_("Write a message."),
        ),
    ]


def whole_file(name: str) -> models.CheckConstraint:
    """Return the CHECK that a row holds a whole file."""
    return models.CheckConstraint(
        condition=~Q(file="") & ~Q(name="") & Q(size__gt=0, sha256__regex=SHA256),
        name=name,
        violation_error_message=_("A file has a name, a size and its fingerprint."),
    )


def seen_once(name: str, subject: str) -> list[models.BaseConstraint]:
    """Return what the database refuses of those who have seen `subject`, the foreign key."""
    return [
        models.UniqueConstraint(
            fields=[subject, "user"],
            name=f"{name}_once_for_a_person",
            violation_error_message=_("This person is noted already."),
        ),
        models.CheckConstraint(
            condition=Q(last_at__gte=F("first_at")),
            name=f"{name}_first_before_last",
            violation_error_message=_("Nobody sees it last before they saw it first."),
        ),
    ]


def note_seen(
    rows: Any, subject: str, row: models.Model, by: Any, now: datetime | None = None, **facts: Any
) -> None:
    """Note that a person sees a row: one query, the first moment stays."""
    at = now or timezone.now()
    rows.bulk_create(
        [rows.model(**{subject: row}, user=by, first_at=at, last_at=at, **facts)],
        update_conflicts=True,
        unique_fields=[subject, "user"],
        update_fields=["last_at", *facts],
    )
