"""Whose a confidential concern is stands in no text that leaves the agency: what those who write are told."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from communes.models import Commune


def named(texts: Iterable[str], communes: Iterable[Commune]) -> list[Commune]:
    """Return those of these communes that a text names, in French or in Dutch, however it is spelt.

    "Jette" is a verb in French, "Forest" a word in English: a name begins with its capital, or is all capitals.
    """
    plain = " ".join(_plain(text) for text in texts)
    return [commune for commune in communes if any(_stands_in(name, plain) for name in _names(commune))]


def refusal(communes: Iterable[Commune]) -> str:
    """Return what whoever writes is told."""
    words = _("This names a commune whose concern is confidential: %(names)s. Write it without.")
    return words % {"names": _listed(communes)}


def not_in_the_note(communes: Iterable[Commune]) -> str:
    """Return what whoever must not learn whose a concern is, is told of any commune that their note does not name."""
    words = _("This names a commune that the note does not name: %(names)s. Write it without.")
    return words % {"names": _listed(communes)}


def refuse(
    texts: Mapping[str, str],
    communes: Iterable[Commune],
    words: Callable[[Iterable[Commune]], str] = refusal,
) -> None:
    """Raise ValidationError at each field whose text names one of these communes; `words`: what it says."""
    known = list(communes)
    found = {name: named([text], known) for name, text in texts.items()}
    errors = {
        name: ValidationError(words(unwanted), "names_a_commune")
        for name, unwanted in found.items()
        if unwanted
    }
    if errors:
        raise ValidationError(errors)


def _listed(communes: Iterable[Commune]) -> str:
    return ", ".join(sorted(commune.name for commune in communes))


def _names(commune: Commune) -> Iterator[str]:
    # Of the City of Brussels its own name: "Bruxelles" alone is the Region in most sentences.
    yield from {commune.name_in(language) for language in ("fr", "nl", "en")}


def _stands_in(name: str, plain: str) -> bool:
    wanted = _plain(name)
    return any(re.search(rf"\b{re.escape(form)}\b", plain) for form in {wanted, wanted.upper()})


def _plain(text: str) -> str:
    """Return a text without accents; whatever joins words is one space."""
    letters = unicodedata.normalize("NFD", text)
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[\s\-\u2010-\u2015'\u2019]+", " ", bare)
