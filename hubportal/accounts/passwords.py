"""Which passwords are refused: those that somebody who knows the person, the trade and the keyboard would try first."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from zxcvbn import zxcvbn  # type: ignore[import-untyped]

from hubportal.accounts.models import User

ENOUGH: Final = 3
"""zxcvbn's score, of 4, from which guessing takes more than 10^8 attempts."""
ENOUGH_OF_THE_REST: Final = 2
READ: Final = 72
"""Characters that are looked at: zxcvbn takes no more, and its work grows with the square."""
COMMUNES: Final = """
    anderlecht auderghem oudergem berchem sainte agathe sint agatha bruxelles brussel brussels etterbeek evere forest
    vorst ganshoren ixelles elsene jette koekelberg molenbeek saint jean jans gilles gillis josse noode joost
    schaerbeek schaarbeek uccle ukkel watermael boitsfort watermaal bosvoorde woluwe lambert lambrechts pierre pieters
"""
TRADE: Final = """
    hubportal hub portal portail portaal hubbrussels commune gemeente echevin echevine schepen bourgmestre burgemeester
    commerce commercant handel handelaar cabinet kabinet region gewest agence agentschap spoc convention conventie
"""
CALENDAR: Final = """
    janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
    januari februari maart april mei juni juli augustus september oktober november december
    lundi mardi mercredi jeudi vendredi samedi dimanche maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
    printemps ete automne hiver lente zomer herfst winter
"""
FIRST_TRIED: Final = """
    motdepasse mot passe wachtwoord paswoord password welkom bienvenue bonjour salut hallo goedendag azerty azertyuiop
    qsdfghjklm wxcvbn soleil zon chouchou doudou loulou admin secret geheim belgique belgie belgium
"""
KNOWN: Final = tuple(f"{COMMUNES} {TRADE} {CALENDAR} {FIRST_TRIED}".split())
WHY: Final[dict[str, Promise]] = {
    "user_inputs": gettext_lazy("it holds a name, a place, a month or another word that one would try first"),
    "dictionary": gettext_lazy("it is made of words and passwords that many people use"),
    "spatial": gettext_lazy("it follows the rows of the keyboard"),
    "repeat": gettext_lazy("it repeats itself"),
    "sequence": gettext_lazy("it holds a row such as abc or 123"),
    "date": gettext_lazy("it holds a date or a year"),
    "regex": gettext_lazy("it holds a date or a year"),
    "bruteforce": gettext_lazy("it is too short for what it is made of"),
}
"""What zxcvbn found, in the reader's words; its own are English."""


class GuessedFirst:
    """Refuses a password that is guessed soon; a validator of Django's."""

    def validate(self, password: str, user: object = None) -> None:
        """Raise ValidationError, which says what makes it weak and what to do."""
        plain = _plain(password)[:READ]
        words = [*_words_of(user if isinstance(user, User) else None), *KNOWN]
        # zxcvbn breaks on nothing at all, which is what accents alone leave.
        found = zxcvbn(plain or "a", user_inputs=words)
        # Three parts are much for zxcvbn, be they a name, a dot and a name: what is left without them counts too.
        rest = _without(plain, words)
        if found["score"] >= ENOUGH and rest and zxcvbn(rest)["score"] >= ENOUGH_OF_THE_REST:
            return
        raise ValidationError(
            _(
                "This password is guessed soon: %(why)s. Take four words that have nothing to do with each other."
            )
            % {"why": WHY["user_inputs"] if found["score"] >= ENOUGH else _why(found["sequence"])},
            code="guessed_first",
        )

    def get_help_text(self) -> str:
        """Return what a password is to be."""
        return _("Four words that have nothing to do with each other are easy to keep and hard to guess.")


def _plain(text: str) -> str:
    """Return the letters without accents, so that "février" is the month that it is."""
    return "".join(
        sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign)
    )


def _words_of(person: User | None) -> Iterator[str]:
    """Yield the names of a person and the parts of their address, each whole and in pieces."""
    if person is None:
        return
    for told in (person.first_name, person.last_name, person.full_name, person.email or ""):
        plain = _plain(told)
        yield from (plain, re.sub(r"\W", "", plain), *re.split(r"\W+", plain))


def _without(plain: str, words: list[str]) -> str:
    """Return the letters and digits of a password that belong to none of these words."""
    long = sorted({word for word in words if len(word) > 3}, key=len, reverse=True)
    return re.sub(r"\W", "", re.sub("|".join(map(re.escape, long)), " ", plain))


def _why(sequence: list[dict[str, str]]) -> str:
    """Return what most of the password is made of."""
    longest = max(sequence, key=lambda part: len(part["token"]))
    kind = longest["pattern"]
    return str(WHY["user_inputs" if longest.get("dictionary_name") == "user_inputs" else kind])
