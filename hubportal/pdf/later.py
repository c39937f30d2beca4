"""The answer where a PDF cannot be handed out now."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def later(request: HttpRequest, name: str, *, missing: str = "", waiting: str = "") -> HttpResponse:
    """Say why there is no PDF of something yet: `missing` is what its machine lacks, `waiting` what it waits for."""
    context = {"name": name, "missing": missing, "waiting": waiting}
    response = render(request, "pages/pdf_later.html", context, status=503)
    response["Retry-After"] = "60"
    return response
