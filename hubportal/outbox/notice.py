"""The link to the privacy notice that every mail carries (GDPR, article 14), in the languages of its reader."""

from collections.abc import Iterator
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

LANGUAGES: Final = ("fr", "nl")
"""Those of a mail to somebody whose language is unknown."""


def with_notice(text: str, html: str, languages: str) -> str:
    """Return the text of a mail with the link in each of its languages ("fr, nl"; unknown: both).

    A text that leads to the notice already stays as it is: the letter of an edition has its own foot. ValueError for
    an HTML twin without the link: its frame has it (`email/frame.html`).
    """
    links = dict(_links(languages))
    if html and not all(link in html for link in links):
        raise ValueError("the HTML of a mail leads to the privacy notice in each of its languages")
    lines = "".join(f"{words}\n{link}\n" for link, words in links.items() if link not in text)
    return f"{text.rstrip()}\n\n{lines}" if lines else text


def _links(languages: str) -> Iterator[tuple[str, str]]:
    """Yield the address and the words of the link in each language."""
    for language in [part.strip() for part in languages.split(",") if part.strip()] or LANGUAGES:
        with translation.override(language):
            yield settings.BASE_URL + reverse("privacy"), gettext("Your data and your rights")
