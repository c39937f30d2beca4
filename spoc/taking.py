"""Taking a step on the portal: the request that may be seen, its verb, and what is said when somebody was first."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from hubportal.access.constraints import constraint_messages
from hubportal.access.typed import words
from hubportal.accounts.requests import SignedIn
from hubportal.forms import add_errors
from hubportal.workflow import TransitionError
from spoc.models import ServiceRequest

Said = str | Promise


def visible_request(request: SignedIn, pk: int) -> ServiceRequest:
    """Return a request; 404 for those who may not see it."""
    rows = ServiceRequest.objects.visible_to(request.user)
    row: ServiceRequest = get_object_or_404(rows.select_related("commune", "assigned_to"), pk=pk)
    return row


def saved() -> Said:
    """Return what is said of a verb that has no words of its own."""
    return _("Saved.")


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
