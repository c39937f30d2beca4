"""Pages on one's own account: the invitation, one's details."""

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hubportal.access.middleware import open_without_rights
from hubportal.accounts import invitations
from hubportal.accounts.forms import DetailsForm, InvitationForm
from hubportal.accounts.identity import linking
from hubportal.accounts.models import Invitation, User
from hubportal.accounts.requests import SignedIn


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show an invitation; accept it by POST (mail scanners follow links, so GET spends nothing)."""
    found = (
        Invitation.objects.open().filter(digest=Invitation.digest_of(token)).select_related("user").first()
    )
    if found is None:
        return render(request, "accounts/invitation_void.html", status=410)
    language = found.user.language if request.method != "POST" else None
    form = InvitationForm(
        request.POST or None,
        user=found.user,
        initial={"language": language, "content_language": found.user.content_language},
    )
    if request.method == "POST" and form.is_valid():
        if not invitations.accept(found, **form.cleaned_data):
            return render(request, "accounts/invitation_void.html", status=410)
        return _come_in(request, found.user)
    return render(request, "accounts/invitation.html", {"form": form, "person": found.user})


@open_without_rights
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: SignedIn) -> HttpResponse:
    """One's own details: name, telephone, languages."""
    # A copy: a refused form must not show its values in the masthead.
    person = User.objects.get(pk=request.user.pk)
    form = DetailsForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        form.save()
        with translation.override(person.language):
            messages.success(request, _("Your details are saved."))
            return redirect("accounts:details")
    context = {"form": form, "outside": linking.shown_to(request)}
    return render(request, "accounts/details.html", context)


def _come_in(request: HttpRequest, user: User) -> HttpResponse:
    """Sign in as allauth does: who has a second factor from an earlier time gives it."""
    with translation.override(user.language):
        coming = Login(user=user, email=user.email, redirect_url=reverse("home"))
        answer: HttpResponse = perform_login(request, coming)
        return answer
