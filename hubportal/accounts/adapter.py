"""How allauth is bent to the portal: nobody signs up, mail goes through the outbox, agency accounts use no code."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest
from django.utils.translation import get_language

from hubportal.accounts.models import User
from hubportal.outbox.models import post


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is not typed for subclassing
    """allauth's account adapter."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are invited; nobody makes an account alone."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write allauth's mail to the outbox; its codes and links are blanked once the relay took it."""
        message = self.render_mail(template_prefix, email, {"email": email, **context})
        html = ""
        if isinstance(message, EmailMultiAlternatives) and message.alternatives:
            html = str(message.alternatives[0][0])
        post(
            to=email,
            person=User.objects.filter(email=email.lower()).first(),
            language=get_language() or "fr",
            subject=message.subject,
            text=message.body,
            html=html,
            kind=template_prefix.rsplit("/", 1)[-1],
            is_secret=True,
        )
