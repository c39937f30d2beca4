"""What a person types into the forms of a request."""

from typing import Any

from tests.spoc.stories import day

WORDS = {
    "title": "Rue Wayez",
    "description": "Garder les commerces visibles.",
    "outside_reason": "Aucun thème ne convient.",
}
OWN: dict[str, dict[str, Any]] = {
    "audit": {
        "wanted": ["data", "study"],
        "perimeter": "Cureghem",
        "period": "2020 à 2025",
        "purpose": "Un avis du collège",
    },
    "development": {"aim": "other", "situation": "Dix cellules vides", "partners": "Atrium"},
    "chantier": {
        "starts_on": day(20).isoformat(),
        "ends_on": day(90).isoformat(),
        "streets": "Rue Wayez, 12 à 96",
        "road_type": "communal",
        "contracting_authority": "Commune",
        "shops_touched": "62",
    },
}


def filled(kind: str = "audit", **changes: Any) -> dict[str, Any]:
    """Return the data of a form that lacks nothing, with changes."""
    return {**WORDS, **OWN[kind], **changes}
