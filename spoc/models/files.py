"""Private files of a request, and what is delivered. Their content is checked when they come in."""

from typing import TYPE_CHECKING, ClassVar, NamedTuple, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.files.models import SHA256, StoredFile
from spoc.models import repeats
from spoc.models.choices import Sharing
from spoc.models.parties import seen_by
from spoc.models.said import SaidFile, whole_file
from spoc.models.thread import Message

if TYPE_CHECKING:
    from spoc.models.request import ServiceRequest


class RequestFileQuerySet(models.QuerySet["RequestFile"]):
    """Files of requests."""

    def visible_to(self, user: User) -> Self:
        """Return the files of the requests that the person may see; those of notes to the agency only."""
        rows = self.filter(seen_by(user, "request__"))
        if user.has_role(*AGENCY_ROLES):
            return rows
        return rows.filter(Q(message__isnull=True) | Q(message__is_public=True))


class RequestFile(SaidFile):
    """A file that a party added: to the draft, or with a message, whose readers may read it too."""

    request = models.ForeignKey(
        "spoc.ServiceRequest", models.PROTECT, related_name="files", verbose_name=_("request")
    )
    message = models.ForeignKey(
        Message, models.PROTECT, null=True, related_name="files", verbose_name=_("message")
    )
    objects: ClassVar[models.Manager["RequestFile"]] = RequestFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a request")
        verbose_name_plural = _("files of requests")
        ordering = ["uploaded_at", "pk"]
        constraints = [whole_file("request_file_is_whole")]


class NewDeliverable(NamedTuple):
    """Something to deliver, before it is kept: one of file, link and text; whom it may be given to, on which terms."""

    title: str
    upload: UploadedFile | None = None
    url: str = ""
    text: str = ""
    sharing: str = Sharing.COMMUNE
    licence: str = ""

    @property
    def is_there(self) -> bool:
        """Whether there is anything of it."""
        return any((self.title, self.upload, self.url, self.text))


class DeliverableQuerySet(models.QuerySet["Deliverable"]):
    """Deliverables."""

    def visible_to(self, user: User) -> Self:
        """Return the deliverables of the requests that the person may see."""
        return self.filter(seen_by(user, "request__"))


class Deliverable(StoredFile):
    """What the responding party hands over: a file, a link or a text."""

    class Kind(models.TextChoices):
        """Forms that a deliverable takes."""

        FILE = "file", _("file")
        LINK = "link", _("link")
        TEXT = "text", _("text")

    request = models.ForeignKey(
        "spoc.ServiceRequest", models.PROTECT, related_name="deliverables", verbose_name=_("request")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=160)
    url = models.URLField(_("link"), max_length=500, blank=True, validators=[URLValidator(["https", "http"])])
    text = models.TextField(_("text"), max_length=10_000, blank=True)
    sharing = models.CharField(
        _("who may have it"), max_length=8, choices=Sharing.choices, default=Sharing.COMMUNE
    )
    licence = models.CharField(
        _("licence"),
        max_length=120,
        blank=True,
        help_text=_("On which terms it may be used. For example: CC BY 4.0, name the source."),
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("added by")
    )
    added_at = models.DateTimeField(_("added at"), default=timezone.now, editable=False)

    objects: ClassVar[models.Manager["Deliverable"]] = DeliverableQuerySet.as_manager()

    class Meta:
        verbose_name = _("deliverable")
        verbose_name_plural = _("deliverables")
        ordering = ["added_at", "pk"]
        indexes = [models.Index(fields=["added_at", "id"], name="deliverable_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="file", url="", text="", size__gt=0, sha256__regex=SHA256) & ~Q(file="")
                | Q(kind="link", text="", file="") & Q(url__regex=r"^https?://")
                | Q(kind="text", url="", file="") & ~Q(text=""),
                name="deliverable_is_one_thing",
                violation_error_message=_("A deliverable is a file, a link or a text: one of them."),
            ),
            models.CheckConstraint(
                condition=Q(sharing__in=Sharing.values),
                name="deliverable_known_sharing",
                violation_error_message=_("Choose who may have it."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def keep(cls, request: "ServiceRequest", new: NewDeliverable, by: User) -> "Deliverable":
        """Keep and return something delivered, once; ValidationError unless it is one thing, and a good one."""
        given = [
            kind for kind, value in (("file", new.upload), ("link", new.url), ("text", new.text)) if value
        ]
        if len(given) != 1:
            raise ValidationError(_("Give a file, a link or a text: one of them."), "one_thing")
        if not request.has_terms and (new.sharing, new.licence) != (Sharing.COMMUNE, ""):
            raise ValidationError({"sharing": _("Only data and studies say who else may have them.")})
        facts = cls.facts_of(new.upload) if new.upload else {}
        facts |= {"url": new.url, "text": new.text, "sharing": new.sharing, "licence": new.licence}
        row = cls(request=request, kind=given[0], title=new.title, added_by=by, **facts)
        row.full_clean()
        again = repeats.deliverable(row)
        if again is None:
            row.save()
        return again or row
