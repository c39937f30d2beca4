"""Sending an edition afterwards to those who did not receive it: their names first, then one button."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from hubportal.access.admin import bound
from hubportal.accounts.requests import SignedIn
from hubportal.forms import add_errors
from mailings import following
from mailings.audience import person_of, place_of
from mailings.following import Missed
from mailings.models import Mailing
from mailings.pages import visible


class FollowUpForm(forms.Form):
    """To whom it is sent, by address: everybody, unless somebody is left out."""

    people = forms.MultipleChoiceField(
        label=_("Send it now to"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": following.NOBODY},
    )

    def __init__(self, *args: Any, ready: Iterable[Missed], **kwargs: Any) -> None:
        choices = [(item.address, _named(item)) for item in ready]
        kwargs["initial"] = {"people": [address for address, _name in choices]}
        super().__init__(*args, **kwargs)
        field: Any = self.fields["people"]
        field.choices = choices


@require_http_methods(["GET", "HEAD", "POST"])
def mailing_follow_up(request: SignedIn, number: int) -> HttpResponse:
    """Name those who did not receive an edition; on POST, send it to those of them who were chosen."""
    mailing = visible(request, number)
    if not mailing.can_be_steered_by(request.user):
        raise PermissionDenied
    if not mailing.can_be_followed_up():
        messages.error(request, str(following.TOO_LATE))
        return redirect(mailing)
    found = following.missed(mailing)
    ready = [item for item in found if item.is_ready]
    form = FollowUpForm(*bound(request)[:1], ready=ready)
    if form.is_valid() and _sent(request, mailing, form):
        return redirect(mailing)
    others = [item for item in found if not item.is_ready]
    context = {"mailing": mailing, "form": form, "ready": ready, "others": others}
    return render(request, "mailings/mailing_follow_up.html", context)


def summary(mailing: Mailing) -> dict[str, int] | None:
    """Return how many of those who did not receive an edition can now; None when all did."""
    if not mailing.can_be_followed_up():
        return None
    found = following.missed(mailing)
    ready = sum(len(item.people) for item in found if item.is_ready)
    return {"ready": ready} if found else None


def _sent(request: SignedIn, mailing: Mailing, form: FollowUpForm) -> bool:
    """Call the verb; False when the form must be shown again, with the reason."""
    try:
        number = following.follow_up(mailing, by=request.user, addresses=form.cleaned_data["people"])
    except ValidationError as error:
        add_errors(form, error)
        return False
    done = ngettext("%(number)s message leaves now.", "%(number)s messages leave now.", number)
    messages.success(request, done % {"number": number})
    return True


def _named(item: Missed) -> str:
    """Return who is meant: names with their offices, the address, and what is different now."""
    offices = (f"{person_of(right).full_name}, {place_of(right)}" for right in item.rights)
    return f"{' ; '.join(offices)} – {item.address} ({item.why})"
