"""Why somebody receives an edition: what the foot of their mail says, by each right that the message serves."""

from collections.abc import Iterable
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communes.models import Delegation, Mandate
from hubportal.accounts.models import RoleGrant
from hubportal.accounts.roles import Role
from mailings.audience import place_of
from mailings.models.extra import ExtraRecipient
from mailings.models.served import Right

OFFICE: Final = gettext_lazy("You receive this message for your office: %(places)s.")
_DELEGATE: Final = gettext_lazy(
    "You receive this message as a civil servant to whom an office holder has given a delegation (%(communes)s)."
)
_OF_A_ROLE: Final[dict[str, str | Promise]] = {
    Role.CABINET: gettext_lazy(
        "You receive this message as somebody of the cabinet: it is meant for the cabinet too."
    ),
    Role.TASKFORCE: gettext_lazy(
        "You receive this message as somebody of the task force: it is meant for the task force too."
    ),
    Role.SPOC: gettext_lazy(
        "You receive this message as a SPOC of hub.brussels: it is meant for the SPOCs too."
    ),
}
_EXTRA: Final = gettext_lazy(
    "You receive this message because the agency has put this address on the list of this mailing (%(functions)s)."
)


def why(rights: Iterable[Right]) -> str:
    """Return a sentence for each kind of right, in the present language: people may share an address."""
    held = list(rights)
    offices = [place_of(right) for right in held if isinstance(right, Mandate)]
    communes = [right.commune.name for right in held if isinstance(right, Delegation)]
    roles = [right.role for right in held if isinstance(right, RoleGrant)]
    functions = [right.function for right in held if isinstance(right, ExtraRecipient)]
    said = [str(OFFICE) % {"places": _listed(offices, " ; ")}] if offices else []
    said += [str(_DELEGATE) % {"communes": _listed(communes)}] if communes else []
    said += [str(_OF_A_ROLE[role]) for role in dict.fromkeys(roles)]
    said += [str(_EXTRA) % {"functions": _listed(functions)}] if functions else []
    return " ".join(said)


def example() -> str:
    """Return the sentence of an office holder, plainly an example."""
    return str(OFFICE) % {"places": f"{_('(your office)')}, {_('(your commune)')}"}


def _listed(names: Iterable[str], between: str = ", ") -> str:
    return between.join(dict.fromkeys(names))
