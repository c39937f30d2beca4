"""Groups of concerns on one subject: the list, one group, making one, putting concerns into it. Each stays whole."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from hubportal.access.admin import bound
from hubportal.accounts.models import AGENCY_ROLES
from hubportal.accounts.requests import SignedIn
from hubportal.keys import key_in
from spoc.concerns.group_forms import AddForm, GroupForm
from spoc.concerns.list_views import page
from spoc.concerns.nextstep import lines
from spoc.listing import pager, place_in
from spoc.models import Concern, ConcernGroup, Side
from spoc.models.concern_group import may_group
from spoc.models.parties import reads_requests
from spoc.taking import Said, took

SHOWN = 100
"""As many groups, the newest ones."""


@require_safe
def group_list(request: SignedIn) -> HttpResponse:
    """Show the groups in use that a person may see, and how far each reaches."""
    user = request.user
    if not reads_requests(user):
        raise PermissionDenied(_("Concerns are read by the communes and the agency."))
    rows = ConcernGroup.objects.visible_to(user).in_use(user)
    reach = rows.touched(user)
    shown = rows.select_related("theme")[:SHOWN]
    context = {"groups": [(row, reach.get(row.pk)) for row in shown], "may_group": may_group(user)}
    return render(request, "spoc/concerns/group_list.html", context)


@require_safe
def group_detail(request: SignedIn, pk: int) -> HttpResponse:
    """Show a group: how far it reaches, and those of its concerns that this reader may see."""
    user, group = request.user, _visible(request, pk)
    side = Side.AGENCY if user.has_role(*AGENCY_ROLES) else Side.COMMUNE
    after = place_in(request)
    found, following = page(Concern.objects.visible_to(user).with_turns().in_group(group), after, user)
    context = {
        "group": group,
        "touched": group.touched(user),
        "lines": lines(found, user),
        "is_agency": side == Side.AGENCY,
        "may_change": group.can_be_changed_by(user),
        **pager(request, after, following),
    }
    return render(request, "spoc/concerns/group_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def group_new(request: SignedIn) -> HttpResponse:
    """Ask for the subject in both languages; on POST, make the group, with the concern it began with if any."""
    user = request.user
    if not may_group(user):
        raise PermissionDenied(_("Groups are made by SPOCs and leads."))
    first = _first(request)
    initial = {"theme": first.theme_id} if first else {}
    if first and first.is_shareable:
        # A title is read by communes: a confidential one is not proposed.
        initial[f"title_{first.language}"] = first.title
    form = GroupForm(*bound(request), user=user, initial=initial)
    made: list[ConcernGroup] = []

    def act() -> Said:
        made.append(ConcernGroup.objects.begin(by=user, first=first, **form.cleaned_data))
        return _("The group is there: put concerns into it.")

    if form.is_valid() and took(request, form, act):
        return redirect("spoc:group-add", pk=made[0].pk) if made else redirect("spoc:group-list")
    return render(request, "spoc/concerns/group_form.html", {"form": form, "first": first, "group": None})


@require_http_methods(["GET", "HEAD", "POST"])
def group_edit(request: SignedIn, pk: int) -> HttpResponse:
    """Ask for another subject or theme; on POST, keep it."""
    group = _changeable(request, pk)
    form = GroupForm(*bound(request), user=request.user, instance=group)

    def act() -> Said:
        group.change(by=request.user, **form.cleaned_data)
        return _("The group was changed.")

    if form.is_valid() and took(request, form, act):
        return redirect(group)
    return render(request, "spoc/concerns/group_form.html", {"form": form, "first": None, "group": group})


@require_http_methods(["GET", "HEAD", "POST"])
def group_add(request: SignedIn, pk: int) -> HttpResponse:
    """Offer the concerns on the theme of a group that the person may put into it; on POST, put them."""
    group = _changeable(request, pk)
    rows = Concern.objects.visible_to(request.user).groupable_by(request.user).filter(theme=group.theme_id)
    candidates = rows.exclude(group=group).select_related("commune").newest_first()
    form = AddForm(*bound(request), candidates=candidates)
    if form.is_valid():
        _put(request, group, form.cleaned_data["concerns"])
        return redirect(group)
    context = {"form": form, "group": group, "has_candidates": candidates.exists()}
    return render(request, "spoc/concerns/group_add.html", context)


def _put(request: SignedIn, group: ConcernGroup, concerns: Any) -> None:
    """Put each concern into a group; one that cannot go in any more keeps no other out, and is told."""
    done = 0
    for concern in concerns:
        try:
            concern.join_group(by=request.user, group=group)
            done += 1
        except ValidationError as error:
            facts = {"field": concern.reference, "error": " ".join(error.messages)}
            messages.error(request, _("%(field)s: %(error)s") % facts)
    if done:
        words = ngettext(
            "%(counter)s concern was put into the group.",
            "%(counter)s concerns were put into the group.",
            done,
        )
        messages.success(request, words % {"counter": done})


def _first(request: SignedIn) -> Concern | None:
    """Return the concern that a new group begins with, from the address; Http404 for one that cannot be put."""
    key = key_in(request.GET.get("concern", ""))
    if key is None:
        return None
    rows = Concern.objects.visible_to(request.user).groupable_by(request.user)
    row: Concern = get_object_or_404(rows.select_related("commune"), pk=key)
    return row


def _visible(request: SignedIn, pk: int) -> ConcernGroup:
    row: ConcernGroup = get_object_or_404(
        ConcernGroup.objects.visible_to(request.user).select_related("theme", "made_by"), pk=pk
    )
    return row


def _changeable(request: SignedIn, pk: int) -> ConcernGroup:
    group = _visible(request, pk)
    if not group.can_be_changed_by(request.user):
        raise PermissionDenied(_("Groups are made by SPOCs and leads."))
    return group
