"""Objections of people to a use of their data (GDPR, article 21)."""

from typing import ClassVar, Self

from django.core.exceptions import PermissionDenied
from django.core.validators import MaxLengthValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.letters import tell_of_answer
from hubportal.accounts.models.person import User
from hubportal.accounts.roles import Role

LONGEST = 2000


class ObjectionQuerySet(models.QuerySet["Objection"]):
    """Objections."""

    def visible_to(self, user: User) -> Self:
        """Return a person's own; administrators, who answer, see all."""
        return self if user.has_role(Role.ADMIN) else self.filter(user=user)

    def open(self) -> Self:
        """Return those that wait for an answer."""
        return self.filter(answered_at__isnull=True)

    def answered(self) -> Self:
        """Return those that were answered."""
        return self.filter(answered_at__isnull=False)


class Objection(models.Model):
    """What a person objects to, in their words. It changes nothing by itself: a person answers within a month.

    Mail in a crisis goes on meanwhile, so that nobody stops to be warned without knowing.
    """

    user = models.ForeignKey(
        User, models.PROTECT, related_name="objections", verbose_name=_("person"), editable=False
    )
    reason = models.TextField(
        _("what you object to, and why"), max_length=LONGEST, validators=[MaxLengthValidator(LONGEST)]
    )
    made_at = models.DateTimeField(_("made at"), default=timezone.now, editable=False)
    answer = models.TextField(_("answer"), max_length=LONGEST, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    objects: ClassVar[models.Manager["Objection"]] = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True)
                | ~Q(answer="") & Q(answered_at__isnull=False),
                name="objection_answered_has_its_moment",
                violation_error_message=_("An objection is answered if and only if the moment is known."),
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(answered_at__isnull=True),
                name="objection_one_open",
                violation_error_message=_("You have objected already; we answer within a month."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.made_at:%d.%m.%Y}"

    def can_be_answered_by(self, user: User) -> bool:
        """Tell whether a person may answer: an administrator, once."""
        return not self.answered_at and user.has_role(Role.ADMIN)

    @transaction.atomic
    def give_answer(self, *, by: User, text: str) -> None:
        """Answer, and tell the person. PermissionDenied for who may not, or when somebody else did meanwhile."""
        answer = {"answer": text, "answered_at": timezone.now()}
        waits = Objection.objects.filter(pk=self.pk, answered_at=None)
        if not self.can_be_answered_by(by) or not waits.update(**answer):
            raise PermissionDenied
        self.refresh_from_db()
        journal(Kind.CHANGED, by, self, fields=["answer"])
        tell_of_answer(self)
