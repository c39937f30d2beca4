"""What is known of this installation as a whole."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Installation(models.Model):
    """The one row that says whether this database belongs to a demonstration.

    The demo writes the mark when it first fills an empty database; without it, demo mode refuses to start on
    a database that holds anything.
    """

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    is_demo = models.BooleanField(_("demonstration"), default=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("installation")
        verbose_name_plural = _("installations")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(id=1),
                name="installation_is_one_row",
                violation_error_message=_("There is one installation only."),
            )
        ]

    def __str__(self) -> str:
        return "demo" if self.is_demo else "production"
