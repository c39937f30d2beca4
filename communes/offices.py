"""As what a person acts for a commune, in words."""

from datetime import date

from django.utils.translation import gettext as _

from communes.models import Delegation, Mandate
from hubportal.accounts.models import User


def office_in(user: User, commune: str, on: date | None = None) -> str:
    """Return as what a person acts for a commune, by its NIS code, on a day (today); empty when they do not."""
    held = Mandate.objects.valid(on).filter(user=user, commune=commune).order_by("-starts_on", "pk").first()
    if held:
        return held.title
    is_named = Delegation.objects.valid(on).filter(user=user, commune=commune).exists()
    return _("civil servant") if is_named else ""
