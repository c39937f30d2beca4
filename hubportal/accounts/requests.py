"""The request of a signed-in person, for annotations: `LoginRequiredMiddleware` lets nobody else through."""

from django.http import HttpRequest

from hubportal.accounts.models import User


class SignedIn(HttpRequest):
    """A request whose user is a person; never made, only named."""

    user: User
