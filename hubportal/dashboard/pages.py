"""Pages that anybody may read: help, and what the law wants said.

The accessibility statement follows the Brussels ordinance of 4 October 2018 (status, exceptions, date and
method, contact, complaint); the privacy notice follows articles 13 and 14 of the GDPR.
"""

import datetime as dt
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

# Drawn up again, by hand, each time the portal is assessed.
ACCESSIBILITY_ASSESSED_ON: Final = dt.date(2026, 11, 23)


@method_decorator(login_not_required, name="dispatch")
class Page(TemplateView):
    """A text in templates/pages/, open to the signed-out."""


class AccessibilityStatement(Page):
    """The statement, with the day of the assessment it rests on."""

    template_name = "pages/accessibility.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the day."""
        return super().get_context_data(drawn_up_on=ACCESSIBILITY_ASSESSED_ON, **kwargs)
