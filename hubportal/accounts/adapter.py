"""How allauth is bent to the portal: nobody signs up, its mail goes through the outbox."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from hubportal.accounts.letters import write_to
from hubportal.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is not typed for subclassing
    """allauth's account adapter."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are invited; nobody makes an account alone."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write allauth's mail to the outbox; its codes and links are blanked once the relay took it."""
        write_to(
            email,
            User.objects.filter(email=email.lower()).first(),
            f"{template_prefix}_subject.txt",
            f"{template_prefix}_message.txt",
            context,
            kind=template_prefix.rsplit("/", 1)[-1],
            is_secret=True,
        )
