"""The coverage matrix: one row for each commune, with the columns that the apps give."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from communes.models import Commune
from hubportal.accounts.models import AGENCY_ROLES
from hubportal.accounts.requests import SignedIn
from hubportal.dashboard.panels import matrix


@require_safe
def matrix_page(request: SignedIn) -> HttpResponse:
    """Show the agency where each of the 19 stands; others have the list of communes."""
    if not request.user.has_role(*AGENCY_ROLES):
        raise PermissionDenied(_("The coverage is read by the agency."))
    columns = matrix(request.user)
    rows = [
        {"commune": commune, "cells": [(column.title, column.cells.get(commune.nis)) for column in columns]}
        for commune in Commune.objects.visible_to(request.user)
    ]
    return render(request, "communes/coverage.html", {"columns": columns, "rows": rows})
