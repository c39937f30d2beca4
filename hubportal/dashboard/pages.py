"""Pages that anybody may read: help, and what the law wants said.

The accessibility statement follows the Brussels ordinance of 4 October 2018 (status, exceptions, date and
method, contact, complaint); the privacy notice follows articles 13 and 14 of the GDPR.
"""

import datetime as dt
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from hubportal import retention
from hubportal.dashboard import assessment
from hubportal.dashboard.register import REGISTER

FIRST_DRAWN_UP_ON: Final = dt.date(2026, 11, 23)
"""Of the accessibility statement."""


@method_decorator(login_not_required, name="dispatch")
class Page(TemplateView):
    """A text in templates/pages/, open to the signed-out."""


class AccessibilityStatement(Page):
    """The statement, with the assessment it rests on (decree of 5 May 2022; model of the federal service BOSA)."""

    template_name = "pages/accessibility.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the assessment."""
        return super().get_context_data(
            found=assessment.last(), first_drawn_up_on=FIRST_DRAWN_UP_ON, **kwargs
        )


class PrivacyNotice(Page):
    """The notice, with the periods that `retain` uses and whom to turn to."""

    template_name = "pages/privacy.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add periods and contact."""
        periods = {
            "contact_months": retention.CONTACT_MONTHS,
            "mail_months": retention.MAIL_MONTHS,
            "sign_in_months": retention.SIGN_IN_MONTHS,
        }
        return super().get_context_data(dpo_email=settings.DPO_EMAIL, **periods, **kwargs)


class RegisterOfProcessing(Page):
    """The register of processing (GDPR, article 30)."""

    template_name = "pages/register.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the list."""
        return super().get_context_data(register=REGISTER, dpo_email=settings.DPO_EMAIL, **kwargs)
