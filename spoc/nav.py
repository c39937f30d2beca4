"""The place of this app in the main menu."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubportal.accounts.models import User
from hubportal.dashboard.nav import NavItem
from spoc.models.answer_queryset import reads_answers
from spoc.models.parties import reads_notes, reads_requests


def items(user: User) -> list[NavItem]:
    """Return the lists of requests, concerns, relay notes and answers, for those who read any."""
    found = []
    if reads_requests(user):
        found += [
            NavItem(_("Requests"), "spoc:request-list", 10),
            NavItem(_("Concerns"), "spoc:concern-list", 11),
        ]
    if reads_notes(user):
        found.append(NavItem(_("Relay notes"), "spoc:note-list", 14))
    if reads_answers(user):
        found.append(NavItem(pgettext_lazy("menu", "Answers"), "spoc:answer-list", 16))
    return found
