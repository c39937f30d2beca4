"""The home page, composed from the apps."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from hubportal.access.middleware import open_without_rights
from hubportal.accounts.requests import SignedIn
from hubportal.dashboard.panels import collect


@open_without_rights
@require_safe
def home(request: SignedIn) -> HttpResponse:
    """Show a person what matters to them today; to somebody without rights, that theirs ended."""
    today = timezone.localdate()
    context = {"panels": collect("home", request.user), "today": today, "week": today.isocalendar().week}
    return render(request, "dashboard/home.html", context)
