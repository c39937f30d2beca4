"""What the histories of conventions and of amendments have in common."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from conventions.models.choices import Party
from hubportal.workflow import TransitionEvent


class AgreementEvent(TransitionEvent):
    """A step in the life of an agreement. `party`: for whom somebody agreed; a lead may do so for either."""

    party = models.CharField(_("party"), max_length=8, choices=Party.choices, blank=True, editable=False)

    class Meta(TransitionEvent.Meta):
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(party="") | Q(party__in=Party.values, verb="agree"),
                name="%(class)s_party_agrees",
                violation_error_message=_("A party stands beside an agreement to the text only."),
            )
        ]
