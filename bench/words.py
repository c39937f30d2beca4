"""Invented words for measurements, the same for the portal and for its peer; standard library only.

As in real requests a few words are everywhere and most are rare: one street in 2,500 requests, one topic in twelve.
"""

import random
from typing import Final

STREETS: Final = 2500
WORDS: Final = 3000
RARE: Final = "Bavelontier"
"""A street of its own: what somebody looks for who knows it."""
COMMON: Final = "terrasses"
"""A word of a whole topic: what somebody looks for who does not know."""
TOPICS: Final = (
    "Vacance commerciale", "Comparer nos terrasses avec trois communes", "Flux de passants",
    "Guide pratique pour les nouveaux commerçants", "Relancer l’association de commerçants",
    "Nouvel élan commercial", "Chantier de la conduite principale", "Réfection des trottoirs",
    "Marché du samedi", "Étude des loyers", "Enquête auprès des clients", "Signalétique du quartier",
)  # fmt: skip
_HEADS: Final = ["ba", "do", "fe", "gri", "lo", "mar", "no", "pa", "ro", "sa", "tan", "vel"]
_MIDDLES: Final = ["va", "ne", "li", "ro", "da", "mi", "so", "tu", "be", "ga"]
_TAILS: Final = ["lon", "ric", "mont", "dier", "val", "tain", "gue", "rin"]
_ENDS: Final = ("tier", "beau", "court", "ville", "sart", "champ")


class Words:
    """Texts drawn with one seeded generator: the same seed, the same words."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        made = {a + b + c + d for a in _HEADS for b in _MIDDLES for c in _TAILS for d in _ENDS}
        names = sorted(made)
        chance.shuffle(names)
        self._streets = [RARE, *(name.capitalize() for name in names[: STREETS - 1])]
        self._words = names[STREETS : STREETS + WORDS]
        # Zipf's law: the second word is half as frequent as the first one, the third a third.
        total, self._weights = 0.0, list[float]()
        for place in range(1, WORDS + 1):
            total += 1 / place
            self._weights.append(total)

    def street(self) -> str:
        """Return the name of a street."""
        return f"rue {self.chance.choice(self._streets)}"

    def topic(self) -> str:
        """Return what a request is about."""
        return self.chance.choice(TOPICS)

    def sentence(self, length: int) -> str:
        """Return so many words."""
        found = self.chance.choices(self._words, cum_weights=self._weights, k=length)
        return f"{' '.join(found).capitalize()}."
