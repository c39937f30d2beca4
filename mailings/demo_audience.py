"""Who receives the demonstration's editions besides office holders: since last week delegates, cabinet, SPOCs, others."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from hubportal.accounts.models import Role
from mailings.models import Attachment, ExtraRecipient, Mailing, Wider

WIDER: Final = Wider(to_delegates=True, to_roles=[Role.CABINET, Role.SPOC], to_extras=True)
_SINCE: Final = date(2025, 1, 6)
_EXTRAS: Final = (
    ("Mirabelle Quintenier", "fédération des commerces de quartier", "federatie van buurtwinkels",
     "mirabelle.quintenier@buurtwinkels.example", "nl", None),
    ("Cellule commerce de perspective", "bureau de planification", "planningsbureau",
     "commerce@perspective.example", "", None),
    ("Onésime Vandenbranden", "plateforme des marchés", "marktenplatform",
     "onesime.vandenbranden@marches.example", "fr", date(2025, 12, 31)),
)  # fmt: skip


def load() -> None:
    """Write the named extra addresses; one of them ended."""
    names = ("full_name", "function_fr", "function_nl", "email", "content_language", "ends_on")
    ExtraRecipient.objects.bulk_create(
        ExtraRecipient(starts_on=_SINCE, **dict(zip(names, row, strict=True))) for row in _EXTRAS
    )


def widen(row: Mailing, texts: Mapping[str, Any], files: Iterable[Attachment]) -> None:
    """Let an edition of the past, not saved yet, go to these people too."""
    row.wider = WIDER
    row.content_hash = row.approved_hash = row.hash_of(texts, files)
