"""Placeholders of a mailing: `[[name]]` in the text stands for what differs from one recipient to the next.

An author may write the few of KNOWN, in a body only. The letter (`mailings.letter`) adds its own: the token of the
links, the line "meant for", why it is received, the office and the commune in each language. Substitution is one pass:
what a value holds is never read again, so a person called "[[spoc]]" stays called so.
"""

import html
import re
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KNOWN: dict[str, str | Promise] = {
    "name": _("full name of the recipient"),
    "office": _("office and portfolio of the recipient"),
    "commune": _("commune of the recipient"),
    "spoc": _("whom the commune calls"),
}
"""What an author may write, and what it stands for."""
VALUES = (
    "name", "token", "for_fr", "for_nl", "about_fr", "about_nl", "office_fr", "office_nl", "commune_fr", "commune_nl",
    "spoc", "caller_contact", "caller_email",
)  # fmt: skip
"""Every name that a letter may hold: a recipient has a value for each."""

_TYPED = re.compile(r"\[\[\s*([^\[\]\n]{1,60}?)\s*\]\]")
_PLACEHOLDER = re.compile(r"\[\[([a-z_]{1,60})\]\]")
_PER_LANGUAGE = {"office", "commune"}
# Private characters of Unicode hold the place while Markdown is rendered: brackets would make a link there.
_OPEN, _CLOSE = "\ue000", "\ue001"
_SEALED = re.compile(f"{_OPEN}([a-z_]{{1,60}}){_CLOSE}")
_TWO_BRACKETS = re.compile(r"\[(?=\[)")
_WORD_JOINER = "\N{WORD JOINER}"


def unknown(text: str) -> list[str]:
    """Return what stands between `[[` and `]]` and is no name of KNOWN, as typed, in order, once each.

    Only exact names are known: `[[ name ]]` is not.
    """
    typed = (found.group()[2:-2] for found in _TYPED.finditer(text))
    return list(dict.fromkeys(name for name in typed if name not in KNOWN))


def in_subject(text: str) -> bool:
    """Whether a subject (or a preheader) holds a placeholder, known or not: it is the same for everybody."""
    return _TYPED.search(text) is not None


def seal(body: str, language: str) -> str:
    """Return a body in Markdown, ready to be rendered: the placeholders of its author kept apart from the text."""

    def sealed(found: re.Match[str]) -> str:
        name = found.group(1)
        if name not in KNOWN:
            return found.group()
        return _OPEN + (f"{name}_{language}" if name in _PER_LANGUAGE else name) + _CLOSE

    return _PLACEHOLDER.sub(sealed, _without_private(body))


def unseal(rendered: str) -> str:
    """Return what was rendered with its placeholders back; any other `[[` that was typed comes out literally."""
    allowed = {"name", "spoc", *(name for name in VALUES if name[:-3] in _PER_LANGUAGE)}

    def unsealed(found: re.Match[str]) -> str:
        # Markdown knows entities: "&#xE000;token&#xE001;" must not become a placeholder.
        return f"[[{found.group(1)}]]" if found.group(1) in allowed else found.group(1)

    return _SEALED.sub(unsealed, _apart(rendered))


def literal(text: str) -> str:
    """Return a text that somebody typed so that nothing in it is a placeholder; it looks the same."""
    return _apart(_without_private(text))


def split(template: str) -> list[str]:
    """Return text, name, text, name, … text: the even ones are fixed, the odd ones are names."""
    return _PLACEHOLDER.split(template)


def fill(template: str, values: Mapping[str, str], *, is_html: bool = False) -> str:
    """Return the template with its values, escaped for HTML; KeyError for a placeholder without a value."""

    def value(found: re.Match[str]) -> str:
        plain = one_line(values[found.group(1)])
        return html.escape(plain) if is_html else plain

    return _PLACEHOLDER.sub(value, template)


def one_line(value: str) -> str:
    """Return a value on one line: its line breaks become blanks."""
    return " ".join(value.splitlines())


def _without_private(text: str) -> str:
    return text.replace(_OPEN, "").replace(_CLOSE, "")


def _apart(text: str) -> str:
    """Put something without width between two brackets, so that they are no placeholder any more."""
    return _TWO_BRACKETS.sub("[" + _WORD_JOINER, text)
