"""Everyday mail: invitations, codes, notifications."""

from datetime import date
from email.utils import format_datetime, make_msgid, parseaddr
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import sanitize_address
from django.core.validators import validate_email
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubportal.outbox.bell import ring
from hubportal.outbox.consignment import OPEN, WAITING, Consignment, Envelope, Status, indexes, rules, seen_on
from hubportal.outbox.notice import with_notice
from hubportal.outbox.pace import Pace
from hubportal.outbox.words import RIGHT_ENDED

__all__ = ["OutboxMessage", "Pace", "post"]


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    """Mails."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Return all to those who hold outbox.view_outboxmessage (administrators), none to others."""
        may_see = user.has_perm("outbox.view_outboxmessage")  # type: ignore[union-attr]
        return self if may_see else self.none()

    def queued(self) -> Self:
        """Return the mails that a worker may claim now."""
        may_leave = seen_on(timezone.localdate()) | Q(person=None)
        return self.filter(may_leave, status=Status.QUEUED)

    def unseen(self, day: date) -> Self:
        """Return what waits since before a day for a person of whom nobody asked yet whether they may have it."""
        return self.filter(status__in=WAITING, person__isnull=False).exclude(seen_on(day))

    def end_right(self) -> int:
        """Cancel what no worker holds, since its recipient holds no right any more; return how many."""
        waiting = self.filter(status__in=WAITING)
        return waiting.update(status=Status.CANCELLED, next_try_at=None, smtp_reply=RIGHT_ENDED)


class OutboxMessage(Consignment):
    """One mail to one address, written in the transaction of the act that causes it."""

    CLAIMABLE = f"(row.person_id IS NULL OR {Consignment.SEEN})"

    to_address = models.EmailField(pgettext_lazy("mail", "to"), max_length=254)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("person")
    )
    language = models.CharField(_("language"), max_length=10, blank=True)
    kind = models.CharField(_("kind"), max_length=60)
    subject = models.CharField(_("subject"), max_length=500)
    text = models.TextField(_("text"), blank=True)
    html = models.TextField("HTML", blank=True)
    is_secret = models.BooleanField(
        _("holds a code or a link to sign in"), default=False, help_text=_("Blanked once no attempt is left.")
    )

    objects: ClassVar[models.Manager["OutboxMessage"]] = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-pk"]
        indexes = indexes("outbox")
        constraints = [
            *rules("outbox", Status, accepted=(Status.ACCEPTED,)),
            models.CheckConstraint(
                condition=Q(is_secret=False) | Q(status__in=OPEN) | Q(text="", html=""),
                name="outbox_secret_is_blanked",
                violation_error_message=_("A code or a link to sign in is not kept once the mail is done."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} – {self.to_address}"

    def envelope(self) -> Envelope:
        """Return the mail as MIME: text first and complete in itself, HTML beside it where there is any."""
        headers = {
            "Message-ID": self.message_id,
            "Date": format_datetime(self.created_at),
            # RFC 3834: nobody's holiday notice should answer.
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        }
        if self.language:
            headers["Content-Language"] = self.language
        mail = EmailMultiAlternatives(self.subject, self.text, to=[self.to_address], headers=headers)
        if self.html:
            mail.attach_alternative(self.html, "text/html")
        content = mail.message().as_bytes(linesep="\r\n")
        return Envelope(_bare(mail.from_email), _bare(self.to_address), content)

    def changes_when_done(self) -> dict[str, Any]:
        """Blank a secret."""
        return {"text": "", "html": ""} if self.is_secret else {}


def post(
    *,
    to: str,
    person: AbstractBaseUser | None,
    language: str,
    subject: str,
    text: str,
    html: str = "",
    kind: str,
    is_secret: bool = False,
) -> OutboxMessage:
    """Write a mail into the outbox, in the caller's transaction: it leaves after the commit, or never.

    `text` is the whole message in plain text, but for the link to the privacy notice, which each mail gets here;
    `language` is "fr", "nl", "fr, nl"; `kind` says in a word what it is. ValueError for a subject of
    more than one line, an address that is none, HTML without the notice: they come from our own code.
    """
    if subject.splitlines() != [subject]:
        raise ValueError("the subject of a mail is one line")
    try:
        validate_email(to)
    except ValidationError as error:
        raise ValueError("the address of a mail is no e-mail address") from error
    message = OutboxMessage.objects.create(
        to_address=to,
        person=person,  # type: ignore[misc]  # the user model is not known on this floor
        language=language,
        subject=subject,
        text=with_notice(text, html, language),
        html=html,
        kind=kind,
        is_secret=is_secret,
        message_id=make_msgid(domain=_bare(settings.DEFAULT_FROM_EMAIL).rpartition("@")[2]),
    )
    ring()
    return message


def _bare(address: str) -> str:
    """Return an address without its name, in ASCII."""
    return parseaddr(sanitize_address(address, "utf-8"))[1]
