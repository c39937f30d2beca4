"""Taking a step on the portal: the request that may be seen, its verb, and what is said when somebody was first."""

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hubportal.access.constraints import constraint_messages
from hubportal.access.typed import words
from hubportal.accounts.requests import SignedIn
from hubportal.forms import add_errors
from hubportal.workflow import Stateful, Transition, TransitionError
from spoc.models import ServiceRequest
from spoc.writings import WRITINGS

Said = str | Promise
DONE: Final[dict[str, Any]] = {
    "write": _("Your message was sent."),
    "hand_in": WRITINGS["deliverable"].done,
    "confirm": _("Thank you: the request is closed."),
    "reopen": _("The request is open again; the other party was told."),
    "withdraw": _("The request was withdrawn."),
    "reassign": _("Somebody else is in charge now, and was told."),
}
"""What is said after a verb; others say the new state."""


def visible_request(request: SignedIn, pk: int) -> ServiceRequest:
    """Return a request; 404 for those who may not see it."""
    rows = ServiceRequest.objects.visible_to(request.user)
    row: ServiceRequest = get_object_or_404(rows.select_related("commune", "assigned_to"), pk=pk)
    return row


def line_of(row: Stateful, verb: str) -> Transition:
    """Return the line of a step whose page is asked for; Http404 for one that no screen offers."""
    line = row.line_of(verb)
    if line is None:
        raise Http404
    return line


def done(row: ServiceRequest, verb: str) -> Said:
    """Return what is said once a verb of a request is done: its words, or the new state."""
    return DONE.get(verb) or capfirst(row.get_status_display())


def saved() -> Said:
    """Return what is said of a verb that has no words of its own."""
    return gettext("Saved.")


def took(
    request: SignedIn, form: forms.BaseForm, act: Callable[[], Said], repeated: Callable[[], Said] = saved
) -> bool:
    """Call a verb by `act` and say what it returns; False when the form must be shown again, with the reason."""
    try:
        with constraint_messages():
            said = act()
    except TransitionError as error:
        return told(request, form, error, repeated)
    except ValidationError as error:
        add_errors(form, error)
        return False
    messages.success(request, str(said))
    return True


def told(
    request: SignedIn, form: forms.BaseForm, error: TransitionError, repeated: Callable[[], Said] = saved
) -> bool:
    """Say who was first; to a second click of the same person, what the first one did (`repeated`).

    False when words would be lost: then the form is shown again, with them.
    """
    if error.is_repeated_by(request.user):
        messages.success(request, str(repeated()))
    elif words(request):
        form.add_error(None, error)
        return False
    else:
        messages.error(request, str(error))
    return True
