"""What keeps a commune from being fully reached, and how it is said: before an edition leaves, and ever after."""

from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from communes.models import Mandate, Portfolio

BOURGMESTRE: Final = "bourgmestre"


class Gap(NamedTuple):
    """Why a commune is not fully reached: "vacant" (with the office or portfolio), "no_address", "suppressed"."""

    code: str
    office: str = ""
    mandate: Mandate | None = None

    def mark(self, nis: str) -> str:
        """Return what tells this gap of a commune from its others: the office, or whose mandate it is."""
        return f"{nis} {self.mandate.pk if self.mandate else self.office}"


def gap_text(gap: Gap) -> str:
    """Return what is missing, in a few words."""
    if gap.code == "vacant":
        if gap.office == BOURGMESTRE:
            return _("nobody is bourgmestre")
        return _("nobody holds “%(portfolio)s”") % {"portfolio": Portfolio(gap.office).label}
    name = gap.mandate.user.full_name if gap.mandate else ""
    words = (
        _("%(name)s has no address") if gap.code == "no_address" else _("the address of %(name)s is stopped")
    )
    return words % {"name": name}
