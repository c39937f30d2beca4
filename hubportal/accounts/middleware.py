"""What holds for each request of a person: their session lives on while it is used."""

from collections.abc import Callable

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from hubportal.accounts import sessions


class LiveSessionMiddleware:
    """Notes that a session is used; of a page that asks nothing of it, such as a file of the look, nothing is noted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        response = self.get_response(request)
        if request.session.accessed and SESSION_KEY in request.session:
            sessions.touch(request)
        return response
