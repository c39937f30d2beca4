"""The pages of the 19, and the choice of the commune one acts for."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from communes import map as drawing
from communes.callers import callers, who_to_call
from communes.closures import holiday_today
from communes.colleges import colleges, gaps
from communes.context import SESSION_KEY, communes_for
from communes.forms import SwitchForm
from communes.models import Commune, Delegation, District, MerchantsAssociation
from communes.models.mandate import communes_of, reads_file_of
from hubportal.accounts.models import AGENCY_ROLES, STEWARDS, User
from hubportal.accounts.requests import SignedIn
from hubportal.dashboard.panels import collect


@require_safe
def commune_list(request: SignedIn) -> HttpResponse:
    """Show the map and the list of the 19: whom to call today, the bourgmestre, who holds trade."""
    communes = list(Commune.objects.visible_to(request.user))
    names = [commune.nis for commune in communes]
    by_commune, to_call = colleges(names), callers(names)
    own = communes_of(request.user)
    rows = [
        {
            "number": number,
            "commune": commune,
            "caller": to_call[commune.nis],
            "college": by_commune[commune.nis],
        }
        for number, commune in enumerate(communes, start=1)
    ]
    return render(
        request,
        "communes/commune_list.html",
        {
            "rows": rows,
            "map": drawing.picture(communes, own),
            "records_colleges": request.user.has_role(*STEWARDS),
        },
    )


@require_safe
def commune_detail(request: SignedIn, nis: str) -> HttpResponse:
    """Show a commune: whom to call today, its college; to its own people and the agency also its file."""
    commune = get_object_or_404(Commune.objects.visible_to(request.user), nis=nis)
    college, caller = colleges([nis])[nis], who_to_call(commune)
    is_agency = request.user.has_role(*AGENCY_ROLES)
    context = {
        "commune": commune,
        "members": [(mandate, mandate.contact_visible_to(request.user)) for mandate in college.members],
        "caller": caller,
        "holiday": holiday_today(),
        "gaps": gaps(commune, college, caller) if is_agency else [],
        "is_insider": reads_file_of(request.user, nis),
        "can_delegate": commune.can_be_delegated_by(request.user),
        "panels": collect("commune", request.user, commune),
        **_file(request.user, commune),
    }
    return render(request, "communes/commune_detail.html", context)


@require_POST
def switch(request: SignedIn) -> HttpResponse:
    """Choose the commune one acts for; one that is not theirs does not exist for them."""
    own = [] if request.user.is_staff else [item.commune.nis for item in communes_for(request.user)]
    form = SwitchForm(request.POST, communes=own)
    if not form.is_valid():
        raise Http404
    request.session[SESSION_KEY] = form.cleaned_data["commune"].nis
    return redirect("home")


def _file(user: User, commune: Commune) -> dict[str, Any]:
    """Return the commune's own file, as far as this person may see it: nothing for other communes."""
    return {
        "districts": District.objects.visible_to(user).filter(commune=commune),
        "associations": MerchantsAssociation.objects.visible_to(user)
        .filter(commune=commune)
        .select_related("district"),
        "delegations": Delegation.objects.visible_to(user)
        .valid()
        .with_last_day()
        .filter(commune=commune)
        .select_related("user", "given_by"),
    }
