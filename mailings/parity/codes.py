"""Numbers that name and do not count: of telephones, enterprises, bank accounts, in whatever groups."""

import re
from typing import Final

_SIGNS: Final = r"[ ./()-]{0,3}"
_CODE: Final = re.compile(
    rf"""
    (?<![0-9.,/])(?:
        \b[A-Z]{{2}}[0-9]{{2}}(?:\ ?[0-9]{{4}}){{3,5}}  # an account (IBAN)
      | (?:\+|00)\ ?32{_SIGNS}(?:\(0\){_SIGNS})?(?:4(?:{_SIGNS}[0-9]){{8}}|[1-9](?:{_SIGNS}[0-9]){{7}})
      | (?:\+|00)(?!32)[1-9][0-9](?:{_SIGNS}[0-9]){{7,11}}  # from abroad
      | (?:0[0-9]{{3}}[ .]?[0-9]{{3}}[ .]?|1[0-9]{{3}}\.[0-9]{{3}}\.)[0-9]{{3}}  # an enterprise
      | \(?04[0-9]{{2}}(?:{_SIGNS}[0-9]){{6}}  # a mobile telephone
      | \(?0[1-9](?:{_SIGNS}[0-9]){{7}}  # any other in Belgium
    )(?![0-9])
    """,
    re.VERBOSE,
)


def cut(text: str) -> tuple[str, dict[str, str]]:
    """Return the text with a mark in place of each code, and the codes, by their signs alone, with their words.

    A telephone number is the same from abroad ("+32 2 …") and from here ("02 …").
    """
    found: dict[str, str] = {}

    def marked(match: re.Match[str]) -> str:
        found.setdefault(_bare(match[0]), match[0])
        return "|"

    return _CODE.sub(marked, text), found


def _bare(words: str) -> str:
    signs = re.sub(r"[^0-9A-Z+]", "", words.replace("(0)", ""))
    return re.sub(r"^(?:\+|00)32", "0", re.sub(r"^00(?!32)", "+", signs))
